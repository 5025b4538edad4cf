//! The README tells the truth about faults, control words and options.
#![allow(clippy::unwrap_used)]

use clap::CommandFactory;
use virtual_bg96::fault::KNOBS;
use virtual_bg96::host::{COMMANDS, Options};

const README: &str = include_str!("../README.md");

#[test]
fn every_fault_is_in_it_as_the_program_has_it() {
    for knob in KNOBS {
        let argument = match knob.argument() {
            "" => String::new(),
            optional if optional.starts_with('[') => {
                format!("[={}]", optional.trim_matches(['[', ']']))
            }
            needed => format!("={}", needed.replace('|', "\\|")),
        };
        let row = format!(
            "| `{}{argument}` | {} | {} |",
            knob.name(),
            knob.help(),
            knob.source()
        );
        assert!(README.contains(&row), "{row}");
    }
}

#[test]
fn every_control_command_and_option_is_in_it() {
    for word in COMMANDS {
        assert!(README.contains(&format!("`{word}")), "{word}");
    }
    for argument in Options::command().get_arguments() {
        let option = format!("`--{}", argument.get_long().unwrap());
        assert!(README.contains(&option), "{option}");
    }
}
