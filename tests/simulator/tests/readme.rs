//! README.md lists every fault, control command and option, and every fault cites a section or row
//! that exists in docs/module.
#![allow(clippy::unwrap_used)]

use std::path::Path;

use clap::CommandFactory;
use virtual_bg96::fault::KNOBS;
use virtual_bg96::host::{COMMANDS, Options};

const README: &str = include_str!("../README.md");

/// The part of the README with this heading.
fn section(heading: &str) -> &'static str {
    let (_, rest) = README.split_once(&format!("\n## {heading}\n")).unwrap();
    rest.split("\n## ").next().unwrap()
}

#[test]
fn lists_every_fault() {
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
        assert!(section("Faults").contains(&row), "{row}");
    }
}

#[test]
fn lists_every_control_command_and_option() {
    let has = |heading: &str, word: &str| {
        let words = [format!("`{word}`"), format!("`{word} ")];
        words.iter().any(|word| section(heading).contains(word))
    };
    for (word, _) in COMMANDS {
        assert!(has("Control socket", word), "{word}");
    }
    for argument in Options::command().get_arguments() {
        let option = format!("--{}", argument.get_long().unwrap());
        assert!(has("Options", &option), "{option}");
    }
}

#[test]
fn sources_of_faults_exist() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/module");
    for knob in KNOBS {
        let (file, places) = knob.source().split_once(' ').unwrap();
        let text = std::fs::read_to_string(folder.join(file)).unwrap();
        for place in places.split(", ") {
            let exists = match place.strip_prefix('§') {
                Some(number) => text.lines().any(|line| {
                    let heading = line.trim_start_matches('#');
                    heading != line
                        && heading
                            .trim_start()
                            .split(' ')
                            .next()
                            .unwrap()
                            .trim_end_matches('.')
                            == number
                }),
                None => text.contains(&format!("\n| {place} |")),
            };
            assert!(exists, "{}: {}", knob.name(), knob.source());
        }
    }
}
