//! Kinds 1 and 5: a bus that does not read what the daemon sends. What waits for it is bounded, the
//! transfers go on, and nothing is lost.

use crate::flood::call;
use modem_ftp_dbus::names::{FRONT_INTERFACE, ROOT_PATH};
use modem_ftp_dbus::proxies::TransferProxy;
use modem_ftp_tests::hostile::{Act, Content};
use modem_ftp_tests::{
    Bench, Bus, BusProxy, Cli, Config, Daemon, FtpServer, Kind, Modem, Options, Scratch, connect,
    process, within,
};
use std::collections::HashMap;
use std::fs;
use std::thread;
use std::time::Duration;
use zbus::message::Message;
use zbus::{OwnedObjectPath, Variant};

const FRONT: (&str, &str) = (ROOT_PATH, FRONT_INTERFACE);
const PATIENCE: Duration = Duration::from_secs(60);

/// A bench whose daemon is connected to the bus by a proxy.
fn bench(kind: Kind) -> (Bench, BusProxy) {
    let server = FtpServer::start(kind, Options::default()).unwrap();
    let bus = Bus::start().unwrap();
    let proxy = BusProxy::start(bus.address()).unwrap();
    let modem = Modem::start(&[]).unwrap();
    let mut config = Config::new(&modem.device()).unwrap();
    config.server("plant", &server).unwrap();
    let mut daemon = Daemon::start_at(&bus, proxy.address(), config).unwrap();
    daemon.wait_for_state("online").unwrap();
    let folder = Scratch::new().unwrap();
    let cli = Cli::new(&bus).within(folder.path());
    let bench = Bench {
        daemon,
        modem,
        bus,
        server,
        folder,
        cli,
    };
    (bench, proxy)
}

/// Queues so many small uploads, and gives their objects.
fn queue(bench: &Bench, count: usize) -> Vec<OwnedObjectPath> {
    let local = bench.daemon.root().join("file");
    fs::write(&local, b"content").unwrap();
    let local = local.to_str().unwrap();
    let connection = connect(bench.bus.address()).unwrap();
    let upload = |number| {
        let options = HashMap::<&str, Variant<'_>>::new();
        let body = ("plant", local, format!("f{number}"), options);
        let reply = call(&connection, FRONT, "Upload", &body).unwrap();
        reply.body().deserialize().unwrap()
    };
    (0..count).map(upload).collect()
}

fn state(bench: &Bench, path: &OwnedObjectPath) -> zbus::Result<String> {
    zbus::block_on(async {
        let transfer: TransferProxy<'_> = bench.daemon.transfer(path.as_str()).await?;
        transfer.state().await
    })
}

fn allocated(bench: &Bench) -> u64 {
    process::allocated(bench.daemon.id()).unwrap()
}

#[test]
fn transfers_go_on_while_the_bus_does_not_read_and_their_states_are_published_afterwards() {
    let (bench, proxy) = bench(Kind::Libunftp);
    bench.ok(&["ls"]);
    let transfers = queue(&bench, 300);
    let before = allocated(&bench);
    proxy.hold(true);
    let done = within(PATIENCE, || {
        let names = bench.remote_names();
        names.len() == transfers.len() && !names.iter().any(|name| name.contains(".part"))
    });
    assert!(done, "{:?}\n{}", bench.remote_names(), bench.daemon.tail());
    let growth = allocated(&bench).saturating_sub(before);
    assert!(growth < 1024, "{growth} kB more");
    proxy.hold(false);
    for path in &transfers {
        let mut last = Ok(String::new());
        let published = within(PATIENCE, || {
            last = state(&bench, path);
            last.as_ref().is_ok_and(|state| state == "done")
        });
        assert!(published, "{path}: {last:?}\n{}", bench.daemon.tail());
    }
    bench.ok(&["ls"]);
}

#[test]
fn listings_that_the_bus_does_not_take_are_bounded_in_bytes() {
    let (bench, proxy) = bench(Kind::Hostile);
    bench.ok(&["ls"]);
    let before = allocated(&bench);
    let row = "x".repeat(999) + "\n";
    let content = Content::pieces(move |index| (index < 1500).then(|| row.clone().into()));
    for verb in ["MLSD", "LIST", "NLST"] {
        bench.script().on(verb, Act::Send(content.clone()));
    }
    let address = bench.bus.address().to_owned();
    let callers: Vec<_> = (0..14)
        .map(|_| {
            let connection = connect(&address).unwrap();
            thread::spawn(move || call(&connection, FRONT, "ListRaw", &("plant", "")))
        })
        .collect();
    let listed = || bench.modem.dialogue().matches("+QFTPLIST: 0,").count();
    assert!(
        within(PATIENCE, || listed() >= 1),
        "{}",
        bench.daemon.tail()
    );
    proxy.hold(true);
    let all = within(PATIENCE, || listed() >= callers.len());
    assert!(all, "{} listings\n{}", listed(), bench.daemon.tail());
    let growth = allocated(&bench).saturating_sub(before);
    assert!(growth < 14 * 1024, "{growth} kB more");
    proxy.hold(false);
    let results: Vec<zbus::Result<Message>> = callers
        .into_iter()
        .map(|caller| caller.join().unwrap())
        .collect();
    for result in &results {
        if let Err(zbus::Error::MethodError(name, text, _)) = result {
            assert!(name.as_str().ends_with("QueueFull"), "{name}: {text:?}");
        }
    }
    let listed = results.iter().filter(|result| result.is_ok()).count();
    assert!((5..14).contains(&listed), "{listed} were listed");
    bench.script().behave();
    bench.ok(&["ls"]);
    let is_back = within(PATIENCE, || allocated(&bench) <= before + 1024);
    assert!(is_back, "before {before}, afterwards {}", allocated(&bench));
}

#[test]
fn a_daemon_is_stopped_whose_bus_does_not_read() {
    let (mut bench, proxy) = bench(Kind::Libunftp);
    let transfers = queue(&bench, 60);
    proxy.hold(true);
    assert!(within(PATIENCE, || bench.remote_names().len() > 5));
    assert_eq!(
        bench.daemon.stop().unwrap(),
        Some(0),
        "{}",
        bench.daemon.tail()
    );
    drop(proxy);
    // What was accepted is done by the next one.
    let proxy = BusProxy::start(bench.bus.address()).unwrap();
    bench.daemon.launch_at(proxy.address()).unwrap();
    bench.daemon.wait_for_name().unwrap();
    let last = transfers.last().unwrap();
    let done = within(PATIENCE, || {
        state(&bench, last).is_ok_and(|it| it == "done")
    });
    assert!(done, "{}", bench.daemon.tail());
}
