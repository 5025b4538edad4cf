//! The general `+CME ERROR` codes (docs/module/at-network.md §8).

use modem_ftp_dbus::ErrorName as Name;

use super::table::codes;
use super::verdict::{CommandKind, Verdict, refused, verdict};
use crate::api::failure::{Retry, Scope};

codes! {
    /// An error of the module's general part.
    GeneralError {
        0 PhoneFailure "phone failure",
        1 NoConnection "no connection to phone",
        2 LinkReserved "phone adaptor link reserved",
        3 NotAllowed "operation not allowed",
        4 NotSupported "operation not supported",
        5 PhSimPin "PH-SIM PIN required",
        6 PhFsimPin "PH-FSIM PIN required",
        7 PhFsimPuk "PH-FSIM PUK required",
        10 SimNotInserted "SIM not inserted",
        11 SimPin "SIM PIN required",
        12 SimPuk "SIM PUK required",
        13 SimFailure "SIM failure",
        14 SimBusy "SIM busy",
        15 SimWrong "SIM wrong",
        16 WrongPassword "incorrect password",
        17 SimPin2 "SIM PIN2 required",
        18 SimPuk2 "SIM PUK2 required",
        20 MemoryFull "memory full",
        21 InvalidIndex "invalid index",
        22 NotFound "not found",
        23 MemoryFailure "memory failure",
        24 TextTooLong "text string too long",
        25 TextInvalid "invalid characters in text string",
        26 DialTooLong "dial string too long",
        27 DialInvalid "invalid characters in dial string",
        30 NoNetwork "no network service",
        31 NetworkTimeout "network timeout",
        32 EmergencyOnly "network not allowed, emergency calls only",
        40 NetworkPin "network personalisation PIN required",
        41 NetworkPuk "network personalisation PUK required",
        42 SubsetPin "network subset personalisation PIN required",
        43 SubsetPuk "network subset personalisation PUK required",
        44 ProviderPin "service provider personalisation PIN required",
        45 ProviderPuk "service provider personalisation PUK required",
        46 CorporatePin "corporate personalisation PIN required",
        47 CorporatePuk "corporate personalisation PUK required",
    }
}

impl GeneralError {
    /// What it means for a command of this kind.
    pub fn verdict(self, kind: CommandKind) -> Verdict {
        match self {
            // A SIM that initialises late may still become ready (docs/module/quirks.md N8).
            Self::SimNotInserted | Self::SimFailure => {
                verdict(Name::SimNotReady, Retry::Later, Scope::Command)
            }
            Self::SimBusy => verdict(Name::SimNotReady, Retry::Soon, Scope::Command),
            Self::NoNetwork | Self::NetworkTimeout | Self::EmergencyOnly => {
                verdict(Name::NotRegistered, Retry::Later, Scope::Command)
            }
            // Seen on a module with failing flash memory (docs/module/quirks.md N8).
            Self::PhoneFailure | Self::NoConnection | Self::LinkReserved | Self::MemoryFailure => {
                verdict(Name::ModemUnavailable, Retry::Later, Scope::Command)
            }
            // Usually temporary: not attached yet, or another command is still running.
            Self::NotAllowed => refused(kind),
            Self::NotSupported
            | Self::MemoryFull
            | Self::InvalidIndex
            | Self::NotFound
            | Self::TextTooLong
            | Self::TextInvalid
            | Self::DialTooLong
            | Self::DialInvalid => {
                let refused = refused(kind);
                verdict(refused.name, Retry::Never, refused.scope)
            }
            // Every PIN, PUK and wrong password: a person has to act.
            _ => verdict(Name::SimNotReady, Retry::Never, Scope::Command),
        }
    }
}
