//! [`one_line`]: what the module, the server, a caller or a file said, in a text for people.

/// A text in one line that a terminal shows as it is. Errors quote what was said by others, and that
/// can have any character.
pub fn one_line(text: String) -> String {
    if !text.contains(char::is_control) {
        return text;
    }
    let mut line = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control() {
            line.extend(character.escape_default());
        } else {
            line.push(character);
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use modem_ftp_dbus::errors::ErrorName;

    use super::super::failure::Failure;

    #[test]
    fn an_error_is_one_line_whatever_it_quotes() {
        let failure = Failure::new(ErrorName::Failed, "QFTPPUT: \u{1b}[31m ä\n");
        assert_eq!(failure.text, "QFTPPUT: \\u{1b}[31m ä\\n");
        let failure = failure.context("a\tb");
        assert_eq!(failure.text, "a\\tb: QFTPPUT: \\u{1b}[31m ä\\n");
    }
}
