//! S: the serial line (docs/module/quirks.md §4).

use super::procedures::*;
use super::*;

/// The rows.
pub const ROWS: &[Row] = &[
    row(
        "S1",
        &["lose-bytes=500"],
        |world| {
            sent(world, "AT+IFC=2,2");
            both(world)
        },
        DONE,
    ),
    row(
        "S1",
        &["surplus=100000"],
        |world| {
            world.rough();
            both(world)
        },
        Err(ErrorName::Protocol),
    ),
    row(
        "S2",
        &[],
        |world| {
            via_ufs(world)?;
            let longest = world.sent("AT").iter().map(|line| line.len()).max();
            assert!(longest.unwrap() < 640);
            DONE
        },
        DONE,
    ),
    row(
        "S3",
        &["dtr-drop=3000"],
        |world| {
            world.rough();
            both(world)
        },
        DONE,
    ),
    row(
        "S4",
        &[],
        |world| {
            sent(world, "AT&D1");
            sent(world, "ATX0");
            both(world)
        },
        DONE,
    ),
    row(
        "S5",
        &[],
        |world| {
            world.inject(Injection::Reset);
            world.wait(Duration::from_secs(20));
            assert_eq!(world.sent("AT+CMEE=1").len(), 2);
            assert_eq!(world.sent("AT+IFC=2,2").len(), 2);
            both(world)
        },
        DONE,
    ),
    row("S6", &["echo-on-boot"], both, DONE),
    row("S6", &["echo-always"], both, DONE),
    row("S7", &["urc-between=+CREG: 1"], both, DONE),
    row("S7", &["fragment=1"], both, DONE),
    row(
        "S8",
        &[],
        |world| {
            world.rough();
            let now = world.now().instant;
            world.port.input(now, b"+++");
            both(world)
        },
        DONE,
    ),
    row("S9", &["garbage=200"], both, DONE),
    with(row("S10", &["strict-baud"], both, DONE), |setup| {
        setup.config.line_rate = 57_600
    }),
    row(
        "S10",
        &["boot-rate=9600"],
        |world| {
            world.fault("strict-baud");
            world.inject(Injection::Reset);
            world.wait(Duration::from_secs(20));
            both(world)
        },
        DONE,
    ),
];
