//! The installed example and manual page agree with the program.

use std::fs;
use std::path::Path;

use super::parse;

fn installed(name: &str) -> String {
    let etc = Path::new(env!("CARGO_MANIFEST_DIR")).join("../etc");
    fs::read_to_string(etc.join(name)).unwrap()
}

/// A line of the example that holds a key or a header, commented out or not.
fn setting(line: &str) -> Option<&str> {
    let line = line.strip_prefix('#').unwrap_or(line);
    let is_key = |key: &str| {
        key.trim()
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b == b'_')
    };
    let key = line.split_once(" = ").is_some_and(|(key, _)| is_key(key));
    (key || line.starts_with('[')).then_some(line)
}

#[test]
fn the_installed_example_is_valid() {
    let config = parse(&installed("modem-ftp/config.toml")).unwrap();
    assert_eq!(config.settings.servers.len(), 1);
}

/// Every key that is commented out exists; the only faults are about files that it names.
#[test]
fn the_commented_out_settings_of_the_example_are_valid() {
    let example = installed("modem-ftp/config.toml");
    let lines: Vec<_> = example.lines().filter_map(setting).collect();
    assert!(lines.len() > 40, "{lines:?}");
    let known = |fault: &String| {
        fault.contains("cannot be read from /etc/modem-ftp/")
            || fault.contains("exclude each other")
    };
    let faults = parse(&lines.join("\n")).unwrap_err();
    assert!(faults.iter().all(known), "{faults:?}");
}

/// What the example shows commented out are the defaults: uncommenting it changes nothing.
#[test]
fn the_example_shows_the_defaults() {
    let example = installed("modem-ftp/config.toml");
    // These keys name something and have no default.
    let names_something = |line: &str| {
        let key = line.split(' ').next().unwrap();
        let named = ["power_cycle", "ca", "certificate", "key"];
        named.contains(&key) || key.ends_with("_file") || key.ends_with("_credential")
    };
    let shown: Vec<_> = example
        .lines()
        .filter_map(setting)
        .filter(|line| !names_something(line))
        .take_while(|line| !line.starts_with("[sync"))
        .collect();
    let (shown, bare) = (parse(&shown.join("\n")).unwrap(), parse(&example).unwrap());
    let mut expected = bare.settings;
    // A single server is the default server whatever the key says.
    expected.servers[0].default = shown.settings.servers[0].default;
    assert_eq!(shown.settings, expected);
    assert_eq!(shown.roots, bare.roots);
}

#[test]
fn the_manual_page_has_every_key_of_the_example() {
    let page = installed("man/modem-ftp.toml.5");
    for line in installed("modem-ftp/config.toml")
        .lines()
        .filter_map(setting)
    {
        let word = match line.split_once(" = ") {
            Some((key, _)) => key.to_owned(),
            None => line
                .replace(".plant", ".NAME")
                .replace(".readings", ".NAME"),
        };
        let named = page
            .lines()
            .any(|text| text.starts_with('.') && text.contains(&word));
        assert!(named, "{word} is not in the page");
    }
}
