//! Fault injection: the faults that can be switched on. Each comes from a row of
//! docs/module/quirks.md or a section of docs/module, see [`Knob::source`], and changes nothing but
//! the behaviour it names.

mod boot_signs;
mod knobs;

use std::fmt;

pub(crate) use boot_signs::{BootSign, boot_signs};
pub use knobs::{KNOBS, Knob};
use knobs::{split_failure, split_refusal};

/// A fault with its argument, written `NAME[=ARG]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    knob: Knob,
    argument: Option<String>,
}

impl Fault {
    /// A fault whose argument has been checked.
    ///
    /// # Errors
    /// The argument is missing, superfluous or invalid; the text says what is expected.
    pub fn new(knob: Knob, argument: Option<&str>) -> Result<Self, String> {
        knob.check(argument)?;
        Ok(Self {
            knob,
            argument: argument.map(str::to_owned),
        })
    }
}

impl std::str::FromStr for Fault {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, argument) = match text.split_once('=') {
            Some((name, argument)) => (name, Some(argument)),
            None => (text, None),
        };
        let knob = Knob::named(name).ok_or_else(|| format!("there is no fault {name:?}"))?;
        Self::new(knob, argument)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.argument {
            Some(argument) => write!(f, "{}={argument}", self.knob.name()),
            None => f.write_str(self.knob.name()),
        }
    }
}

/// The faults that are on.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    on: Vec<Fault>,
}

impl Faults {
    /// Switches a fault on. It replaces an earlier setting of the same knob unless the knob
    /// accumulates.
    pub(crate) fn set(&mut self, fault: Fault) {
        if !fault.knob.accumulates() {
            self.clear(fault.knob);
        }
        self.on.push(fault);
    }

    /// Switches a fault off.
    pub(crate) fn clear(&mut self, knob: Knob) {
        self.on.retain(|fault| fault.knob != knob);
    }

    /// Switches all faults off.
    pub(crate) fn clear_all(&mut self) {
        self.on.clear();
    }

    /// The faults that are on, written `NAME[=ARG]`.
    pub(crate) fn list(&self) -> impl Iterator<Item = String> + '_ {
        self.on.iter().map(ToString::to_string)
    }

    fn get(&self, knob: Knob) -> Option<&Fault> {
        self.on.iter().find(|fault| fault.knob == knob)
    }

    /// Whether a fault is on.
    pub(crate) fn is_on(&self, knob: Knob) -> bool {
        self.get(knob).is_some()
    }

    /// Switches a fault off if its argument is this one.
    pub(crate) fn heal(&mut self, knob: Knob, argument: &str) {
        if self.text(knob, "") == Some(argument) {
            self.clear(knob);
        }
    }

    /// The argument of a fault that is on, or `default` if it has none; `None` if it is off.
    pub(crate) fn text<'a>(&'a self, knob: Knob, default: &'a str) -> Option<&'a str> {
        self.get(knob)
            .map(|fault| fault.argument.as_deref().unwrap_or(default))
    }

    /// The number of a fault that is on, or `default` if it has none; `None` if it is off.
    pub(crate) fn number(&self, knob: Knob, default: u64) -> Option<u64> {
        let fault = self.get(knob)?;
        Some(
            fault
                .argument
                .as_deref()
                .and_then(|number| number.parse().ok())
                .unwrap_or(default),
        )
    }

    /// Whether the fault occurs now. Decrements its TIMES argument; without one it always occurs.
    pub(crate) fn trigger(&mut self, knob: Knob) -> bool {
        let Some(left) = self.number(knob, u64::MAX) else {
            return false;
        };
        match left {
            0 => false,
            u64::MAX => true,
            _ => {
                for fault in self.on.iter_mut().filter(|fault| fault.knob == knob) {
                    fault.argument = Some((left - 1).to_string());
                }
                true
            }
        }
    }

    /// Removes and returns the next `fail` setting for a command, if there is one.
    pub(crate) fn take_failure(&mut self, command: &str) -> Option<(u16, u16)> {
        let argument = self.take(Knob::Fail, command)?;
        split_failure(&argument).map(|(_, codes)| codes)
    }

    /// Removes and returns the next `refuse` setting for a command, if there is one.
    pub(crate) fn take_refusal(&mut self, command: &str) -> Option<u16> {
        let argument = self.take(Knob::Refuse, command)?;
        split_refusal(&argument).map(|(_, code)| code)
    }

    fn take(&mut self, knob: Knob, command: &str) -> Option<String> {
        let names = |fault: &Fault| {
            fault.knob == knob
                && fault
                    .argument
                    .as_deref()
                    .and_then(|text| text.split_once(':'))
                    .is_some_and(|(name, _)| {
                        name.trim_start_matches(['A', 'T', '+'])
                            .eq_ignore_ascii_case(command.trim_start_matches('+'))
                    })
        };
        let index = self.on.iter().position(names)?;
        self.on.remove(index).argument
    }

    /// Whether `count` has reached the fault's byte threshold; switches it off then, so that it
    /// occurs once.
    pub(crate) fn reached(&mut self, knob: Knob, count: u64) -> bool {
        let reached = self.number(knob, 0).is_some_and(|limit| count >= limit);
        if reached {
            self.clear(knob);
        }
        reached
    }
}

#[cfg(test)]
mod tests {
    use super::{Fault, Faults, KNOBS, Knob};

    #[test]
    fn names_are_unique() {
        for knob in KNOBS {
            assert_eq!(Knob::named(knob.name()), Some(*knob));
        }
    }

    #[test]
    fn checks_arguments() {
        for good in [
            "stat-first",
            "slow=5",
            "data-refused",
            "data-refused=2",
            "fail=QFTPSIZE:627,550",
            "qflst=ufs",
        ] {
            assert_eq!(good.parse::<Fault>().unwrap().to_string(), good);
        }
        for (bad, why) in [
            ("stat-first=1", "stat-first takes no argument"),
            ("slow", "slow takes MS"),
            ("slow=x", "slow takes MS"),
            ("fail=QFTPSIZE", "fail takes COMMAND:ERR,PROTO"),
            ("qflst=blue", "qflst takes unquoted|ufs"),
            ("nonsense", "there is no fault \"nonsense\""),
        ] {
            assert_eq!(bad.parse::<Fault>().unwrap_err(), why);
        }
    }

    #[test]
    fn counts_occurrences_and_applies_scripted_results_in_order() {
        let mut faults = Faults::default();
        faults.set("data-refused=2".parse().unwrap());
        assert!(faults.trigger(Knob::DataRefused));
        assert!(faults.trigger(Knob::DataRefused));
        assert!(!faults.trigger(Knob::DataRefused));
        faults.set("fail=QFTPSIZE:627,550".parse().unwrap());
        faults.set("fail=QFTPSIZE:609,0".parse().unwrap());
        assert_eq!(faults.take_failure("+QFTPDEL"), None);
        assert_eq!(faults.take_failure("+QFTPSIZE"), Some((627, 550)));
        assert_eq!(faults.take_failure("+QFTPSIZE"), Some((609, 0)));
        assert_eq!(faults.take_failure("+QFTPSIZE"), None);
    }
}
