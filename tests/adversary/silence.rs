//! Kind 6: one command's silence is not the module's death, and what is known costs nothing. What takes
//! minutes is tested in virtual time (daemon/core/tests/pair/broken_off.rs, urc_storms.rs).

use crate::watch::Watch;
use modem_ftp_tests::Bench;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// Between two URCs.
const PERIOD: Duration = Duration::from_millis(100);
/// A listing takes no longer.
const SOON: Duration = Duration::from_secs(5);

/// Ends what looks at it, also when a test fails.
struct Stop<'a>(&'a AtomicBool);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Runs `during` while the module says these lines in turn, again and again.
fn storm(bench: &Bench, urcs: &[&str], during: impl FnOnce()) {
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            for urc in urcs.iter().cycle() {
                if stop.load(Ordering::Relaxed) {
                    return;
                }
                bench.modem.control(&format!("urc {urc}")).unwrap();
                thread::sleep(PERIOD);
            }
        });
        let _stop = Stop(&stop);
        during();
    });
}

#[track_caller]
fn lists_soon(bench: &Bench, what: &str) {
    let begin = Instant::now();
    bench.ok(&["ls"]);
    let took = begin.elapsed();
    assert!(took < SOON, "{what}: {took:?}");
}

#[test]
fn urcs_that_say_what_is_known() {
    let bench = Bench::plain();
    let watch = Watch::begin(&bench);
    for urc in [
        "+CPIN: READY",
        "+CEREG: 1,\"1A2B\",\"0196F101\",8",
        "+QIURC: \"pdpdeact\",2",
        "APP RDY",
    ] {
        storm(&bench, &[urc], || {
            lists_soon(&bench, urc);
            // Before work that follows a silence the module is asked whether it has restarted, whatever it
            // says: that is not what a URC costs.
            let asked = || {
                let lines = bench.modem.written("AT+C");
                lines.iter().filter(|line| *line != "AT+CMEE?").count()
            };
            let before = asked();
            for _ in 0..3 {
                lists_soon(&bench, urc);
            }
            assert_eq!(asked(), before, "{urc}: asked for nothing");
        });
    }
    watch.end();
}

#[test]
fn urcs_that_say_something_else_each_time() {
    let bench = Bench::plain();
    let watch = Watch::begin(&bench);
    storm(&bench, &["+CREG: 5", "+CREG: 1"], || {
        for _ in 0..5 {
            lists_soon(&bench, "registration");
        }
    });
    let asked = bench.modem.written("AT+CREG?").len();
    assert!(asked < 10, "asked {asked} times");
    watch.end();
}

#[test]
fn urcs_during_transfers() {
    let bench = Bench::plain();
    let bytes = modem_ftp_tests::payload(300_000);
    bench.local("a", &bytes);
    let watch = Watch::begin(&bench);
    storm(&bench, &["+CPIN: READY", "+CREG: 1"], || {
        bench.ok(&["put", "a"]);
        bench.ok(&["get", "a", "b"]);
    });
    assert!(bench.remote("a") == bytes);
    assert!(std::fs::read(bench.folder.join("b")).unwrap() == bytes);
    watch.end();
}
