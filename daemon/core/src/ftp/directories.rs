//! [`Directories`]: the working directory of each caller on each server, as an absolute path. None
//! is forgotten while its caller is there, so a relative path never changes its meaning silently.

use std::collections::BTreeMap;

use modem_ftp_dbus::errors::ErrorName;

use crate::api::failure::Failure;
use crate::api::request::CallerId;

/// Working directories in all.
const MOST: usize = 1000;
/// Working directories of the callers of one user, so that one user cannot use up all of them.
const MOST_PER_USER: usize = 200;

/// A working directory on a server.
#[derive(Debug)]
struct Directory {
    path: String,
    /// User of the caller.
    uid: Option<u32>,
}

/// The working directories that callers have set.
#[derive(Debug, Default)]
pub struct Directories(BTreeMap<(CallerId, String), Directory>);

/// A working directory to be set.
#[derive(Clone, Debug)]
pub struct Place {
    /// Whose it is.
    pub caller: CallerId,
    /// User of the caller, if known.
    pub uid: Option<u32>,
    /// Configured name of the server.
    pub server: String,
}

impl Directories {
    /// The directory of a caller on a server, if it set one.
    pub fn get(&self, caller: &CallerId, server: &str) -> Option<String> {
        let key = (caller.clone(), server.to_owned());
        self.0.get(&key).map(|directory| directory.path.clone())
    }

    /// Whether there is room for the directory of this place.
    ///
    /// # Errors
    /// `QueueFull`: a directory that another caller relies on is not dropped instead.
    pub fn check_room(&self, place: &Place) -> Result<(), Failure> {
        let key = (place.caller.clone(), place.server.clone());
        let of_user = |directory: &&Directory| directory.uid == place.uid;
        let used = self.0.values().filter(of_user).count();
        // Whatever others have taken, a user who has none finds room.
        let most = MOST_PER_USER.min(MOST.saturating_sub(self.0.len()));
        if self.0.contains_key(&key) || used < most {
            return Ok(());
        }
        Err(Failure::new(
            ErrorName::QueueFull,
            format!(
                "too many bus connections have a working directory (at most {MOST_PER_USER} of one \
                 user, {MOST} in all); one is free again when its connection is closed"
            ),
        ))
    }

    /// Sets the directory of a place.
    ///
    /// # Errors
    /// `QueueFull`.
    pub fn set(&mut self, place: Place, path: String) -> Result<(), Failure> {
        self.check_room(&place)?;
        let directory = Directory {
            path,
            uid: place.uid,
        };
        self.0.insert((place.caller, place.server), directory);
        Ok(())
    }

    /// Forgets the directories of a caller.
    pub fn forget(&mut self, caller: &CallerId) {
        let first = (caller.clone(), String::new());
        let own = self.0.range(first..);
        let own = own.take_while(|((owner, _), _)| owner == caller);
        let own: Vec<_> = own.map(|(key, _)| key.clone()).collect();
        for key in own {
            self.0.remove(&key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(caller: usize, uid: u32, server: &str) -> Place {
        Place {
            caller: CallerId(format!(":1.{caller}")),
            uid: Some(uid),
            server: server.into(),
        }
    }

    #[test]
    fn a_directory_belongs_to_one_caller_on_one_server() {
        let mut directories = Directories::default();
        directories.set(place(1, 0, "plant"), "/a".into()).unwrap();
        directories.set(place(10, 0, "plant"), "/b".into()).unwrap();
        directories.set(place(1, 0, "other"), "/c".into()).unwrap();
        let get = |directories: &Directories, caller: usize, server: &str| {
            directories.get(&CallerId(format!(":1.{caller}")), server)
        };
        assert_eq!(get(&directories, 1, "plant").as_deref(), Some("/a"));
        assert_eq!(get(&directories, 10, "other"), None);
        directories.forget(&CallerId(":1.1".into()));
        assert_eq!(get(&directories, 1, "plant"), None);
        assert_eq!(get(&directories, 1, "other"), None);
        assert_eq!(get(&directories, 10, "plant").as_deref(), Some("/b"));
    }

    #[test]
    fn one_user_cannot_use_up_the_directories_of_all() {
        let mut directories = Directories::default();
        for caller in 0..MOST_PER_USER {
            directories
                .set(place(caller, 7, "plant"), "/a".into())
                .unwrap();
        }
        let full = directories.set(place(5000, 7, "plant"), "/a".into());
        assert_eq!(full.unwrap_err().name, ErrorName::QueueFull);
        assert_eq!(
            directories
                .get(&CallerId(":1.0".into()), "plant")
                .as_deref(),
            Some("/a"),
            "the oldest is kept"
        );
        directories
            .set(place(0, 7, "plant"), "/changed".into())
            .unwrap();
        directories
            .set(place(6000, 8, "plant"), "/a".into())
            .unwrap();
        directories.forget(&CallerId(":1.3".into()));
        directories
            .set(place(5000, 7, "plant"), "/a".into())
            .unwrap();
    }
}
