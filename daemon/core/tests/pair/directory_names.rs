//! What a server calls a directory: a name that cannot be sent back to it, or does not lead back, is
//! no working directory; a session that cannot return is closed.

use modem_ftp_core::api::reply::Reply;
use modem_ftp_core::api::request::Operation;
use modem_ftp_core::api::status::TransferState;
use modem_ftp_dbus::errors::ErrorName;

use crate::working_directory::{ANNA, BERT, cd, pwd, text, world};

#[test]
fn a_directory_whose_name_cannot_be_sent_back_is_refused() {
    for said in ["\"/a\"b\"", "\"/a\"\"b\"", "C:\\data", "\"/d\u{1}\""] {
        let mut world = world();
        cd(&mut world, ANNA, "home").unwrap();
        world.replace("+QFTPPWD: 0,/data", format!("+QFTPPWD: 0,{said}"), 1);
        let failure = cd(&mut world, ANNA, "/data").expect_err("such a name");
        assert_eq!(failure.name, ErrorName::RemoteRefused, "{failure}");
        assert!(failure.text.contains("/data"), "{failure}");
        assert_eq!(pwd(&mut world, ANNA), text("/home"), "as before");
        assert_eq!(pwd(&mut world, BERT), text("/"), "the session is back");
    }
}

#[test]
fn a_name_that_does_not_lead_to_the_directory_is_refused() {
    let mut world = world();
    cd(&mut world, ANNA, "home").unwrap();
    // Cut off at a quote by the server or the module.
    world.replace("+QFTPPWD: 0,/data", "+QFTPPWD: 0,/dat", 1);
    let failure = cd(&mut world, ANNA, "../data").expect_err("another name");
    assert_eq!(failure.name, ErrorName::RemoteRefused, "{failure}");
    assert!(failure.text.contains("/dat\""), "{failure}");
    assert_eq!(pwd(&mut world, ANNA), text("/home"), "as before");
    assert_eq!(pwd(&mut world, BERT), text("/"), "the session is back");
}

/// The server calls it `/home"x`, and what is left of that names another directory.
#[test]
fn a_name_that_was_cut_off_to_that_of_another_directory_is_not_believed() {
    for path in ["data", "/data", "home/../data"] {
        let mut world = world();
        world.replace("+QFTPPWD: 0,/data", "+QFTPPWD: 0,/home", 1);
        cd(&mut world, ANNA, path).unwrap();
        let id = world.upload_as(ANNA, b"1", "a");
        assert_eq!(world.finish(id).state, TransferState::Done);
        assert_eq!(world.server.get("/data/a").unwrap(), b"1", "{path}");
    }
}

#[test]
fn a_session_that_cannot_go_back_is_closed() {
    // Where the session stands cannot be said, or it cannot be changed to.
    for said in [
        "+QFTPPWD: 0,\"/a\"b\"",
        "+QFTPPWD: 620,500",
        "+QFTPPWD: 0,\"/gone\"",
    ] {
        let mut world = world();
        world.replace("+QFTPPWD: 0,/", said, 1);
        assert_eq!(cd(&mut world, ANNA, "/data"), Ok(Reply::Done), "{said}");
        assert_eq!(world.port.condition().ftp, 4, "{said}");
        assert_eq!(pwd(&mut world, ANNA), text("/data"));
        let id = world.upload_as(BERT, b"1", "b");
        assert_eq!(world.finish(id).state, TransferState::Done);
        assert_eq!(world.server.get("/b").unwrap(), b"1");
        assert_eq!(world.server.logins(), 2);
    }
}

#[test]
fn without_pwd_an_absolute_path_can_still_be_the_directory() {
    let mut world = world();
    for _ in 0..4 {
        world.fault("fail=QFTPPWD:620,500");
    }
    assert_eq!(cd(&mut world, ANNA, "/data/2026/"), Ok(Reply::Done));
    assert_eq!(pwd(&mut world, ANNA), text("/data/2026"));
    let failure = cd(&mut world, BERT, "data").expect_err("no absolute name");
    assert_eq!(failure.name, ErrorName::Protocol, "{failure}");
    assert!(failure.text.contains("data"), "{failure}");
    let id = world.upload_as(BERT, b"1", "b");
    assert_eq!(world.finish(id).state, TransferState::Done);
    assert_eq!(world.server.get("/b").unwrap(), b"1");
}

#[test]
fn a_path_that_gets_too_long_with_the_directory_is_refused() {
    let mut world = world();
    let deep = format!("/{}", "d".repeat(200));
    world.server.put(&format!("{deep}/x"), b"");
    cd(&mut world, ANNA, &deep).unwrap();
    let long = "a".repeat(60);
    let refused = world.call_as(ANNA, Operation::Delete(long.clone()));
    assert_eq!(refused.unwrap_err().name, ErrorName::InvalidArguments);
    assert!(world.call_as(BERT, Operation::Delete(long)).is_err());
    let refused = world.call_as(ANNA, Operation::Delete(String::new()));
    assert_eq!(refused.unwrap_err().name, ErrorName::InvalidArguments);
}
