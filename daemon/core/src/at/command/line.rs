//! [`CommandLine`]: writes a command line, with secrets for the module or with `***` for logs.

use std::fmt::{Display, Write};

/// A command line that is being written.
#[derive(Debug)]
pub struct CommandLine<'a> {
    text: &'a mut String,
    masked: bool,
}

impl<'a> CommandLine<'a> {
    /// For the module: secrets are written out.
    pub(super) fn exposed(text: &'a mut String) -> Self {
        Self {
            text,
            masked: false,
        }
    }

    /// For logs and messages: secrets become `***`.
    pub(super) fn masked(text: &'a mut String) -> Self {
        Self { text, masked: true }
    }

    /// Appends text or a number unchanged.
    pub(super) fn put(&mut self, text: impl Display) -> &mut Self {
        // Writing to a String cannot fail.
        let _ = write!(self.text, "{text}");
        self
    }

    /// Appends a string parameter in quotes.
    pub(super) fn quote(&mut self, text: &str) -> &mut Self {
        self.put('"').put(text).put('"')
    }

    /// Appends a secret without quotes.
    pub(super) fn hidden(&mut self, text: &str) -> &mut Self {
        self.put(if self.masked { "***" } else { text })
    }

    /// Appends a secret in quotes.
    pub(super) fn secret(&mut self, text: &str) -> &mut Self {
        self.put('"').hidden(text).put('"')
    }
}
