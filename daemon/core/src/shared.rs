//! [`Shared`]: state that one floor owns and several handles reach. Only plain functions without
//! captures see the state, and their arguments are `Send`, which no handle is: while a state is
//! borrowed nothing can reach it a second time, so a double borrow does not compile.

use std::cell::RefCell;
use std::rc::Rc;

/// A handle to state; clones reach the same state.
pub struct Shared<T>(Rc<RefCell<T>>);

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Self(Rc::clone(&self.0))
    }
}

impl<T> Shared<T> {
    /// Takes the state over.
    pub fn new(state: T) -> Self {
        Self(Rc::new(RefCell::new(state)))
    }

    /// Reads the state.
    pub fn get<R>(&self, read: fn(&T) -> R) -> R {
        read(&self.0.borrow())
    }

    /// Reads the state, with an argument.
    pub fn get_with<A: Send, R>(&self, argument: A, read: fn(&T, A) -> R) -> R {
        read(&self.0.borrow(), argument)
    }

    /// Changes the state.
    pub fn change<R>(&self, change: fn(&mut T) -> R) -> R {
        change(&mut self.0.borrow_mut())
    }

    /// Changes the state, with an argument.
    pub fn change_with<A: Send, R>(&self, argument: A, change: fn(&mut T, A) -> R) -> R {
        change(&mut self.0.borrow_mut(), argument)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_reach_the_same_state() {
        let one = Shared::new(1);
        let other = one.clone();
        one.change(|number| *number += 1);
        other.change_with(5, |number, more| *number += more);
        assert_eq!(one.get(|number| *number), 7);
        assert!(one.get_with(7, |number, other| *number == other));
    }
}
