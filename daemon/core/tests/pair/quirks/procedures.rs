//! The scenarios of the rows.

use super::*;

pub fn ended(status: &TransferStatus) -> Outcome {
    match (&status.state, &status.error) {
        (TransferState::Done, _) => DONE,
        (_, Some((name, _))) => Err(*name),
        other => panic!("{other:?}"),
    }
}

pub fn replied(reply: Result<Reply, Failure>) -> Outcome {
    reply.map(|_| ()).map_err(|failure| failure.name)
}

pub fn put_by(world: &mut World, bytes: &[u8], options: Options) -> Outcome {
    let id = world.upload(bytes, "a", options);
    let outcome = ended(&world.finish(id));
    if outcome == DONE {
        assert_eq!(world.server.get("/a").as_deref(), Some(bytes));
    }
    outcome
}

pub fn put(world: &mut World) -> Outcome {
    put_by(world, &noise(5000), Options::default())
}

pub fn put_once(world: &mut World) -> Outcome {
    let options = Options {
        retries: 0,
        ..Options::default()
    };
    put_by(world, &noise(5000), options)
}

pub fn get_by(world: &mut World, options: Options) -> Outcome {
    world.server.put("/b", &noise(30_000));
    let (id, handle) = world.download("b", options);
    let outcome = ended(&world.finish(id));
    if outcome == DONE {
        assert_eq!(world.landed(handle), Some(noise(30_000)));
    } else {
        assert_eq!(world.landed(handle), None);
    }
    outcome
}

pub fn get(world: &mut World) -> Outcome {
    get_by(world, Options::default())
}

pub fn both(world: &mut World) -> Outcome {
    put(world).and_then(|()| get(world))
}

pub fn ufs() -> Options {
    Options {
        via: Via::Ufs,
        ..Options::default()
    }
}

pub fn via_ufs(world: &mut World) -> Outcome {
    let outcome = put_by(world, &noise(5000), ufs()).and_then(|()| get_by(world, ufs()));
    assert!(world.files.names().is_empty(), "{:?}", world.files.names());
    outcome
}

pub fn up_via_ufs(world: &mut World) -> Outcome {
    let outcome = put_by(world, &noise(5000), ufs());
    world.wait(Duration::from_secs(30));
    assert!(world.files.names().is_empty(), "{:?}", world.files.names());
    outcome
}

pub fn disconnect(world: &mut World) {
    world.disconnect().unwrap();
}

pub fn pipe(world: &mut World) -> Outcome {
    let plan = SourcePlan {
        bytes: noise(3000),
        pipe: true,
        ..SourcePlan::default()
    };
    let (id, _) = world.upload_from(plan, "p", Options::default());
    let outcome = ended(&world.finish(id));
    if outcome == DONE {
        assert_eq!(world.server.get("/p"), Some(noise(3000)));
    }
    outcome
}

pub fn stat_of(world: &mut World, path: &str) -> Outcome {
    replied(world.call(Operation::Stat(path.into())))
}

pub fn cancelled(world: &mut World) -> Outcome {
    world.server.put("/c", &noise(300_000));
    let (id, _) = world.download("c", Options::default());
    world.run_until(|world| world.transfer(id).transferred > 20_000);
    let ticket = world.act(id, Action::Cancel);
    world.reply(ticket).unwrap();
    assert!(!world.has_sent("ATO"), "never relied on");
    both(world)
}

pub fn no_flow_control(setup: &mut Setup) {
    setup.settings.modem.hardware_flow_control = false;
}

pub fn escape(setup: &mut Setup) {
    setup.settings.modem.data_mode_exit = DataModeExit::Escape;
}

pub fn secure(setup: &mut Setup) {
    setup.settings.servers[0].security = Security::Explicit;
}

pub fn power_cycle(setup: &mut Setup) {
    setup.settings.modem.power_cycle = true;
}

pub fn sent_never(world: &mut World, what: &str) {
    let found = world
        .seen
        .dialogue
        .iter()
        .find(|line| line.starts_with("> ") && line.contains(what));
    assert_eq!(found, None);
}

pub fn sent(world: &World, line: &str) {
    assert!(world.has_sent(line), "{line}");
}
