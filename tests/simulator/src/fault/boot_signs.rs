//! The argument of the fault `boot-signs`: what a start says, in the order given.

/// Something that a start says (docs/module/at-network.md §6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BootSign {
    /// Bytes that are no text, at the beginning of the line of the sign after it.
    Noise,
    /// A URC.
    Urc(&'static str),
}

/// The names of the signs.
const SIGNS: [(&str, BootSign); 8] = [
    ("noise", BootSign::Noise),
    ("rdy", BootSign::Urc("RDY")),
    ("cfun", BootSign::Urc("+CFUN: 1")),
    ("cpin", BootSign::Urc("+CPIN: READY")),
    ("qusim", BootSign::Urc("+QUSIM: 1")),
    ("sms", BootSign::Urc("+QIND: SMS DONE")),
    ("pb", BootSign::Urc("+QIND: PB DONE")),
    ("app-rdy", BootSign::Urc("APP RDY")),
];

/// Reads `SIGN,SIGN,…` or `none`.
pub(crate) fn boot_signs(text: &str) -> Option<Vec<BootSign>> {
    if text == "none" {
        return Some(Vec::new());
    }
    let named = |name: &str| SIGNS.iter().find(|(known, _)| *known == name);
    let signs = text
        .split(',')
        .map(|name| named(name).map(|(_, sign)| *sign));
    signs.collect()
}

#[cfg(test)]
mod tests {
    use super::{BootSign, boot_signs};

    #[test]
    fn reads_lists_of_signs() {
        assert_eq!(boot_signs("none"), Some(Vec::new()));
        let signs = [BootSign::Noise, BootSign::Urc("RDY")];
        assert_eq!(boot_signs("noise,rdy"), Some(signs.into()));
        assert_eq!(boot_signs("rdy,none"), None);
        assert_eq!(boot_signs(""), None);
    }
}
