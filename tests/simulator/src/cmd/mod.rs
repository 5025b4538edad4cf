//! The extended commands by subject, and the table of their names.

pub(crate) mod basic;
pub(crate) mod clock;
pub(crate) mod config;
pub(crate) mod context;
pub(crate) mod dns;
pub(crate) mod file;
mod identity;
mod power;
pub(crate) mod registration;
mod serial;
pub(crate) mod sim;
pub(crate) mod ssl;

use crate::at::parse::Form;
use crate::ftp;
use crate::module::{CommandError, CommandResult, Module, Outcome};

/// Executes one extended command.
pub(crate) type Handler = fn(&mut Module, &Form) -> CommandResult;

/// The handler of an extended command; the name is in upper case with its plus sign.
pub(crate) fn handler(name: &str) -> Option<Handler> {
    Some(match name {
        "+CMEE" => serial::cmee,
        "+IPR" => serial::ipr,
        "+IFC" => serial::ifc,
        "+ICF" => serial::icf,
        "+QSCLK" => serial::qsclk,
        "+GMI" | "+CGMI" => identity::manufacturer,
        "+GMM" | "+CGMM" => identity::model,
        "+GMR" | "+CGMR" => identity::revision,
        "+QGMR" => identity::full_revision,
        "+QAPPVER" => identity::application,
        "+GSN" | "+CGSN" => identity::imei,
        "+CPIN" => sim::cpin,
        "+QPINC" => sim::qpinc,
        "+QINISTAT" => sim::qinistat,
        "+QCCID" => sim::qccid,
        "+CIMI" => sim::cimi,
        "+CREG" => registration::creg,
        "+CGREG" => registration::cgreg,
        "+CEREG" => registration::cereg,
        "+COPS" => registration::cops,
        "+CSQ" => registration::csq,
        "+QCSQ" => registration::qcsq,
        "+QNWINFO" => registration::qnwinfo,
        "+CGATT" => registration::cgatt,
        "+CPSMS" => registration::cpsms,
        "+CEDRXS" => registration::cedrxs,
        "+QICSGP" => context::qicsgp,
        "+QIACT" => context::qiact,
        "+QIDEACT" => context::qideact,
        "+QIGETERROR" => context::qigeterror,
        "+CGPADDR" => context::cgpaddr,
        "+CGDCONT" => context::cgdcont,
        "+CGACT" => context::cgact,
        "+QIDNSCFG" => dns::qidnscfg,
        "+QIDNSGIP" => dns::qidnsgip,
        "+QPING" => dns::qping,
        "+QNTP" => clock::qntp,
        "+CCLK" => clock::cclk,
        "+CTZU" => clock::ctzu,
        "+CTZR" => clock::ctzr,
        "+QLTS" => clock::qlts,
        "+QPOWD" => power::qpowd,
        "+CFUN" => power::cfun,
        "+QCFG" => config::qcfg,
        "+QURCCFG" => config::qurccfg,
        "+QINDCFG" => config::qindcfg,
        "+QSSLCFG" => ssl::qsslcfg,
        _ => return file::handler(name).or_else(|| ftp::handler(name)),
    })
}

impl Module {
    /// Prints information lines; the outcome is OK.
    pub(crate) fn answer<T: AsRef<str>>(
        &mut self,
        lines: impl IntoIterator<Item = T>,
    ) -> CommandResult {
        for line in lines {
            self.dce.info(line.as_ref());
        }
        Ok(Outcome::Ok)
    }
}

/// Test, read and write form of a setting that is one number.
pub(crate) fn number_setting(
    module: &mut Module,
    form: &Form,
    name: &str,
    range: std::ops::RangeInclusive<u64>,
    value: fn(&mut Module) -> &mut u8,
) -> CommandResult {
    match form {
        Form::Test => {
            let text = match (range.start(), range.end()) {
                (0, 1) => "0,1".to_owned(),
                (low, high) => format!("{low}-{high}"),
            };
            module.answer([format!("{name}: ({text})")])
        }
        Form::Read => {
            let current = *value(module);
            module.answer([format!("{name}: {current}")])
        }
        Form::Write(args) if args.len() == 1 => {
            let number = args
                .within(0, range)
                .and_then(|number| u8::try_from(number).ok());
            *value(module) = number.ok_or(CommandError::Error)?;
            Ok(Outcome::Ok)
        }
        _ => Err(CommandError::Error),
    }
}
