//! Refusals of the server: each has its error name, and only temporary ones are retried.

use modem_ftp_core::api::options::Options;
use modem_ftp_core::api::request::Operation;
use modem_ftp_core::api::secret::Secret;
use modem_ftp_core::api::status::{TransferState, TransferStatus};
use modem_ftp_dbus::errors::ErrorName;
use virtual_bg96::remote::Failure;

use crate::transfers::noise;
use crate::world::{Setup, World};

fn error(status: &TransferStatus) -> ErrorName {
    status.error.as_ref().expect("an error").0
}

#[test]
fn a_wrong_password_is_not_retried() {
    let mut world = Setup::default()
        .server(|server| server.password = Secret::new("wrong".into()))
        .online();
    let failure = world.call(Operation::Connect).expect_err("no login");
    assert_eq!(failure.name, ErrorName::LoginFailed);
    assert!(failure.text.contains("530"), "{failure}");
    let id = world.upload(b"1", "a", Options::default());
    let status = world.finish(id);
    assert_eq!((status.state, status.attempts), (TransferState::Failed, 1));
    assert_eq!(error(&status), ErrorName::LoginFailed);
    assert_eq!(world.sent("AT+QFTPOPEN").len(), 2);
    assert_eq!(world.port.condition().ftp, 4);
}

#[test]
fn an_unknown_host_name_and_a_closed_port() {
    let mut world = Setup::default()
        .server(|server| server.host = "plant.invalid".into())
        .online();
    let failure = world.call(Operation::Connect).expect_err("no such host");
    assert_eq!(failure.name, ErrorName::ConnectFailed);
    assert!(failure.text.contains("604"), "{failure}");

    let mut world = World::online();
    world.server.fail_next(Failure::Refused);
    let failure = world.call(Operation::Connect).expect_err("nobody listens");
    assert_eq!(failure.name, ErrorName::ConnectFailed);
    assert!(world.call(Operation::Connect).is_ok());
}

#[test]
fn a_missing_file_however_the_module_reports_it() {
    let mut world = World::online();
    let (id, _) = world.download("missing", Options::default());
    let status = world.finish(id);
    assert_eq!((status.state, status.attempts), (TransferState::Failed, 1));
    assert_eq!(error(&status), ErrorName::RemoteNotFound);

    // The file is removed between SIZE and RETR.
    for shape in ["cme", "connect", "urc"] {
        let mut world = World::online();
        world.server.put("/a", b"12345");
        world.fault(&format!("get-missing={shape}"));
        world.when("< +QFTPSIZE: 0,5", |world| {
            world.rename_on_server("/a", "/moved");
        });
        let (id, handle) = world.download("a", Options::default());
        let status = world.finish(id);
        assert_eq!(status.state, TransferState::Failed, "{shape}: {status:?}");
        assert_eq!(error(&status), ErrorName::RemoteNotFound, "{shape}");
        assert_eq!((status.attempts, world.landed(handle)), (1, None));
        world.put(&noise(100), "b");
    }
}

#[test]
fn a_full_server_and_a_refused_file_name() {
    for (reply, expected) in [
        (552, ErrorName::RemoteFull),
        (452, ErrorName::RemoteFull),
        (553, ErrorName::RemoteRefused),
        (550, ErrorName::RemoteRefused),
    ] {
        let mut world = World::online();
        world.call(Operation::Connect).unwrap();
        // The name is no directory; then comes STOR.
        world.when("< +QFTPCWD: ", move |world| {
            world.server.fail_next(Failure::Reply(reply));
        });
        let id = world.upload(&noise(100), "a", Options::default());
        let status = world.finish(id);
        assert_eq!((status.state, status.attempts), (TransferState::Failed, 1));
        assert_eq!(error(&status), expected, "{reply}: {status:?}");
        assert_eq!(world.server.logins(), 1, "{reply} leaves the session");
    }
}
