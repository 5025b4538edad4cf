//! [`Script`]: how the hostile server answers each command. The test changes it at any time; a
//! command without a rule is carried out as an ordinary server would.

use super::content::Content;
use std::net::SocketAddrV4;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Stands for every command in a rule, but not for the greeting.
pub const ANY: &str = "*";
/// Stands for the greeting in a rule.
pub const GREETING: &str = "GREETING";

/// What the server does with a command.
#[derive(Clone, Debug)]
pub enum Act {
    /// Answers with this text and does nothing else: a code, a blank, a sentence; no line end.
    Reply(String),
    /// Sends this over the control connection instead of a reply.
    Flood(Content),
    /// Waits, then acts.
    Late(Duration, Box<Act>),
    /// Never answers this command nor any later one; the connection stays open.
    Silent,
    /// Closes the control connection.
    Close,
    /// Carries the command out, but answers with this text.
    Deny(String),
    /// Carries the command out, and closes the control connection instead of answering.
    Lose,
    /// Of a command with a data connection: opens it, sends this, and answers as the content says.
    Send(Content),
    /// Of a command with a data connection: opens it, reads this many bytes, closes it, and answers
    /// with this text.
    Swallow(u64, String),
    /// Of STOR: carries it out, and takes the file away before it answers.
    Take,
    /// Of STOR: makes the file, opens no data connection, and answers with this text.
    Touch(String),
    /// Of a command with a data connection: opens it, and neither sends nor reads nor answers.
    Stall,
}

impl Act {
    /// A refusal.
    #[must_use]
    pub fn refuse() -> Self {
        Self::Reply("550 No.".to_owned())
    }

    /// The answer to PASV that sends the client somewhere else.
    #[must_use]
    pub fn passive(address: SocketAddrV4) -> Self {
        Self::Reply(passive_reply(address))
    }

    /// The same, after a pause.
    #[must_use]
    pub fn late(self, pause: Duration) -> Self {
        Self::Late(pause, Box::new(self))
    }
}

/// The reply to PASV with this address.
pub fn passive_reply(address: SocketAddrV4) -> String {
    let [a, b, c, d] = address.ip().octets();
    let [high, low] = address.port().to_be_bytes();
    format!("227 Entering Passive Mode ({a},{b},{c},{d},{high},{low})")
}

#[derive(Debug)]
struct Rule {
    verb: String,
    /// Commands of this verb that are still passed over.
    skip: u32,
    /// Commands that the rule answers after that; without limit if `None`.
    left: Option<u32>,
    act: Act,
}

/// The rules of a server and the commands that it got. Clones are the same script.
#[derive(Clone, Debug, Default)]
pub struct Script(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    rules: Vec<Rule>,
    seen: Vec<String>,
    ignores_paths: bool,
}

impl Script {
    /// From now on every command `verb` (upper case, [`ANY`] or [`GREETING`]) is answered so. The
    /// oldest rule that fits is used.
    pub fn on(&self, verb: &str, act: Act) -> &Self {
        self.rule(verb, 0, None, act)
    }

    /// Only the `nth` such command from now on is answered so; the next is the first.
    pub fn nth(&self, verb: &str, nth: u32, act: Act) -> &Self {
        self.rule(verb, nth.saturating_sub(1), Some(1), act)
    }

    /// The next such command is answered so.
    pub fn once(&self, verb: &str, act: Act) -> &Self {
        self.nth(verb, 1, act)
    }

    /// From now on MLSD, LIST and NLST list the working directory, whatever path they have.
    pub fn ignore_paths(&self) {
        self.state().ignores_paths = true;
    }

    pub(super) fn ignores_paths(&self) -> bool {
        self.state().ignores_paths
    }

    /// Removes every rule: the server behaves again.
    pub fn behave(&self) {
        let mut state = self.state();
        state.rules.clear();
        state.ignores_paths = false;
    }

    /// The command lines so far, without passwords.
    #[must_use]
    pub fn seen(&self) -> Vec<String> {
        self.state().seen.clone()
    }

    /// How many commands `verb` it got so far.
    #[must_use]
    pub fn count(&self, verb: &str) -> usize {
        let state = self.state();
        let is_verb = |line: &&String| line.split(' ').next() == Some(verb);
        state.seen.iter().filter(is_verb).count()
    }

    fn rule(&self, verb: &str, skip: u32, left: Option<u32>, act: Act) -> &Self {
        self.state().rules.push(Rule {
            verb: verb.to_owned(),
            skip,
            left,
            act,
        });
        self
    }

    /// Notes the command, and gives what a rule says about it.
    pub(super) fn next(&self, verb: &str, line: &str) -> Option<Act> {
        let mut state = self.state();
        let shown = if verb == "PASS" { "PASS ***" } else { line };
        state.seen.push(shown.to_owned());
        for rule in &mut state.rules {
            if rule.verb != verb && (rule.verb != ANY || verb == GREETING) {
                continue;
            }
            if rule.skip > 0 {
                rule.skip -= 1;
                continue;
            }
            match &mut rule.left {
                Some(0) => continue,
                Some(left) => *left -= 1,
                None => {}
            }
            return Some(rule.act.clone());
        }
        None
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
