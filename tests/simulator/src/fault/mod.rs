//! The closed list of misbehaviours the module can be told to show, each with the entry of
//! quirks.md (or the reference section) it comes from. Setting one never changes anything but that.

mod knobs;

use std::fmt;

pub use knobs::{KNOBS, Knob};
use knobs::{split_failure, split_refusal};

/// A misbehaviour with its argument, as written `NAME[=ARG]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    knob: Knob,
    argument: Option<String>,
}

impl Fault {
    /// A fault with a checked argument.
    ///
    /// # Errors
    /// One sentence saying what the knob takes.
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

/// The misbehaviours that are on.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    on: Vec<Fault>,
}

impl Faults {
    /// Switches one on; a knob that does not accumulate replaces its earlier setting.
    pub(crate) fn set(&mut self, fault: Fault) {
        if !fault.knob.accumulates() {
            self.clear(fault.knob);
        }
        self.on.push(fault);
    }

    /// Switches one off.
    pub(crate) fn clear(&mut self, knob: Knob) {
        self.on.retain(|fault| fault.knob != knob);
    }

    /// Switches all off.
    pub(crate) fn clear_all(&mut self) {
        self.on.clear();
    }

    /// What is on, for people.
    pub(crate) fn list(&self) -> impl Iterator<Item = String> + '_ {
        self.on.iter().map(ToString::to_string)
    }

    fn get(&self, knob: Knob) -> Option<&Fault> {
        self.on.iter().find(|fault| fault.knob == knob)
    }

    /// Whether a knob is on.
    pub(crate) fn is_on(&self, knob: Knob) -> bool {
        self.get(knob).is_some()
    }

    /// The argument of a knob that is on, or `default` if it has none.
    pub(crate) fn text<'a>(&'a self, knob: Knob, default: &'a str) -> Option<&'a str> {
        self.get(knob)
            .map(|fault| fault.argument.as_deref().unwrap_or(default))
    }

    /// The number of a knob that is on, or `default` if it has none.
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

    /// Uses up one of the times a knob may strike; without a number it strikes always.
    pub(crate) fn strike(&mut self, knob: Knob) -> bool {
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

    /// Takes the scripted failure of a command, if there is one.
    pub(crate) fn failure(&mut self, command: &str) -> Option<(u16, u16)> {
        let argument = self.take(Knob::Fail, command)?;
        split_failure(&argument).map(|(_, codes)| codes)
    }

    /// Takes the scripted refusal of a command, if there is one.
    pub(crate) fn refusal(&mut self, command: &str) -> Option<u16> {
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

    /// Takes a byte threshold that `count` has reached, so that it strikes once.
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
    fn names_are_unique_and_found() {
        for knob in KNOBS {
            assert_eq!(Knob::named(knob.name()), Some(*knob));
        }
    }

    #[test]
    fn arguments_are_checked_with_one_sentence() {
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
    fn strikes_are_counted_and_scripts_are_taken_in_order() {
        let mut faults = Faults::default();
        faults.set("data-refused=2".parse().unwrap());
        assert!(faults.strike(Knob::DataRefused));
        assert!(faults.strike(Knob::DataRefused));
        assert!(!faults.strike(Knob::DataRefused));
        faults.set("fail=QFTPSIZE:627,550".parse().unwrap());
        faults.set("fail=QFTPSIZE:609,0".parse().unwrap());
        assert_eq!(faults.failure("+QFTPDEL"), None);
        assert_eq!(faults.failure("+QFTPSIZE"), Some((627, 550)));
        assert_eq!(faults.failure("+QFTPSIZE"), Some((609, 0)));
        assert_eq!(faults.failure("+QFTPSIZE"), None);
    }
}
