//! The closed sets of words that properties and options have on the bus.
//!
//! A macro defines them, without a dependency: deriving `strum`'s traits would still need the same
//! functions around them (`as_str` is `const`) and add a crate to every program.

/// Defines an enum, and the conversions between its variants and their words on the bus.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$vdoc])* $variant,)+ }

        impl $name {
            /// Every variant, in the order of the list.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The word as it is on the bus.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            /// The variant of a word from the bus; `None` for any other text.
            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}

words! {
    /// `Transfer1.State`.
    TransferState {
        /// Accepted, and waits for transfers before it.
        Queued = "queued",
        /// Being transferred, or its session is being opened.
        Active = "active",
        /// Stopped by `Pause` until `Resume`.
        Paused = "paused",
        /// Waits for the next attempt, or for the network.
        Waiting = "waiting",
        /// Complete, under its final name.
        Done = "done",
        /// Failed; the reason is `Transfer1.Error`.
        Failed = "failed",
        /// Stopped by `Cancel`.
        Cancelled = "cancelled",
    }
}

impl TransferState {
    /// Whether the transfer has ended, so that `Wait` replies.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Cancelled)
    }
}

words! {
    /// `Transfer1.Direction`.
    Direction {
        /// From the local file to the server.
        Upload = "upload",
        /// From the server to the local file.
        Download = "download",
    }
}

words! {
    /// `Modem1.State`, in the order of bring-up.
    ModemState {
        /// The serial port does not exist.
        Absent = "absent",
        /// The port is open, and the module is being set up.
        Starting = "starting",
        /// The SIM is missing or requires a PIN or PUK.
        Locked = "locked",
        /// Not registered on a network.
        Searching = "searching",
        /// Registered; no PDP context is active.
        Registered = "registered",
        /// A PDP context is active, with an IP address.
        Online = "online",
        /// A failure that needs an operator.
        Failed = "failed",
    }
}

words! {
    /// `Modem1.Session`: the state that QFTPSTAT reports.
    SessionState {
        /// Logging in.
        Opening = "opening",
        /// Logged in, without a transfer.
        Idle = "idle",
        /// A transfer is running.
        Transferring = "transferring",
        /// Logging out.
        Closing = "closing",
        /// No session.
        Closed = "closed",
    }
}

words! {
    /// `Type` of an entry of `List`.
    EntryType {
        /// A regular file.
        File = "file",
        /// A directory.
        Directory = "directory",
        /// A symbolic link.
        Link = "link",
        /// Anything else, or the server does not tell.
        Other = "other",
    }
}

words! {
    /// The option `if-exists`: what to do if the destination exists.
    IfExists {
        /// Replace it (the default).
        Overwrite = "overwrite",
        /// Fail with `RemoteExists`.
        Fail = "fail",
        /// Continue an incomplete transfer of the same content.
        Resume = "resume",
    }
}

words! {
    /// The option `verify`: what is checked before a transfer is done.
    Verify {
        /// The sizes are equal (the default).
        Size = "size",
        /// The checksums that the module computes on the serial line and in its files are equal.
        Checksum = "checksum",
        /// The remote file, read back, is equal to the local one.
        Content = "content",
        /// Nothing beyond the server's reply.
        None = "none",
    }
}

words! {
    /// The option `via`: how the data passes through the module.
    Via {
        /// The daemon chooses (the default).
        Auto = "auto",
        /// Directly between serial line and server.
        Com = "com",
        /// Through a file in the module's UFS.
        Ufs = "ufs",
    }
}

/// Names of the keys in `options` of the four transfer methods.
pub mod option {
    /// [`super::IfExists`], `s`.
    pub const IF_EXISTS: &str = "if-exists";
    /// Staging name until the file is complete, `b`, default true.
    pub const ATOMIC: &str = "atomic";
    /// [`super::Verify`], `s`.
    pub const VERIFY: &str = "verify";
    /// [`super::Via`], `s`.
    pub const VIA: &str = "via";
    /// Higher priorities are transferred first, `i`, default 0.
    pub const PRIORITY: &str = "priority";
    /// Attempts after the first, `u`, default [`super::RETRIES_DEFAULT`].
    pub const RETRIES: &str = "retries";
    /// Unix seconds after which a transfer that waits fails, `t`, default 0: never.
    pub const EXPIRES: &str = "expires";
    /// Whether the content of a descriptor is kept until the transfer has ended, `b`, default true
    /// for a regular file and false for a pipe.
    pub const SPOOL: &str = "spool";
    /// Whether the call is replied to at the end of the transfer, `b`, default false.
    pub const WAIT: &str = "wait";
}

/// Default of the option `retries`: attempts after the first.
pub const RETRIES_DEFAULT: u32 = 5;

/// Keys of the entries that `List` returns and of what `Stat` returns.
pub mod key {
    /// The entry's name, `s`; only `List`.
    pub const NAME: &str = "Name";
    /// [`super::EntryType`], `s`; only `List`.
    pub const TYPE: &str = "Type";
    /// Bytes, `t`; omitted if the server does not tell.
    pub const SIZE: &str = "Size";
    /// Unix seconds, UTC, `x`; omitted if the server does not tell.
    pub const MODIFIED: &str = "Modified";
}

/// Keys of the filter of `History`.
pub mod filter {
    /// Only transfers that ended at this time or later, `t` or `x`, Unix seconds.
    pub const SINCE: &str = "since";
    /// Only receipts that come after this row, `t`.
    pub const BEFORE: &str = "before";
    /// Only transfers with this server, `s`.
    pub const SERVER: &str = "server";
    /// Only transfers that failed, `b`.
    pub const FAILED: &str = "failed";
    /// At most so many receipts, `u`.
    pub const LIMIT: &str = "limit";
}

/// Keys of the receipts that `History` returns.
pub mod receipt {
    /// For [`super::filter::BEFORE`], `t`.
    pub const ROW: &str = "Row";
    /// The transfer's number, `t`.
    pub const ID: &str = "Id";
    /// [`super::Direction`], `s`.
    pub const DIRECTION: &str = "Direction";
    /// Configured name of the server, `s`.
    pub const SERVER: &str = "Server";
    /// Local path, empty for a descriptor, `s`.
    pub const LOCAL: &str = "Local";
    /// Remote path, `s`.
    pub const REMOTE: &str = "Remote";
    /// Owner, `u`.
    pub const USER_ID: &str = "UserId";
    /// How it ended: [`super::TransferState`], `s`.
    pub const STATE: &str = "State";
    /// Name and text of the failure, `(ss)`.
    pub const ERROR: &str = "Error";
    /// Bytes of the file, `t`; 2⁶⁴−1: not known.
    pub const SIZE: &str = "Size";
    /// SHA-256 of the file in lower-case hexadecimal digits, `s`; omitted if it was not computed.
    pub const SHA256: &str = "Sha256";
    /// Attempts made, `u`.
    pub const ATTEMPTS: &str = "Attempts";
    /// When it was accepted, `x`, Unix seconds.
    pub const CREATED: &str = "Created";
    /// When it ended, `x`, Unix seconds.
    pub const FINISHED: &str = "Finished";
    /// Payload over the serial line in all attempts, `t`.
    pub const LINE: &str = "LineBytes";
    /// Payload over the network in all attempts, as far as it is known, `t`.
    pub const AIR: &str = "AirBytes";
    /// Listings over the network, `t`.
    pub const LISTINGS: &str = "ListingBytes";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_read_as_its_variant() {
        for &s in TransferState::ALL {
            assert_eq!(TransferState::from_word(s.as_str()), Some(s));
        }
        for &s in ModemState::ALL {
            assert_eq!(ModemState::from_word(s.as_str()), Some(s));
        }
        assert_eq!(Via::from_word("COM"), None);
        assert_eq!(TransferState::from_word(""), None);
    }

    #[test]
    fn exactly_three_transfer_states_are_final() {
        let last: Vec<_> = TransferState::ALL
            .iter()
            .filter(|s| s.is_final())
            .map(|s| s.as_str())
            .collect();
        assert_eq!(last, ["done", "failed", "cancelled"]);
    }
}
