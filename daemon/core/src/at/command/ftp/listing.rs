//! QFTPLIST, QFTPNLST and QFTPMLSD (docs/module/at-ftp.md §2.11–2.13).

use modem_ftp_dbus::errors::ErrorName;

use super::transfer::miscounted;
use crate::api::failure::Failure;
use crate::at::answer::{Answer, Outcome};
use crate::at::codes::{self, CommandKind};
use crate::at::command::reading::{readable, result};
use crate::at::command::{Command, CommandLine, Conversation, Length, Patience};
use crate::at::fields::Fields;
use crate::at::quote::{LocalName, RemotePath};

/// Most bytes of a listing; a longer one is a failure and never truncated.
pub const LISTING_LIMIT: usize = 2 * 1024 * 1024;

/// What to do about a listing that is too long for a reply.
pub const ADVICE: &str = "the method ListFd (modem-ftp ls --raw) takes a longer one";

/// Defines a listing command.
macro_rules! listing {
    ($(#[$doc:meta])* $type:ident $name:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $type {
            /// The directory; `.` is the current one.
            pub path: RemotePath,
        }

        impl Command for $type {
            type Reply = Vec<u8>;
            const NAME: &'static str = $name;
            const NEEDS_DATA_CONNECTION: bool = true;

            fn compose(&self, line: &mut CommandLine<'_>) {
                line.put(concat!("AT+", $name, "="));
                line.quote(self.path.as_str()).put(r#","COM:""#);
            }

            fn conversation(&self) -> Conversation {
                Conversation::Receive {
                    prefix: concat!("+", $name),
                    deferred: true,
                    length: Length::Trailer {
                        limit: LISTING_LIMIT,
                    },
                }
            }

            fn patience(&self) -> Patience {
                Patience::Response
            }

            fn read(&self, answer: Answer) -> Result<Vec<u8>, Failure> {
                read(self, answer)
            }
        }
    };
}

listing! {
    /// `AT+QFTPLIST="<directory>","COM:"`: the long listing. Reply: the server's bytes, complete
    /// and unchanged.
    List "QFTPLIST"
}

listing! {
    /// `AT+QFTPNLST="<directory>","COM:"`: names only. Reply as for [`List`].
    NameList "QFTPNLST"
}

listing! {
    /// `AT+QFTPMLSD="<directory>","COM:"`: the machine listing (RFC 3659). Reply as for [`List`].
    MachineList "QFTPMLSD"
}

fn read<C: Command>(command: &C, answer: Answer) -> Result<Vec<u8>, Failure> {
    if answer.outcome == Outcome::TooMuch {
        let name = C::NAME;
        return Err(Failure::new(
            ErrorName::Failed,
            format!("{name}: the listing has more than {LISTING_LIMIT} bytes; {ADVICE}"),
        ));
    }
    let counted = counted(command, &answer)?;
    let kept = answer.data.len() as u64;
    match counted == kept {
        true => Ok(answer.data),
        false => Err(miscounted(C::NAME, counted, kept)),
    }
}

/// How many bytes the module says that the listing has.
fn counted<C: Command>(command: &C, answer: &Answer) -> Result<u64, Failure> {
    // Related modules do not have NLST (docs/module/quirks.md F14) and answer ERROR.
    if answer.outcome == Outcome::Error && !answer.connected {
        return Err(codes::not_known(C::NAME));
    }
    let rest = result(command, CommandKind::FindPath, answer)?;
    readable(command, Fields::of(rest).number())
}

/// Most bytes of a listing that is not kept: a million files with names of usual length.
const STREAM_LIMIT: u64 = 64 * 1024 * 1024;

/// As [`List`], for a listing of any length: the bytes go to the sink.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamedList(pub List);

/// What is left of a listing when its end was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListingEnd {
    /// Bytes of the listing.
    pub length: u64,
    /// Its last bytes, which did not go to the sink.
    pub rest: Vec<u8>,
}

impl Command for StreamedList {
    type Reply = ListingEnd;
    const NAME: &'static str = List::NAME;
    const NEEDS_DATA_CONNECTION: bool = true;

    fn compose(&self, line: &mut CommandLine<'_>) {
        self.0.compose(line);
    }

    fn conversation(&self) -> Conversation {
        Conversation::Receive {
            prefix: "+QFTPLIST",
            deferred: true,
            length: Length::Streamed {
                limit: STREAM_LIMIT,
            },
        }
    }

    fn patience(&self) -> Patience {
        Patience::Response
    }

    fn read(&self, answer: Answer) -> Result<ListingEnd, Failure> {
        let counted = counted(self, &answer)?;
        match counted == answer.received {
            true => Ok(ListingEnd {
                length: counted,
                rest: answer.data,
            }),
            false => Err(miscounted(Self::NAME, counted, answer.received)),
        }
    }
}

/// `AT+QFTPLIST="<directory>","<local>"`: the long listing to a file on the module. Reply: its
/// size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListToFile {
    /// The directory; `.` is the current one.
    pub path: RemotePath,
    /// The file on the module.
    pub local: LocalName,
}

impl Command for ListToFile {
    type Reply = u64;
    const NAME: &'static str = "QFTPLIST";

    fn compose(&self, line: &mut CommandLine<'_>) {
        line.put("AT+QFTPLIST=").quote(self.path.as_str()).put(',');
        line.quote(self.local.as_str());
    }

    fn conversation(&self) -> Conversation {
        Conversation::Deferred {
            prefix: "+QFTPLIST",
        }
    }

    fn patience(&self) -> Patience {
        Patience::Response
    }

    fn read(&self, answer: Answer) -> Result<u64, Failure> {
        let rest = result(self, CommandKind::FindPath, &answer)?;
        readable(self, Fields::of(rest).number())
    }
}
