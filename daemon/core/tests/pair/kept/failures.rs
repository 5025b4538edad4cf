//! Everything that can fail fails at every line of the dialogue of a mixed queue, and is mended: the
//! queue goes on.

use std::time::Duration;

use virtual_bg96::module::Injection;
use virtual_bg96::remote::Failure;

use super::mixed::{self, Mixed, Pipes};
use super::{at_points, points};
use crate::world::World;

/// How long what failed stays away.
const AWAY: Duration = Duration::from_secs(20);

/// Has `fail` happen at every line.
fn at_every_line(latency: Duration, most: usize, fail: fn(&mut World)) {
    let begin = || {
        let world = mixed::world(true);
        world.server.set_latency(latency);
        world
    };
    let mut world = begin();
    let queue = Mixed::begin(&mut world);
    queue.finish(&mut world);
    let lines = world.mark();
    at_points(points(lines, most, 4), |line| {
        let mut world = begin();
        world.after_lines(line, fail);
        let queue = Mixed::begin(&mut world);
        queue.finish(&mut world);
        world.end_plans();
        queue.finish(&mut world);
        queue.check(&world, Pipes::AnyFailure);
    });
}

const SLOW: Duration = Duration::from_millis(300);

#[test]
fn the_module_restarts() {
    at_every_line(Duration::ZERO, 50, |world| world.inject(Injection::Reset));
    at_every_line(SLOW, 50, |world| world.inject(Injection::Reset));
}

#[test]
fn the_module_is_switched_off_and_on() {
    at_every_line(SLOW, 50, |world| {
        world.inject(Injection::PowerDown);
        world.after(AWAY, |world| world.inject(Injection::PowerUp));
    });
}

#[test]
fn the_pdp_context_is_dropped() {
    at_every_line(SLOW, 50, |world| {
        world.inject(Injection::PdpDeactivated);
    });
}

#[test]
fn the_registration_is_lost() {
    at_every_line(SLOW, 40, |world| {
        world.inject(Injection::Registration(2));
        world.after(AWAY, |world| world.inject(Injection::Registration(1)));
    });
}

#[test]
fn the_server_is_killed_and_comes_back() {
    at_every_line(SLOW, 50, |world| {
        world.rules.set_down(true);
        world.after(AWAY / 4, |world| world.rules.set_down(false));
    });
}

#[test]
fn the_data_connection_breaks() {
    at_every_line(Duration::ZERO, 40, |world| {
        world.server.break_data(Failure::DataClosed);
    });
}

#[test]
fn the_server_answers_with_an_error() {
    at_every_line(SLOW, 40, |world| {
        world.server.fail_next(Failure::Reply(451));
    });
}

#[test]
fn the_tty_is_unplugged() {
    at_every_line(SLOW, 50, |world| {
        world.close_line("unplugged");
        world.after(AWAY, World::open_line);
    });
}

/// One of them after any number of bytes on the line.
#[test]
fn any_of_them_at_many_bytes() {
    let fail: [fn(&mut World); 5] = [
        |world| world.inject(Injection::Reset),
        |world| world.inject(Injection::PdpDeactivated),
        |world| world.server.break_data(Failure::DataClosed),
        |world| {
            world.close_line("unplugged");
            world.after(AWAY, World::open_line);
        },
        |world| {
            world.rules.set_down(true);
            world.after(AWAY / 4, |world| world.rules.set_down(false));
        },
    ];
    at_points(points(700, 100, 6), |point| {
        let mut world = mixed::world(point % 2 == 0);
        world.after_bytes(41 * point as u64, fail[point % fail.len()]);
        let queue = Mixed::begin(&mut world);
        queue.finish(&mut world);
        world.end_plans();
        queue.finish(&mut world);
        queue.check(&world, Pipes::AnyFailure);
    });
}

#[test]
fn the_disk_of_the_store_is_full_for_a_while() {
    at_every_line(SLOW, 50, |world| {
        world.fill_store(true);
        world.after(AWAY * 4, |world| world.fill_store(false));
    });
}

#[test]
fn the_daemon_is_stopped_and_started_again() {
    at_every_line(SLOW, 50, |world| {
        world.engine.stop(world.now());
        let limit = Duration::from_secs(16);
        world.after(limit, |world| {
            assert!(world.seen.stopped, "not stopped, {}", world.dialogue());
            world.restart_daemon();
        });
    });
}
