//! Free space, list and deletion of files: QFLDS, QFLST, QFDEL (docs/module/at-file.md §3.1–3.3).

use crate::api::failure::Failure;
use crate::at::answer::{Answer, Cme, Outcome};
use crate::at::codes::{CommandKind, FileError};
use crate::at::command::reading::{accept, fields, readable};
use crate::at::command::setting::setting;
use crate::at::command::{Command, CommandLine, Conversation, Lines};
use crate::at::fields::Fields;
use crate::at::quote::FileName;

/// `AT+QFLDS="UFS"`. Reply: free bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FreeSpace;

impl Command for FreeSpace {
    type Reply = u64;
    const NAME: &'static str = "QFLDS";

    fn compose(&self, line: &mut CommandLine<'_>) {
        line.put(r#"AT+QFLDS="UFS""#);
    }

    fn conversation(&self) -> Conversation {
        Conversation::Plain {
            lines: Lines::Prefixed("+QFLDS"),
        }
    }

    fn read(&self, answer: Answer) -> Result<u64, Failure> {
        let answer = accept(self, CommandKind::File, answer)?;
        let free = fields(&answer, "+QFLDS").and_then(|mut fields| fields.number());
        readable(self, free)
    }
}

/// `AT+QFLST="<name>"` or `"*"`. Reply: the files. That there is none is no failure, though the
/// module may report it as one (405).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListStored(Option<FileName>);

/// A file on the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredFile {
    /// Its name, without the prefix `UFS:` that related modules print (docs/module/quirks.md U7).
    pub name: String,
    /// Bytes, if the module tells.
    pub size: Option<u64>,
}

impl ListStored {
    /// All files.
    pub fn all() -> Self {
        Self(None)
    }

    /// The file with this name.
    pub fn one(name: FileName) -> Self {
        Self(Some(name))
    }
}

impl Command for ListStored {
    type Reply = Vec<StoredFile>;
    const NAME: &'static str = "QFLST";

    fn compose(&self, line: &mut CommandLine<'_>) {
        let name = self.0.as_ref().map_or("*", FileName::as_str);
        line.put("AT+QFLST=").quote(name);
    }

    fn conversation(&self) -> Conversation {
        Conversation::Plain {
            lines: Lines::Prefixed("+QFLST"),
        }
    }

    fn read(&self, answer: Answer) -> Result<Vec<StoredFile>, Failure> {
        if answer.outcome == Outcome::Cme(Cme::Number(FileError::NotFound.code())) {
            return Ok(Vec::new());
        }
        let answer = accept(self, CommandKind::File, answer)?;
        // A row without a name costs that row: the others are as good as without it.
        let files = answer.lines.iter().filter_map(|line| {
            let mut fields = Fields::after(line, "+QFLST")?;
            let name = fields.text().filter(|name| !name.is_empty())?;
            Some(StoredFile {
                name: name.strip_prefix("UFS:").unwrap_or(name).to_owned(),
                size: fields.number(),
            })
        });
        Ok(files.collect())
    }
}

/// `AT+QFDEL="<name>"`. A [`FileName`] cannot be a wildcard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeleteStored {
    /// The file.
    pub name: FileName,
}

setting!(DeleteStored, "QFDEL", File, |file, line| line
    .put("AT+QFDEL=")
    .quote(file.name.as_str()));
