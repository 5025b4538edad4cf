//! [`Unsent`]: how many bytes of listings wait to be sent to their callers. Calls are bounded in
//! number, but a bus that does not read could make each of them keep a listing.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use modem_ftp_core::api::failure::Failure;
use modem_ftp_core::api::reply::Reply;
use modem_ftp_dbus::ErrorName;

/// Most bytes of replies that are not sent: some of the largest listings.
const MOST: usize = 8 * 1024 * 1024;

/// The reply to a method call.
#[derive(Debug)]
pub struct Answer {
    /// The engine's reply.
    pub result: Result<Reply, Failure>,
    /// Where its bytes count, until it is sent.
    pub room: Option<Room>,
}

/// Counts the bytes of replies that are not sent. Clones refer to the same number.
#[derive(Clone, Debug, Default)]
pub struct Unsent(Arc<AtomicUsize>);

/// The bytes of a reply, which count until this is dropped.
#[derive(Debug)]
pub struct Room {
    unsent: Unsent,
    bytes: usize,
}

impl Unsent {
    /// A reply whose bytes count; a refusal, if there are too many already.
    pub fn answer(&self, result: Result<Reply, Failure>) -> Answer {
        let bytes = result.as_ref().map_or(0, Reply::size);
        if bytes == 0 {
            return Answer { result, room: None };
        }
        let room = Room {
            unsent: self.clone(),
            bytes,
        };
        let before = self.0.fetch_add(bytes, Ordering::Relaxed);
        match before + bytes <= MOST {
            true => Answer {
                result,
                room: Some(room),
            },
            false => Answer {
                result: Err(Failure::new(
                    ErrorName::QueueFull,
                    format!(
                        "{before} bytes of listings wait to be sent to their callers, and the bus \
                         does not take them; try again later"
                    ),
                )),
                room: None,
            },
        }
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        self.unsent.0.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listings_that_are_not_sent_are_bounded_in_bytes() {
        let unsent = Unsent::default();
        let listing = || Ok(Reply::Bytes(vec![0; MOST / 8]));
        let answers: Vec<_> = (0..100).map(|_| unsent.answer(listing())).collect();
        let kept = answers.iter().filter(|answer| answer.result.is_ok());
        assert_eq!(kept.count(), 8);
        let refusal = answers[99].result.as_ref().unwrap_err();
        assert_eq!(refusal.name, ErrorName::QueueFull);
        // What is small is answered in any case.
        assert!(unsent.answer(Ok(Reply::Done)).result.is_ok());
        drop(answers);
        assert_eq!(unsent.0.load(Ordering::Relaxed), 0);
        assert!(unsent.answer(listing()).result.is_ok());
    }
}
