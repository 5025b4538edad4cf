//! The closed list of misbehaviours the module can be told to show, each with the entry of
//! quirks.md (or the reference section) it comes from. Setting one never changes anything but that.

use std::fmt;

macro_rules! knobs {
    ($($variant:ident $name:literal $argument:literal $source:literal $help:literal,)*) => {
        /// One misbehaviour.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Knob {
            $(#[doc = $help] $variant,)*
        }

        /// Every knob in the order it is listed to people.
        pub const KNOBS: &[Knob] = &[$(Knob::$variant,)*];

        impl Knob {
            /// The name used in `--fault NAME[=ARG]`.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The form of its argument; empty if it takes none, in brackets if it may be left out.
            pub fn argument(self) -> &'static str {
                match self { $(Self::$variant => $argument,)* }
            }

            /// Where the behaviour was seen or described.
            pub fn source(self) -> &'static str {
                match self { $(Self::$variant => $source,)* }
            }

            /// What it does.
            pub fn help(self) -> &'static str {
                match self { $(Self::$variant => $help,)* }
            }
        }
    };
}

knobs! {
    BusyAfterClose "busy-after-close" "[MS]" "F1" "QFTPCLOSE takes MS (2000) more; FTP commands get 603 until its URC",
    DataRefused "data-refused" "[TIMES]" "F2" "COM: transfers get CME 615 instead of CONNECT, then 603 until a close",
    AbortUrc "abort-urc" "[ERR,PROTO]" "F3" "a download left by +++ or DTR prints its URC after all (0,<n>)",
    DataTimeout "data-timeout" "MS" "F4" "609 after MS of silence in data mode instead of rsptimeout",
    GetMissing "get-missing" "cme|connect|urc" "at-ftp 2.6" "how QFTPGET reports a missing file",
    ConnectEmpty "empty-data" "[TIMES]" "F6" "QFTPGET says CONNECT, sends nothing, ends with 0,0",
    Preliminary "reply-150" "[TIMES]" "F6" "QFTPGET brings nothing and ends with 627,150",
    AccountMasked "account-masked" "" "F8" "QFTPCFG shows the password as *****",
    PwdQuoted "pwd-quoted" "" "F9" "QFTPPWD prints the path in quotes",
    StatFirst "stat-first" "" "F10" "QFTPSTAT prints its line before OK",
    NoNlst "no-nlst" "" "F14" "QFTPNLST is an unknown command",
    NoMlsd "no-mlsd" "" "F14" "QFTPMLSD is an unknown command",
    SizeOneField "size-one-field" "" "F17" "QFTPSIZE prints +QFTPSIZE: <n>",
    NoUrc "no-urc" "[TIMES]" "F18" "FTP URCs never come, as with urcport on another port",
    LateUrc "late-urc" "MS" "F18" "FTP URCs come MS late",
    Fail "fail" "COMMAND:ERR,PROTO" "at-ftp 4" "the next COMMAND ends with this URC; may be given many times",
    Refuse "refuse" "COMMAND:CODE" "at-ftp 4" "the next COMMAND gets +CME ERROR: CODE; may be given many times",
    TlsFails "tls-fails" "[TIMES]" "at-ftp 4" "QFTPOPEN with TLS ends with 631,0",
    TlsWears "tls-wears" "[SESSIONS]" "N3" "after SESSIONS (20) TLS logins everything fails with 601,0 until power is off",
    QfuplTimeout "qfupl-timeout" "ok|cme" "U1" "QFUPL after a timeout: result line then OK, or only CME 421",
    NoFinalAck "no-final-ack" "" "at-file 3.4" "ACK mode: no A after a full last block",
    UfsFull "ufs-full" "" "at-file 5" "the module's storage has no room left",
    GetExists "get-exists" "" "at-ftp 2.6" "QFTPGET and listings refuse an existing local name with 613",
    CorruptFile "corrupt-file" "[TIMES]" "U5" "a byte of the next QFUPL is changed on its way",
    Qflst "qflst" "unquoted|ufs" "U7, F17" "QFLST prints bare names, or names with the UFS: prefix",
    QiactFails "qiact-fails" "[TIMES]" "at-ftp 6" "QIACT answers ERROR",
    QiactSlow "qiact-slow" "MS" "N16" "QIACT and QIDEACT block the port for MS",
    QiactGhost "qiact-ghost" "" "N2" "QIACT? shows a context that the network has dropped",
    PdpdeactAfter "pdpdeact-after" "BYTES" "at-network 1" "the network drops the context after BYTES of data mode",
    ResetAfter "reset-after" "BYTES" "N6" "the module restarts after BYTES of data mode",
    EchoOnBoot "echo-on-boot" "" "N6" "echo is on after every restart, whatever AT&W stored",
    AppRdy "app-rdy" "" "N7" "APP RDY ends the boot URCs",
    SimLate "sim-late" "MS" "N8" "AT+CPIN? answers CME 14 for MS after a start",
    PowerText "power-text" "TEXT" "at-network 6" "says TEXT instead of POWERED DOWN",
    LoseBytes "lose-bytes" "[EVERY]" "S1" "every EVERY-th (1000) byte of data mode is lost unless AT+IFC=2,2",
    DtrDrop "dtr-drop" "BYTES" "S3" "DTR seems to drop after BYTES of data mode",
    DtrIgnored "dtr-ignored" "" "at-serial 5" "DTR does nothing, whatever AT&D says",
    UrcBetween "urc-between" "TEXT" "S7" "TEXT comes as a URC before every result code",
    Fragment "fragment" "[BYTES]" "S7" "output comes in pieces of BYTES (1)",
    Slow "slow" "MS" "S7" "MS pass between two pieces of output",
    Garbage "garbage" "[BYTES]" "S9" "BYTES (16) of noise come before the first answer after a start",
    StrictBaud "strict-baud" "" "S10" "bytes sent at another rate than AT+IPR's are lost",
    ConnectText "connect-text" "[TEXT]" "at-ftp 1.1" "CONNECT is followed by TEXT (150000000)",
    Stall "stall" "BYTES" "at-ftp 1.5" "a transfer stops moving after BYTES",
    Mute "mute" "[COMMAND]" "N12" "no answer any more, or none to COMMAND",
}

impl Knob {
    /// The knob with this name.
    pub fn named(name: &str) -> Option<Self> {
        KNOBS.iter().copied().find(|knob| knob.name() == name)
    }

    /// Whether each setting adds to the ones before.
    fn accumulates(self) -> bool {
        matches!(self, Self::Fail | Self::Refuse)
    }

    fn check(self, argument: Option<&str>) -> Result<(), String> {
        let form = self.argument();
        let wrong = || {
            Err(format!(
                "{} takes {}",
                self.name(),
                if form.is_empty() { "no argument" } else { form }
            ))
        };
        let Some(argument) = argument else {
            return if form.is_empty() || form.starts_with('[') {
                Ok(())
            } else {
                wrong()
            };
        };
        let fits = match form.trim_matches(['[', ']']) {
            "" => false,
            "MS" | "BYTES" | "TIMES" | "EVERY" | "SESSIONS" => argument.parse::<u64>().is_ok(),
            "COMMAND:ERR,PROTO" => split_failure(argument).is_some(),
            "COMMAND:CODE" => split_refusal(argument).is_some(),
            "ERR,PROTO" => two_codes(argument).is_some(),
            "TEXT" | "COMMAND" => true,
            words => words.split('|').any(|word| word == argument),
        };
        if fits { Ok(()) } else { wrong() }
    }
}

fn two_codes(text: &str) -> Option<(u16, u16)> {
    let (err, proto) = text.split_once(',')?;
    Some((err.parse().ok()?, proto.parse().ok()?))
}

fn split_failure(text: &str) -> Option<(&str, (u16, u16))> {
    let (command, codes) = text.split_once(':')?;
    Some((command, two_codes(codes)?))
}

fn split_refusal(text: &str) -> Option<(&str, u16)> {
    let (command, code) = text.split_once(':')?;
    Some((command, code.parse().ok()?))
}

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
