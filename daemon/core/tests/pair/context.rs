//! The PDP context: configured only when it differs, activated with retries, reactivated when lost.

use std::time::Duration;

use modem_ftp_core::api::options::Options;
use modem_ftp_core::api::request::Operation;
use modem_ftp_core::api::secret::Secret;
use modem_ftp_core::api::settings::Authentication;
use modem_ftp_core::api::status::{ModemState, TransferState};
use virtual_bg96::module::Injection;

use crate::transfers::noise;
use crate::world::{APN_PASSWORD, Setup, World};

#[test]
fn the_context_is_configured_once_and_reused_after_a_daemon_restart() {
    let mut world = Setup::default()
        .with(|setup| {
            let network = &mut setup.settings.network;
            network.user = "apn-user".into();
            network.password = Secret::new(APN_PASSWORD.into());
            network.authentication = Authentication::Either;
            network.context = 3;
        })
        .online();
    let set = "AT+QICSGP=3,1,\"iot.example\",\"apn-user\",";
    assert_eq!(world.sent(set).len(), 1);
    assert!(world.sent(set)[0].ends_with(",3"));
    assert!(world.has_sent("AT+QIACT=3"));
    world.close_line("gone");
    world.restart_daemon();
    world.until_online();
    assert_eq!(world.sent(set).len(), 1, "it holds already");
    assert_eq!(world.sent("AT+QIACT=3").len(), 1, "it is active already");
    world.put(b"1", "a");
    assert!(world.has_sent("AT+QFTPCFG=\"contextid\",3"));
}

#[test]
fn a_failed_activation_is_retried() {
    let world = Setup::default().fault("qiact-fails=2").online();
    assert_eq!(world.sent("AT+QIACT=").len(), 3);
    assert!(
        world.showed(ModemState::Registered, "561 open PDP"),
        "the cause is published"
    );
    assert!(!world.has_sent("AT+CFUN=1,1"));
}

#[test]
fn repeated_activation_failures_restart_the_module_with_growing_pauses() {
    let mut world = Setup::default().fault("qiact-fails").start();
    world.until_state(ModemState::Failed);
    world.wait(Duration::from_secs(6 * 3600));
    let restarts = world.sent("AT+CFUN=1,1").len();
    assert!(
        (3..=12).contains(&restarts),
        "{restarts} restarts in six hours"
    );
    world.heal("qiact-fails");
    world.run_until(|world| world.state() == ModemState::Online);
}

#[test]
fn nothing_is_sent_during_a_slow_activation() {
    let mut world = Setup::default().fault("qiact-slow=39000").online();
    assert_eq!(world.sent("AT+QIACT=").len(), 1);
    world.heal("qiact-slow");
    world.put(b"1", "a");
}

#[test]
fn a_context_dropped_while_idle_is_reactivated() {
    let mut world = World::online();
    world.call(Operation::Connect).unwrap();
    world.inject(Injection::PdpDeactivated);
    world.run_until(|world| world.has_sent("AT+QIDEACT=1"));
    world.run_within(Duration::from_secs(30), |world| {
        world.state() == ModemState::Online && world.sent("AT+QIACT=1").len() == 2
    });
    world.put(b"1", "a");
}

#[test]
fn a_context_dropped_during_a_transfer_is_reactivated_and_the_transfer_repeated() {
    for up in [true, false] {
        let mut world = World::online();
        world.server.put("/b", &noise(30_000));
        world.fault("pdpdeact-after=5000");
        let (id, handle) = if up {
            (world.upload(&noise(30_000), "a", Options::default()), None)
        } else {
            let (id, handle) = world.download("b", Options::default());
            (id, Some(handle))
        };
        let status = world.finish(id);
        assert_eq!(status.state, TransferState::Done, "{status:?}");
        assert!(world.has_sent("AT+QIDEACT=1"));
        match handle {
            None => assert_eq!(world.server.get("/a"), Some(noise(30_000))),
            Some(handle) => assert_eq!(world.landed(handle), Some(noise(30_000))),
        }
    }
}

#[test]
fn a_deactivation_urc_of_another_context_is_ignored() {
    let mut world = World::online();
    let mark = world.mark();
    world.inject(Injection::Urc("+QIURC: \"pdpdeact\",7".into()));
    world.wait(Duration::from_secs(30));
    assert_eq!(world.sent_since(mark), Vec::<&str>::new());
    assert_eq!(world.state(), ModemState::Online);
}
