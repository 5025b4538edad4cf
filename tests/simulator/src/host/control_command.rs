//! The commands of the control socket: every word of [`COMMANDS`] is parsed here, with or without
//! an argument as the table says.

use std::str::FromStr;

use crate::fault::{Fault, Knob};
use crate::module::{Injection, SimState};

/// The first words of all commands, and whether an argument follows.
pub const COMMANDS: &[(&str, bool)] = &[
    ("fault", true),
    ("clear", true),
    ("urc", true),
    ("reset", false),
    ("powerdown", false),
    ("powerup", false),
    ("pdpdeact", false),
    ("registration", true),
    ("signal", true),
    ("sim", true),
    ("dtr", true),
    ("unplug", false),
    ("replug", false),
    ("stats", false),
    ("state", false),
    ("faults", false),
];

/// A command of the control socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ControlCommand {
    /// `fault`, `clear`, `urc`, `reset`, `powerdown`, `powerup`, `pdpdeact`, `registration`,
    /// `signal`, `sim`
    Inject(Injection),
    /// `dtr 0|1`: a pty carries no modem lines.
    Dtr(bool),
    /// `unplug`
    Unplug,
    /// `replug`
    Replug,
    /// `stats`
    Stats,
    /// `state`
    State,
    /// `faults`
    Faults,
}

impl FromStr for ControlCommand {
    type Err = String;

    fn from_str(line: &str) -> Result<Self, String> {
        let (word, argument) = line.trim().split_once(' ').unwrap_or((line.trim(), ""));
        let argument = argument.trim();
        let unknown = || format!("there is no command {word:?}");
        let (_, takes_argument) = COMMANDS
            .iter()
            .find(|(known, _)| *known == word)
            .ok_or_else(unknown)?;
        match (takes_argument, argument.is_empty()) {
            (true, true) => return Err(format!("{word} takes an argument")),
            (false, false) => return Err(format!("{word} takes no argument")),
            _ => {}
        }
        let number = |allowed: &[u8]| {
            let number = argument
                .parse()
                .ok()
                .filter(|number| allowed.contains(number));
            number.ok_or_else(|| format!("{word} takes one of {allowed:?}"))
        };
        Ok(Self::Inject(match word {
            "fault" => Injection::Fault(argument.parse::<Fault>()?),
            "clear" if argument == "all" => Injection::ClearAll,
            "clear" => Injection::Clear(
                Knob::named(argument).ok_or_else(|| format!("there is no fault {argument:?}"))?,
            ),
            "urc" => Injection::Urc(argument.to_owned()),
            "reset" => Injection::Reset,
            "powerdown" => Injection::PowerDown,
            "powerup" => Injection::PowerUp,
            "pdpdeact" => Injection::PdpDeactivated,
            "registration" => Injection::Registration(number(&[0, 1, 2, 3, 4, 5])?),
            "signal" => {
                let rssi = argument.parse().ok();
                let rssi = rssi.filter(|rssi| *rssi <= 31 || *rssi == 99);
                Injection::Signal(rssi.ok_or("signal takes 0 to 31, or 99")?)
            }
            "sim" => Injection::Sim(
                SimState::named(argument).ok_or("sim takes ready, pin, puk or absent")?,
            ),
            "dtr" => return Ok(Self::Dtr(number(&[0, 1])? == 1)),
            "unplug" => return Ok(Self::Unplug),
            "replug" => return Ok(Self::Replug),
            "stats" => return Ok(Self::Stats),
            "state" => return Ok(Self::State),
            "faults" => return Ok(Self::Faults),
            _ => return Err(unknown()),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::{COMMANDS, ControlCommand};
    use crate::module::{Injection, SimState};

    #[test]
    fn parses_commands() {
        for (line, command) in [
            ("reset\n", ControlCommand::Inject(Injection::Reset)),
            (
                "urc +QIND: \"csq\",1,99",
                ControlCommand::Inject(Injection::Urc("+QIND: \"csq\",1,99".into())),
            ),
            (
                "registration 5",
                ControlCommand::Inject(Injection::Registration(5)),
            ),
            ("signal 99", ControlCommand::Inject(Injection::Signal(99))),
            (
                "sim absent",
                ControlCommand::Inject(Injection::Sim(SimState::Absent)),
            ),
            (
                "fault slow=3",
                ControlCommand::Inject(Injection::Fault("slow=3".parse().unwrap())),
            ),
            ("clear all", ControlCommand::Inject(Injection::ClearAll)),
            ("dtr 0", ControlCommand::Dtr(false)),
            ("stats", ControlCommand::Stats),
        ] {
            assert_eq!(line.parse::<ControlCommand>().unwrap(), command);
        }
    }

    #[test]
    fn reports_invalid_commands() {
        for (line, text) in [
            ("dance", "there is no command \"dance\""),
            ("reset now", "reset takes no argument"),
            ("urc", "urc takes an argument"),
            (
                "registration 9",
                "registration takes one of [0, 1, 2, 3, 4, 5]",
            ),
            ("signal 40", "signal takes 0 to 31, or 99"),
            ("clear x", "there is no fault \"x\""),
        ] {
            assert_eq!(line.parse::<ControlCommand>().unwrap_err(), text);
        }
    }

    #[test]
    fn parses_every_word_of_the_table() {
        for (word, takes_argument) in COMMANDS {
            let argument = match *word {
                _ if !takes_argument => "",
                "fault" => "slow=1",
                "clear" => "all",
                "sim" => "ready",
                _ => "1",
            };
            let line = format!("{word} {argument}");
            assert!(line.parse::<ControlCommand>().is_ok(), "{line}");
        }
    }
}
