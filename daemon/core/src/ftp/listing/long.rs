//! One row of a listing for people, in whichever of the known forms it is.

use super::row::Reason;
use super::{dos, eplf, ibm_i, mvs, netware, os9, unix, vms};
use crate::api::reply::Entry;

/// How the rows of a listing are to be read.
#[derive(Clone, Copy)]
pub(super) struct Rows {
    now: i64,
    /// Members of a data set: a name alone is a row.
    members: bool,
}

impl Rows {
    /// Of this listing, read at this time (Unix seconds).
    pub(super) fn of(bytes: &[u8], now: i64) -> Self {
        let members = mvs::lists_members(bytes);
        Self { now, members }
    }

    /// Reads a row; `None` for the listed directory itself, its parent, and rows that are about the
    /// listing. Where no form fits, the reason is that of the form which the row resembles.
    pub(super) fn entry(self, text: &str) -> Result<Option<Entry>, Reason> {
        if self.members {
            return mvs::member(text);
        }
        let likely = match text.starts_with(|first: char| first.is_ascii_digit()) {
            true => dos::entry(text),
            false => unix::entry(text, self.now),
        };
        likely.or_else(|reason| {
            unix::entry(text, self.now)
                .or_else(|_| eplf::entry(text))
                .or_else(|_| netware::entry(text, self.now))
                .or_else(|_| vms::entry(text))
                .or_else(|_| ibm_i::entry(text))
                .or_else(|_| os9::entry(text))
                .or_else(|_| mvs::data_set(text))
                .map_err(|_| reason)
        })
    }
}
