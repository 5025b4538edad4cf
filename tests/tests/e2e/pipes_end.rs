//! Whoever is at the other end of a pipe is released as soon as its transfer has ended.

use modem_ftp_tests::{Bench, Kind, Options, binary, within};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A pipeline that hangs would be ended by the test alone.
const SOON: Duration = Duration::from_secs(40);

fn pipeline(bench: &Bench, line: &str) -> Child {
    let client = binary("modem-ftp").unwrap();
    Command::new("bash")
        .args([
            "-o",
            "pipefail",
            "-c",
            &line.replace("CLIENT", client.to_str().unwrap()),
        ])
        .current_dir(bench.folder.path())
        .env("DBUS_SYSTEM_BUS_ADDRESS", bench.bus.address())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

/// The exit code of a pipeline, which must end by itself.
#[track_caller]
fn ends(mut pipeline: Child, line: &str) -> Option<i32> {
    let mut code = None;
    let ended = within(SOON, || {
        code = pipeline.try_wait().unwrap();
        code.is_some()
    });
    if !ended {
        pipeline.kill().unwrap();
        panic!("{line} does not end");
    }
    code.and_then(|code| code.code())
}

#[test]
fn a_download_that_fails_ends_the_pipe() {
    let bench = Bench::plain();
    let line = "CLIENT get missing - | cat";
    assert_eq!(ends(pipeline(&bench, line), line), Some(6));
    let line = "CLIENT get --detach missing - | cat";
    ends(pipeline(&bench, line), line);
}

#[test]
fn an_upload_whose_login_is_refused_ends_the_pipe() {
    let bench = Bench::configured(Kind::Libunftp, Options::default(), &[], |config| {
        let wrong = config.scratch().write_secret("wrong", "wrong").unwrap();
        config.set("server.plant.password_file", wrong.to_str().unwrap());
    })
    .unwrap();
    for line in ["yes | CLIENT put - x", "yes | CLIENT put --detach - x"] {
        // `yes` ends by SIGPIPE when nobody can read any more; the client's failure counts more.
        let line = format!("({line}); true");
        assert_eq!(ends(pipeline(&bench, &line), &line), Some(0));
    }
}

#[test]
fn a_pipe_whose_transfer_is_cancelled_in_the_queue_ends() {
    let bench = Bench::with_module(&["--baud", "115200"]);
    bench.local("large", &vec![0x55; 1_000_000]);
    bench.ok(&["put", "--detach", "large"]);
    let line = "(yes | CLIENT put - x); true";
    let waiting = pipeline(&bench, line);
    let queued = || bench.cli.run(&["show", "2"]).unwrap().code == Some(0);
    assert!(within(SOON, queued), "not queued");
    bench.ok(&["cancel", "2"]);
    assert_eq!(ends(waiting, line), Some(0));
}
