//! The V.25ter result codes (docs/module/at-serial.md §4) and the texts of `+CME ERROR`.

/// The V.25ter result codes that the module uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ResultCode {
    Ok,
    Connect,
    NoCarrier,
    Error,
}

impl ResultCode {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Connect => "CONNECT",
            Self::NoCarrier => "NO CARRIER",
            Self::Error => "ERROR",
        }
    }

    pub(super) fn digit(self) -> u8 {
        match self {
            Self::Ok => 0,
            Self::Connect => 1,
            Self::NoCarrier => 3,
            Self::Error => 4,
        }
    }
}

/// The text of a general `+CME ERROR` code (docs/module/at-network.md §8), printed with
/// `AT+CMEE=2`. File and FTP codes have none here: related modules print many of them as numbers
/// even then (docs/module/at-ftp.md §1.2).
pub(crate) fn cme_text(code: u16) -> Option<&'static str> {
    Some(match code {
        0 => "phone failure",
        1 => "no connection to phone",
        2 => "phone-adaptor link reserved",
        3 => "operation not allowed",
        4 => "operation not supported",
        5 => "PH-SIM PIN required",
        6 => "PH-FSIM PIN required",
        7 => "PH-FSIM PUK required",
        10 => "SIM not inserted",
        11 => "SIM PIN required",
        12 => "SIM PUK required",
        13 => "SIM failure",
        14 => "SIM busy",
        15 => "SIM wrong",
        16 => "incorrect password",
        17 => "SIM PIN2 required",
        18 => "SIM PUK2 required",
        20 => "memory full",
        21 => "invalid index",
        22 => "not found",
        23 => "memory failure",
        24 => "text string too long",
        25 => "invalid characters in text string",
        26 => "dial string too long",
        27 => "invalid characters in dial string",
        30 => "no network service",
        31 => "network timeout",
        32 => "network not allowed - emergency calls only",
        _ => return None,
    })
}
