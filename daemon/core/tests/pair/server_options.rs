//! What the configuration of a server says of its transfers: `atomic`, `verify` and the form of staging
//! names.

use std::time::Duration;

use modem_ftp_core::api::options::{Options, Unset, Verify};
use modem_ftp_core::api::status::TransferState;

use crate::transfers::noise;
use crate::world::Setup;

#[test]
fn the_options_of_a_server_apply_where_a_transfer_does_not_say() {
    let mut world = Setup::default()
        .server(|server| {
            server.atomic = false;
            server.verify = Verify::None;
        })
        .online();
    world.server.set_takes_files(true);
    let unset = Options {
        unset: Unset {
            atomic: true,
            verify: true,
        },
        ..Options::default()
    };
    let id = world.upload(&noise(50), "a", unset);
    assert_eq!(world.finish(id).state, TransferState::Done);
    assert!(world.has_sent("AT+QFTPPUT=\"a\""));
    let id = world.upload(&noise(50), "a", Options::default());
    assert_eq!(world.finish(id).state, TransferState::Failed, "as it says");
}

#[test]
fn staging_names_have_the_form_of_the_server() {
    for (form, staging) in [(".{name}.part", ".a.csv.part"), ("{id}.tmp", ".tmp")] {
        let mut world = Setup::default()
            .server(|server| server.staging = form.into())
            .online();
        world.put(&noise(50), "a.csv");
        let put = world.sent("AT+QFTPPUT=")[0].to_owned();
        assert!(put.contains(&format!("{staging}\"")), "{put}");
        assert_eq!(world.server.paths(), ["/a.csv"]);
    }
}

/// Two transfers to one name, and a form that does not tell them apart: each has a name of its own.
#[test]
fn transfers_do_not_share_a_staging_name() {
    let mut world = Setup::default()
        .server(|server| server.staging = ".{name}.part".into())
        .online();
    // The first one waits with its whole file on the server.
    world.fault("fail=QFTPRENAME:617,450");
    let first = world.upload(&noise(5000), "a", Options::default());
    world.until_transfer(first, TransferState::Waiting);
    let second = world.upload(&[9; 5000], "a", Options::default());
    assert_eq!(world.finish(second).state, TransferState::Done);
    assert_eq!(world.server.get("/a").unwrap(), [9; 5000]);
    assert_eq!(world.finish(first).state, TransferState::Done);
    assert_eq!(world.server.get("/a"), Some(noise(5000)));
    world.wait(Duration::from_secs(60));
    assert_eq!(world.server.paths(), ["/a"]);
}
