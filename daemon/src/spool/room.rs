//! [`Room`]: how many bytes the spool holds, of whom, and how many more there may be.

use std::collections::HashMap;

use modem_ftp_core::api::failure::Failure;
use modem_ftp_dbus::ErrorName;

/// The bytes of all files.
#[derive(Debug, Default)]
pub struct Room {
    /// So many bytes at most.
    pub limit: u64,
    /// How many pipes of whom are being read into the spool.
    pub pipes: HashMap<u32, usize>,
    files: HashMap<String, (u32, u64)>,
    of_user: HashMap<u32, u64>,
    total: u64,
}

impl Room {
    /// No files.
    pub fn new(limit: u64) -> Self {
        Self {
            limit,
            ..Self::default()
        }
    }

    /// Counts more bytes of a file, without a limit.
    pub fn add(&mut self, name: &str, uid: u32, bytes: u64) {
        let (_, size) = self.files.entry(name.to_owned()).or_insert((uid, 0));
        *size += bytes;
        *self.of_user.entry(uid).or_default() += bytes;
        self.total += bytes;
    }

    /// Counts more bytes of a file. A user other than root may not use more of the spool than is
    /// left for others.
    ///
    /// # Errors
    /// `QueueFull`.
    pub fn reserve(&mut self, name: &str, uid: u32, bytes: u64) -> Result<(), Failure> {
        let used = self.of_user.get(&uid).copied().unwrap_or_default();
        if self.total.saturating_add(bytes) > self.limit {
            return Err(full(format!(
                "the spool holds {} bytes of at most {} (spool_limit); forgetting failed and \
                 cancelled transfers frees theirs",
                self.total, self.limit
            )));
        }
        let left = self.limit - self.total - bytes;
        if uid != 0 && used.saturating_add(bytes) > left {
            return Err(full(format!(
                "the spool holds {used} bytes of uid {uid}, and what is left of spool_limit is for \
                 other users"
            )));
        }
        self.add(name, uid, bytes);
        Ok(())
    }

    /// A file is gone.
    pub fn remove(&mut self, name: &str) {
        let Some((uid, bytes)) = self.files.remove(name) else {
            return;
        };
        self.total = self.total.saturating_sub(bytes);
        if let Some(used) = self.of_user.get_mut(&uid) {
            *used = used.saturating_sub(bytes);
            if *used == 0 {
                self.of_user.remove(&uid);
            }
        }
    }
}

fn full(why: String) -> Failure {
    Failure::new(ErrorName::QueueFull, why)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_leaves_room_for_others_and_root_may_use_all() {
        let mut room = Room::new(100);
        room.reserve("a", 1000, 50).unwrap();
        let failure = room.reserve("b", 1000, 1).unwrap_err();
        assert_eq!(failure.name, ErrorName::QueueFull);
        assert!(
            failure.text.contains("holds 50 bytes of uid 1000"),
            "{failure}"
        );
        // A second user finds room, however much the first one has taken.
        room.reserve("b", 1001, 25).unwrap();
        assert!(room.reserve("c", 1001, 1).is_err());
        room.remove("b");
        room.reserve("c", 0, 50).unwrap();
        assert!(room.reserve("d", 1001, 1).is_err());
        room.remove("a");
        room.remove("a");
        room.reserve("d", 1001, 25).unwrap();
        assert!(room.reserve("d", 0, u64::MAX).is_err());
    }
}
