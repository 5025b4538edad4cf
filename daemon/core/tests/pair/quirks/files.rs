//! U: the module's files (docs/module/quirks.md §2).

use super::procedures::*;
use super::*;

/// The rows.
pub const ROWS: &[Row] = &[
    with(
        row(
            "U1",
            &["lose-bytes=3000"],
            up_via_ufs,
            Err(ErrorName::Timeout),
        ),
        no_flow_control,
    ),
    with(
        row(
            "U1",
            &["lose-bytes=3000", "qfupl-timeout=ok"],
            up_via_ufs,
            Err(ErrorName::Protocol),
        ),
        no_flow_control,
    ),
    with(
        row(
            "U1",
            &["lose-bytes=3000", "qfupl-timeout=cme"],
            up_via_ufs,
            Err(ErrorName::Timeout),
        ),
        no_flow_control,
    ),
    row(
        "U2",
        &[],
        |world| {
            world.files.put("00000001.mft", b"in the way");
            via_ufs(world)
        },
        DONE,
    ),
    with(
        row(
            "U3",
            &[],
            |world| {
                put_by(world, &noise(8192), ufs())?;
                put_by(world, &noise(8193), ufs())
            },
            Err(ErrorName::Failed),
        ),
        |setup| setup.config.storage_limit = 8192,
    ),
    row("U4", &[], via_ufs, DONE),
    row("U5", &["corrupt-file=1"], via_ufs, DONE),
    row(
        "U5",
        &["corrupt-file"],
        up_via_ufs,
        Err(ErrorName::Protocol),
    ),
    row(
        "U6",
        &[],
        |world| {
            via_ufs(world)?;
            sent_never(world, "QFCRC");
            DONE
        },
        DONE,
    ),
    row("U7", &["qflst=ufs"], via_ufs, DONE),
    row(
        "U8",
        &[],
        |world| {
            put_by(world, b"abc", ufs())?;
            put_by(world, b"\0\0", ufs())?;
            put_by(world, b"\xB3\x4A", ufs())
        },
        DONE,
    ),
];
