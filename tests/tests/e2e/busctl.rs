//! Every method and property on the bus, called with `busctl`.

use modem_ftp_tests::{Bench, Error, Kind, Options, installed, need, tail};
use std::fs;
use std::process::Command;

const FRONT: &str = "/org/example/ModemFtp";
const MODEM: &str = "/org/example/ModemFtp/modem";

/// Runs `busctl` on the bench's bus, and gives its output, or its error message.
fn busctl(bench: &Bench, arguments: &[&str]) -> Result<String, String> {
    let output = Command::new("busctl")
        .arg(format!("--address={}", bench.bus.address()))
        .args(arguments)
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim_end().to_owned();
    if output.status.success() {
        Ok(text(&output.stdout))
    } else {
        Err(text(&output.stderr))
    }
}

/// A call of the interface `org.example.ModemFtp` that must succeed.
#[track_caller]
fn call(bench: &Bench, method: &str, arguments: &[&str]) -> String {
    method_at(bench, FRONT, "org.example.ModemFtp", method, arguments)
        .unwrap_or_else(|error| panic!("{method}: {error}\n{}", tail(&bench.modem.dialogue())))
}

fn method_at(
    bench: &Bench,
    path: &str,
    interface: &str,
    method: &str,
    arguments: &[&str],
) -> Result<String, String> {
    let mut all = vec!["call", "org.example.ModemFtp", path, interface, method];
    all.extend(arguments);
    busctl(bench, &all)
}

fn property(bench: &Bench, path: &str, interface: &str, name: &str) -> String {
    busctl(
        bench,
        &[
            "get-property",
            "org.example.ModemFtp",
            path,
            interface,
            name,
        ],
    )
    .unwrap()
}

fn have_busctl() -> bool {
    let found = installed("busctl").ok_or_else(|| Error::missing("the program busctl"));
    need(found).is_some()
}

#[test]
fn every_method_of_the_root_object() {
    if !have_busctl() {
        return;
    }
    let bench = Bench::plain();
    let root = bench.daemon.root();
    fs::write(root.join("here.csv"), b"1;2;3\n").unwrap();
    let here = root.join("here.csv").display().to_string();
    let back = root.join("back.csv").display().to_string();

    assert_eq!(call(&bench, "Connect", &["s", "plant"]), "");
    let upload = call(
        &bench,
        "Upload",
        &[
            "sssa{sv}",
            "plant",
            &here,
            "there.csv",
            "1",
            "wait",
            "b",
            "true",
        ],
    );
    assert_eq!(upload, "o \"/org/example/ModemFtp/transfer/1\"");
    assert_eq!(bench.remote("there.csv"), b"1;2;3\n");
    call(
        &bench,
        "Download",
        &["sssa{sv}", "", "there.csv", &back, "1", "wait", "b", "true"],
    );
    assert_eq!(fs::read(root.join("back.csv")).unwrap(), b"1;2;3\n");

    let list = call(&bench, "List", &["ss", "", "/"]);
    for part in [
        "aa{sv} 1 ",
        "\"Name\" s \"there.csv\"",
        "\"Type\" s \"file\"",
        "\"Size\" t 6",
    ] {
        assert!(list.contains(part), "no {part} in {list}");
    }
    assert!(call(&bench, "ListRaw", &["ss", "", "/"]).starts_with("ay "));
    assert_eq!(
        call(&bench, "ListNames", &["ss", "", "/"]),
        "as 1 \"there.csv\""
    );
    let stat = call(&bench, "Stat", &["ss", "", "there.csv"]);
    assert!(
        stat.starts_with("a{sv} 2 ") && stat.contains("\"Size\" t 6"),
        "{stat}"
    );

    assert_eq!(call(&bench, "MakeDirectory", &["ss", "", "old"]), "");
    assert_eq!(
        call(&bench, "Rename", &["sss", "", "there.csv", "old/there.csv"]),
        ""
    );
    assert_eq!(call(&bench, "ChangeDirectory", &["ss", "", "old"]), "");
    // Each busctl is a connection of its own: the directory was that of the last one.
    assert_eq!(call(&bench, "WorkingDirectory", &["s", ""]), "s \"/\"");
    assert_eq!(call(&bench, "Delete", &["ss", "", "old/there.csv"]), "");
    assert_eq!(call(&bench, "RemoveDirectory", &["ss", "", "old"]), "");
    assert_eq!(bench.remote_names(), [""; 0]);
    assert_eq!(call(&bench, "Disconnect", &[]), "");
    assert_eq!(call(&bench, "Reload", &[]), "");

    let front = |name| property(&bench, FRONT, "org.example.ModemFtp", name);
    assert_eq!(
        front("Version"),
        format!("s \"{}\"", env!("CARGO_PKG_VERSION"))
    );
    assert_eq!(front("Servers"), "as 1 \"plant\"");
    assert_eq!(front("DefaultServer"), "s \"plant\"");
}

#[test]
fn the_modem_and_a_transfer() {
    if !have_busctl() {
        return;
    }
    let bench = Bench::plain();
    let modem = |name| property(&bench, MODEM, "org.example.ModemFtp.Modem1", name);
    assert_eq!(modem("State"), "s \"online\"");
    assert_eq!(
        modem("Device"),
        format!("s \"{}\"", bench.modem.device().display())
    );
    assert_eq!(modem("Manufacturer"), "s \"Quectel\"");
    assert!(modem("Model").contains("BG96"));
    for name in [
        "Revision",
        "Imei",
        "Iccid",
        "Operator",
        "AccessTechnology",
        "Address",
    ] {
        assert_ne!(modem(name), "s \"\"", "{name} is empty");
    }
    assert!(
        modem("SignalDbm").starts_with("i -"),
        "{}",
        modem("SignalDbm")
    );
    assert_eq!(modem("Session"), "s \"closed\"");

    let file = bench.daemon.root().join("file");
    fs::write(&file, [7; 5000]).unwrap();
    let file = file.display().to_string();
    call(&bench, "Upload", &["sssa{sv}", "", &file, "remote", "0"]);
    let path = "/org/example/ModemFtp/transfer/1";
    let transfer = "org.example.ModemFtp.Transfer1";
    let end = method_at(&bench, path, transfer, "Wait", &[]).unwrap();
    assert_eq!(end, "s(ss) \"done\" \"\" \"\"");
    let of = |name| property(&bench, path, transfer, name);
    assert_eq!(of("Direction"), "s \"upload\"");
    assert_eq!(of("Server"), "s \"plant\"");
    assert_eq!(of("Local"), format!("s \"{file}\""));
    assert_eq!(of("Remote"), "s \"remote\"");
    assert_eq!(of("State"), "s \"done\"");
    assert_eq!(of("Size"), "t 5000");
    assert_eq!(of("Transferred"), "t 5000");
    assert_eq!(of("Attempts"), "u 1");
    assert_eq!(modem("Session"), "s \"idle\"");
    assert_eq!(modem("Server"), "s \"plant\"");
    assert_eq!(modem("BytesSent"), "t 5000");

    // A transfer that is done can only be forgotten.
    for method in ["Cancel", "Pause", "Resume", "Retry"] {
        let error = method_at(&bench, path, transfer, method, &[]).unwrap_err();
        assert!(
            error.contains("transfer 1 is done"),
            "{method} of a transfer that is done: {error}"
        );
    }
    assert_eq!(
        method_at(&bench, path, transfer, "Forget", &[]).unwrap(),
        ""
    );
    assert!(method_at(&bench, path, transfer, "Wait", &[]).is_err());
}

/// Raw commands need `allow_raw_commands`.
#[test]
fn raw_commands_must_be_allowed_by_the_configuration() {
    if !have_busctl() {
        return;
    }
    let line = ["su", "AT+CSQ", "5000"];
    let raw = |bench: &Bench| {
        method_at(
            bench,
            MODEM,
            "org.example.ModemFtp.Modem1",
            "Command",
            &line,
        )
    };
    let closed = Bench::plain();
    assert!(raw(&closed).is_err());
    assert!(
        closed
            .fails(&["at", "AT+CSQ"], 3)
            .contains("allow_raw_commands")
    );

    let open = Bench::configured(Kind::Libunftp, Options::default(), &[], |config| {
        config.set("modem.allow_raw_commands", true);
    })
    .unwrap();
    assert!(raw(&open).unwrap().contains("+CSQ: "));
    assert!(open.ok(&["at", "AT+CSQ"]).contains("+CSQ: "));
}
