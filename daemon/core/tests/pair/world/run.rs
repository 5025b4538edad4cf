//! The loop: it does everything that is due, then advances the clock to the next deadline.

use std::time::Duration;

use modem_ftp_core::api::status::ModemState;

use super::line::Line;
use super::{Moment, World};

/// Most turns at one moment; more are an endless loop.
const SPIN: u32 = 20_000;
/// Most turns of one world.
const TURNS: u64 = 2_000_000;
/// Longest wait of a scenario.
const PATIENCE: Duration = Duration::from_secs(4 * 3600);

impl World {
    /// Runs until `ready` holds.
    pub fn run_until(&mut self, ready: impl Fn(&World) -> bool) {
        self.run_within(PATIENCE, ready);
    }

    /// Runs until `ready` holds; fails after `limit`.
    pub fn run_within(&mut self, limit: Duration, ready: impl Fn(&World) -> bool) {
        let end = self.now + limit;
        loop {
            self.settle();
            if ready(self) {
                return;
            }
            assert!(self.now < end, "not within {limit:?}, {}", self.dialogue());
            let next = self.next();
            self.now = next.map_or(end, |next| next.min(end)).max(self.now);
        }
    }

    /// Runs for this time.
    pub fn wait(&mut self, time: Duration) {
        let end = self.now + time;
        loop {
            self.settle();
            match self.next() {
                Some(next) if next < end => self.now = next.max(self.now),
                _ => break,
            }
        }
        self.now = end;
        self.settle();
    }

    /// Runs until the dialogue has a line that contains `text`.
    pub fn until_said(&mut self, text: &str) {
        self.run_until(|world| world.seen.dialogue.iter().any(|line| line.contains(text)));
    }

    /// Runs until the module is online.
    pub fn until_online(&mut self) {
        self.run_until(|world| world.state() == ModemState::Online);
    }

    /// Runs until that state is shown.
    pub fn until_state(&mut self, state: ModemState) {
        self.run_until(|world| world.seen.modem.last().is_some_and(|m| m.state == state));
    }

    /// Whether the engine has no deadline.
    pub fn is_at_rest(&mut self) -> bool {
        self.settle();
        self.engine.deadline().is_none()
    }

    /// Does everything that can be done without time passing.
    pub fn settle(&mut self) {
        let mut spin = 0;
        while self.turn() {
            spin += 1;
            self.turns += 1;
            assert!(spin < SPIN, "it spins, {}", self.dialogue());
            assert!(self.turns < TURNS, "it never ends, {}", self.dialogue());
        }
    }

    /// Does one round; returns whether anything happened.
    fn turn(&mut self) -> bool {
        let mut moved = false;
        while let Some(output) = self.engine.poll() {
            self.carry_out(output);
            moved = true;
        }
        moved |= self.carry_plans_out();
        moved |= self.move_payload();
        moved |= self.finish_transactions();
        if self.line.open {
            moved |= self.carry_bytes();
        } else {
            let lost = self.port.output().len();
            self.port.sent(self.now, lost);
            moved |= lost > 0;
        }
        if self.port.deadline().is_some_and(|at| at <= self.now) {
            self.port.tick(self.now);
            moved = true;
        }
        while let Some(line) = self.port.poll_transcript() {
            // The simulator masks secrets in commands it recognises, not in one that lost a byte.
            if !self.rough {
                self.check_secrets(&line);
            }
            self.seen.dialogue.push(line);
            moved = true;
        }
        if self.engine.deadline().is_some_and(|at| at <= self.now) {
            self.engine.timeout(self.now());
            moved = true;
        }
        moved
    }

    fn carry_bytes(&mut self) -> bool {
        self.line.settle(self.now);
        let limit = self.bytes_to_next_plan();
        let wanted = self.port.wants_input();
        let out = self.line.next_out(self.now, wanted, limit);
        let moved = !out.is_empty();
        if moved && self.line.matches() {
            let out = Line::deliver(&mut self.line.lose_out, out);
            self.port.input(self.now, &out);
        }
        let limit = self.bytes_to_next_plan();
        let waiting = self.port.output().len().min(self.line.input_room());
        let count = self.line.next_in(self.now, waiting, limit);
        if count > 0 {
            let bytes = self.port.output()[..count].to_vec();
            self.port.sent(self.now, count);
            if self.line.matches() {
                let bytes = Line::deliver(&mut self.line.lose_in, bytes);
                let bytes = self.line.replace(bytes);
                self.line.arrive(&bytes);
            }
        }
        let read = self.read_tty();
        if self.port.output().is_empty() {
            self.line.module_rate = self.port.condition().line_rate;
        }
        let drained = self.line.drained(self.now);
        if drained {
            self.engine.drained(self.now());
        }
        drained || count > 0 || moved || read
    }

    /// Gives the engine what has arrived, unless a sink is behind.
    fn read_tty(&mut self) -> bool {
        let held = self.shell.incoming.is_behind();
        if held != std::mem::replace(&mut self.reading_held, held) {
            self.engine.hold_reading(self.now(), held);
        }
        if held {
            return false;
        }
        let bytes = self.line.read();
        if bytes.is_empty() {
            return false;
        }
        let now = self.now();
        self.engine.received(now, &bytes, &mut self.shell.incoming);
        true
    }

    /// The next deadline.
    fn next(&self) -> Option<std::time::Instant> {
        let plans = self.plans.iter().filter_map(|(moment, _)| match moment {
            Moment::Time(at) => Some(*at),
            _ => None,
        });
        let line = self
            .line
            .open
            .then(|| {
                self.line
                    .deadline(self.port.wants_input(), self.port.output().len())
            })
            .flatten();
        let others = [
            self.engine.deadline(),
            self.port.deadline(),
            self.shell.deadline(),
            self.store.deadline(),
            line,
        ];
        plans.chain(others.into_iter().flatten()).min()
    }

    fn bytes_to_next_plan(&self) -> u64 {
        let plans = self.plans.iter().filter_map(|(moment, _)| match moment {
            Moment::Moved(at) => Some(at.saturating_sub(self.line.moved)),
            _ => None,
        });
        plans.filter(|left| *left > 0).min().unwrap_or(u64::MAX)
    }

    fn carry_plans_out(&mut self) -> bool {
        let (now, moved) = (self.now, self.line.moved);
        let lines = self.seen.dialogue.len();
        let fresh = &self.seen.dialogue[self.seen_lines.min(lines)..];
        let due = self.plans.iter().position(|(moment, _)| match moment {
            Moment::Time(at) => *at <= now,
            Moment::Moved(at) => *at <= moved,
            Moment::Lines(at) => *at <= lines,
            Moment::Said(text) => fresh.iter().any(|line| line.contains(text)),
        });
        let Some(due) = due else {
            self.seen_lines = lines;
            return false;
        };
        let (_, plan) = self.plans.remove(due);
        plan(self);
        true
    }
}
