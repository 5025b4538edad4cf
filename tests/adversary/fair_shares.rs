//! Kind 7: fair shares. What one user queues neither keeps another one out nor makes it wait for long.

use crate::watch::Watch;
use modem_ftp_tests::{Bench, Bus, Cli, Config, Kind, Options, need, within};
use serde_json::Value;
use std::time::Duration;

/// Two users of the group, beside root.
const GREEDY: u32 = Bus::MEMBER;
const OTHER: u32 = Bus::SECOND;
const THIRD: u32 = Bus::THIRD;

fn bench(change: impl FnOnce(&mut Config)) -> Option<Bench> {
    need(Bus::system_like())?;
    let bench = Bench::configured(Kind::Libunftp, Options::default(), &[], change)?;
    bench.local("file", b"content");
    Some(bench)
}

fn user(bench: &Bench, uid: u32) -> Option<Cli> {
    let cli = Cli::new(&bench.bus).within(bench.folder.path());
    need(cli.run_by(uid, Bus::USERS, &[]))
}

/// Queues an upload; its number, or the exit code.
fn queue(cli: &Cli, remote: &str) -> Result<u64, i32> {
    let outcome = cli
        .run(&["--json", "put", "--detach", "file", remote])
        .unwrap();
    match outcome.code.unwrap() {
        0 => {
            let object: Value = serde_json::from_str(&outcome.text()).unwrap();
            Ok(object["transfer"].as_u64().unwrap())
        }
        code => Err(code),
    }
}

fn done(cli: &Cli, arguments: &[&str]) {
    let outcome = cli.run(arguments).unwrap();
    assert_eq!(outcome.code, Some(0), "{arguments:?}: {}", outcome.errors);
}

#[test]
fn the_paused_transfers_of_users_leave_places_for_others() {
    let Some(bench) = bench(|config| {
        config.set("max_queued", 12);
    }) else {
        return;
    };
    let (Some(greedy), Some(other), Some(third)) = (
        user(&bench, GREEDY),
        user(&bench, OTHER),
        user(&bench, THIRD),
    ) else {
        return;
    };
    let watch = Watch::begin(&bench);
    let mut all = Vec::new();
    for (cli, share) in [(&greedy, 6), (&other, 3)] {
        for number in 0..share {
            let id = queue(cli, &format!("f{number}")).unwrap();
            // It may be over before it is paused.
            if cli.run(&["pause", &id.to_string()]).unwrap().code != Some(0) {
                continue;
            }
            all.push(id);
        }
    }
    // Those that were faster than their pause are replaced.
    let fill = |cli: &Cli| {
        let mut refused = 0;
        for number in 0..40 {
            match queue(cli, &format!("more{number}")) {
                Ok(id) => drop(cli.run(&["pause", &id.to_string()]).unwrap()),
                Err(_) => refused += 1,
            }
        }
        refused
    };
    assert!(fill(&greedy) > 0, "nobody may have all of the queue");
    assert!(fill(&other) > 0);
    // However many they have taken, a third one is served.
    for number in 0..3 {
        done(&third, &["put", "file", &format!("third{number}")]);
    }
    // Root clears it up.
    let list = bench.ok(&["--json", "transfers"]);
    for line in list.lines() {
        let transfer: Value = serde_json::from_str(line).unwrap();
        if transfer["state"] == "paused" {
            bench.ok(&["cancel", &transfer["transfer"].to_string()]);
        }
    }
    watch.end();
}

#[test]
fn a_queue_of_one_user_is_passed_by_the_transfers_of_others() {
    let Some(mut bench) = bench(|_| {}) else {
        return;
    };
    let (Some(greedy), Some(other)) = (user(&bench, GREEDY), user(&bench, OTHER)) else {
        return;
    };
    bench.local("file", &[7; 20_000]);
    // Nothing runs until all of it is queued.
    bench.modem.control("unplug").unwrap();
    bench.daemon.wait_for_state("absent").unwrap();
    for number in 0..15 {
        queue(&greedy, &format!("greedy{number}")).unwrap();
    }
    let id = queue(&other, "other").unwrap();
    bench.modem.control("replug").unwrap();
    done(&other, &["wait", &id.to_string()]);
    let list = bench.ok(&["--json", "transfers"]);
    let waiting = list.lines().filter(|line| {
        let transfer: Value = serde_json::from_str(line).unwrap();
        transfer["state"] == "queued"
    });
    assert!(waiting.count() >= 8, "it waited for another user's: {list}");
}

#[test]
fn the_ended_transfers_of_one_user_do_not_push_out_those_of_others() {
    let Some(bench) = bench(|config| {
        let mut kept = toml::Table::new();
        kept.insert("number".into(), 6.into());
        config.set("keep_ended", kept);
    }) else {
        return;
    };
    let (Some(greedy), Some(other)) = (user(&bench, GREEDY), user(&bench, OTHER)) else {
        return;
    };
    done(&other, &["put", "file", "other"]);
    for number in 0..10 {
        done(&greedy, &["put", "file", &format!("greedy{number}")]);
    }
    done(&other, &["show", "1"]);
    let list = bench.ok(&["--json", "transfers"]);
    assert_eq!(list.lines().count(), 6, "{list}");
}

#[test]
fn listings_into_files_that_one_user_waits_for_leave_places_for_others() {
    let Some(bench) = bench(|_| {}) else {
        return;
    };
    let (Some(greedy), Some(other)) = (user(&bench, GREEDY), user(&bench, OTHER)) else {
        return;
    };
    // The module is busy.
    bench.local("long", &vec![7; 4_000_000]);
    bench.ok(&["put", "--detach", "long"]);
    let mut all: Vec<_> = (0..60)
        .map(|_| greedy.start(&["ls", "--raw"], b"").unwrap())
        .collect();
    // One too many for him.
    let is_full = within(Duration::from_secs(30), || {
        all.iter_mut().any(|call| call.has_ended().unwrap())
    });
    assert!(is_full);
    let call = other.start(&["ls", "--raw"], b"").unwrap();
    bench.ok(&["cancel", "1"]);
    let outcome = call.finish().unwrap();
    assert_eq!(outcome.code, Some(0), "{}", outcome.errors);
    let outcomes: Vec<_> = all.into_iter().map(|call| call.finish().unwrap()).collect();
    let full = outcomes.iter().filter(|it| it.errors.contains("wait"));
    assert!(full.count() > 0);
}
