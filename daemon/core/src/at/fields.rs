//! [`Fields`]: the comma-separated parameters of an information line, quoted or not.

/// One parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Field<'a> {
    /// Its text, without quotes and surrounding blanks.
    pub text: &'a str,
    /// Whether it was in quotes.
    pub quoted: bool,
}

/// The parameters of a line, in order. A blank after a comma is ignored (docs/module/at-ftp.md
/// §2.4); a quote that is not closed extends to the end.
#[derive(Clone, Debug)]
pub(crate) struct Fields<'a> {
    rest: Option<&'a str>,
}

impl<'a> Fields<'a> {
    /// The parameters of `text`, which is the line without its prefix.
    pub(crate) fn of(text: &'a str) -> Self {
        Self { rest: Some(text) }
    }

    /// The parameters of `line`, if it begins with `prefix` and a colon.
    pub(crate) fn after(line: &'a str, prefix: &str) -> Option<Self> {
        strip_prefix(line, prefix).map(Self::of)
    }

    /// The next parameter as text.
    pub(crate) fn text(&mut self) -> Option<&'a str> {
        self.next().map(|field| field.text)
    }

    /// The next parameter as a number.
    pub(crate) fn number<N: std::str::FromStr>(&mut self) -> Option<N> {
        self.text()?.parse().ok()
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Field<'a>;

    fn next(&mut self) -> Option<Field<'a>> {
        let rest = self.rest?.trim_start();
        let (text, quoted, after) = match rest.strip_prefix('"') {
            Some(inside) => match inside.split_once('"') {
                Some((text, after)) => (text, true, after),
                None => (inside, true, ""),
            },
            None => {
                let end = rest.find(',').unwrap_or(rest.len());
                let (text, after) = rest.split_at(end);
                (text.trim_end(), false, after)
            }
        };
        self.rest = after.split_once(',').map(|(_, next)| next);
        Some(Field { text, quoted })
    }
}

/// What follows `prefix` and a colon, without surrounding blanks; `None` if `line` does not begin
/// with them.
pub(crate) fn strip_prefix<'a>(line: &'a str, prefix: &str) -> Option<&'a str> {
    Some(line.strip_prefix(prefix)?.strip_prefix(':')?.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<(&str, bool)> {
        Fields::of(text)
            .map(|field| (field.text, field.quoted))
            .collect()
    }

    #[test]
    fn parameters_with_and_without_quotes_and_blanks() {
        assert_eq!(
            texts(r#"1,1,1,"10.7.157.1""#),
            [
                ("1", false),
                ("1", false),
                ("1", false),
                ("10.7.157.1", true)
            ]
        );
        assert_eq!(texts(r#"0, "/""#), [("0", false), ("/", true)]);
        assert_eq!(
            texts(r#""a,b",,"""#),
            [("a,b", true), ("", false), ("", true)]
        );
        assert_eq!(texts(""), [("", false)]);
        assert_eq!(texts(r#""open"#), [("open", true)]);
        assert_eq!(texts(r#""a"x,2"#), [("a", true), ("2", false)]);
    }

    #[test]
    fn a_prefix_must_be_followed_by_a_colon() {
        assert_eq!(strip_prefix("+QIND: 1", "+QIND"), Some("1"));
        assert_eq!(strip_prefix("+QINDCFG: 1", "+QIND"), None);
        assert_eq!(strip_prefix("+QIND 1", "+QIND"), None);
    }
}
