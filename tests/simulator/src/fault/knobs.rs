//! The table of all faults: name, argument, source and effect of each.

macro_rules! knobs {
    ($($variant:ident $name:literal $argument:literal $source:literal $help:literal,)*) => {
        /// A fault that can be switched on.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Knob {
            $(#[doc = concat!("The fault `", $name, "`.")] $variant,)*
        }

        /// All faults, in the order of the documentation.
        pub const KNOBS: &[Knob] = &[$(Knob::$variant,)*];

        impl Knob {
            /// The name used in `--fault NAME[=ARG]`.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The form of its argument; empty if it takes none, in brackets if it is optional.
            pub fn argument(self) -> &'static str {
                match self { $(Self::$variant => $argument,)* }
            }

            /// Where in docs/module the behaviour is described: `quirks.md F1`, `at-ftp.md §2.6`.
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
    BusyAfterClose "busy-after-close" "[MS]" "quirks.md F1" "QFTPCLOSE takes MS (2000) longer; FTP commands get 603 until its URC",
    DataRefused "data-refused" "[TIMES]" "quirks.md F2" "COM: transfers get CME 615 instead of CONNECT, then FTP commands get 603 until QFTPCLOSE",
    DataDead "data-dead" "context|restart|power" "quirks.md F2" "COM: transfers get CME 615 and AT+QPING no answer until QIDEACT, a restart or a power-off",
    AbortUrc "abort-urc" "[ERR,PROTO]" "quirks.md F3" "a download ended by +++ or DTR prints its URC (0,<n>)",
    DataTimeout "data-timeout" "MS" "quirks.md F4" "a transfer fails with 609 after MS without data instead of rsptimeout",
    GetMissing "get-missing" "cme|connect|urc" "at-ftp.md §2.6" "how QFTPGET reports a missing file",
    ConnectEmpty "empty-data" "[TIMES]" "quirks.md F6" "QFTPGET prints CONNECT, sends no data, ends with 0,0",
    Preliminary "reply-150" "[TIMES]" "quirks.md F6" "QFTPGET sends no data and ends with 627,150",
    AccountMasked "account-masked" "" "quirks.md F8" "QFTPCFG prints the password as *****",
    PwdQuoted "pwd-quoted" "" "quirks.md F9" "QFTPPWD prints the path in quotes",
    StatFirst "stat-first" "" "quirks.md F10" "QFTPSTAT prints its line before OK",
    NoNlst "no-nlst" "" "quirks.md F14" "QFTPNLST is an unknown command",
    NoMlsd "no-mlsd" "" "quirks.md F14" "QFTPMLSD is an unknown command",
    SizeOneField "size-one-field" "" "quirks.md F17" "QFTPSIZE prints +QFTPSIZE: <n>",
    LateType "late-type" "" "quirks.md F11" "the type is set for each transfer and not at the login, and is ASCII after a listing",
    NoUrc "no-urc" "[TIMES]" "quirks.md F18" "FTP URCs are not sent, as with urcport on another port",
    LateUrc "late-urc" "MS" "quirks.md F18" "FTP URCs are delayed by MS",
    Fail "fail" "COMMAND:ERR,PROTO" "at-ftp.md §4" "the next COMMAND ends with this URC; may be given several times",
    Refuse "refuse" "COMMAND:CODE" "at-ftp.md §4" "the next COMMAND gets +CME ERROR: CODE; may be given several times",
    TlsFails "tls-fails" "[TIMES]" "at-ftp.md §4" "QFTPOPEN with TLS ends with 631,0",
    TlsWears "tls-wears" "[SESSIONS]" "quirks.md N3" "after SESSIONS (20) TLS logins QFTPOPEN with TLS ends with 601,0 until a power-off",
    SegmentReconnects "segment-reconnects" "" "quirks.md F22" "every segment of an upload has a data connection of its own",
    QfuplTimeout "qfupl-timeout" "ok|cme" "quirks.md U1" "after a time-out QFUPL prints its result line and OK, or only CME 421",
    NoFinalAck "no-final-ack" "" "at-file.md §3.4" "ACK mode: no A after the last block if it is full",
    UfsFull "ufs-full" "" "at-file.md §5" "the UFS has no free space",
    GetExists "get-exists" "" "at-ftp.md §2.6" "QFTPGET and listings fail with 613 if the local file exists",
    CorruptFile "corrupt-file" "[TIMES]" "quirks.md U5" "one byte of the next QFUPL is stored wrong",
    Qflst "qflst" "unquoted|ufs" "quirks.md U7, F17" "QFLST prints unquoted names, or names with the UFS: prefix",
    QiactFails "qiact-fails" "[TIMES]" "at-ftp.md §6" "QIACT is answered with ERROR",
    QiactSlow "qiact-slow" "MS" "quirks.md N16" "QIACT and QIDEACT take MS",
    QiactGhost "qiact-ghost" "" "quirks.md N2" "QIACT? still lists a context that the network has deactivated",
    Address "address" "zero|none|ipv6|ipv6-cgpaddr" "quirks.md N17" "an active context has 0.0.0.0, no address, an IPv6 address, or one that only CGPADDR tells",
    PingLost "ping-lost" "" "quirks.md N2" "hosts do not answer AT+QPING",
    PdpdeactAfter "pdpdeact-after" "BYTES" "at-network.md §1" "the network deactivates the context after BYTES of data mode",
    ResetAfter "reset-after" "BYTES" "quirks.md N6" "the module restarts after BYTES of data mode",
    Ucs2 "ucs2" "" "at-network.md §3" "AT+COPS? gives the name of the operator as after AT+CSCS=\"UCS2\"",
    Iccid "iccid" "TEXT" "at-network.md §2" "AT+QCCID prints TEXT",
    PrefixedIdentity "prefixed-identity" "" "quirks.md N18" "CGMI, CGMM, CGMR and CGSN print their name before the text",
    EchoOnBoot "echo-on-boot" "" "quirks.md N6" "echo is on after every restart, even if AT&W stored it off",
    EchoOffOnBoot "echo-off-on-boot" "" "quirks.md N19" "echo is off after every restart, as if AT&W had stored it",
    EchoAlways "echo-always" "" "quirks.md S6" "ATE0 is answered with OK and has no effect",
    BootSigns "boot-signs" "SIGNS" "quirks.md N19" "a start says only these, separated by commas: noise (before the next one), rdy, cfun, cpin, qusim, sms, pb, app-rdy; or none",
    BootRate "boot-rate" "RATE" "quirks.md S10" "AT+IPR is RATE after every restart, as if AT&W had stored it",
    AppRdy "app-rdy" "" "quirks.md N7" "APP RDY is the last boot URC",
    SimLate "sim-late" "MS" "quirks.md N8" "AT+CPIN gets CME 14 for MS after a start",
    PowerText "power-text" "TEXT" "at-network.md §6" "TEXT is printed instead of POWERED DOWN",
    LoseBytes "lose-bytes" "[EVERY]" "quirks.md S1" "every EVERY-th (1000) byte of an upload is lost unless AT+IFC=2,2",
    DtrDrop "dtr-drop" "BYTES" "quirks.md S3" "the module sees DTR drop after BYTES of data mode",
    DtrIgnored "dtr-ignored" "" "at-serial.md §5" "DTR has no effect, whatever AT&D is set to",
    UrcBetween "urc-between" "TEXT" "quirks.md S7" "TEXT is printed as a URC before every result code",
    Fragment "fragment" "[BYTES]" "quirks.md S7" "output is split into pieces of BYTES (1)",
    Slow "slow" "MS" "quirks.md S7" "MS pass between two pieces of output",
    Garbage "garbage" "[BYTES]" "quirks.md S9" "BYTES (16) of noise precede the first answer after a start",
    StrictBaud "strict-baud" "" "quirks.md S10" "bytes are lost while the tty's rate differs from AT+IPR",
    ConnectText "connect-text" "[TEXT]" "at-ftp.md §1.1" "CONNECT is followed by TEXT (150000000)",
    Surplus "surplus" "[BYTES]" "quirks.md S1" "BYTES (65536) of noise follow the data of a transfer to the host before its OK",
    Announce "announce" "BYTES" "at-file.md §3.8" "QFREAD announces BYTES, whatever it sends",
    Stall "stall" "BYTES" "at-ftp.md §1.5" "a transfer stops after BYTES",
    Mute "mute" "[COMMAND]" "quirks.md N12" "no command is answered any more; with COMMAND, that command is not",
}

impl Knob {
    /// The fault with this name.
    pub fn named(name: &str) -> Option<Self> {
        KNOBS.iter().copied().find(|knob| knob.name() == name)
    }

    /// Whether a new setting is added to the earlier ones instead of replacing them.
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
            "MS" | "BYTES" | "TIMES" | "EVERY" | "SESSIONS" | "RATE" => {
                argument.parse::<u64>().is_ok()
            }
            "SIGNS" => super::boot_signs(argument).is_some(),
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
