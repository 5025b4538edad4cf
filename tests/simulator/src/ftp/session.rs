//! QFTPOPEN, QFTPLEN, QFTPSTAT, QFTPCLOSE (docs/module/at-ftp.md §2.2, §2.16, §2.17, §2.18), and
//! the loss of a session.

use std::time::Duration;

use super::codes::code;
use super::{Pending, codes, test};
use crate::at::parse::Form;
use crate::fault::Knob;
use crate::module::{CommandError, CommandResult, Module, Outcome, TimedAction};
use crate::remote::{Failure, Login, Request, Security};

/// Longest host name or address.
const HOST_LIMIT: usize = 200;

pub(super) fn qftpopen(module: &mut Module, form: &Form) -> CommandResult {
    let args = match form {
        Form::Test => return test(module, "+QFTPOPEN: <hostname>,<port>"),
        Form::Write(args) => args,
        _ => return Err(CommandError::Error),
    };
    module.require_sim()?;
    let invalid = CommandError::Cme(code::PARAMETER);
    let host = args
        .text(0, HOST_LIMIT)
        .filter(|host| !host.is_empty())
        .ok_or(invalid)?
        .to_owned();
    let port = args
        .within_or(1, 1..=65535, 21)
        .filter(|_| args.len() <= 2)
        .ok_or(invalid)?;
    let port = u16::try_from(port).map_err(|_| invalid)?;
    let settings = module.ftp.settings.clone();
    let security = match settings.ssl_type {
        0 => Security::None,
        1 => Security::Implicit,
        _ => Security::Explicit,
    };
    if security != Security::None && settings.transmode == 0 {
        return Err(invalid);
    }
    if module.ftp.is_busy() || module.ftp.data_refused || module.ftp.open {
        return Err(CommandError::Cme(code::BUSY));
    }
    if let Some(outcome) = module.scripted_failure("+QFTPOPEN") {
        return Ok(outcome);
    }
    module.ftp.timeout = Duration::from_secs(settings.timeout.into());
    module.ftp.context = settings.context;
    if let Some(err) = module.login_prevented_by(&host, security) {
        module
            .timers
            .schedule(module.now, TimedAction::Urc(format!("+QFTPOPEN: {err},0")));
        return Ok(Outcome::Ok);
    }
    let tls = (security != Security::None).then(|| module.tls_settings(settings.ssl_context));
    let handshake = tls
        .as_ref()
        .map_or(Duration::ZERO, |tls| tls.handshake_timeout);
    let login = Login {
        host,
        port,
        user: settings.user,
        password: settings.password,
        security,
        tls,
        passive: settings.transmode == 1,
        control_address: settings.data_address == 1,
        ascii: settings.file_type == 1,
        late_type: module.faults.is_on(Knob::LateType),
        timeout: module.ftp.timeout,
    };
    module.ftp.session_number += 1;
    module
        .requests
        .push_back(Request::Open(module.ftp.session_number, Box::new(login)));
    module.set_pending(Pending::Open);
    module.ftp.deadline = Some(module.now + module.ftp.timeout + handshake);
    Ok(Outcome::Ok)
}

impl Module {
    /// The `<err>` of a login that fails without contacting the server. Without an active PDP
    /// context a name cannot be looked up (604, docs/module/at-ftp.md §6) and an address not be
    /// reached (605).
    fn login_prevented_by(&mut self, host: &str, security: Security) -> Option<u16> {
        if !self.contexts.is_active(self.ftp.context) {
            let is_address = host.parse::<std::net::IpAddr>().is_ok();
            return Some(if is_address { code::NETWORK } else { code::DNS });
        }
        if security == Security::None {
            return None;
        }
        if let Some(limit) = self.faults.number(Knob::TlsWears, 20)
            && self.ftp.tls_sessions >= limit
        {
            return Some(code::UNKNOWN);
        }
        self.faults.trigger(Knob::TlsFails).then_some(code::TLS)
    }

    /// Prints the URC of QFTPOPEN after the login.
    pub(super) fn opened(&mut self, result: Result<(), Failure>) {
        self.take_pending();
        match result {
            Ok(()) => {
                self.ftp.open = true;
                if self.ftp.settings.ssl_type != 0 {
                    self.ftp.tls_sessions += 1;
                }
                self.ftp_urc("+QFTPOPEN: 0,0".to_owned());
            }
            Err(failure) => {
                let (err, reply) = codes::from_failure(failure);
                self.drop_session();
                self.ftp_urc(format!("+QFTPOPEN: {err},{reply}"));
            }
        }
    }

    /// QUIT has been answered, or there is no connection any more.
    pub(super) fn closed(&mut self) {
        self.ftp.deadline = None;
        match self.faults.number(Knob::BusyAfterClose, 2000) {
            Some(late) => self.timers.schedule(
                self.now + Duration::from_millis(late),
                TimedAction::SessionClosed,
            ),
            None => self.session_closed(),
        }
    }

    /// Prints the URC of QFTPCLOSE.
    pub(crate) fn session_closed(&mut self) {
        self.forget_session();
        self.ftp_urc("+QFTPCLOSE: 0,0".to_owned());
    }

    /// Resets the session state.
    fn forget_session(&mut self) {
        self.take_pending();
        (self.ftp.open, self.ftp.data_refused, self.ftp.segment) = (false, false, None);
    }

    /// Ends the session without QUIT.
    pub(super) fn drop_session(&mut self) {
        self.requests.push_back(Request::Drop);
        // Responses that are still to come belong to the old session number and are ignored.
        self.ftp.session_number += 1;
        self.ftp.open = false;
        self.ftp.segment = None;
    }

    /// The session's PDP context has been deactivated: ends the session; the pending command fails
    /// with 605.
    pub(crate) fn lose_session(&mut self, context: u8) {
        if context != self.ftp.context || !(self.ftp.open || self.ftp.is_busy()) {
            return;
        }
        self.drop_session();
        self.ftp.data_refused = false;
        self.fail_pending(code::NETWORK);
    }

    /// Lets the pending command fail with `err`.
    pub(super) fn fail_pending(&mut self, err: u16) {
        match &self.ftp.pending {
            Pending::None => {}
            Pending::Transfer(_) => self.fail_transfer(err),
            Pending::Open => {
                self.take_pending();
                self.ftp_urc(format!("+QFTPOPEN: {err},0"));
            }
            Pending::Control { command, .. } => {
                let command = *command;
                self.take_pending();
                self.ftp_urc(format!("{command}: {err},0"));
            }
            Pending::Close => self.closed(),
        }
    }

    /// Handles the end of `rsptimeout`: 609.
    pub(crate) fn ftp_timeout(&mut self) {
        if self.ftp.deadline.is_none_or(|at| at > self.now) {
            return;
        }
        self.ftp.deadline = None;
        self.drop_session();
        self.fail_pending(code::TIMEOUT);
    }
}

pub(super) fn qftpclose(module: &mut Module, form: &Form) -> CommandResult {
    match form {
        Form::Test => return test(module, ""),
        Form::Exec => {}
        _ => return Err(CommandError::Error),
    }
    module.require_sim()?;
    if module.ftp.is_busy() {
        return Err(CommandError::Cme(code::BUSY));
    }
    if !module.ftp.open {
        return Err(CommandError::Cme(code::NOT_OPEN));
    }
    if let Some(outcome) = module.scripted_failure("+QFTPCLOSE") {
        return Ok(outcome);
    }
    // The data connection of an unfinished upload is closed first; QUIT follows after its response.
    let request = if module.ftp.segment.is_some() {
        Request::End
    } else {
        Request::Close
    };
    module.requests.push_back(request);
    module.set_pending(Pending::Close);
    Ok(Outcome::Ok)
}

pub(super) fn qftpstat(module: &mut Module, form: &Form) -> CommandResult {
    match form {
        Form::Test => return test(module, ""),
        Form::Exec => {}
        _ => return Err(CommandError::Error),
    }
    module.require_sim()?;
    let text = format!("+QFTPSTAT: 0,{}", module.ftp.state());
    if module.faults.is_on(Knob::StatFirst) {
        return module.answer([text]);
    }
    module
        .timers
        .schedule(module.now, TimedAction::ResultLine(text));
    Ok(Outcome::Ok)
}

pub(super) fn qftplen(module: &mut Module, form: &Form) -> CommandResult {
    match form {
        Form::Test => return test(module, ""),
        Form::Exec => {}
        _ => return Err(CommandError::Error),
    }
    module.require_sim()?;
    let count = module
        .ftp
        .transfer()
        .map_or(module.ftp.last_count, |transfer| transfer.count);
    module.timers.schedule(
        module.now,
        TimedAction::ResultLine(format!("+QFTPLEN: 0,{count}")),
    );
    Ok(Outcome::Ok)
}
