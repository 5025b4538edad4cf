//! The help, the arguments and the manual page agree.

use clap::CommandFactory as _;

use super::*;

/// The manual page, with unescaped hyphens.
fn manual() -> String {
    include_str!("../../../etc/man/modem-ftp.1").replace("\\-", "-")
}

#[test]
fn the_arguments_are_consistent() {
    Cli::command().debug_assert();
}

#[test]
fn the_manual_page_has_every_verb_and_every_option() {
    let (manual, mut command) = (manual(), Cli::command());
    command.build();
    let mut options: Vec<_> = command.get_arguments().cloned().collect();
    for verb in command.get_subcommands() {
        let name = verb.get_name();
        let entry = |line: &str| {
            let words: Vec<_> = line.split([' ', ',']).collect();
            matches!(words.as_slice(), [".B" | ".BI" | ".BR", word, ..] if *word == name)
        };
        assert!(
            manual.lines().any(entry),
            "the manual page has no entry for the verb {name}"
        );
        options.extend(verb.get_arguments().cloned());
    }
    for option in options.iter().filter_map(|option| option.get_long()) {
        assert!(
            manual.contains(&format!("--{option}")),
            "the manual page lacks --{option}"
        );
    }
    for option in options {
        for value in option.get_possible_values() {
            let name = value.get_name();
            assert!(
                manual.contains(name) || name == "true" || name == "false",
                "{name}"
            );
        }
    }
}

#[test]
fn the_manual_page_has_no_unknown_option() {
    let (manual, mut command) = (manual(), Cli::command());
    command.build();
    let known = |name: &str| {
        std::iter::once(&command)
            .chain(command.get_subcommands())
            .any(|command| {
                command
                    .get_arguments()
                    .any(|argument| argument.get_long() == Some(name))
            })
    };
    for (at, _) in manual.match_indices("--") {
        // An option of the daemon.
        if manual[..at].ends_with("modem-ftpd ") {
            continue;
        }
        let rest = &manual[at + 2..];
        let end = rest
            .find(|c: char| !c.is_ascii_lowercase() && c != '-')
            .unwrap_or(rest.len());
        assert!(
            known(&rest[..end]),
            "the manual page has --{}, which is unknown",
            &rest[..end]
        );
    }
}
