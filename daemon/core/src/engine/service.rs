//! Service while online: calls, then transfers whose end is in doubt, then names to be removed, then transfers, one at a time; the
//! session is closed when it was not used for its idle time. Nothing wakes up while nothing happens.

use std::time::{Duration, Instant};

use modem_ftp_dbus::errors::ErrorName;

use super::calls::{Call, Calls, Work};
use crate::api::fact::Chore;
use crate::api::failure::{Failure, Retry, Scope};
use crate::api::output::Output;
use crate::api::reply::Reply;
use crate::api::request::Operation;
use crate::api::status::{ModemState, TransferId};
use crate::ftp::{Ftp, Place, Session, operations};
use crate::modem::{ModuleCall, pdp_context, registration, ufs};
use crate::recovery::Recovery;
use crate::transfer::{self, Transfers};

/// How long a lost registration may take to come back before the PDP context is activated anew.
const REGISTRATION: Duration = Duration::from_secs(90);

/// What is to be done next.
enum Job {
    Call(Call),
    ModuleCall(ModuleCall),
    Inquiry(TransferId),
    Chore(Chore),
    Transfer(TransferId),
    NetworkChanged,
    Idle,
    Stop,
    Broken(Failure),
}

/// What service works with.
struct Service<'a> {
    ftp: &'a Ftp,
    transfers: &'a Transfers,
    calls: &'a Calls,
    session: Session,
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
    ftp.modem().report(ModemState::Online, "");
    let _serving = calls.serve();
    let mut service = Service {
        ftp,
        transfers,
        calls,
        session: Session::new(ftp.clone()),
    };
    loop {
        let (mut unsettled, mut has_moved) = (None, false);
        let ended = match service.next().await {
            Job::Call(call) => service.call(call).await,
            Job::ModuleCall(call) => service.module_call(call).await,
            Job::Inquiry(id) => transfer::inquire(transfers, &mut service.session, id).await,
            Job::Chore(chore) => transfer::clean_up(transfers, &mut service.session, chore).await,
            Job::Transfer(id) => {
                let ended = transfer::run(transfers, &mut service.session, id).await;
                unsettled = ended.unsettled;
                has_moved = true;
                ended.broken
            }
            Job::NetworkChanged => service.network_changed().await,
            Job::Idle => service.session.close().await,
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
            let due = self.transfers.next_due();
            let deadline = idle.into_iter().chain(due).min();
            let event = link.until(deadline, || {
                let job = self.job().map(Some);
                // A transfer may have come for a server that is left alone for a while.
                job.or_else(|| (self.transfers.next_due() != due).then_some(None))
            });
            match event.await {
                Some(Some(job)) => return job,
                Some(None) => continue,
                None => {}
            }
            if idle.is_some_and(|idle| link.now().instant >= idle) {
                return Job::Idle;
            }
            // A transfer is due now.
            if let Some(job) = self.job() {
                return job;
            }
        }
    }

    fn job(&self) -> Option<Job> {
        let (link, modem) = (self.ftp.link(), self.ftp.modem());
        if link.is_stopping() {
            return Some(Job::Stop);
        }
        if let Some(failure) = link.interruption() {
            return Some(Job::Broken(failure));
        }
        let notices = modem.notices();
        if notices.reconfigured {
            let failure = Failure::new(ErrorName::ModemUnavailable, "the configuration changed");
            return Some(Job::Broken(failure.retry(Retry::Soon).scope(Scope::Line)));
        }
        if notices.network_changed {
            return Some(Job::NetworkChanged);
        }
        if let Some(job) = self.next_call() {
            return Some(job);
        }
        if let Some(id) = self.transfers.next_inquiry() {
            return Some(Job::Inquiry(id));
        }
        let now = link.now().instant;
        let chore = self.transfers.next_chore(now).map(Job::Chore);
        chore.or_else(|| self.transfers.next(now).map(Job::Transfer))
    }

    /// The call that waits longest; tickets are numbered in order.
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
        let reply = operations::perform(&mut self.session, &place.server, operation).await?;
        match reply {
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

    /// A registration or SIM URC came: shows what is true now, and waits for the network to come
    /// back if it is gone.
    async fn network_changed(&mut self) -> Result<(), Failure> {
        let modem = self.ftp.modem();
        modem.clear_network_changed();
        if modem.notices().sim_lost {
            self.session.forget();
            return Err(Failure::new(
                ErrorName::SimNotReady,
                "the SIM was removed or failed (+CPIN: NOT READY)",
            )
            .retry(Retry::Later)
            .scope(Scope::Module));
        }
        registration::ask(modem).await?;
        if modem.is_registered() {
            return registration::refresh(modem).await;
        }
        modem.report(
            ModemState::Searching,
            "registration lost; waiting for the network",
        );
        let deadline = modem.link().after(REGISTRATION);
        self.wait_for_network(deadline).await
    }

    async fn wait_for_network(&mut self, deadline: Instant) -> Result<(), Failure> {
        let (link, modem) = (self.ftp.link(), self.ftp.modem());
        loop {
            let back = link
                .until(Some(deadline), || {
                    if link.is_stopping() {
                        return Some(Ok(()));
                    }
                    if let Some(failure) = link.interruption() {
                        return Some(Err(failure));
                    }
                    let go_on = modem.has_module_call() || modem.is_registered();
                    go_on.then_some(Ok(()))
                })
                .await;
            match back {
                Some(Err(failure)) => return Err(failure),
                Some(Ok(())) if modem.has_module_call() => modem.serve_module_calls().await,
                Some(Ok(())) => {
                    // The context may have gone with the network (docs/module/quirks.md N2).
                    modem.clear_network_changed();
                    modem.report(ModemState::Online, "");
                    return pdp_context::still_active(modem).await;
                }
                None => {
                    self.session.forget();
                    return Err(Failure::new(
                        ErrorName::NotRegistered,
                        "the network did not come back",
                    )
                    .retry(Retry::Later)
                    .scope(Scope::Context));
                }
            }
        }
    }
}
