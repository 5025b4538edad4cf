//! SIGINT, SIGTERM and SIGHUP: the transfer is cancelled, no file is left, the exit code is 8.

use std::fs;
use std::io::Write as _;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;

use nix::sys::signal::Signal;
use nix::sys::stat::Mode;
use nix::unistd::mkfifo;

use crate::fake::{Fake, wait_until};

#[test]
fn the_first_signal_cancels_and_waits() {
    for signal in [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP] {
        let fake = Fake::start();
        let mut get = fake.spawn(&["get", "hold", "new", "--json"]);
        get.line_with("\"transferred\":250");
        get.signal(signal);
        let (exit, _, err) = get.end();
        assert_eq!(exit, 8, "{err}");
        assert!(err.contains("interrupted"), "{err}");
        assert!(fake.script.calls().contains(&"Cancel(1)".into()));
        assert_eq!(fake.names(), [""; 0]);
    }
}

#[test]
fn after_a_signal_no_further_file_is_sent() {
    let fake = Fake::start();
    fake.local("hold", b"1");
    fake.local("b", b"2");
    let put = fake.spawn(&["put", "hold", "b", "."]);
    fake.wait_for_call("Wait(1)");
    put.signal(Signal::SIGINT);
    assert_eq!(put.end().0, 8);
    assert_eq!(
        fake.script.calls(),
        ["UploadFd(,hold,)", "Wait(1)", "Cancel(1)"]
    );
}

#[test]
fn the_second_signal_ends_at_once_and_leaves_no_file() {
    let fake = Fake::start();
    let get = fake.spawn(&["get", "stuck", "new"]);
    fake.wait_for_call("Wait(1)");
    get.signal(Signal::SIGINT);
    fake.wait_for_call("Cancel(1)");
    get.signal(Signal::SIGINT);
    assert_eq!(get.end().0, 8);
    assert_eq!(fake.names(), [""; 0]);
}

#[test]
fn a_transfer_that_ends_before_it_is_cancelled_is_done() {
    let fake = Fake::start();
    fake.script.set_file("late", b"content");
    let get = fake.spawn(&["get", "late", "new"]);
    fake.wait_for_call("Wait(1)");
    get.signal(Signal::SIGINT);
    let (exit, out, err) = get.end();
    assert_eq!((exit, err.as_str()), (0, ""), "{out}");
    assert_eq!(fs::read(fake.folder().join("new")).unwrap(), b"content");
}

#[test]
fn without_a_transfer_the_first_signal_ends_the_command() {
    let fake = Fake::start();
    fake.script.never_answer("Delete");
    for signal in [Signal::SIGINT, Signal::SIGTERM] {
        let rm = fake.spawn(&["rm", "a"]);
        fake.wait_for_calls("Delete(,a)", if signal == Signal::SIGINT { 1 } else { 2 });
        rm.signal(signal);
        assert_eq!(rm.end().0, 8);
    }
}

#[test]
fn the_first_signal_ends_the_wait_for_a_writer_of_a_fifo() {
    let fake = Fake::start();
    mkfifo(&fake.folder().join("fifo"), Mode::S_IRWXU).unwrap();
    let put = fake.spawn(&["put", "fifo"]);
    // Wait until the process blocks in open(2).
    let waiting = format!("/proc/{}/wchan", put.child.id());
    wait_until("the open", || {
        fs::read_to_string(&waiting)
            .is_ok_and(|at| at.contains("wait_for_partner") || at.contains("fifo_open"))
    });
    put.signal(Signal::SIGINT);
    assert_eq!(put.end().0, 8);
    assert!(fake.script.calls().is_empty());
}

#[test]
fn a_signal_that_is_ignored_at_start_stays_ignored() {
    let fake = Fake::start();
    for signal in [Signal::SIGINT, Signal::SIGHUP] {
        let command = fake.command_with_ignored(Some(signal), &["watch"]);
        let mut watch = crate::fake::run::Running::start(command);
        watch.line();
        watch.signal(signal);
        fake.run(&["connect"]).expect(0, "");
        assert_eq!(watch.line(), "modem  Session idle\n");
        watch.signal(Signal::SIGTERM);
        assert_eq!(watch.end().0, 0);
        fake.run(&["disconnect"]).expect(0, "");
    }
}

#[test]
fn a_read_error_on_standard_input_cancels_the_upload() {
    let fake = Fake::start();
    // A socket whose peer has closed with unread data gives ECONNRESET and not an end of file.
    let (ours, mut theirs) = UnixStream::pair().unwrap();
    theirs.write_all(b"unread").unwrap();
    let mut command = fake.command(&["put", "-", "hold"]);
    command.stdin(OwnedFd::from(theirs));
    let put = crate::fake::run::Running::start(command);
    fake.wait_for_call("Wait(1)");
    drop(ours);
    let (exit, _, err) = put.end();
    assert_eq!(exit, 7, "{err}");
    assert!(
        err.contains("standard input: Connection reset by peer"),
        "{err}"
    );
    wait_until("the cancel", || {
        fake.script.calls().contains(&"Cancel(1)".into())
    });
}
