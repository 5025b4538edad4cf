//! [`Turns`]: one call at a time does something, and callers take turns. What waits is kept in a queue
//! that leaves nothing behind: a flood does not make the daemon larger.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use futures_channel::oneshot;
use modem_ftp_dbus::ErrorName;

use super::error::CallError;

/// Most large replies for which one caller waits, beside the one that is being sent.
const MOST_OF_CALLER: usize = 2;

/// Whose turn it is. Clones refer to the same queue.
#[derive(Clone, Debug)]
pub struct Turns {
    /// Most calls of one caller that wait, beside the one whose turn it is.
    most: usize,
    queue: Rc<RefCell<Queue>>,
}

/// Who waits.
#[derive(Debug, Default)]
struct Queue {
    taken: bool,
    /// Those who wait, by caller; the first one's turn is next.
    callers: VecDeque<(String, VecDeque<oneshot::Sender<Turn>>)>,
}

/// Nobody else's turn begins until it is dropped.
#[derive(Debug)]
pub struct Turn(Option<Turns>);

/// Turns for large replies: of each caller few may wait.
impl Default for Turns {
    fn default() -> Self {
        Self {
            most: MOST_OF_CALLER,
            queue: Rc::default(),
        }
    }
}

impl Turns {
    /// Turns for which any number of calls may wait.
    pub fn unlimited() -> Self {
        Self {
            most: usize::MAX,
            queue: Rc::default(),
        }
    }

    /// Waits for the turn of a caller.
    ///
    /// # Errors
    /// `QueueFull`: too many of its calls wait already.
    pub async fn take(&self, caller: &str) -> Result<Turn, CallError> {
        let queued = self.queue.borrow_mut().queue(caller, self.most)?;
        match queued {
            None => Ok(Turn(Some(self.clone()))),
            // Nobody drops the sender of a call that waits.
            Some(turn) => turn.await.map_err(|_| too_many(self.most)),
        }
    }
}

impl Queue {
    /// Takes the turn (`None`) or queues for it.
    fn queue(
        &mut self,
        caller: &str,
        most: usize,
    ) -> Result<Option<oneshot::Receiver<Turn>>, CallError> {
        if !self.taken {
            self.taken = true;
            return Ok(None);
        }
        let (turn, waiting) = oneshot::channel();
        let known = self.callers.iter_mut().find(|(name, _)| name == caller);
        match known {
            Some((_, own)) if own.len() >= most => return Err(too_many(most)),
            Some((_, own)) => own.push_back(turn),
            None => {
                let own = VecDeque::from([turn]);
                self.callers.push_back((caller.to_owned(), own));
            }
        }
        Ok(Some(waiting))
    }

    /// The one whose turn is next; its caller goes to the end of the queue.
    fn next(&mut self) -> Option<oneshot::Sender<Turn>> {
        loop {
            let (caller, mut own) = self.callers.pop_front()?;
            own.retain(|turn| !turn.is_canceled());
            let next = own.pop_front();
            if !own.is_empty() {
                self.callers.push_back((caller, own));
            }
            if next.is_some() {
                return next;
            }
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let Some(turns) = self.0.take() else {
            return;
        };
        loop {
            let next = turns.queue.borrow_mut().next();
            let Some(next) = next else {
                // A flood leaves no large queue behind.
                *turns.queue.borrow_mut() = Queue::default();
                return;
            };
            match next.send(Self(Some(turns.clone()))) {
                Ok(()) => return,
                // It does not wait any more: the next one's turn, and not passed on a second time.
                Err(mut turn) => turn.0 = None,
            }
        }
    }
}

fn too_many(most: usize) -> CallError {
    CallError::new(
        ErrorName::QueueFull,
        format!("{most} calls of this caller wait for large replies, more are not accepted"),
    )
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[test]
    fn callers_take_turns_and_those_that_have_gone_are_passed_over() {
        let turns = Turns::default();
        let ready = |caller| turns.take(caller).now_or_never();
        let first = ready("a").unwrap().unwrap();
        let mut waiting: Vec<_> = ["a", "b", "a", "b", "c"]
            .into_iter()
            .map(|caller| (caller, Box::pin(turns.take(caller))))
            .collect();
        for (_, turn) in &mut waiting {
            assert!(turn.now_or_never().is_none());
        }
        drop(waiting.remove(1));
        drop(first);
        let mut order = Vec::new();
        while let Some(place) = waiting.iter_mut().position(|(caller, turn)| {
            let taken = turn.now_or_never();
            taken.is_some_and(|taken| {
                order.push(*caller);
                taken.is_ok()
            })
        }) {
            drop(waiting.remove(place));
        }
        assert_eq!(order, ["a", "b", "c", "a"]);
        assert!(ready("d").is_some());
    }

    #[test]
    fn one_caller_waits_for_few() {
        let turns = Turns::default();
        let _first = turns.take("a").now_or_never();
        let mut waiting: Vec<_> = (0..100).map(|_| Box::pin(turns.take("a"))).collect();
        let refused = waiting.iter_mut().filter_map(|turn| turn.now_or_never());
        assert_eq!(refused.filter(Result::is_err).count(), 100 - MOST_OF_CALLER);
    }
    #[test]
    fn nobody_is_refused_where_any_number_may_wait() {
        let turns = Turns::unlimited();
        let first = turns.take("a").now_or_never();
        let mut waiting: Vec<_> = (0..100).map(|_| Box::pin(turns.take("a"))).collect();
        assert!(waiting.iter_mut().all(|turn| turn.now_or_never().is_none()));
        drop(first);
        for turn in &mut waiting {
            assert!(turn.now_or_never().unwrap().is_ok());
        }
        assert!(turns.queue.borrow().callers.capacity() == 0);
    }
}
