//! Kinds 1 and 7: any caller may have the configuration read again, as often as he likes. It costs the log
//! nothing, and others no time.

use crate::watch::Watch;
use futures_util::future::join_all;
use modem_ftp_dbus::names::{BUS_NAME, FRONT_INTERFACE, ROOT_PATH};
use modem_ftp_tests::{Bench, connect};
use std::fs;
use zbus::Connection;

/// So many calls of `Reload` in flight; how many had a result.
fn reloads(connection: &Connection, count: usize) -> usize {
    let front = Some(FRONT_INTERFACE);
    zbus::block_on(async {
        let call = || connection.call_method(Some(BUS_NAME), ROOT_PATH, front, "Reload", &());
        let results = join_all((0..count).map(|_| call())).await;
        results.into_iter().filter(Result::is_ok).count()
    })
}

fn lines(bench: &Bench) -> usize {
    bench.daemon.log().lines().count()
}

#[test]
fn a_flood_of_reloads_fills_no_log() {
    let bench = Bench::plain();
    let connection = connect(bench.bus.address()).unwrap();
    assert_eq!(reloads(&connection, 1), 1);
    let watch = Watch::begin(&bench);
    let before = lines(&bench);
    for _ in 0..5 {
        assert_eq!(reloads(&connection, 100), 100);
    }
    assert_eq!(lines(&bench), before, "{}", bench.daemon.tail());
    // What is wrong is logged, once.
    let file = bench.daemon.config().scratch().join("config.toml");
    let valid = fs::read_to_string(&file).unwrap();
    fs::write(&file, "baud = 1\n").unwrap();
    for _ in 0..5 {
        assert_eq!(reloads(&connection, 100), 0);
    }
    let told = lines(&bench) - before;
    assert!((1..10).contains(&told), "{}", bench.daemon.tail());
    // And so is what has changed.
    fs::write(&file, format!("max_queued = 77\n{valid}")).unwrap();
    assert_eq!(reloads(&connection, 100), 100);
    assert!(
        bench
            .daemon
            .log()
            .contains("the configuration was read again")
    );
    fs::write(&file, valid).unwrap();
    watch.end();
}
