//! [`Seen`]: everything the engine published, and the dialogue on the line.

use std::collections::BTreeMap;

use modem_ftp_core::api::failure::Failure;
use modem_ftp_core::api::output::Output;
use modem_ftp_core::api::reply::Reply;
use modem_ftp_core::api::request::Ticket;
use modem_ftp_core::api::status::{ModemState, ModemStatus, TransferId, TransferStatus};

use super::World;

/// What was recorded so far.
#[derive(Default)]
pub struct Seen {
    /// The module's transcript: `> AT…`, `< OK`, `> <1024 bytes>`, `* note`.
    pub dialogue: Vec<String>,
    /// Answers, each once.
    pub replies: BTreeMap<Ticket, Result<Reply, Failure>>,
    /// Every `Modem1` published.
    pub modem: Vec<ModemStatus>,
    /// Every status of every transfer, in order.
    pub transfers: BTreeMap<TransferId, Vec<TransferStatus>>,
    /// Transfers that were forgotten.
    pub removed: Vec<TransferId>,
    /// The servers published last.
    pub servers: Vec<String>,
    /// Changes of DTR.
    pub dtr: Vec<bool>,
    /// Rates the tty was set to.
    pub rates: Vec<u32>,
    /// Times the power-cycle command ran.
    pub power_cycles: u32,
    /// The engine has stopped.
    pub stopped: bool,
}

impl Seen {
    /// Notes what the engine publishes.
    pub(super) fn note(&mut self, output: Output) {
        match output {
            Output::Reply(ticket, result) => {
                let before = self.replies.insert(ticket, result);
                assert!(before.is_none(), "{ticket:?} answered twice");
            }
            Output::Modem(status) => self.modem.push(*status),
            Output::Transfer(status) => {
                let all = self.transfers.entry(status.id).or_default();
                all.push((*status).clone());
            }
            Output::TransferRemoved(id) => self.removed.push(id),
            Output::Servers(names, _) => self.servers = names,
            Output::Stopped => self.stopped = true,
            other => panic!("not published: {other:?}"),
        }
    }

    /// Lines that reached the module and were no commands: those sent while it was busy, and those
    /// that do not begin with AT.
    pub fn stray(&self) -> Vec<&String> {
        let lines = self.dialogue.iter();
        lines
            .filter(|line| {
                let said = line.strip_prefix("> ").unwrap_or("AT");
                let data = said.starts_with('<') && said.ends_with(" bytes>");
                let odd = !said.starts_with("AT") && !data;
                odd || line.contains("came while a command was running")
            })
            .collect()
    }
}

impl World {
    /// The lines the host sent that begin with `prefix`.
    pub fn sent(&self, prefix: &str) -> Vec<&str> {
        let lines = self.seen.dialogue.iter();
        lines
            .filter_map(|line| line.strip_prefix("> "))
            .filter(|line| line.starts_with(prefix))
            .collect()
    }

    /// Whether the host sent a line that begins with `prefix`.
    pub fn has_sent(&self, prefix: &str) -> bool {
        !self.sent(prefix).is_empty()
    }

    /// The present end of the dialogue.
    pub fn mark(&self) -> usize {
        self.seen.dialogue.len()
    }

    /// What the host sent since that point.
    pub fn sent_since(&self, mark: usize) -> Vec<&str> {
        let lines = self.seen.dialogue[mark..].iter();
        lines.filter_map(|line| line.strip_prefix("> ")).collect()
    }

    /// `Modem1` as published last.
    pub fn modem(&self) -> &ModemStatus {
        self.seen.modem.last().expect("Modem1 was never published")
    }

    /// `Modem1.State`.
    pub fn state(&self) -> ModemState {
        self.modem().state
    }

    /// Whether this state was published last.
    pub fn modem_is(&self, state: ModemState) -> bool {
        self.seen.modem.last().is_some_and(|it| it.state == state)
    }

    /// Whether each of the replacements took place.
    pub fn was_replaced(&self) -> bool {
        self.line.replacements.iter().all(|it| it.done > 0)
    }

    /// Whether this state was ever published with a reason that contains `reason`.
    pub fn showed(&self, state: ModemState, reason: &str) -> bool {
        let mut all = self.seen.modem.iter();
        all.any(|modem| modem.state == state && modem.state_reason.contains(reason))
    }

    /// A transfer as published last.
    pub fn transfer(&self, id: TransferId) -> &TransferStatus {
        self.seen.transfers[&id].last().expect("a status")
    }

    /// The end of the dialogue, for assertion messages.
    pub fn dialogue(&self) -> String {
        let from = self.seen.dialogue.len().saturating_sub(40);
        let states = self.seen.modem.iter().rev().take(3);
        let states: Vec<_> = states
            .map(|modem| format!("{:?} ({})", modem.state, modem.state_reason))
            .collect();
        let transfers = self.seen.transfers.values().filter_map(|it| it.last());
        let transfers: Vec<_> = transfers
            .map(|it| format!("{} {:?} {:?}", it.id.0, it.state, it.error))
            .collect();
        format!(
            "after {:?}, last states {states:?}, transfers {transfers:?}:\n{}",
            self.passed(),
            self.seen.dialogue[from..].join("\n")
        )
    }
}
