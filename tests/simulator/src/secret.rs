//! Passwords and PINs: a string type whose `Debug` output is masked.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

/// A password or PIN.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Secret(String);

impl Secret {
    /// Wraps `text`.
    pub fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The plain text.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl FromStr for Secret {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self::new(text))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use super::Secret;
    use crate::module::Config;

    #[test]
    fn debug_output_is_masked() {
        let config = Config {
            sim_pin: Some(Secret::new("0815")),
            ..Config::default()
        };
        assert!(!format!("{config:?}").contains("0815"));
        assert_eq!(format!("{:?}", Secret::from("x")), "***");
    }
}
