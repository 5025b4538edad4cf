//! Behaviour without an entry in docs/module/quirks.md, by the section of docs/module that allows
//! it.

use super::procedures::*;
use super::*;

/// The rows.
pub const ROWS: &[Row] = &[
    row("at-ftp 1.1", &["connect-text"], both, DONE),
    row(
        "at-ftp 1.5",
        &["stall=2000"],
        |world| {
            world.rough();
            put_once(world)
        },
        Err(ErrorName::Timeout),
    ),
    row("at-ftp 1.5", &["stall=2000"], get, Err(ErrorName::Timeout)),
    row(
        "at-file 3.8",
        &["announce=70000"],
        via_ufs,
        Err(ErrorName::Protocol),
    ),
    row("at-ftp 2.6", &["get-missing=urc"], both, DONE),
    row("at-ftp 2.6", &["get-exists"], via_ufs, DONE),
    row(
        "at-ftp 4",
        &["fail=QFTPPUT:629,552"],
        put,
        Err(ErrorName::RemoteFull),
    ),
    row("at-ftp 4", &["refuse=QFTPPUT:603"], put, DONE),
    with(
        row("at-ftp 4", &["tls-fails"], put, Err(ErrorName::TlsFailed)),
        secure,
    ),
    row("at-ftp 6", &["qiact-fails=2"], both, DONE),
    with(
        row(
            "at-file 3.4",
            &["no-final-ack"],
            |world| put_by(world, &noise(4096), ufs()),
            DONE,
        ),
        no_flow_control,
    ),
    row(
        "at-file 5",
        &["ufs-full"],
        up_via_ufs,
        Err(ErrorName::Failed),
    ),
    row(
        "at-network 1",
        &["pdpdeact-after=3000"],
        |world| {
            world.rough();
            both(world)
        },
        DONE,
    ),
    row("at-network 2", &["iccid=8986011730000000000F"], both, DONE),
    row("at-network 3", &["ucs2"], both, DONE),
    row(
        "at-network 6",
        &["reset-after=3000"],
        |world| {
            world.rough();
            both(world)
        },
        DONE,
    ),
    row(
        "at-network 6",
        &["power-text=NORMAL POWER DOWN"],
        |world| {
            let ticket = world.request(Request::Reset);
            world.reply(ticket).unwrap();
            world.wait(Duration::from_secs(1));
            both(world)
        },
        DONE,
    ),
    row(
        "at-serial 5",
        &["dtr-ignored"],
        |world| {
            cancelled(world)?;
            pipe(world)
        },
        DONE,
    ),
];
