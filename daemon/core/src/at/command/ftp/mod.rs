//! The eighteen FTP commands (docs/module/at-ftp.md §2).

mod listing;
mod path;
mod session;
mod settings;
mod transfer;

pub use listing::{
    ADVICE, LISTING_LIMIT, List, ListToFile, ListingEnd, MachineList, NameList, StreamedList,
};
pub use path::{DeleteFile, MakeDirectory, ModificationTime, RemoveDirectory, Rename, Size};
pub use session::{
    ChangeDirectory, Close, Open, SessionStatus, Status, TransferLength, WorkingDirectory,
};
pub use settings::{KEYS, Setting, SettingNames, SettingQuery};
pub use transfer::{Get, Put, Segment};
