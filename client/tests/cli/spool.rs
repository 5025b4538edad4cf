//! Which uploads are copied into the daemon's spool.

use std::io::Write as _;

use nix::sys::signal::Signal;

use crate::fake::Fake;
use crate::fake::run::Running;

#[test]
fn detached_uploads_are_spooled_and_others_as_the_daemon_does() {
    let fake = Fake::start();
    fake.local("a", b"x");
    fake.run(&["put", "a"]).expect(0, "");
    fake.run(&["put", "a", "--detach"]).expect(0, "");
    fake.run_with_input(&["put", "-", "b"], b"y").expect(0, "");
    fake.run_with_input(&["put", "-", "c", "--detach"], b"z")
        .expect(0, "");
    let calls = fake.script.calls().into_iter();
    assert_eq!(
        calls
            .filter(|call| call.starts_with("UploadFd"))
            .collect::<Vec<_>>(),
        [
            "UploadFd(,a,)",
            "UploadFd(,a,spool=true)",
            "UploadFd(,b,)",
            "UploadFd(,c,spool=true)",
        ]
    );
}

#[test]
fn a_full_spool_is_named_with_what_helps() {
    let fake = Fake::start();
    fake.local("a", b"x");
    let text = "the spool holds 0 bytes of uid 1000, which may use 50, half of spool_limit";
    for spooled in ["UploadFd(,a,)", "UploadFd(,a,spool=true)"] {
        fake.script.refuse(spooled, "QueueFull", text);
    }
    // Whoever waits needs no copy.
    fake.run(&["put", "a"]).expect(0, "");
    assert!(
        fake.script
            .calls()
            .contains(&"UploadFd(,a,spool=false)".to_owned())
    );
    fake.run(&["put", "a", "--detach"])
        .expect(1, &format!("{text}; --detach copies"));
    let text = "the queue holds 1000 transfers";
    fake.script
        .refuse("UploadFd(,a,spool=true)", "QueueFull", text);
    let outcome = fake.run(&["put", "a", "--detach"]);
    assert_eq!(outcome.err, format!("modem-ftp: {text}\n"));
}

#[test]
fn a_signal_while_a_pipe_is_spooled_cancels_what_was_accepted() {
    let fake = Fake::start();
    let (reader, mut writer) = std::io::pipe().unwrap();
    let mut command = fake.command(&["put", "-", "pipe", "--detach"]);
    command.stdin(reader);
    let put = Running::start(command);
    fake.wait_for_call("UploadFd(,pipe,spool=true)");
    put.signal(Signal::SIGINT);
    // The fake reads the pipe to its end before it answers, as the daemon does.
    std::thread::sleep(std::time::Duration::from_millis(200));
    writer.write_all(b"cut o").unwrap();
    drop(writer);
    let (exit, out, _) = put.end();
    assert_eq!((exit, out.as_str()), (8, ""));
    assert!(fake.script.calls().contains(&"Cancel(1)".to_owned()));
}

#[test]
fn a_time_that_is_past_is_wrong_usage() {
    let fake = Fake::start();
    fake.local("a", b"x");
    for verb in ["put", "get"] {
        fake.run(&[verb, "a", "--expires", "2024-05-01"])
            .expect(2, "--expires: that time is past");
    }
    assert!(fake.script.calls().is_empty());
}
