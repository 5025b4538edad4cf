//! The section TROUBLE of modem-ftp(1): the sentences that it shows, and whether they are those that the
//! product says. The core's tests include this file as well.

use std::sync::LazyLock;

/// The manual page, with the lines that are continued (`\`) as one.
static PAGE: LazyLock<String> =
    LazyLock::new(|| include_str!("../../etc/man/modem-ftp.1").replace("\\\n", ""));

/// The names of the groups into which the section is divided.
#[must_use]
pub fn groups() -> Vec<&'static str> {
    let names = section().filter_map(|line| line.strip_prefix(".SS "));
    names.collect()
}

/// The differences between the sentences of a group and what was really said, in the same order. Each
/// sentence of the page has to have been said, and whatever was said has to be on the page.
#[must_use]
pub fn differences(group: &str, said: &[String]) -> Vec<String> {
    let shown: Vec<Sentence> = sentences(group).map(Sentence::new).collect();
    let longer = shown.len().max(said.len());
    let pairs = (0..longer).map(|at| (shown.get(at), said.get(at)));
    let differing = pairs.filter_map(|pair| match pair {
        (Some(sentence), Some(words)) if sentence.fits(words) => None,
        (sentence, words) => {
            let sentence = sentence.map(Sentence::text);
            Some(format!("on the page: {sentence:?}, really said: {words:?}"))
        }
    });
    differing.collect()
}

/// The lines of the section.
fn section() -> impl Iterator<Item = &'static str> {
    let lines = PAGE.lines().skip_while(|line| *line != ".SH TROUBLE");
    lines.skip(1).take_while(|line| !line.starts_with(".SH "))
}

/// The sentences of a group, which are the tags of its list.
fn sentences(group: &str) -> impl Iterator<Item = &'static str> {
    let lines = section()
        .skip_while(move |line| line.strip_prefix(".SS ") != Some(group))
        .skip(1);
    let lines = lines.take_while(|line| !line.starts_with(".SS "));
    let mut before = "";
    lines.filter_map(move |line| {
        let is_tag = std::mem::replace(&mut before, line) == ".TP";
        is_tag.then(|| line.strip_prefix(".B ").unwrap_or(line))
    })
}

/// A sentence with words in italics that stand for others.
struct Sentence {
    /// What stands before, between and after these words.
    pieces: Vec<String>,
}

impl Sentence {
    fn new(roff: &str) -> Self {
        let plain = |text: &str| text.replace("\\(dq", "\"").replace("\\-", "-");
        let mut pieces = Vec::new();
        for part in roff.split("\\fI") {
            match part.split_once("\\fP") {
                Some((_, rest)) => pieces.push(plain(rest)),
                None => pieces.push(plain(part)),
            }
        }
        Self { pieces }
    }

    fn text(&self) -> String {
        self.pieces.join("…")
    }

    /// Whether the sentence is this one, with any words in the places of those in italics.
    fn fits(&self, words: &str) -> bool {
        let Some((first, rest)) = self.pieces.split_first() else {
            return false;
        };
        let behind = words.strip_prefix(first.as_str());
        behind.is_some_and(|behind| follows(rest, behind))
    }
}

/// Whether `words` is something, a piece, something, a piece and so on.
fn follows(pieces: &[String], words: &str) -> bool {
    let Some((piece, rest)) = pieces.split_first() else {
        return words.is_empty();
    };
    let ends = words.char_indices().skip(1).map(|(at, _)| at);
    ends.chain([words.len()]).any(|at| {
        let behind = words
            .get(at..)
            .and_then(|it| it.strip_prefix(piece.as_str()));
        at > 0 && behind.is_some_and(|behind| follows(rest, behind))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_in_italics_stand_for_others() {
        let sentence = Sentence::new("\\fIPATH\\fP: \\(dqno\\(dq file, \\fIN\\fP bytes");
        assert!(sentence.fits("a.csv: \"no\" file, 5 bytes"));
        assert!(sentence.fits("ä: \"no\" file, 5: \"no\" file, 6 bytes"));
        assert!(!sentence.fits(": \"no\" file, 5 bytes"));
        assert!(!sentence.fits("a.csv: \"no\" file, 5 bytes."));
        assert!(!sentence.fits("a.csv: \"no\" file,  bytes, more"));
        let open = Sentence::new("refused: \\fITEXT\\fP");
        assert!(open.fits("refused: whatever it was"));
        assert!(!open.fits("refused: "));
    }
}
