//! F: the FTP session (docs/module/quirks.md §1).

use super::procedures::*;
use super::*;

/// The rows.
pub const ROWS: &[Row] = &[
    row(
        "F1",
        &["busy-after-close=5000"],
        |world| {
            for _ in 0..3 {
                put(world)?;
                disconnect(world);
            }
            DONE
        },
        DONE,
    ),
    row("F2", &["data-refused=2"], both, DONE),
    row(
        "F2",
        &["data-refused"],
        put_once,
        Err(ErrorName::ConnectFailed),
    ),
    row("F2", &["data-dead=context"], put, DONE),
    row("F3", &["abort-urc"], cancelled, DONE),
    row("F3", &["abort-urc=609,0"], cancelled, DONE),
    row("F4", &["data-timeout=2000"], both, DONE),
    row(
        "F4",
        &["data-timeout=2000"],
        |world| {
            let plan = SourcePlan {
                bytes: noise(10),
                pipe: true,
                open: true,
                ..SourcePlan::default()
            };
            let (id, _) = world.upload_from(plan, "p", Options::default());
            ended(&world.finish(id))
        },
        Err(ErrorName::Timeout),
    ),
    row(
        "F5",
        &[],
        |world| stat_of(world, "missing"),
        Err(ErrorName::RemoteNotFound),
    ),
    row(
        "F5",
        &[],
        |world| {
            world.server.put("/d/x", b"");
            replied(world.call(Operation::MakeDirectory("d".into())))
        },
        Err(ErrorName::RemoteExists),
    ),
    row("F6", &["reply-150=1"], both, DONE),
    row("F6", &["reply-150"], get, Err(ErrorName::ConnectFailed)),
    row("F6", &["empty-data=1"], both, DONE),
    row("F6", &["empty-data"], get, Err(ErrorName::Protocol)),
    row(
        "F7",
        &[],
        |world| {
            world.server.put("/empty", b"");
            assert_eq!(world.get("empty"), b"");
            sent_never(world, "QFTPGET");
            DONE
        },
        DONE,
    ),
    row(
        "F8",
        &["account-masked"],
        |world| {
            both(world)?;
            assert!(
                world
                    .sent("AT+QFTPCFG=\"account\"")
                    .iter()
                    .all(|line| line.contains("***"))
            );
            DONE
        },
        DONE,
    ),
    row(
        "F9",
        &["pwd-quoted"],
        |world| {
            assert_eq!(
                world.call(Operation::WorkingDirectory),
                Ok(Reply::Text("/".into()))
            );
            DONE
        },
        DONE,
    ),
    row("F10", &["stat-first"], both, DONE),
    row(
        "F11",
        &[],
        |world| {
            put(world)?;
            sent(world, "AT+QFTPCFG=\"filetype\",0");
            DONE
        },
        DONE,
    ),
    row("F11", &["late-type"], both, DONE),
    row("F12", &[], via_ufs, DONE),
    with(
        row(
            "F13",
            &[],
            |world| {
                let begin = world.passed();
                pipe(world)?;
                assert!(
                    world.passed() - begin > Duration::from_millis(2500),
                    "guarded"
                );
                DONE
            },
            DONE,
        ),
        escape,
    ),
    row(
        "F14",
        &["no-nlst"],
        |world| {
            world.server.put("/x", b"");
            let names = world.call(Operation::ListNames(String::new()));
            assert_eq!(names, Ok(Reply::Names(["x"].into_iter().collect())));
            DONE
        },
        DONE,
    ),
    row(
        "F14",
        &["no-nlst", "no-mlsd"],
        |world| {
            world.server.put("/x", b"");
            let names = world.call(Operation::ListNames(String::new()));
            assert_eq!(names, Ok(Reply::Names(["x"].into_iter().collect())));
            DONE
        },
        DONE,
    ),
    row(
        "F15",
        &[],
        |world| {
            via_ufs(world)?;
            sent_never(world, "UFS:");
            sent(world, "AT+QFTPGET=\"b\",\"0");
            DONE
        },
        DONE,
    ),
    row(
        "F16",
        &[],
        |world| {
            put(world)?;
            sent(world, "AT+QFTPCFG=\"data_address\",1");
            DONE
        },
        DONE,
    ),
    row("F17", &["size-one-field"], both, DONE),
    row("F17", &["qflst=unquoted"], via_ufs, DONE),
    row("F18", &["no-urc=1"], both, DONE),
    row("F18", &["late-urc=30000"], both, DONE),
    row("F18", &["no-urc"], put_once, Err(ErrorName::Timeout)),
    with(
        row(
            "F19",
            &[],
            |world| {
                put(world)?;
                sent(world, "AT+QSSLCFG=?");
                sent_never(world, "\"sni\"");
                DONE
            },
            DONE,
        ),
        secure,
    ),
    row("F20", &[], golden, DONE),
    row(
        "F21",
        &[],
        |world| {
            both(world)?;
            sent_never(world, "restenable");
            DONE
        },
        DONE,
    ),
    with(row("F22", &[], segments, DONE), no_flow_control),
    with(
        row("F22", &["segment-reconnects"], segments, DONE),
        no_flow_control,
    ),
];

fn no_flow_control(setup: &mut Setup) {
    setup.settings.modem.hardware_flow_control = false;
}

/// docs/module/quirks.md F22: a file in segments.
fn segments(world: &mut World) -> Outcome {
    let com = Options {
        via: Via::Com,
        ..Options::default()
    };
    put_by(world, &noise(40_000), com)
}

/// docs/module/quirks.md F20: the sequence that worked on public servers.
fn golden(world: &mut World) -> Outcome {
    for path in ["/pub/readme.txt", "/pub/other.txt"] {
        world.server.put(path, b"0123456789");
    }
    let ok = |reply: Result<Reply, Failure>| reply.map(|_| ()).map_err(|failure| failure.name);
    ok(world.call(Operation::WorkingDirectory))?;
    ok(world.call(Operation::ChangeDirectory("/pub".into())))?;
    ok(world.call(Operation::ListRaw(".".into())))?;
    assert_eq!(world.get("readme.txt"), b"0123456789");
    ok(world.call(Operation::ListNames(".".into())))?;
    stat_of(world, "readme.txt")?;
    world.put(b"twenty bytes of data", "up.txt");
    let rename = Operation::Rename("up.txt".into(), "done.txt".into());
    ok(world.call(rename))?;
    assert_eq!(stat_of(world, "up.txt"), Err(ErrorName::RemoteNotFound));
    ok(world.call(Operation::Delete("done.txt".into())))?;
    assert_eq!(world.port.condition().ftp, 1, "idle after each");
    disconnect(world);
    DONE
}
