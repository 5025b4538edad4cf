//! The daemon is killed at every line of the dialogue and at many bytes on the line, with the module
//! restarted at the same time or not, and started again.

use std::time::Duration;

use virtual_bg96::module::Injection;

use super::mixed::{self, Mixed, Pipes};
use super::{at_points, points};
use crate::world::World;

/// The daemon is killed; the next one has the port a second later.
fn kill(world: &mut World, module_too: bool) {
    world.kill_daemon();
    if module_too {
        world.inject(Injection::Reset);
    }
    world.after(Duration::from_secs(1), World::open_line);
}

/// Lines of the dialogue and bytes on the line of a run without a kill.
fn extent(refuses_existing: bool) -> (usize, u64) {
    let mut world = mixed::world(refuses_existing);
    let queue = Mixed::begin(&mut world);
    queue.finish(&mut world);
    queue.check(&world, Pipes::Done);
    (world.mark(), world.line.moved)
}

fn run(refuses_existing: bool, plan: impl FnOnce(&mut World)) {
    let mut world = mixed::world(refuses_existing);
    plan(&mut world);
    let queue = Mixed::begin(&mut world);
    queue.finish(&mut world);
    world.end_plans();
    queue.finish(&mut world);
    queue.check(&world, Pipes::LocalIo);
    let last = world.seen.transfers.keys().last().copied();
    let next = world.upload(b"next", "next", Default::default());
    assert!(Some(next) > last, "{next:?} comes after {last:?}");
    world.finish(next);
}

fn at_every_line(refuses_existing: bool, module_too: bool, most: usize) {
    let (lines, _) = extent(refuses_existing);
    at_points(points(lines, most, 1), |line| {
        run(refuses_existing, |world| {
            world.after_lines(line, move |world| kill(world, module_too));
        });
    });
}

#[test]
fn at_every_line_where_rnto_overwrites() {
    at_every_line(false, false, 60);
}

#[test]
fn at_every_line_where_rnto_does_not_overwrite() {
    at_every_line(true, false, 100);
}

#[test]
fn at_every_line_with_the_module() {
    at_every_line(true, true, 60);
}

#[test]
fn at_many_bytes() {
    let (_, bytes) = extent(true);
    let all = usize::try_from(bytes).unwrap();
    at_points(points(all / 37, 60, 2), |point| {
        run(true, |world| {
            world.after_bytes(37 * point as u64, move |world| kill(world, point % 2 == 0));
        });
    });
}

/// Also while the store is asked and the server has not answered yet.
#[test]
fn at_many_moments() {
    at_points(points(450, 80, 5), |point| {
        run(point % 3 > 0, |world| {
            world.server.set_latency(Duration::from_millis(300));
            let at = Duration::from_millis(97 * point as u64);
            world.after(at, |world| kill(world, false));
        });
    });
}

/// Further kills while the next daemon still brings the module up or cleans up.
#[test]
fn again_and_again() {
    let (_, bytes) = extent(true);
    let all = usize::try_from(bytes).unwrap();
    at_points(points(all / 53, 40, 3), |point| {
        run(true, |world| {
            for round in 0..5 {
                let at = 53 * point as u64 + 3001 * round;
                world.after_bytes(at, |world| kill(world, false));
            }
        });
    });
}
