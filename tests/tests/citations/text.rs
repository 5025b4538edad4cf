//! [`Text`]: a file's text with its broken lines joined, and the line each part came from.

/// A text in which a line end inside a comment, a paragraph or a continued string is one blank,
/// so that a citation broken over two lines reads as if it stood on one.
#[derive(Debug, Default)]
pub struct Text {
    /// The joined text.
    pub joined: String,
    /// Where each line begins in it.
    starts: Vec<usize>,
}

/// How lines of a file continue.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Comments `//`, strings with `\` at the line's end.
    Rust,
    /// Comments `#`.
    Script,
    /// Running text with the mark-up of man pages.
    Manual,
    /// Running text.
    Plain,
}

impl Text {
    /// The text of the file `path`.
    pub fn new(path: &str, content: &str) -> Self {
        let kind = kind(path, content);
        let mut text = Self::default();
        let mut continues = false;
        for line in content.lines() {
            let (comment, body) = strip_marker(kind, line);
            let joins = match kind {
                Kind::Rust | Kind::Script => comment || continues,
                Kind::Manual | Kind::Plain => true,
            };
            if !text.starts.is_empty() {
                // A comment behind or below code does not continue the code.
                text.joined.push(if joins { ' ' } else { '\n' });
            }
            text.starts.push(text.joined.len());
            continues = kind == Kind::Rust && body.ends_with('\\');
            let body = body.strip_suffix('\\').unwrap_or(body).trim_end();
            match kind {
                Kind::Manual => text.joined.push_str(&unformatted(body)),
                _ => text.joined.push_str(body),
            }
        }
        text
    }

    /// The line, from 1, of an offset in the joined text.
    pub fn line(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start <= offset)
    }
}

fn kind(path: &str, content: &str) -> Kind {
    match path.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "rs" => Kind::Rust,
        "md" | "xml" => Kind::Plain,
        "1" | "5" | "8" if path.contains("man/") => Kind::Manual,
        "toml" | "sh" | "py" | "conf" | "service" | "rules" => Kind::Script,
        _ if content.starts_with("#!") => Kind::Script,
        _ => Kind::Plain,
    }
}

/// Whether the line is a comment only, and the line without blanks and marker in front.
fn strip_marker(kind: Kind, line: &str) -> (bool, &str) {
    let line = line.trim();
    let marker = match kind {
        Kind::Rust => line
            .strip_prefix("//!")
            .or(line.strip_prefix("///"))
            .or(line.strip_prefix("//")),
        Kind::Script => line.strip_prefix('#'),
        Kind::Manual | Kind::Plain => None,
    };
    (marker.is_some(), marker.unwrap_or(line).trim_start())
}

/// A line of a man page without font changes, macros and escapes.
fn unformatted(line: &str) -> String {
    let macros = [
        ".BR ", ".B ", ".I ", ".IR ", ".RB ", ".RI ", ".TP ", ".\\\" ",
    ];
    let body = macros
        .iter()
        .find_map(|name| line.strip_prefix(name))
        .unwrap_or(line);
    let mut text = body.replace("\\-", "-").replace(" (", "(");
    for font in ["\\fB", "\\fI", "\\fR", "\\fP", "\\&", "\\:"] {
        text = text.replace(font, "");
    }
    text
}
