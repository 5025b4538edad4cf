//! The commands of the README work, and its configurations are accepted.

use modem_ftp_tests::{
    Bench, Error, Kind, Options, Scratch, binary, installed, need, with_default_signals,
};
use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

const README: &str = include_str!("../../../README.md");
const CONFIG: &str = include_str!("../../../etc/modem-ftp/config.toml");

/// The fenced blocks of one language below the heading `section`.
fn blocks(section: &str, language: &str) -> Vec<String> {
    let (_, rest) = README
        .split_once(&format!("## {section}\n"))
        .expect(section);
    let part = rest.split("\n## ").next().unwrap();
    let fence = format!("```{language}\n");
    let fences = part.split(&fence).skip(1);
    fences
        .map(|block| block.split("```").next().unwrap().to_owned())
        .collect()
}

#[test]
fn every_command_of_use_it_works() {
    let busctl = installed("busctl").ok_or_else(|| Error::missing("the program busctl"));
    if need(busctl).is_none() {
        return;
    }
    let bench = Bench::configured(Kind::Libunftp, Options::default(), &[], |config| {
        config.set("modem.allow_raw_commands", true);
    });
    let bench = bench.unwrap();
    for name in ["readings.csv", "other.csv", "big.bin"] {
        bench.local(name, name.as_bytes());
    }
    for name in ["old.csv", "setup.json"] {
        fs::write(bench.server.root().join(name), name).unwrap();
    }
    fs::create_dir(bench.server.root().join("in")).unwrap();
    fs::write(bench.daemon.root().join("a.csv"), "a").unwrap();

    // There is no unit called logger on this machine.
    let programs = Scratch::new().unwrap();
    let journal = programs
        .write("journalctl", "#!/bin/sh\necho a line of the journal\n")
        .unwrap();
    fs::set_permissions(
        &journal,
        std::os::unix::fs::PermissionsExt::from_mode(0o755),
    )
    .unwrap();
    let path = env::join_paths(
        [
            programs.path().to_owned(),
            binary("modem-ftp").unwrap().parent().unwrap().to_owned(),
        ]
        .into_iter()
        .chain(env::split_paths(&env::var_os("PATH").unwrap())),
    );

    let blocks = blocks("Use it", "sh");
    let text = blocks.concat().replace("\\\n", "");
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim_start().starts_with('#'))
        .collect();
    assert!(lines.len() >= 8, "{lines:?}");
    for line in lines {
        // The root of the packaged configuration.
        let line = line.replace(
            "/var/lib/modem-ftp/files",
            &bench.daemon.root().display().to_string(),
        );
        let output = with_default_signals("bash")
            .args(["-o", "pipefail", "-euc", &line])
            .current_dir(bench.folder.path())
            .env("PATH", path.as_ref().unwrap())
            .env("DBUS_SYSTEM_BUS_ADDRESS", bench.bus.address())
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{line}\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    assert_eq!(bench.remote("in/other.csv"), b"other.csv");
    assert_eq!(bench.remote("logger.txt"), b"a line of the journal\n");
    assert_eq!(bench.remote("a.csv"), b"a");
}

/// Checks a configuration of the README or of `etc`, with the paths of its secrets replaced.
fn check(text: &str) {
    let scratch = Scratch::new().unwrap();
    let password = scratch.write_secret("password", "s3cret").unwrap();
    let text: String = text
        .lines()
        .map(|line| match line.split_once(" = \"/etc/") {
            Some((key, _)) if !line.starts_with('#') => {
                format!("{key} = \"{}\"\n", password.display())
            }
            _ => format!("{line}\n"),
        })
        .collect();
    let path = scratch.write("config.toml", text).unwrap();
    assert_eq!(run_check(&path), (Some(0), String::new()));
}

fn run_check(path: &Path) -> (Option<i32>, String) {
    let output = Command::new(binary("modem-ftpd").unwrap())
        .arg("--check")
        .arg("--config")
        .arg(path)
        .output()
        .unwrap();
    (
        output.status.code(),
        String::from_utf8_lossy(&output.stderr).into_owned(),
    )
}

#[test]
fn the_configuration_of_the_readme_is_accepted() {
    let blocks = blocks("Build and install", "toml");
    assert!(!blocks.is_empty());
    blocks.iter().for_each(|block| check(block));
}

#[test]
fn the_packaged_configuration_is_accepted() {
    check(CONFIG);
}

#[test]
fn an_invalid_configuration_is_refused_with_line_and_column() {
    let scratch = Scratch::new().unwrap();
    let path = scratch
        .write(
            "config.toml",
            "[modem]\ndevice = \"/dev/ttyUSB2\"\nbuad = 9600\n",
        )
        .unwrap();
    let (code, text) = run_check(&path);
    assert_ne!(code, Some(0));
    assert!(text.contains("buad") && text.contains('3'), "{text}");
}
