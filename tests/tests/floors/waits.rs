//! Every wait of the core: each has a deadline and says what a Cancel, a Pause or a Stop does to it. The
//! types demand both (`Link::until`); here is checked that nothing waits in another way, and that what
//! needs no deadline or goes on in spite of an abort is in a list, with the reason.

use super::sources;
use proc_macro2::{Group, TokenStream, TokenTree};
use std::collections::BTreeSet;

const CORE: &str = "daemon/core/src";

/// Where the only future that pends is.
const WAIT: &str = "link/wait.rs";

/// A file, a function in it, and why it may.
type Excuse = (&'static str, &'static str, &'static str);

/// Waits for work, which need no deadline and cannot be aborted: `Link::rest_until`.
const RESTS: &[Excuse] = &[
    (
        "engine/life.rs",
        "wait_for_port",
        "without a port there is nothing to do; calls are refused meanwhile",
    ),
    (
        "engine/service.rs",
        "next",
        "nothing is to be done; any call or transfer ends it",
    ),
    (
        "engine/network.rs",
        "wait_for_network",
        "has a deadline; no attempt runs, calls that need no network are served",
    ),
    (
        "modem/handle.rs",
        "rest",
        "has a deadline; a pause of recovery, no attempt runs",
    ),
    (
        "recovery/policy.rs",
        "pause",
        "has a deadline; a pause of recovery, no attempt runs",
    ),
];

/// Waits that go on to their deadline in spite of an abort: `OnAbort::GoOn`.
const GO_ON: &[Excuse] = &[
    (
        "link/stop.rs",
        "on_abort",
        "what runs is no attempt, or is seen through",
    ),
    (
        "link/line_check.rs",
        "check_line",
        "the shell answers at once",
    ),
    (
        "link/send.rs",
        "rest_of",
        "no wait: only its limit is asked for",
    ),
    (
        "link/data_mode_exit.rs",
        "break_out",
        "looking for a module, which no attempt does",
    ),
    (
        "link/data_mode_exit.rs",
        "pulse_dtr",
        "200 ms, and DTR must not stay low",
    ),
    (
        "modem/search.rs",
        "answers",
        "looking for a module, which no attempt does",
    ),
    (
        "modem/search.rs",
        "change",
        "looking for a module, which no attempt does",
    ),
    (
        "ftp/login.rs",
        "wait_while_busy",
        "nothing moves before the login, so a Cancel is answered at once",
    ),
    (
        "transfer/rename.rs",
        "give_final_name",
        "two seconds, and it has to be known which name the file bears",
    ),
    (
        "link/commit.rs",
        "commit",
        "the file may have its final name already",
    ),
];

/// What is seen through in spite of an abort: `Link::see_through`.
const SEEN_THROUGH: &[Excuse] = &[
    (
        "transfer/run.rs",
        "perform",
        "nothing moves before the login, so a Cancel is answered at once",
    ),
    (
        "transfer/upload.rs",
        "run",
        "it has to be known which name the file bears",
    ),
    (
        "transfer/via_ufs.rs",
        "remove",
        "after a failure or at the stop of the daemon only; a Cancel leaves it for later",
    ),
];

/// A use of something that is looked for.
#[derive(Debug)]
struct Use {
    file: String,
    function: String,
    /// `until`, `GoOn`, …
    word: String,
    /// The identifier two tokens before: of `holds.until` the `holds`.
    before: String,
    /// The arguments, if there are any.
    arguments: String,
}

const WORDS: [&str; 7] = [
    "until",
    "rest_until",
    "sleep",
    "GoOn",
    "see_through",
    "poll_fn",
    "Pending",
];

#[test]
fn every_wait_has_a_deadline_and_an_abort() {
    let uses = uses();
    let of = |word: &'static str| uses.iter().filter(move |found| found.word == word);
    let waits: Vec<_> = of("until")
        .filter(|found| found.before != "holds" && !found.arguments.is_empty())
        .collect();
    println!("{} waits", waits.len());
    assert!(
        waits.len() >= 15,
        "only {}: is the reader broken?",
        waits.len()
    );
    for wait in waits.into_iter().chain(of("sleep")) {
        let has_abort = wait.arguments.contains("on_abort") || wait.arguments.contains("OnAbort");
        assert!(has_abort, "a wait without an abort: {wait:?}");
        assert!(
            !wait.arguments.starts_with("None"),
            "a wait without a deadline: {wait:?}"
        );
    }
    for word in ["poll_fn", "Pending"] {
        let elsewhere: Vec<_> = of(word).filter(|found| found.file != WAIT).collect();
        assert!(
            elsewhere.is_empty(),
            "waits that pass by Link::until: {elsewhere:?}"
        );
    }
    excused("rest_until", of("rest_until"), RESTS);
    excused("OnAbort::GoOn", of("GoOn"), GO_ON);
    excused("see_through", of("see_through"), SEEN_THROUGH);
}

/// Checks that exactly the uses of the list are there.
fn excused<'a>(what: &str, uses: impl Iterator<Item = &'a Use>, list: &[Excuse]) {
    let found: BTreeSet<(&str, &str)> = uses
        .filter(|found| found.file != WAIT)
        .map(|found| (found.file.as_str(), found.function.as_str()))
        .collect();
    let known: BTreeSet<(&str, &str)> = list
        .iter()
        .map(|(file, function, _)| (*file, *function))
        .collect();
    assert_eq!(found, known, "{what}: found and excused");
    assert!(list.iter().all(|(_, _, why)| !why.is_empty()));
}

fn uses() -> Vec<Use> {
    let mut uses = Vec::new();
    for (file, text) in sources(CORE) {
        let stream: TokenStream = text.parse().unwrap();
        walk(stream, &file, "", &mut uses);
    }
    uses
}

fn walk(stream: TokenStream, file: &str, function: &str, uses: &mut Vec<Use>) {
    let tokens: Vec<TokenTree> = stream.into_iter().collect();
    let mut function = function.to_owned();
    let mut test = false;
    for (index, token) in tokens.iter().enumerate() {
        let before = |by: usize| index.checked_sub(by).and_then(|at| ident(&tokens[at]));
        match token {
            TokenTree::Group(group) if is_test(group, &tokens[..index]) => test = true,
            // What follows `#[cfg(test)]` up to its braces.
            TokenTree::Group(group)
                if test && group.delimiter() == proc_macro2::Delimiter::Brace =>
            {
                test = false;
            }
            TokenTree::Group(group) if !test => walk(group.stream(), file, &function, uses),
            TokenTree::Ident(name) => {
                let name = name.to_string();
                if before(1).as_deref() == Some("fn") {
                    function = name;
                } else if WORDS.contains(&name.as_str()) && !test {
                    let arguments = match tokens.get(index + 1) {
                        Some(TokenTree::Group(group)) => group.stream().to_string(),
                        _ => String::new(),
                    };
                    uses.push(Use {
                        file: file.to_owned(),
                        function: function.clone(),
                        word: name,
                        before: before(2).unwrap_or_default(),
                        arguments,
                    });
                }
            }
            _ => {}
        }
    }
}

/// Whether this is the attribute `[cfg(test)]`.
fn is_test(group: &Group, before: &[TokenTree]) -> bool {
    let hash = matches!(before.last(), Some(TokenTree::Punct(punct)) if punct.as_char() == '#');
    hash && group.stream().to_string().replace(' ', "") == "cfg(test)"
}

fn ident(token: &TokenTree) -> Option<String> {
    match token {
        TokenTree::Ident(name) => Some(name.to_string()),
        _ => None,
    }
}
