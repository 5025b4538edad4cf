//! String parameters that cannot break out of their quotes. A text that cannot be sent as one
//! parameter of one line is refused before a command is made of it.

use modem_ftp_dbus::ErrorName;

use crate::api::failure::Failure;
use crate::api::secret::Secret;

/// A string parameter of at most `MAX` bytes without `"` and without control bytes
/// (0x00–0x1F, 0x7F): no escape for them is documented (docs/module/at-ftp.md §1.1). Other bytes,
/// UTF-8 included, pass through to the server.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Quoted<const MAX: usize>(String);

/// Remote file or directory, ≤ 255 bytes (docs/module/at-ftp.md §2.3).
pub type RemotePath = Quoted<255>;
/// Server name or IPv4 address, ≤ 200 bytes (docs/module/at-ftp.md §2.2).
pub type Host = Quoted<200>;
/// FTP user name, ≤ 255 bytes (docs/module/at-ftp.md §2.1); may be empty.
pub type User = Quoted<255>;
/// Name or user name of an access point, ≤ 127 bytes; may be empty (docs/module/at-network.md §1).
pub type ContextText = Quoted<127>;

impl<const MAX: usize> Quoted<MAX> {
    /// Accepts a text that is not empty. `what` names it in the error (`"remote path"`).
    ///
    /// # Errors
    /// InvalidArguments: empty, too long, or with a byte that could end the parameter.
    pub fn new(what: &'static str, text: &str) -> Result<Self, Failure> {
        if text.is_empty() {
            return Err(refuse(what, "is empty"));
        }
        Self::or_empty(what, text)
    }

    /// As [`Quoted::new`], but accepts the empty text.
    ///
    /// # Errors
    /// InvalidArguments: too long, or with a byte that could end the parameter.
    pub fn or_empty(what: &'static str, text: &str) -> Result<Self, Failure> {
        check(what, text, MAX).map(|()| Self(text.to_owned()))
    }

    /// The text, without quotes.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A [`Quoted`] that is never shown and is wiped when dropped: a password. It may be empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuotedSecret<const MAX: usize>(Secret);

/// FTP password, ≤ 255 bytes (docs/module/at-ftp.md §2.1).
pub type Password = QuotedSecret<255>;
/// Password of the access point, ≤ 127 bytes (docs/module/at-network.md §1).
pub type ContextPassword = QuotedSecret<127>;

impl<const MAX: usize> QuotedSecret<MAX> {
    /// Accepts a secret text; the error never quotes it.
    ///
    /// # Errors
    /// InvalidArguments: too long, or with a byte that could end the parameter.
    pub fn new(what: &'static str, secret: &Secret) -> Result<Self, Failure> {
        check(what, secret.expose(), MAX).map(|()| Self(secret.clone()))
    }

    /// A password that the module returned; for comparison only.
    pub(crate) fn received(text: &str) -> Self {
        Self(Secret::new(text.to_owned()))
    }

    /// The text, for the command line that is sent.
    pub(crate) fn expose(&self) -> &str {
        self.0.expose()
    }
}

/// A PIN: four to eight digits (docs/module/at-network.md §2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pin(Secret);

impl Pin {
    /// Accepts a PIN.
    ///
    /// # Errors
    /// InvalidArguments: not four to eight digits.
    pub fn new(secret: &Secret) -> Result<Self, Failure> {
        let digits = secret.expose();
        if !(4..=8).contains(&digits.len()) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(refuse("PIN", "is not four to eight digits"));
        }
        Ok(Self(secret.clone()))
    }

    /// The digits, for the command line that is sent.
    pub(crate) fn expose(&self) -> &str {
        self.0.expose()
    }
}

/// Name of a file on the module (UFS), at most `MAX` bytes, with letters, digits and `_ . -` only.
/// So it is never a wildcard (`AT+QFDEL="*"` deletes all files, docs/module/at-file.md §3.3) and
/// never the port (`COM:` enters data mode, docs/module/at-ftp.md §1.4).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct UfsName<const MAX: usize>(String);

/// `<local_name>` of an FTP command, ≤ 60 bytes (docs/module/at-ftp.md §2.5).
pub type LocalName = UfsName<60>;
/// `<filename>` of a file command, ≤ 80 bytes (docs/module/at-file.md §1).
pub type FileName = UfsName<80>;

impl<const MAX: usize> UfsName<MAX> {
    /// Accepts a name without a directory. `what` names it in the error (`"file on the module"`).
    ///
    /// # Errors
    /// InvalidArguments: empty, too long, or with any other character.
    pub fn new(what: &'static str, text: &str) -> Result<Self, Failure> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
        if text.is_empty() {
            return Err(refuse(what, "is empty"));
        }
        if !text.bytes().all(plain) {
            return Err(refuse(
                what,
                "may hold letters, digits, `_`, `.` and `-` only",
            ));
        }
        check(what, text, MAX).map(|()| Self(text.to_owned()))
    }

    /// The name, without quotes.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<LocalName> for FileName {
    fn from(name: LocalName) -> Self {
        Self(name.0)
    }
}

/// The rule for every quoted parameter. The error has the position of the offending byte, not the
/// text, which may be secret.
fn check(what: &'static str, text: &str, max: usize) -> Result<(), Failure> {
    if text.len() > max {
        return Err(refuse(
            what,
            &format!("is {} bytes long, the module takes {max}", text.len()),
        ));
    }
    let bad = |byte: u8| byte == b'"' || byte.is_ascii_control();
    match text.bytes().position(bad) {
        None => Ok(()),
        Some(at) => Err(refuse(
            what,
            &format!("has a quote or a control character at byte {}", at + 1),
        )),
    }
}

fn refuse(what: &str, why: &str) -> Failure {
    Failure::new(ErrorName::InvalidArguments, format!("{what} {why}"))
}
