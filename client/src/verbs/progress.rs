//! Shows a transfer's progress: as a bar on a terminal, as JSON lines, or not at all.

use std::io::{IsTerminal as _, stderr};

use console::truncate_str;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use crate::failure::Failure;
use crate::output::Output;
use crate::text::printable;
use crate::verbs::snapshot::Snapshot;

/// Columns for the file's name; the rest of the line is for the numbers.
const LABEL_WIDTH: usize = 32;
/// The line while bytes are transferred and the size is known.
const BAR: &str =
    "{prefix}  [{wide_bar}]  {decimal_bytes} of {decimal_total_bytes}  {decimal_bytes_per_sec}";
/// The line at any other time.
const COUNT: &str = "{prefix}  {decimal_bytes}  {wide_msg}";

/// The display of one transfer; the bar is erased when it is dropped.
pub enum Progress<'a> {
    /// On standard error.
    Bar(ProgressBar),
    /// One JSON object a line.
    Json(&'a Output),
    /// Neither a terminal nor `--json`: only the result is printed.
    Silent,
}

impl<'a> Progress<'a> {
    /// The display for `output` and standard error; `label` is the file's name.
    pub fn new(output: &'a Output, label: &str) -> Self {
        if output.is_json() {
            return Self::Json(output);
        }
        if !stderr().is_terminal() || output.shows_data() {
            return Self::Silent;
        }
        let bar = ProgressBar::no_length();
        bar.set_style(style(COUNT));
        bar.set_prefix(truncate_str(&printable(label), LABEL_WIDTH, "…").into_owned());
        bar.tick();
        Self::Bar(bar)
    }

    /// Shows the state and the counters of `snapshot`.
    pub fn show(&self, snapshot: &Snapshot) -> Result<(), Failure> {
        match self {
            Self::Silent => Ok(()),
            Self::Json(output) => output.object(&json!({
                "transfer": snapshot.number,
                "state": snapshot.state(),
                "transferred": snapshot.transferred(),
                "size": snapshot.size(),
            })),
            Self::Bar(bar) => {
                let note = note(snapshot);
                if let Some(size) = snapshot.size() {
                    bar.set_length(size);
                }
                bar.set_style(style(match (note.is_empty(), bar.length()) {
                    (true, Some(_)) => BAR,
                    _ => COUNT,
                }));
                bar.set_message(note);
                bar.set_position(snapshot.transferred());
                Ok(())
            }
        }
    }

    /// Prints why the transfer waits for the module, on a line of its own.
    pub fn waiting(&self, output: &Output, reason: &str) {
        match self {
            Self::Bar(bar) => bar.suspend(|| output.waiting(reason)),
            Self::Json(_) | Self::Silent => output.waiting(reason),
        }
    }

    /// Shows that the transfer is being cancelled, which may take a moment.
    pub fn stopping(&self) {
        if let Self::Bar(bar) = self {
            bar.set_style(style(COUNT));
            bar.set_message("cancelling (Ctrl-C again ends at once)");
        }
    }
}

impl Drop for Progress<'_> {
    fn drop(&mut self) {
        if let Self::Bar(bar) = self {
            bar.finish_and_clear();
        }
    }
}

/// The text beside the numbers: nothing while bytes are transferred, else the state and its cause.
fn note(snapshot: &Snapshot) -> String {
    match (snapshot.state(), snapshot.error().1) {
        ("active", _) => String::new(),
        (state, error) if error.is_empty() => printable(state).into_owned(),
        (state, error) => format!("{}: {}", printable(state), printable(&error)),
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}
