//! AT+QFTPOPEN, QFTPCLOSE, QFTPSTAT, QFTPLEN (docs/module/at-ftp.md §2.2, 2.16–2.18), and how a session ends by itself.

use std::time::Duration;

use super::codes::code;
use super::{Pending, codes, test};
use crate::at::parse::Form;
use crate::fault::Knob;
use crate::module::{Action, Answer, Module, Outcome, Refusal};
use crate::remote::{Failure, Login, Request, Security};

/// Longest host name or address.
const HOST_LIMIT: usize = 200;

pub(super) fn qftpopen(module: &mut Module, form: &Form) -> Answer {
    let args = match form {
        Form::Test => return test(module, "+QFTPOPEN: <hostname>,<port>"),
        Form::Write(args) => args,
        _ => return Err(Refusal::Error),
    };
    module.needs_sim()?;
    let invalid = Refusal::Cme(code::PARAMETER);
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
    if module.ftp.is_busy() || module.ftp.wedged || module.ftp.open {
        return Err(Refusal::Cme(code::BUSY));
    }
    if let Some(outcome) = module.scripted_failure("+QFTPOPEN") {
        return Ok(outcome);
    }
    module.ftp.timeout = Duration::from_secs(settings.timeout.into());
    module.ftp.context = settings.context;
    if let Some(err) = module.obstacle(&host, security) {
        module
            .agenda
            .plan(module.now, Action::Urc(format!("+QFTPOPEN: {err},0")));
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
        timeout: module.ftp.timeout,
    };
    module.ftp.number += 1;
    module
        .requests
        .push_back(Request::Open(module.ftp.number, Box::new(login)));
    module.await_answer(Pending::Open);
    module.ftp.deadline = Some(module.now + module.ftp.timeout + handshake);
    Ok(Outcome::Ok)
}

impl Module {
    /// What stops a login before a byte goes out. Without a context a name cannot even be looked up
    /// (docs/module/at-ftp.md §6: "604: check the name and QIACT?").
    fn obstacle(&mut self, host: &str, security: Security) -> Option<u16> {
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
        self.faults.strike(Knob::TlsFails).then_some(code::TLS)
    }

    /// The login is over.
    pub(super) fn opened(&mut self, result: Result<(), Failure>) {
        self.answered();
        match result {
            Ok(()) => {
                self.ftp.open = true;
                if self.ftp.settings.ssl_type != 0 {
                    self.ftp.tls_sessions += 1;
                }
                self.ftp_urc("+QFTPOPEN: 0,0".to_owned());
            }
            Err(failure) => {
                let (err, reply) = codes::of(failure);
                self.drop_session();
                self.ftp_urc(format!("+QFTPOPEN: {err},{reply}"));
            }
        }
    }

    /// QUIT has been answered, or nobody is there to answer it.
    pub(super) fn closed(&mut self) {
        self.ftp.deadline = None;
        match self.faults.number(Knob::BusyAfterClose, 2000) {
            Some(late) => self.agenda.plan(
                self.now + Duration::from_millis(late),
                Action::SessionClosed,
            ),
            None => self.session_closed(),
        }
    }

    pub(crate) fn session_closed(&mut self) {
        self.forget_session();
        self.ftp_urc("+QFTPCLOSE: 0,0".to_owned());
    }

    fn forget_session(&mut self) {
        self.answered();
        (self.ftp.open, self.ftp.wedged, self.ftp.segment) = (false, false, None);
    }

    /// The session is gone without a QUIT.
    pub(super) fn drop_session(&mut self) {
        self.requests.push_back(Request::Drop);
        // Whatever is still on its way belongs to the past.
        self.ftp.number += 1;
        self.ftp.open = false;
        self.ftp.segment = None;
    }

    /// The context below the session is gone: what runs fails with 605.
    pub(crate) fn lose_session(&mut self, context: u8) {
        if context != self.ftp.context || !(self.ftp.open || self.ftp.is_busy()) {
            return;
        }
        self.drop_session();
        self.ftp.wedged = false;
        self.fail_pending(code::NETWORK);
    }

    /// The pending command fails with `err`, wherever it is.
    pub(super) fn fail_pending(&mut self, err: u16) {
        match &self.ftp.pending {
            Pending::None => {}
            Pending::Transfer(_) => self.fail_transfer(err),
            Pending::Open => {
                self.answered();
                self.ftp_urc(format!("+QFTPOPEN: {err},0"));
            }
            Pending::Control { command, .. } => {
                let command = *command;
                self.answered();
                self.ftp_urc(format!("{command}: {err},0"));
            }
            Pending::Close => self.closed(),
        }
    }

    /// `rsptimeout` is over.
    pub(crate) fn ftp_timeout(&mut self) {
        if self.ftp.deadline.is_none_or(|at| at > self.now) {
            return;
        }
        self.ftp.deadline = None;
        self.drop_session();
        self.fail_pending(code::TIMEOUT);
    }
}

pub(super) fn qftpclose(module: &mut Module, form: &Form) -> Answer {
    match form {
        Form::Test => return test(module, ""),
        Form::Exec => {}
        _ => return Err(Refusal::Error),
    }
    module.needs_sim()?;
    if module.ftp.is_busy() {
        return Err(Refusal::Cme(code::BUSY));
    }
    if !module.ftp.open {
        return Err(Refusal::Cme(code::NOT_OPEN));
    }
    if let Some(outcome) = module.scripted_failure("+QFTPCLOSE") {
        return Ok(outcome);
    }
    // An open segment's data connection ends first; its answer leads on to the QUIT.
    let request = if module.ftp.segment.is_some() {
        Request::End
    } else {
        Request::Close
    };
    module.requests.push_back(request);
    module.await_answer(Pending::Close);
    Ok(Outcome::Ok)
}

pub(super) fn qftpstat(module: &mut Module, form: &Form) -> Answer {
    match form {
        Form::Test => return test(module, ""),
        Form::Exec => {}
        _ => return Err(Refusal::Error),
    }
    module.needs_sim()?;
    let text = format!("+QFTPSTAT: 0,{}", module.ftp.state());
    if module.faults.is_on(Knob::StatFirst) {
        return module.say([text]);
    }
    module.agenda.plan(module.now, Action::Line(text));
    Ok(Outcome::Ok)
}

pub(super) fn qftplen(module: &mut Module, form: &Form) -> Answer {
    match form {
        Form::Test => return test(module, ""),
        Form::Exec => {}
        _ => return Err(Refusal::Error),
    }
    module.needs_sim()?;
    let moved = module
        .ftp
        .moving()
        .map_or(module.ftp.moved, |moving| moving.count);
    module
        .agenda
        .plan(module.now, Action::Line(format!("+QFTPLEN: 0,{moved}")));
    Ok(Outcome::Ok)
}
