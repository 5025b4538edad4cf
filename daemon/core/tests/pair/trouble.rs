//! The section TROUBLE of modem-ftp(1) shows the sentences that the daemon really says, those of the
//! module and the network, and those of servers.

use std::time::Duration;

use modem_ftp_core::api::options::Options;
use modem_ftp_core::api::request::Operation;
use modem_ftp_core::api::secret::Secret;
use modem_ftp_core::api::settings::Security;
use modem_ftp_core::api::status::{ModemState, TransferId, TransferState};
use virtual_bg96::fault::Knob;
use virtual_bg96::module::{Injection, SimState};
use virtual_bg96::remote::Failure;

use crate::transfers::noise;
use crate::world::{PIN, Setup, World, pem};

/// The groups whose sentences are produced here.
const MODULE: &str = "Module, SIM and network";
const SERVERS: &str = "Servers and remote files";

#[path = "../../../../tests/src/trouble.rs"]
mod page;

/// What `status`, `doctor` and a waiting `put` say when the state is this one for good.
fn reason(mut world: World, state: ModemState) -> String {
    let is_so = |world: &World| world.state() == state && !world.modem().state_reason.is_empty();
    world.run_until(is_so);
    // A PIN that was refused is shown before it is that of the next try.
    world.wait(Duration::from_secs(20));
    world.run_until(is_so);
    world.modem().state_reason.clone()
}

fn started(setup: Setup, injection: Injection) -> World {
    let mut world = setup.start();
    world.inject(injection);
    world
}

/// What a login fails with.
fn login(mut world: World) -> String {
    let failure = world.call(Operation::Connect).expect_err("no login");
    failure.text.to_string()
}

fn failed(world: &mut World, id: TransferId) -> String {
    let status = world.finish(id);
    assert_eq!(status.state, TransferState::Failed, "{status:?}");
    status.error.expect("an error").1.to_string()
}

fn once() -> Options {
    Options {
        retries: 0,
        ..Options::default()
    }
}

/// What an upload fails with.
fn upload(mut world: World, remote: &str) -> String {
    let id = world.upload(&noise(5000), remote, once());
    failed(&mut world, id)
}

/// What is said when nobody answers, and when nothing even leaves the port.
fn unanswered() -> [String; 2] {
    let mute = || {
        let setup = Setup::default().with(|setup| setup.seed = Some(1));
        setup.fault("mute").start()
    };
    let answered = |world: &World| world.modem().state_reason.starts_with("no module answers");
    let mut world = mute();
    world.run_until(answered);
    let reason = world.modem().state_reason.clone();
    let before = world.passed() - Duration::from_millis(1);
    // The virtual port gets stuck where a real one would send on at another rate, so it is full only
    // when that is looked at.
    let mut held = mute();
    held.after(before, |world| world.line.full = true);
    held.run_until(answered);
    held.line.full = false;
    [reason, held.modem().state_reason.clone()]
}

#[track_caller]
fn check(group: &str, said: &[String]) {
    let differences = page::differences(group, said);
    assert!(differences.is_empty(), "{group}: {differences:#?}");
}

/// Every group is checked, here or end to end.
#[test]
fn the_groups_of_the_page() {
    assert_eq!(
        page::groups(),
        [
            "Daemon, serial port and callers",
            MODULE,
            SERVERS,
            "Local files and the queue"
        ]
    );
}

#[test]
fn module_sim_and_network() {
    let pin = |configured: Option<&str>, pin: &str| {
        Setup::default().with(|setup| {
            setup.config.sim_pin = Some(pin.into());
            setup.settings.modem.sim_pin = configured.map(|pin| Secret::new(pin.into()));
        })
    };
    let plain = Setup::default;
    let puk = Injection::Sim(SimState::Puk);
    let absent = Injection::Sim(SimState::Absent);
    let [mute, held] = unanswered();
    check(
        MODULE,
        &[
            mute,
            held,
            reason(started(plain(), absent), ModemState::Locked),
            reason(pin(None, PIN).start(), ModemState::Locked),
            reason(pin(Some(PIN), "9999").start(), ModemState::Locked),
            reason(started(plain(), puk), ModemState::Locked),
            reason(
                started(plain(), Injection::Registration(2)),
                ModemState::Searching,
            ),
            reason(
                started(plain(), Injection::Registration(3)),
                ModemState::Searching,
            ),
            reason(plain().fault("qiact-fails").start(), ModemState::Registered),
        ],
    );
}

#[test]
fn servers_and_remote_files() {
    let failing = |failure: Failure| {
        let world = World::online();
        world.server.fail_next(failure);
        world
    };
    let refusing = |verbs: &[&str], reply: u16| {
        let world = World::online();
        world.server.put("/in/a.csv", b"1");
        for verb in verbs {
            world.server.refuse(verb, reply);
        }
        world
    };
    let secure = || {
        Setup::default().server(|server| {
            server.security = Security::Explicit;
            server.tls.verify = 1;
            server.tls.check_time = true;
            server.tls.ca = Some(pem("0000ca0", "authority"));
        })
    };
    let unknown_host = Setup::default().server(|server| server.host = "plant.invalid".into());
    let wrong = Setup::default().server(|server| server.password = Secret::new("wrong".into()));
    let mut missing = World::online();
    let (id, _) = missing.download("missing.csv", once());
    let missing = failed(&mut missing, id);
    let mut unlisted = refusing(&[], 0);
    let parent = unlisted.call(Operation::MakeDirectory("no/such".into()));
    let full = refusing(&["STOR"], 552);
    let mut dead = World::online();
    dead.server.block_data("plant.example.net");
    let id = dead.upload(&noise(5000), "in/b.csv", Options::default());
    let dead = failed(&mut dead, id);
    let write_only = refusing(&["SIZE", "MDTM", "MLSD", "LIST", "NLST", "RETR"], 550);
    // A clock that is not set on either side, and a handshake that fails for it.
    let mut unset = secure()
        .with(|setup| setup.config.network_time = false)
        .fault(Knob::TlsFails.name())
        .online();
    let unix = unset.now().unix;
    unset.set_clock(1000 - unix);
    let untrusted = secure().online();
    untrusted.server.fail_next(Failure::Tls);
    untrusted.server.fail_next(Failure::Tls);
    check(
        SERVERS,
        &[
            login(unknown_host.online()),
            login(failing(Failure::Refused)),
            login(failing(Failure::Timeout)),
            login(wrong.online()),
            login(untrusted),
            login(unset),
            missing,
            parent.expect_err("no parent").text.to_string(),
            upload(refusing(&["STOR"], 550), "in/b.csv"),
            upload(refusing(&[], 0), "in"),
            upload(full, "in/b.csv"),
            dead,
            upload(write_only, "in/b.csv"),
        ],
    );
}
