//! A module that sets the type of a session only when it transfers a file.

use modem_ftp_core::api::options::{IfExists, Options};
use modem_ftp_core::api::reply::Reply;
use modem_ftp_core::api::request::Operation;
use modem_ftp_dbus::errors::ErrorName;

use crate::transfers::noise;
use crate::world::Setup;

/// A module that sets the type for each transfer: a server refuses SIZE until then.
#[test]
fn a_module_that_sets_the_type_late_is_served() {
    let mut world = Setup::default().fault("late-type").online();
    world.server.put("/d/a.csv", &[7; 1234]);
    let stat = Operation::Stat("d/a.csv".into());
    let expected = Some(1234);
    for _ in 0..2 {
        let said = world.call(stat.clone()).unwrap();
        assert!(matches!(said, Reply::Stat { size, .. } if size == expected));
        assert_eq!(world.get("d/a.csv"), [7; 1234]);
        world.call(Operation::List("d".into())).unwrap();
        world.put(&noise(3000), "d/new");
        world.disconnect().unwrap();
    }
    let options = Options {
        if_exists: IfExists::Fail,
        ..Options::default()
    };
    let id = world.upload(&noise(50), "d/a.csv", options);
    let error = world.finish(id).error.expect("an error");
    assert_eq!(error.0, ErrorName::RemoteExists);
}
