//! Permissions: the policy of the bus, and the owner of a transfer.

use modem_ftp_tests::{Bench, Bus, Cli, Error, Kind, Options, need, sentence};
use serde_json::Value;

/// A bench on a bus that enforces its policy, and clients of a member of the group
/// `modem-ftp-users` (by primary and by supplementary group) and of a user of the daemon's own group,
/// which may read the secrets but not call.
fn bench_with_users() -> Option<(Bench, Cli, Cli, Cli)> {
    need(Bus::system_like())?; // busd has no policy
    let bench = Bench::configured(Kind::Libunftp, Options::default(), &[], |config| {
        config.set("modem.allow_raw_commands", true);
    })?;
    let folder = bench.folder.path();
    let cli = |uid, gid, groups: &[u32]| -> Result<Cli, Error> {
        Cli::new(&bench.bus).within(folder).run_by(uid, gid, groups)
    };
    let member = need(cli(Bus::MEMBER, Bus::USERS, &[]))?;
    let supplementary = need(cli(Bus::MEMBER, Bus::MEMBER, &[Bus::USERS]))?;
    let outsider = need(cli(Bus::STRANGER, Bus::STRANGER, &[Bus::SERVICE]))?;
    Some((bench, member, supplementary, outsider))
}

#[test]
fn the_bus_refuses_users_outside_the_group() {
    let Some((bench, member, supplementary, outsider)) = bench_with_users() else {
        return;
    };
    bench.local("file", b"x");
    for verb in [&["status"][..], &["put", "file"], &["ls"], &["transfers"]] {
        let outcome = outsider.run(verb).unwrap();
        assert_eq!(outcome.code, Some(3), "{verb:?}: {}", outcome.errors);
        sentence(&outcome);
        for cli in [&member, &supplementary] {
            let outcome = cli.run(verb).unwrap();
            assert_eq!(outcome.code, Some(0), "{verb:?}: {}", outcome.errors);
        }
    }
}

#[test]
fn only_root_may_send_raw_commands() {
    let Some((bench, member, ..)) = bench_with_users() else {
        return;
    };
    let outcome = member.run(&["at", "AT+CSQ"]).unwrap();
    assert_eq!(outcome.code, Some(3), "{}", outcome.errors);
    sentence(&outcome);
    bench.ok(&["at", "AT+CSQ"]);
}

#[test]
fn only_its_owner_and_root_may_change_a_transfer() {
    let Some((bench, member, ..)) = bench_with_users() else {
        return;
    };
    bench.local("file", b"x");
    bench.ok(&["put", "file"]);
    let outcome = member.run(&["put", "file", "theirs"]).unwrap();
    assert_eq!(outcome.code, Some(0), "{}", outcome.errors);
    let owner = |number: &str| {
        let shown: Value = serde_json::from_str(&bench.ok(&["--json", "show", number])).unwrap();
        shown["user_id"].as_u64().unwrap()
    };
    assert_eq!((owner("1"), owner("2")), (0, u64::from(Bus::MEMBER)));

    for verb in ["forget", "cancel", "retry", "pause", "resume"] {
        let outcome = member.run(&[verb, "1"]).unwrap();
        assert_eq!(outcome.code, Some(3), "{verb}: {}", outcome.errors);
        sentence(&outcome);
    }
    assert_eq!(member.run(&["forget", "2"]).unwrap().code, Some(0));
    bench.ok(&["forget", "1"]);
}
