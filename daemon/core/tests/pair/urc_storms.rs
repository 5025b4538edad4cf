//! URCs that come all the time: what is known already costs nothing, and what changes all the time is
//! looked at now and then. Calls are served meanwhile.

use std::time::Duration;

use modem_ftp_core::api::request::Operation;
use modem_ftp_core::api::status::ModemState;
use virtual_bg96::module::Injection;

use crate::world::World;

/// Between two of them.
const PERIOD: Duration = Duration::from_millis(100);

/// Has these URCs said in turn, for so long.
fn storm(world: &mut World, urcs: &'static [&'static str], time: Duration) {
    let count = u32::try_from(time.as_millis() / PERIOD.as_millis()).unwrap();
    for (number, urc) in (0..count).zip(urcs.iter().cycle()) {
        world.after(PERIOD * number, move |world| {
            world.inject(Injection::Urc((*urc).into()));
        });
    }
}

#[test]
fn what_is_known_costs_nothing() {
    for urc in [
        "+CPIN: READY",
        "+CREG: 1",
        "+CEREG: 1,\"1A2B\",\"0196F101\",8",
        "+QIURC: \"pdpdeact\",2",
        "+QIND: \"csq\",20,99",
        "+CFUN: 1",
        "APP RDY",
        "+QUSIM: 1",
        "+QFTPGET: 0,5",
    ] {
        let mut world = World::online();
        // What it says is news once.
        world.inject(Injection::Urc(urc.into()));
        world.wait(Duration::from_secs(10));
        let mark = world.mark();
        let urcs: &'static [&'static str] = Box::leak(Box::new([urc]));
        storm(&mut world, urcs, Duration::from_secs(30));
        world.wait(Duration::from_secs(25));
        let sent = world.sent_since(mark);
        assert!(sent.is_empty(), "{urc}: {sent:?}");
        let begin = world.passed();
        world.call(Operation::List(String::new())).unwrap();
        assert!(world.passed() - begin < Duration::from_secs(4), "{urc}");
        world.wait(Duration::from_secs(60));
        world.put(b"1", "a");
    }
}

#[test]
fn what_changes_all_the_time_is_looked_at_now_and_then() {
    for urcs in [
        &["+CREG: 1", "+CREG: 5"],
        &["+CEREG: 2", "+CEREG: 1"],
        &["+CGREG: 3", "+CGREG: 0"],
    ] {
        let mut world = World::online();
        world.call(Operation::Connect).unwrap();
        let mark = world.mark();
        storm(&mut world, urcs, Duration::from_secs(60));
        for _ in 0..5 {
            let begin = world.passed();
            world.call(Operation::WorkingDirectory).unwrap();
            let took = world.passed() - begin;
            assert!(took < Duration::from_secs(4), "{urcs:?}: {took:?}");
            world.wait(Duration::from_secs(5));
        }
        // Six lines each look, and those of the calls and the session.
        let sent = world.sent_since(mark).len();
        assert!(sent < 100, "{urcs:?}: {sent} lines");
        world.wait(Duration::from_secs(60));
        world.put(b"1", "a");
    }
}

/// Such a module is not set up all the time, calls are answered, and it is used again when it ceases.
#[test]
fn a_module_that_says_all_the_time_that_it_restarted() {
    for urc in ["RDY", "+QIURC: \"pdpdeact\",1"] {
        let mut world = World::online();
        let mark = world.mark();
        let urcs: &'static [&'static str] = Box::leak(Box::new([urc]));
        storm(&mut world, urcs, Duration::from_secs(300));
        world.wait(Duration::from_secs(10));
        let begin = world.passed();
        // Between two of them it may work.
        let called = world.call(Operation::Connect);
        let took = world.passed() - begin;
        assert!(
            took < Duration::from_secs(70),
            "{urc}: {called:?} after {took:?}"
        );
        world.wait(Duration::from_secs(300) - (world.passed() - begin));
        let sent = world.sent_since(mark).len();
        assert!(sent < 600, "{urc}: {sent} lines in five minutes");
        world.run_within(Duration::from_secs(120), |world| {
            world.state() == ModemState::Online
        });
        world.put(b"1", "a");
    }
}
