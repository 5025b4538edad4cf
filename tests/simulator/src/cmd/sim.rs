//! The SIM: CPIN, QPINC, QINISTAT, QCCID, CIMI (docs/module/at-network.md §2).

use std::time::Duration;

use crate::at::parse::Form;
use crate::fault::Knob;
use crate::module::{CommandError, CommandResult, Config, Module, Outcome, TimedAction};
use crate::remote::Secret;

const ICCID: &str = "89860000000000000018";
const IMSI: &str = "001010123456789";
const PIN_TRIES: u8 = 3;
const PUK_TRIES: u8 = 10;
/// The PUK of the SIM.
const PUK: &str = "12345678";
/// `+CME ERROR` codes of docs/module/at-network.md §8.
const ABSENT: u16 = 10;
const PIN_REQUIRED: u16 = 11;
const PUK_REQUIRED: u16 = 12;
const BUSY: u16 = 14;
const WRONG_PASSWORD: u16 = 16;
const NOT_ALLOWED: u16 = 3;

/// The state of the SIM.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SimState {
    /// Inserted and unlocked.
    Ready,
    /// Inserted, requires its PIN.
    Pin,
    /// Inserted, requires its PUK.
    Puk,
    /// Not inserted.
    Absent,
}

impl SimState {
    /// The state named `ready`, `pin`, `puk` or `absent`.
    pub fn named(word: &str) -> Option<Self> {
        Some(match word {
            "ready" => Self::Ready,
            "pin" => Self::Pin,
            "puk" => Self::Puk,
            "absent" => Self::Absent,
            _ => return None,
        })
    }
}

/// The SIM card.
#[derive(Debug)]
pub(crate) struct Sim {
    state: SimState,
    pin: Option<Secret>,
    pin_tries: u8,
    puk_tries: u8,
}

impl Sim {
    pub(crate) fn new(config: &Config) -> Self {
        let with_pin = if config.sim_pin.is_some() {
            SimState::Pin
        } else {
            SimState::Ready
        };
        let mut sim = Self {
            state: SimState::Ready,
            pin: config.sim_pin.clone(),
            pin_tries: PIN_TRIES,
            puk_tries: PUK_TRIES,
        };
        sim.set_state(config.sim.unwrap_or(with_pin));
        sim
    }

    /// Sets the state and resets the attempts. A SIM that requires a PIN gets 1234 if it has none.
    fn set_state(&mut self, state: SimState) {
        self.state = state;
        self.puk_tries = PUK_TRIES;
        self.pin_tries = if state == SimState::Puk { 0 } else { PIN_TRIES };
        if state == SimState::Pin {
            self.pin.get_or_insert_with(|| Secret::new("1234"));
        }
    }

    pub(crate) fn is_ready(&self) -> bool {
        self.state == SimState::Ready
    }

    pub(crate) fn is_present(&self) -> bool {
        self.state != SimState::Absent
    }

    /// An unlocked SIM with a PIN is locked again; the remaining attempts are kept.
    pub(crate) fn power_loss(&mut self) {
        if self.state == SimState::Ready && self.pin.is_some() {
            self.state = SimState::Pin;
        }
    }

    fn word(&self) -> &'static str {
        match self.state {
            SimState::Ready => "READY",
            SimState::Pin => "SIM PIN",
            SimState::Puk => "SIM PUK",
            SimState::Absent => "NOT READY",
        }
    }

    /// The URC for the state.
    pub(crate) fn urc(&self) -> String {
        format!("+CPIN: {}", self.word())
    }

    /// Checks a PIN; three wrong ones lock the SIM.
    fn try_pin(&mut self, pin: &str) -> Result<(), u16> {
        if self.pin.as_ref().is_none_or(|right| right.reveal() == pin) {
            self.pin_tries = PIN_TRIES;
            self.state = SimState::Ready;
            return Ok(());
        }
        self.pin_tries = self.pin_tries.saturating_sub(1);
        if self.pin_tries == 0 {
            self.state = SimState::Puk;
        }
        Err(WRONG_PASSWORD)
    }

    /// Checks a PUK and sets a new PIN.
    fn try_puk(&mut self, puk: &str, pin: &str) -> Result<(), u16> {
        if puk != PUK {
            self.puk_tries = self.puk_tries.saturating_sub(1);
            return Err(WRONG_PASSWORD);
        }
        self.pin = Some(Secret::new(pin));
        (self.pin_tries, self.puk_tries) = (PIN_TRIES, PUK_TRIES);
        self.state = SimState::Ready;
        Ok(())
    }

    /// An error unless the SIM is ready.
    fn require_ready(&self) -> Result<(), CommandError> {
        match self.state {
            SimState::Ready => Ok(()),
            SimState::Pin => Err(CommandError::Cme(PIN_REQUIRED)),
            SimState::Puk => Err(CommandError::Cme(PUK_REQUIRED)),
            SimState::Absent => Err(CommandError::Cme(ABSENT)),
        }
    }
}

impl Module {
    /// Changes the state of the SIM on behalf of the user.
    pub(crate) fn set_sim(&mut self, state: SimState) {
        self.sim.set_state(state);
        let text = self.sim.urc();
        self.dce.urc(&text);
        if state == SimState::Ready {
            self.register();
        } else {
            self.lose_contexts();
            self.set_registration(0);
        }
    }

    /// The fault `sim-late`.
    fn sim_is_late(&self) -> bool {
        let late = self
            .faults
            .number(Knob::SimLate, 0)
            .map(Duration::from_millis);
        matches!((late, self.booted_at), (Some(late), Some(start)) if self.now < start + late)
    }
}

pub(crate) fn cpin(module: &mut Module, form: &Form) -> CommandResult {
    if module.sim_is_late() {
        return Err(CommandError::Cme(BUSY));
    }
    match form {
        Form::Test => Ok(Outcome::Ok),
        Form::Read => match module.sim.state {
            SimState::Absent => Err(CommandError::Cme(ABSENT)),
            _ => {
                let text = module.sim.urc();
                module.answer([text])
            }
        },
        Form::Write(args) => {
            let code = args.word(0).ok_or(CommandError::Error)?;
            let result = match (module.sim.state, args.word(1)) {
                (SimState::Absent, _) => Err(ABSENT),
                (SimState::Pin, None) => module.sim.try_pin(code),
                (SimState::Puk, None) => Err(PUK_REQUIRED),
                (SimState::Puk, Some(pin)) => module.sim.try_puk(code, pin),
                _ => Err(NOT_ALLOWED),
            };
            result.map_err(CommandError::Cme)?;
            module.timers.schedule(module.now, TimedAction::SimRead);
            Ok(Outcome::Ok)
        }
        Form::Exec => Err(CommandError::Error),
    }
}

pub(crate) fn qpinc(module: &mut Module, form: &Form) -> CommandResult {
    match form {
        Form::Test => module.answer(["+QPINC: (\"SC\",\"P2\")"]),
        Form::Read if !module.sim.is_present() => Err(CommandError::Cme(ABSENT)),
        Form::Read => {
            let (pin, puk) = (module.sim.pin_tries, module.sim.puk_tries);
            module.answer([
                format!("+QPINC: \"SC\",{pin},{puk}"),
                "+QPINC: \"P2\",3,10".to_owned(),
            ])
        }
        _ => Err(CommandError::Error),
    }
}

pub(crate) fn qinistat(module: &mut Module, form: &Form) -> CommandResult {
    match form {
        Form::Test => module.answer(["+QINISTAT: (0-3)"]),
        Form::Exec => {
            let sum = if module.sim.is_ready() { 3 } else { 0 };
            module.answer([format!("+QINISTAT: {sum}")])
        }
        _ => Err(CommandError::Error),
    }
}

pub(crate) fn qccid(module: &mut Module, form: &Form) -> CommandResult {
    match form {
        Form::Test => Ok(Outcome::Ok),
        Form::Exec if module.sim.is_present() => {
            let number = module.faults.text(Knob::Iccid, ICCID).unwrap_or(ICCID);
            let line = format!("+QCCID: {number}");
            module.answer([line])
        }
        Form::Exec => Err(CommandError::Cme(ABSENT)),
        _ => Err(CommandError::Error),
    }
}

pub(crate) fn cimi(module: &mut Module, form: &Form) -> CommandResult {
    match form {
        Form::Test => Ok(Outcome::Ok),
        Form::Exec => {
            module.sim.require_ready()?;
            module.answer([IMSI])
        }
        _ => Err(CommandError::Error),
    }
}
