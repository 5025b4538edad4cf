//! The table of knobs: name, argument, source and effect of each.

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
    pub(super) fn accumulates(self) -> bool {
        matches!(self, Self::Fail | Self::Refuse)
    }

    pub(super) fn check(self, argument: Option<&str>) -> Result<(), String> {
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

pub(super) fn split_failure(text: &str) -> Option<(&str, (u16, u16))> {
    let (command, codes) = text.split_once(':')?;
    Some((command, two_codes(codes)?))
}

pub(super) fn split_refusal(text: &str) -> Option<(&str, u16)> {
    let (command, code) = text.split_once(':')?;
    Some((command, code.parse().ok()?))
}
