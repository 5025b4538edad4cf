//! N: network and power (docs/module/quirks.md §3).

use super::procedures::*;
use super::*;

/// The module restarts while nothing happens.
fn restarted(world: &mut World) -> Outcome {
    put(world)?;
    world.inject(Injection::Reset);
    world.wait(Duration::from_secs(20));
    both(world)?;
    assert_eq!(world.sent("AT+IFC=2,2").len(), 2);
    DONE
}

/// The rows.
pub const ROWS: &[Row] = &[
    row(
        "N1",
        &[],
        |world| {
            both(world)?;
            sent_never(world, "CGACT");
            DONE
        },
        DONE,
    ),
    row(
        "N2",
        &["qiact-ghost"],
        |world| {
            put(world)?;
            world.inject(Injection::PdpDeactivated);
            put(world)
        },
        DONE,
    ),
    row("N2", &["ping-lost"], both, DONE),
    with(
        row(
            "N3",
            &["tls-wears=2"],
            |world| {
                for _ in 0..3 {
                    put_once(world)?;
                    disconnect(world);
                }
                DONE
            },
            Err(ErrorName::Failed),
        ),
        secure,
    ),
    with(
        row(
            "N4",
            &[],
            |world| {
                put(world)?;
                world.inject(Injection::Reset);
                world.wait(Duration::from_secs(20));
                put(world)?;
                assert_eq!(world.sent("AT+QSSLCFG=\"sslversion\",1,3").len(), 2);
                DONE
            },
            DONE,
        ),
        secure,
    ),
    row(
        "N5",
        &[],
        |world| {
            let ticket = world.request(Request::Reset);
            world.reply(ticket).unwrap();
            world.after(Duration::from_millis(150), |world| {
                world.inject(Injection::Urc("+QIURC: \"pdpdeact\",1".into()));
            });
            world.wait(Duration::from_secs(1));
            world.until_online();
            put(world)
        },
        DONE,
    ),
    row(
        "N6",
        &["echo-on-boot"],
        |world| {
            put(world)?;
            world.inject(Injection::Reset);
            both(world)
        },
        DONE,
    ),
    row("N7", &["app-rdy"], both, DONE),
    row("N19", &["boot-signs=noise,rdy"], restarted, DONE),
    row("N19", &["boot-signs=none"], restarted, DONE),
    row(
        "N19",
        &["boot-signs=cpin", "echo-off-on-boot"],
        restarted,
        DONE,
    ),
    row("N7", &[], both, DONE),
    row("N8", &["sim-late=15000"], both, DONE),
    row(
        "N8",
        &["refuse=CGSN:23", "refuse=QCCID:13", "refuse=CPIN:10"],
        both,
        DONE,
    ),
    row(
        "N9",
        &[],
        |world| {
            both(world)?;
            sent_never(world, "QCFG");
            DONE
        },
        DONE,
    ),
    with(
        row(
            "N10",
            &[],
            |world| {
                put(world)?;
                assert!(
                    world
                        .sent("AT+CCLK=")
                        .iter()
                        .all(|line| line.ends_with("+00\""))
                );
                sent(world, "AT+CCLK=");
                DONE
            },
            DONE,
        ),
        |setup| {
            secure(setup);
            let tls = &mut setup.settings.servers[0].tls;
            (tls.verify, tls.check_time) = (1, true);
            setup.config.network_time = false;
        },
    ),
    row(
        "N11",
        &[],
        |world| {
            both(world)?;
            sent_never(world, "CGATT");
            DONE
        },
        DONE,
    ),
    with(
        row(
            "N12",
            &["mute"],
            |world| {
                both(world)?;
                assert_eq!(world.seen.power_cycles, 1);
                DONE
            },
            DONE,
        ),
        power_cycle,
    ),
    row(
        "N12",
        &["mute=+QFTPSIZE"],
        put_once,
        Err(ErrorName::Timeout),
    ),
    row(
        "N13",
        &[],
        |world| {
            sent(world, "AT+QSCLK=0");
            both(world)
        },
        DONE,
    ),
    row(
        "N14",
        &[],
        |world| {
            world.server.put("/b", b"1");
            let up = world.upload(&noise(20_000), "a", Options::default());
            let (down, _) = world.download("b", Options::default());
            ended(&world.finish(up)).and(ended(&world.finish(down)))
        },
        DONE,
    ),
    row(
        "N15",
        &["urc-between=+QSCRUB: \"START\"", "slow=1"],
        both,
        DONE,
    ),
    row("N16", &["qiact-slow=39000"], both, DONE),
    row("N17", &["address=ipv6"], both, DONE),
    row("N17", &["address=ipv6-cgpaddr"], both, DONE),
    row("N18", &["prefixed-identity"], both, DONE),
];
