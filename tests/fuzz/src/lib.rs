//! What reads bytes from outside, each with what must hold of it for any input. A target is a plain
//! function that panics if something does not hold: libFuzzer calls it in `src/bin/fuzz.rs`, and
//! `cargo test` calls it with the kept inputs in `corpus`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "only tests use it, and they may panic"
)]

mod arguments;
mod bounds;
mod config;
mod exchange;
mod given;
mod listing;
mod options;
mod steps;
mod texts;
mod urc;

pub use bounds::set_gauge;

/// One parser, or a few that belong together.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Its name, also that of its folder in `corpus` and its file in `dictionaries`.
    pub name: &'static str,
    /// Reads one input and panics if something does not hold.
    pub run: fn(&[u8]),
}

/// All of them.
pub const TARGETS: [Target; 9] = [
    target("exchange", exchange::run),
    target("steps", steps::run),
    target("urc", urc::run),
    target("mlsd", listing::machine),
    target("list", listing::people),
    target("nlst", listing::names),
    target("config", config::run),
    target("options", options::run),
    target("arguments", arguments::run),
];

const fn target(name: &'static str, run: fn(&[u8])) -> Target {
    Target { name, run }
}

/// The target of this name.
#[must_use]
pub fn named(name: &str) -> Option<Target> {
    TARGETS.into_iter().find(|target| target.name == name)
}
