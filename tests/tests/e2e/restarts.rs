//! The module restarts and says less of it than usual, or nothing: it is set up anew before anything else is
//! done, and files arrive whole.

use modem_ftp_tests::{Bench, Kind, Options, payload, within};
use std::time::Duration;

/// Long enough for a search at all rates, and bring-up.
const BACK: Duration = Duration::from_secs(90);

/// Restarts the module with these faults and waits until it has started.
fn restart(bench: &Bench, faults: &[&str]) {
    for fault in faults {
        bench.modem.control(&format!("fault {fault}")).unwrap();
    }
    bench.modem.control("reset").unwrap();
    assert!(within(Duration::from_secs(10), || runs(bench)), "off");
}

fn runs(bench: &Bench) -> bool {
    bench
        .modem
        .control("state")
        .unwrap()
        .starts_with("running=1 ")
}

/// How often each setting was sent.
fn set_up(bench: &Bench) -> [usize; 5] {
    let lines = ["ATE0", "AT+CMEE=1", "AT+IFC=", "AT&D", "AT+CEREG="];
    lines.map(|line| bench.modem.written(line).len())
}

/// After the last restart nothing of FTP was sent before the set-up.
#[track_caller]
fn check_order(bench: &Bench) {
    let dialogue = bench.modem.dialogue();
    let lines: Vec<&str> = dialogue.lines().collect();
    let restart = lines.iter().rposition(|line| line.contains("restarts"));
    let after = &lines[restart.expect("a restart")..];
    let position = |text: &str| after.iter().position(|line| line.starts_with(text));
    let (set_up, ftp) = (position("> ATE0"), position("> AT+QFTP"));
    assert!(set_up.is_some() && set_up < ftp, "{}", after.join("\n"));
}

/// A restart while nothing happens: what it says is enough to have the module set up anew at once.
fn noticed_while_idle(faults: &[&str]) {
    let bench = Bench::plain();
    bench.local("file", &payload(30_000));
    bench.ok(&["put", "file", "before"]);
    restart(&bench, faults);
    assert!(
        within(BACK, || set_up(&bench) == [2; 5]),
        "{:?}",
        set_up(&bench)
    );
    bench.ok(&["put", "file"]);
    assert!(bench.remote("file") == payload(30_000), "another content");
    assert_eq!(set_up(&bench), [2; 5]);
    check_order(&bench);
}

#[test]
fn only_app_rdy() {
    noticed_while_idle(&["boot-signs=app-rdy"]);
}

#[test]
fn noise_before_rdy() {
    noticed_while_idle(&["boot-signs=noise,rdy"]);
}

#[test]
fn only_cfun() {
    noticed_while_idle(&["boot-signs=cfun"]);
}

#[test]
fn only_qusim() {
    noticed_while_idle(&["boot-signs=qusim"]);
}

/// Echo does not tell, since AT&W has stored that it is off.
#[test]
fn only_cpin_and_no_echo() {
    noticed_while_idle(&["boot-signs=cpin", "echo-off-on-boot"]);
}

#[test]
fn only_the_echo_of_the_next_command() {
    let bench = Bench::plain();
    bench.local("file", &payload(30_000));
    bench.ok(&["put", "file", "before"]);
    restart(&bench, &["boot-signs=none"]);
    bench.ok(&["put", "file"]);
    assert!(bench.remote("file") == payload(30_000), "another content");
    assert_eq!(set_up(&bench), [2; 5]);
    check_order(&bench);
    restart(&bench, &[]);
    bench.ok(&["ls"]);
    assert_eq!(set_up(&bench), [3; 5]);
    check_order(&bench);
}

#[test]
fn with_a_session_open() {
    let bench = Bench::plain();
    for (times, signs) in ["app-rdy", "none", "cpin"].iter().enumerate() {
        bench.ok(&["ls"]);
        restart(&bench, &[&format!("boot-signs={signs}")]);
        bench.ok(&["ls"]);
        assert_eq!(set_up(&bench), [times + 2; 5], "{signs}");
        check_order(&bench);
    }
}

#[test]
fn while_a_file_goes_up() {
    for signs in ["app-rdy", "none"] {
        let bench = Bench::configured(
            Kind::Libunftp,
            Options::default(),
            &["--baud", "460800"],
            |config| {
                config.set("modem.baud", 460_800);
                config.set("server.plant.response_timeout", 20);
            },
        );
        let bench = bench.unwrap();
        bench.local("file", &payload(120_000));
        bench
            .modem
            .control(&format!("fault boot-signs={signs}"))
            .unwrap();
        bench.modem.control("fault reset-after=50000").unwrap();
        bench.ok(&["put", "file"]);
        assert!(
            bench.remote("file") == payload(120_000),
            "{signs}: another content"
        );
        assert_eq!(bench.remote_names(), ["file"], "{signs}");
        assert_eq!(set_up(&bench), [2; 5], "{signs}");
    }
}

/// The module is not heard at all, since it speaks at the rate that AT&W has stored.
#[test]
fn at_another_rate() {
    let bench = Bench::with_module(&["--fault", "strict-baud", "--fault", "boot-rate=9600"]);
    bench.local("file", &payload(30_000));
    restart(&bench, &[]);
    bench.ok(&["put", "file"]);
    assert!(bench.remote("file") == payload(30_000), "another content");
    assert_eq!(bench.modem.written("AT+IPR=115200").len(), 1);
    assert_eq!(set_up(&bench)[1..], [2; 4]);
}

/// Each of them may come without a restart: the session stays.
#[test]
fn a_sign_alone_is_no_restart() {
    let bench = Bench::plain();
    bench.ok(&["ls"]);
    for urc in ["+CPIN: READY", "APP RDY", "+QUSIM: 1", "+CFUN: 1"] {
        let asked = bench.modem.written("AT+IFC?").len();
        bench.modem.control(&format!("urc {urc}")).unwrap();
        let looked = || bench.modem.written("AT+IFC?").len() > asked;
        assert!(within(Duration::from_secs(10), looked), "{urc}");
        bench.ok(&["ls"]);
    }
    assert_eq!(set_up(&bench), [1; 5]);
    assert_eq!(bench.modem.written("AT+QFTPOPEN").len(), 1);
}
