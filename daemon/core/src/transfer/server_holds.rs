//! [`ServerHolds`]: the servers that are left alone for a while. After a login that failed, or a
//! data connection that could not be opened, everything queued for that server waits together: one
//! attempt at a time finds out whether it works again. Other servers are not affected.

use std::collections::BTreeMap;
use std::time::Instant;

use modem_ftp_dbus::errors::ErrorName;

use super::retry::{LATER, SOON, slowly};

/// What failed with a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The login, or the connection before it.
    Login,
    /// A login that has worked before.
    Passing,
    /// The data connections, while the control connection works.
    Data,
}

/// Why and how long a server is left alone.
#[derive(Clone, Debug)]
struct Hold {
    until: Instant,
    failures: u32,
    reason: (ErrorName, String),
}

/// What failed with one server lately.
#[derive(Debug, Default)]
struct Held {
    login: Option<Hold>,
    data: Option<Hold>,
}

impl Held {
    fn of(&mut self, trouble: Trouble) -> &mut Option<Hold> {
        match trouble {
            Trouble::Login | Trouble::Passing => &mut self.login,
            Trouble::Data => &mut self.data,
        }
    }

    fn last(&self) -> Option<&Hold> {
        let holds = self.login.iter().chain(&self.data);
        holds.max_by_key(|hold| hold.until)
    }
}

/// The servers that are left alone, or were lately.
#[derive(Debug, Default)]
pub struct ServerHolds(BTreeMap<String, Held>);

impl ServerHolds {
    /// A server failed once more. Whether it worked before.
    pub fn failed(
        &mut self,
        server: &str,
        trouble: Trouble,
        reason: (ErrorName, String),
        now: Instant,
        seed: u64,
    ) -> bool {
        let held = self.0.entry(server.to_owned()).or_default().of(trouble);
        let failures = held
            .as_ref()
            .map_or(1, |hold| hold.failures.saturating_add(1));
        let salt = server.bytes().fold(seed, |salt, byte| {
            salt.rotate_left(8).wrapping_add(u64::from(byte))
        });
        *held = Some(Hold {
            until: now
                + match trouble {
                    Trouble::Login => LATER.after(failures, salt),
                    Trouble::Passing => slowly(failures, salt),
                    Trouble::Data => SOON.after(failures, salt),
                },
            failures,
            reason,
        });
        failures == 1
    }

    /// This works again with a server. Whether it did not before, and everything does now.
    pub fn works(&mut self, server: &str, trouble: Trouble) -> bool {
        let Some(held) = self.0.get_mut(server) else {
            return false;
        };
        *held.of(trouble) = None;
        let all = held.last().is_none();
        if all {
            self.lift(server);
        }
        all
    }

    /// A server may be tried at once, whatever failed with it before.
    pub fn lift(&mut self, server: &str) {
        self.0.remove(server);
    }

    /// The servers that are left alone or were lately.
    pub fn servers(&self) -> Vec<String> {
        self.0.keys().cloned().collect()
    }

    /// Until when a server is left alone, if it is at `now`.
    pub fn until(&self, server: &str, now: Instant) -> Option<Instant> {
        self.at(server, now).map(|hold| hold.until)
    }

    /// Why a server is left alone, if it is at `now`.
    pub fn reason(&self, server: &str, now: Instant) -> Option<(ErrorName, String)> {
        self.at(server, now).map(|hold| hold.reason.clone())
    }

    fn at(&self, server: &str, now: Instant) -> Option<&Hold> {
        let last = self.0.get(server)?.last();
        last.filter(|hold| hold.until > now)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_hold_grows_with_each_failure_and_ends_when_the_server_works() {
        let now = Instant::now();
        let mut holds = ServerHolds::default();
        let reason = || (ErrorName::LoginFailed, "530".to_owned());
        assert!(holds.failed("a", Trouble::Login, reason(), now, 1));
        let first = holds.until("a", now).unwrap();
        assert!(first > now + Duration::from_secs(20));
        assert_eq!(holds.until("b", now), None);
        assert_eq!(holds.until("a", first), None, "over");
        assert!(!holds.failed("a", Trouble::Login, reason(), now, 1));
        assert!(holds.until("a", now).unwrap() > first);
        assert_eq!(holds.reason("a", now).unwrap().0, ErrorName::LoginFailed);
        holds.works("a", Trouble::Data);
        assert!(holds.until("a", now).is_some());
        holds.works("a", Trouble::Login);
        assert_eq!(holds.until("a", now), None);
    }
}
