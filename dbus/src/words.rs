//! The closed sets of words that properties and options take on the bus.

/// Defines an enum with its word on the bus, both ways.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$vdoc])* $variant,)+ }

        impl $name {
            /// Every word, in the order of the contract.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The word as it is on the bus.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            /// The value of a word from the bus; `None` for any other text.
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
        /// Accepted, its turn has not come.
        Queued = "queued",
        /// Bytes are moving, or the session for them is being opened.
        Active = "active",
        /// Set aside by `Pause`.
        Paused = "paused",
        /// Between two attempts, or for the network.
        Waiting = "waiting",
        /// Whole, under its final name.
        Done = "done",
        /// Given up; `Transfer1.Error` says why.
        Failed = "failed",
        /// Stopped by `Cancel`.
        Cancelled = "cancelled",
    }
}

impl TransferState {
    /// True when nothing more will happen by itself, and `Wait` replies.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Cancelled)
    }
}

words! {
    /// `Transfer1.Direction`.
    Direction {
        /// From here to the server.
        Upload = "upload",
        /// From the server to here.
        Download = "download",
    }
}

words! {
    /// `Modem1.State`, from nothing to everything.
    ModemState {
        /// The serial port is not there.
        Absent = "absent",
        /// The port is open; the module is being made ready.
        Starting = "starting",
        /// The SIM is missing or wants a PIN or PUK.
        Locked = "locked",
        /// Not registered on a network.
        Searching = "searching",
        /// Registered; no context is active.
        Registered = "registered",
        /// A context is active: there is an IP address.
        Online = "online",
        /// Somebody has to do something first.
        Failed = "failed",
    }
}

words! {
    /// `Modem1.Session`: QFTPSTAT in words.
    SessionState {
        /// Logging in.
        Opening = "opening",
        /// Logged in, nothing under way.
        Idle = "idle",
        /// Bytes are moving.
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
        /// Anything else, or not told.
        Other = "other",
    }
}

words! {
    /// The option `if-exists`: what an existing destination means.
    IfExists {
        /// Replace it (the default).
        Overwrite = "overwrite",
        /// Fail with `RemoteExists`.
        Fail = "fail",
        /// Go on with our own partial of this very content, and nothing else.
        Resume = "resume",
    }
}

words! {
    /// The option `verify`: what must hold before a transfer is done.
    Verify {
        /// The sizes are equal (the default).
        Size = "size",
        /// The module's own checksums of both legs agree.
        Checksum = "checksum",
        /// Read back and compared.
        Content = "content",
        /// Nothing more than the server's word.
        None = "none",
    }
}

words! {
    /// The option `via`: the bytes' way through the module.
    Via {
        /// The daemon chooses (the default).
        Auto = "auto",
        /// Straight through the serial line.
        Com = "com",
        /// Through the module's own storage.
        Ufs = "ufs",
    }
}

/// Names of the keys in `options` of the four transfer methods.
pub mod option {
    /// [`super::IfExists`], `s`.
    pub const IF_EXISTS: &str = "if-exists";
    /// Temporary name until whole, `b`, default true.
    pub const ATOMIC: &str = "atomic";
    /// [`super::Verify`], `s`.
    pub const VERIFY: &str = "verify";
    /// [`super::Via`], `s`.
    pub const VIA: &str = "via";
    /// Higher goes first, `i`, default 0.
    pub const PRIORITY: &str = "priority";
    /// Attempts after the first, `u`, default [`super::RETRIES_DEFAULT`].
    pub const RETRIES: &str = "retries";
    /// Reply at the end of the transfer instead of its beginning, `b`, default false.
    pub const WAIT: &str = "wait";
}

/// Attempts after the first, when the caller names no number.
pub const RETRIES_DEFAULT: u32 = 5;

/// Keys of the entries that `List` returns and of what `Stat` returns.
pub mod key {
    /// The entry's name, `s`; only `List`.
    pub const NAME: &str = "Name";
    /// [`super::EntryType`], `s`; only `List`.
    pub const TYPE: &str = "Type";
    /// Octets, `t`; left out where the server does not tell.
    pub const SIZE: &str = "Size";
    /// Unix seconds, UTC, `x`; left out where the server does not tell.
    pub const MODIFIED: &str = "Modified";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_comes_back() {
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
