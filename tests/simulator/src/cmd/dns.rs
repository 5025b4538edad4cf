//! QIDNSCFG, QIDNSGIP, QPING (docs/module/at-network.md §1). Names are looked up in the DNS of the
//! host; echo requests are not sent, because raw sockets need privileges.

use std::collections::VecDeque;
use std::net::IpAddr;

use crate::at::parse::Form;
use crate::fault::Knob;
use crate::module::{CommandError, CommandResult, Module, Outcome};
use crate::remote::{Failure, Request};

/// Longest host name.
const HOST_LIMIT: usize = 200;
/// `<err>` when a name has no address.
const DNS_FAILED: u16 = 565;
/// `<result>` when a host does not answer in time.
const NO_ANSWER: u16 = 569;

/// The command for which a name is looked up.
#[derive(Debug)]
enum LookupFor {
    Address,
    Ping { count: u64 },
}

/// Pending lookups in the order of their requests.
#[derive(Debug, Default)]
pub(crate) struct Lookups(VecDeque<LookupFor>);

pub(crate) fn qidnscfg(module: &mut Module, form: &Form) -> CommandResult {
    let Form::Write(args) = form else {
        return match form {
            Form::Test => module.answer(["+QIDNSCFG: (1-16),<pridnsaddr>,<secdnsaddr>"]),
            _ => Err(CommandError::Error),
        };
    };
    let id = super::context::id(args, 0)?;
    if args.len() == 1 {
        let servers = module.contexts.dns(id).and_then(|dns| dns.clone());
        let (first, second) =
            servers.unwrap_or_else(|| ("8.8.8.8".to_owned(), "0.0.0.0".to_owned()));
        return module.answer([format!("+QIDNSCFG: {id},\"{first}\",\"{second}\"")]);
    }
    if !module.contexts.is_active(id) {
        return Err(module.contexts.fail(561));
    }
    let address = |index| match args.is_absent(index) {
        true => Some("0.0.0.0".to_owned()),
        false => args
            .text(index, 39)
            .filter(|text| text.parse::<IpAddr>().is_ok())
            .map(str::to_owned),
    };
    let servers = (
        address(1).ok_or(CommandError::Error)?,
        address(2).ok_or(CommandError::Error)?,
    );
    *module.contexts.dns(id).ok_or(CommandError::Error)? = Some(servers);
    Ok(Outcome::Ok)
}

fn look_up(module: &mut Module, form: &Form, lookup: LookupFor) -> CommandResult {
    let Form::Write(args) = form else {
        return Err(CommandError::Error);
    };
    let host = args
        .text(1, HOST_LIMIT)
        .filter(|host| !host.is_empty())
        .ok_or(CommandError::Error)?;
    if !module.contexts.is_active(super::context::id(args, 0)?) {
        return Err(module.contexts.fail(561));
    }
    module.lookups.0.push_back(lookup);
    module.requests.push_back(Request::Resolve(host.to_owned()));
    Ok(Outcome::Ok)
}

pub(crate) fn qidnsgip(module: &mut Module, form: &Form) -> CommandResult {
    match form {
        Form::Test => module.answer(["+QIDNSGIP: (1-16),<hostname>"]),
        Form::Write(args) if args.len() == 2 => look_up(module, form, LookupFor::Address),
        _ => Err(CommandError::Error),
    }
}

pub(crate) fn qping(module: &mut Module, form: &Form) -> CommandResult {
    match form {
        Form::Test => module.answer(["+QPING: (1-16),<host>,(1-255),(1-10)"]),
        Form::Write(args) if (2..=4).contains(&args.len()) => {
            args.within_or(2, 1..=255, 4).ok_or(CommandError::Error)?;
            let count = args.within_or(3, 1..=10, 4).ok_or(CommandError::Error)?;
            look_up(module, form, LookupFor::Ping { count })
        }
        _ => Err(CommandError::Error),
    }
}

impl Module {
    fn is_ping_lost(&self) -> bool {
        self.faults.is_on(Knob::PingLost) || self.faults.is_on(Knob::DataDead)
    }

    /// Prints the result of a lookup.
    pub(crate) fn resolved(&mut self, result: Result<Vec<IpAddr>, Failure>) {
        let Some(lookup) = self.lookups.0.pop_front() else {
            return;
        };
        match (lookup, result) {
            (LookupFor::Address, Ok(addresses)) => {
                self.urc(&format!("+QIURC: \"dnsgip\",0,{},600", addresses.len()));
                for address in addresses {
                    self.urc(&format!("+QIURC: \"dnsgip\",\"{address}\""));
                }
            }
            (LookupFor::Address, Err(_)) => self.urc(&format!("+QIURC: \"dnsgip\",{DNS_FAILED}")),
            (LookupFor::Ping { count }, Ok(_)) if self.is_ping_lost() => {
                for _ in 0..count {
                    self.urc(&format!("+QPING: {NO_ANSWER}"));
                }
                self.urc(&format!("+QPING: 0,{count},0,{count},0,0,0"));
            }
            (LookupFor::Ping { count }, Ok(addresses)) => {
                let address = addresses
                    .first()
                    .map_or_else(String::new, ToString::to_string);
                for _ in 0..count {
                    self.urc(&format!("+QPING: 0,\"{address}\",32,90,255"));
                }
                self.urc(&format!("+QPING: 0,{count},{count},0,90,90,90"));
            }
            (LookupFor::Ping { .. }, Err(_)) => self.urc(&format!("+QPING: {DNS_FAILED}")),
        }
    }
}
