//! Service while online: calls, then transfers whose end is in doubt, then names to be removed, then
//! transfers, one at a time; the session is closed when it was not used for its idle time. When the
//! daemon stops, names are still removed while there is time. Nothing wakes up while nothing happens.

use std::time::{Duration, Instant};

use modem_ftp_dbus::errors::ErrorName;

use super::calls::{Call, Calls, Work};
use super::network;
use crate::api::fact::Chore;
use crate::api::failure::{Failure, Retry, Scope};
use crate::api::output::Output;
use crate::api::reply::Reply;
use crate::api::request::Operation;
use crate::api::status::{ModemState, TransferId};
use crate::ftp::{Ftp, Place, Session, operations};
use crate::modem::{ModuleCall, pdp_context, ufs};
use crate::recovery::Recovery;
use crate::transfer::{self, Transfers};

/// A change of the network is looked at no more often than this, however often one is reported.
const LOOKS: Duration = Duration::from_secs(5);
/// When the daemon stops, a name is removed only if so much time is left: for a login and a command.
const LAST_CHORE: Duration = Duration::from_secs(3);

/// After so many calls in a row a transfer has its turn: who calls all the time delays no other's.
const CALLS_IN_A_ROW: u32 = 10;

/// What is to be done next.
enum Job {
    Call(Call),
    ModuleCall(ModuleCall),
    Inquiry(TransferId),
    Chore(Chore),
    /// The daemon is stopping: the name is removed now, or after the next start.
    LastChore(Chore),
    Transfer(TransferId),
    NetworkChanged,
    /// The module may have restarted.
    Verify,
    /// Nobody uses the session, or its settings are old.
    Close,
    Stop,
    Broken(Failure),
}

/// What service works with.
struct Service<'a> {
    ftp: &'a Ftp,
    transfers: &'a Transfers,
    calls: &'a Calls,
    session: Session,
    /// From when on the network may be looked at again.
    next_look: Instant,
    /// Calls served since something else was done.
    calls_in_a_row: u32,
}

/// Serves until the daemon stops (`Ok`) or something below the session fails.
///
/// # Errors
/// With a scope of `Context` or more.
pub async fn serve(
    ftp: &Ftp,
    transfers: &Transfers,
    calls: &Calls,
    recovery: &mut Recovery,
) -> Result<(), Failure> {
    let modem = ftp.modem();
    modem.report(ModemState::Online, pdp_context::remark(modem));
    let _serving = calls.serve();
    // It may have been opened long ago.
    transfers.forget_ahead();
    let mut service = Service {
        ftp,
        transfers,
        calls,
        session: Session::new(ftp.clone()),
        next_look: ftp.link().now().instant,
        calls_in_a_row: 0,
    };
    loop {
        let (mut unsettled, mut has_moved) = (None, false);
        let job = service.next().await;
        if !matches!(job, Job::Verify) {
            let is_call = matches!(job, Job::Call(_) | Job::ModuleCall(_));
            service.calls_in_a_row = service.calls_in_a_row.saturating_add(1) * u32::from(is_call);
        }
        let ended = match job {
            Job::Call(call) => service.call(call).await,
            Job::ModuleCall(call) => service.module_call(call).await,
            Job::Inquiry(id) => transfer::inquire(transfers, &mut service.session, id).await,
            Job::Chore(chore) => transfer::clean_up(transfers, &mut service.session, chore).await,
            Job::LastChore(chore) => {
                match transfer::clean_up(transfers, &mut service.session, chore).await {
                    Ok(()) => continue,
                    // The session is gone with what failed.
                    Err(_) => return Ok(()),
                }
            }
            Job::Transfer(id) => {
                let ended = transfer::run(transfers, &mut service.session, id).await;
                unsettled = ended.unsettled;
                has_moved = true;
                ended.broken
            }
            Job::NetworkChanged => {
                service.next_look = ftp.link().after(LOOKS);
                network::changed(modem, &mut service.session).await
            }
            Job::Verify => ftp.link().verify_set_up().await,
            Job::Close => service.session.close().await,
            Job::Stop => {
                if let Err(failure) = service.session.close().await {
                    tracing::warn!("closing the session: {failure}");
                }
                return Ok(());
            }
            Job::Broken(failure) => return Err(failure),
        };
        let session = &mut service.session;
        let judged = recovery.judge(session, transfers, ended).await;
        if let Some(unsettled) = unsettled {
            transfer::settle(transfers, unsettled, recovery.is_network_blamed());
        }
        judged?;
        if has_moved {
            ufs::tidy(ftp.modem()).await?;
        }
    }
}

impl Service<'_> {
    /// Waits for something to do.
    async fn next(&self) -> Job {
        let link = self.ftp.link();
        let idle = self.session.idle_deadline();
        loop {
            let due = (self.transfers.next_due(), self.look_due());
            let deadline = [idle, due.0, due.1].into_iter().flatten().min();
            let event = link.rest_until(deadline, || {
                let job = self.job().map(Some);
                // A transfer may have come for a server that is left alone for a while.
                let now_due = (self.transfers.next_due(), self.look_due());
                job.or_else(|| (now_due != due).then_some(None))
            });
            match event.await {
                Some(Some(job)) => return job,
                Some(None) => continue,
                None => {}
            }
            if idle.is_some_and(|idle| link.now().instant >= idle) {
                return Job::Close;
            }
            // A transfer is due now.
            if let Some(job) = self.job() {
                return job;
            }
        }
    }

    fn job(&self) -> Option<Job> {
        let (link, modem) = (self.ftp.link(), self.ftp.modem());
        if let Some(left) = link.time_to_stop() {
            let has_time = left >= LAST_CHORE && link.interruption().is_none();
            let chore = || self.transfers.next_chore(link.now().instant);
            let last = has_time.then(chore).flatten().map(Job::LastChore);
            return Some(last.unwrap_or(Job::Stop));
        }
        if let Some(failure) = link.interruption() {
            return Some(Job::Broken(failure));
        }
        let notices = modem.notices();
        if notices.reconfigured {
            let failure = Failure::new(ErrorName::ModemUnavailable, "the configuration changed");
            return Some(Job::Broken(failure.retry(Retry::Soon).scope(Scope::Line)));
        }
        if link.is_restart_suspected() || (link.may_have_restarted() && self.has_work()) {
            return Some(Job::Verify);
        }
        let now = link.now().instant;
        if self.look_due().is_some_and(|due| due <= now) {
            return Some(Job::NetworkChanged);
        }
        if self.session.is_outdated() {
            return Some(Job::Close);
        }
        match self.calls_in_a_row {
            ..CALLS_IN_A_ROW => self.next_call().or_else(|| self.next_transfer()),
            _ => self.next_transfer().or_else(|| self.next_call()),
        }
    }

    /// Whether anything waits that needs the module.
    fn has_work(&self) -> bool {
        let calls = self.calls.first().is_some() || self.ftp.modem().has_module_call();
        calls || self.next_transfer().is_some()
    }

    /// The next transfer, or what is left of one.
    fn next_transfer(&self) -> Option<Job> {
        if let Some(id) = self.transfers.next_inquiry() {
            return Some(Job::Inquiry(id));
        }
        let now = self.ftp.link().now().instant;
        let chore = self.transfers.next_chore(now).map(Job::Chore);
        chore.or_else(|| self.transfers.next(now).map(Job::Transfer))
    }

    /// When the network is to be looked at, if it is reported to have changed.
    fn look_due(&self) -> Option<Instant> {
        let changed = self.ftp.modem().notices().network_changed;
        changed.then_some(self.next_look)
    }

    /// The call whose turn it is; tickets are numbered in the order in which calls came.
    fn next_call(&self) -> Option<Job> {
        let modem = self.ftp.modem();
        match (self.calls.first(), modem.first_module_call()) {
            (Some(call), Some(module_call)) if module_call < call => {
                modem.take_module_call().map(Job::ModuleCall)
            }
            (Some(_), _) => self.calls.take().map(Job::Call),
            (None, _) => modem.take_module_call().map(Job::ModuleCall),
        }
    }

    async fn call(&mut self, call: Call) -> Result<(), Failure> {
        let result = match call.work {
            Work::Remote(place, operation) => self.remote(place, operation).await,
            Work::Disconnect(caller) => {
                self.ftp.forget_directories(&caller);
                self.session.close().await.map(|()| Reply::Done)
            }
        };
        let broken = self.after(&result).await;
        self.ftp.link().put(Output::Reply(call.ticket, result));
        broken
    }

    async fn remote(&mut self, place: Place, operation: Operation) -> Result<Reply, Failure> {
        let changes = matches!(operation, Operation::ChangeDirectory(_));
        let file = match &operation {
            Operation::ListInto(_, file) => Some(file.handle),
            _ => None,
        };
        let reply = operations::perform(&mut self.session, &place.server, operation).await;
        if let Some(handle) = file {
            self.ftp.link().put(Output::Release(handle, None));
        }
        match reply? {
            Reply::Text(path) if changes => {
                self.ftp.set_directory(place, path)?;
                Ok(Reply::Done)
            }
            reply => Ok(reply),
        }
    }

    async fn module_call(&mut self, call: ModuleCall) -> Result<(), Failure> {
        let result = self.ftp.modem().serve_module_call(call.work).await;
        let broken = self.after(&result).await;
        self.ftp.link().put(Output::Reply(call.ticket, result));
        broken
    }

    /// What failed below the session, if anything did.
    async fn after(&mut self, result: &Result<Reply, Failure>) -> Result<(), Failure> {
        match result {
            Ok(_) => Ok(()),
            Err(failure) => self.session.after(failure).await,
        }
    }
}
