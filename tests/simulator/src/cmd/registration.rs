//! Registration, operator and signal (docs/module/at-network.md §3).

use crate::at::parse::Form;
use crate::fault::Knob;
use crate::module::{CommandError, CommandResult, Module, Outcome};

/// Registration, signal and radio settings.
#[derive(Debug)]
pub(crate) struct Network {
    /// `<stat>`: 0 not registered, 1 home, 2 searching, 3 denied, 4 unknown, 5 roaming.
    pub(crate) status: u8,
    /// The status that the network gives when SIM and radio are ready.
    pub(crate) offered: u8,
    /// `<rssi>` of AT+CSQ.
    pub(crate) rssi: u8,
    /// `<fun>` of AT+CFUN: 0, 1 or 4.
    pub(crate) functionality: u8,
    /// `<mode>` and `<format>` of AT+COPS.
    cops: (u8, u8),
    psm: u8,
    edrx: u8,
}

impl Network {
    /// A network that gives this status.
    pub(crate) fn new(offered: u8) -> Self {
        Self {
            status: 0,
            offered,
            rssi: 20,
            functionality: 1,
            cops: (0, 0),
            psm: 0,
            edrx: 0,
        }
    }

    pub(crate) fn power_loss(&mut self) {
        self.status = 0;
        self.functionality = 1;
        self.cops = (0, 0);
    }

    /// Whether the status is home or roaming.
    pub(crate) fn is_registered(&self) -> bool {
        matches!(self.status, 1 | 5)
    }
}

const OPERATOR: (&str, &str, &str) = ("Virtual Network", "Virtual", "00101");
const AREA: &str = "\"1A2B\",\"0196F101\"";
/// `<Act>` of LTE Cat M1.
const CAT_M1: u8 = 8;

impl Module {
    /// Registers if SIM and radio are ready.
    pub(crate) fn register(&mut self) {
        if self.network.functionality == 1 && self.network.cops.0 != 2 && self.sim.is_ready() {
            let offered = self.network.offered;
            self.change_status(offered);
        }
    }

    /// Changes the status on behalf of the network; later registrations get it too.
    pub(crate) fn set_registration(&mut self, status: u8) {
        if self.sim.is_ready() {
            self.network.offered = status;
        }
        self.change_status(status);
    }

    /// Deregisters because the radio is switched off.
    pub(crate) fn radio_off(&mut self) {
        self.change_status(0);
    }

    fn change_status(&mut self, status: u8) {
        if self.network.status == status {
            return;
        }
        self.network.status = status;
        if !self.network.is_registered() {
            self.lose_contexts();
        }
        for (index, name) in ["+CREG", "+CGREG", "+CEREG"].into_iter().enumerate() {
            let level = self
                .dce
                .profile
                .registration
                .get(index)
                .copied()
                .unwrap_or(0);
            if level > 0 {
                let text = format!("{name}: {}", self.registration_fields(level));
                self.urc(&text);
            }
        }
    }

    fn registration_fields(&self, level: u8) -> String {
        let status = self.network.status;
        if level >= 2 && self.network.is_registered() {
            format!("{status},{AREA},{CAT_M1}")
        } else {
            status.to_string()
        }
    }
}

fn registration(
    module: &mut Module,
    form: &Form,
    index: usize,
    name: &str,
    levels: &str,
) -> CommandResult {
    match form {
        Form::Test => module.answer([format!("{name}: ({levels})")]),
        Form::Read => {
            let level = module
                .dce
                .profile
                .registration
                .get(index)
                .copied()
                .unwrap_or(0);
            let fields = module.registration_fields(level);
            module.answer([format!("{name}: {level},{fields}")])
        }
        Form::Write(args) if args.len() == 1 => {
            let level = args
                .number(0)
                .filter(|level| levels.split(',').any(|known| known == level.to_string()));
            let level = level
                .and_then(|level| u8::try_from(level).ok())
                .ok_or(CommandError::Error)?;
            if let Some(slot) = module.dce.profile.registration.get_mut(index) {
                *slot = level;
            }
            Ok(Outcome::Ok)
        }
        _ => Err(CommandError::Error),
    }
}

pub(crate) fn creg(module: &mut Module, form: &Form) -> CommandResult {
    registration(module, form, 0, "+CREG", "0,1,2")
}

pub(crate) fn cgreg(module: &mut Module, form: &Form) -> CommandResult {
    registration(module, form, 1, "+CGREG", "0,1,2")
}

pub(crate) fn cereg(module: &mut Module, form: &Form) -> CommandResult {
    registration(module, form, 2, "+CEREG", "0,1,2,4")
}

pub(crate) fn cops(module: &mut Module, form: &Form) -> CommandResult {
    let (long, short, numeric) = OPERATOR;
    match form {
        Form::Test => module.answer([format!(
            "+COPS: (2,\"{long}\",\"{short}\",\"{numeric}\",{CAT_M1}),,(0-4),(0-2)"
        )]),
        Form::Read => {
            let (mode, format) = module.network.cops;
            let name = match format {
                0 => long,
                1 => short,
                _ => numeric,
            };
            let ucs2 = |name: &str| {
                name.encode_utf16()
                    .map(|unit| format!("{unit:04X}"))
                    .collect()
            };
            let name = match module.faults.is_on(Knob::Ucs2) {
                true => ucs2(name),
                false => name.to_owned(),
            };
            let text = if module.network.is_registered() {
                format!("+COPS: {mode},{format},\"{name}\",{CAT_M1}")
            } else {
                format!("+COPS: {mode}")
            };
            module.answer([text])
        }
        Form::Write(args) => {
            let mode = args
                .within(0, 0..=4)
                .and_then(|mode| u8::try_from(mode).ok())
                .ok_or(CommandError::Error)?;
            let format = args.within_or(1, 0..=2, u64::from(module.network.cops.1));
            let format = format
                .and_then(|format| u8::try_from(format).ok())
                .ok_or(CommandError::Error)?;
            if mode == 3 {
                module.network.cops.1 = format;
                return Ok(Outcome::Ok);
            }
            module.network.cops = (mode, format);
            if mode == 2 {
                module.change_status(0)
            } else {
                module.register()
            }
            Ok(Outcome::Ok)
        }
        Form::Exec => Err(CommandError::Error),
    }
}

pub(crate) fn csq(module: &mut Module, form: &Form) -> CommandResult {
    match form {
        Form::Test => module.answer(["+CSQ: (0-31,99),(0-7,99)"]),
        Form::Exec => {
            let rssi = module.network.rssi;
            module.answer([format!("+CSQ: {rssi},99")])
        }
        _ => Err(CommandError::Error),
    }
}

pub(crate) fn qcsq(module: &mut Module, form: &Form) -> CommandResult {
    match form {
        Form::Test => module.answer(["+QCSQ: (\"NOSERVICE\",\"GSM\",\"CAT-M1\",\"CAT-NB1\")"]),
        Form::Exec if module.network.is_registered() && module.network.rssi <= 31 => {
            let dbm = -113 + 2 * i32::from(module.network.rssi);
            module.answer([format!("+QCSQ: \"CAT-M1\",{dbm},{},150,-9", dbm - 26)])
        }
        Form::Exec => module.answer(["+QCSQ: \"NOSERVICE\""]),
        _ => Err(CommandError::Error),
    }
}

pub(crate) fn qnwinfo(module: &mut Module, form: &Form) -> CommandResult {
    match form {
        Form::Test => Ok(Outcome::Ok),
        Form::Exec if module.network.is_registered() => module.answer([format!(
            "+QNWINFO: \"Cat-M1\",\"{}\",\"LTE BAND 20\",6300",
            OPERATOR.2
        )]),
        Form::Exec => module.answer(["+QNWINFO: \"NONE\""]),
        _ => Err(CommandError::Error),
    }
}

pub(crate) fn cgatt(module: &mut Module, form: &Form) -> CommandResult {
    match form {
        Form::Test => module.answer(["+CGATT: (0,1)"]),
        Form::Read => {
            let attached = u8::from(module.network.is_registered());
            module.answer([format!("+CGATT: {attached}")])
        }
        Form::Write(args) if args.len() == 1 => {
            match args.within(0, 0..=1).ok_or(CommandError::Error)? {
                0 => module.lose_contexts(),
                _ if !module.network.is_registered() => return Err(CommandError::Cme(30)),
                _ => {}
            }
            Ok(Outcome::Ok)
        }
        _ => Err(CommandError::Error),
    }
}

/// AT+CPSMS: only `<mode>` is stored.
pub(crate) fn cpsms(module: &mut Module, form: &Form) -> CommandResult {
    mode_setting(module, form, "+CPSMS", 1, |network| &mut network.psm)
}

/// AT+CEDRXS: only `<mode>` is stored.
pub(crate) fn cedrxs(module: &mut Module, form: &Form) -> CommandResult {
    mode_setting(module, form, "+CEDRXS", 3, |network| &mut network.edrx)
}

fn mode_setting(
    module: &mut Module,
    form: &Form,
    name: &str,
    top: u64,
    value: fn(&mut Network) -> &mut u8,
) -> CommandResult {
    match form {
        Form::Test => module.answer([format!("{name}: (0-{top})")]),
        Form::Read => {
            let current = *value(&mut module.network);
            module.answer([format!("{name}: {current}")])
        }
        Form::Write(args) => {
            let number = args
                .within(0, 0..=top)
                .and_then(|number| u8::try_from(number).ok());
            *value(&mut module.network) = number.ok_or(CommandError::Error)?;
            Ok(Outcome::Ok)
        }
        Form::Exec => Err(CommandError::Error),
    }
}
