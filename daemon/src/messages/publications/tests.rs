//! What is published, and what is not any more, when the bus thread comes late.

use std::sync::Arc;

use futures_channel::oneshot;
use futures_util::FutureExt;
use modem_ftp_core::api::reply::Reply;
use modem_ftp_core::api::status::{Direction, TransferState, TransferStatus};

use super::*;
use crate::messages::Answer;

fn transfer(id: u64, transferred: u64) -> Publication {
    Publication::Transfer(Arc::new(TransferStatus {
        id: TransferId(id),
        direction: Direction::Upload,
        server: "plant".into(),
        local: String::new(),
        remote: "a".into(),
        uid: 0,
        state: TransferState::Active,
        error: None,
        size: None,
        transferred,
        attempts: 0,
        created: 1,
        started: 0,
        finished: 0,
    }))
}

fn removed(id: u64) -> Publication {
    Publication::TransferRemoved(TransferId(id))
}

fn reply() -> Publication {
    let answer = Answer {
        result: Ok(Reply::Done),
        room: None,
    };
    Publication::Reply(oneshot::channel().0, Box::new(answer))
}

fn shown(publication: &Publication) -> String {
    match publication {
        Publication::Transfer(status) => format!("{}={}", status.id.0, status.transferred),
        Publication::TransferRemoved(id) => format!("-{}", id.0),
        Publication::Reply(..) => "reply".into(),
        Publication::Modem(_) => "modem".into(),
        other => format!("{other:?}"),
    }
}

/// What is published until nothing waits.
fn rest(unpublished: &mut Unpublished) -> Vec<String> {
    let mut all = Vec::new();
    while let Some(Some(next)) = unpublished.next().now_or_never() {
        all.push(shown(&next));
    }
    all
}

/// The bus thread has taken one and does not come back for the next.
fn held_up() -> (Publications, Unpublished) {
    let (publications, mut unpublished) = publications();
    publications.send(Publication::Warnings(Vec::new()));
    assert!(unpublished.next().now_or_never().is_some());
    (publications, unpublished)
}

#[test]
fn of_what_changes_while_the_bus_does_not_read_the_newest_value_is_published_once() {
    let (publications, mut unpublished) = held_up();
    for round in 0..100 {
        for id in 1..=200 {
            publications.send(transfer(id, round));
        }
        publications.send(Publication::Modem(Box::default()));
    }
    assert_eq!(publications.stands_at(), Some(1));
    let all = rest(&mut unpublished);
    let expected = (1..=200).map(|id| format!("{id}=99"));
    let expected: Vec<_> = expected.chain(["modem".to_owned()]).collect();
    assert_eq!(all, expected);
    assert_eq!(publications.stands_at(), None);
}

#[test]
fn a_property_has_changed_before_the_reply_that_follows_from_it() {
    let (publications, mut unpublished) = held_up();
    publications.send(transfer(1, 0));
    publications.send(reply());
    publications.send(transfer(2, 0));
    publications.send(transfer(1, 5));
    publications.send(reply());
    assert_eq!(rest(&mut unpublished), ["1=5", "reply", "2=0", "reply"]);
}

#[test]
fn transfers_that_come_and_go_while_the_bus_does_not_read_are_not_kept() {
    let (publications, mut unpublished) = held_up();
    publications.send(transfer(1, 0));
    assert_eq!(rest(&mut unpublished), ["1=0"]);
    publications.send(transfer(2, 0));
    assert!(unpublished.next().now_or_never().is_some());
    for id in 10..10_000 {
        publications.send(transfer(id, 0));
        publications.send(transfer(id, 1));
        publications.send(removed(id));
    }
    // Those that the bus knows end, and are removed.
    publications.send(transfer(1, 1));
    publications.send(removed(1));
    publications.send(removed(2));
    assert_eq!(rest(&mut unpublished), ["1=1", "-1", "-2"]);
    let waiting = lock(&publications.0);
    assert_eq!((waiting.known.len(), waiting.places.len()), (0, 0));
}

#[test]
fn states_that_pass_quickly_are_published_if_the_bus_reads() {
    let (publications, mut unpublished) = publications();
    for transferred in 0..3 {
        publications.send(transfer(1, transferred));
    }
    publications.send(removed(1));
    assert_eq!(rest(&mut unpublished), ["1=0", "1=1", "1=2", "-1"]);
    for transferred in 0..10_000 {
        publications.send(transfer(2, transferred));
    }
    assert_eq!(rest(&mut unpublished).len(), ONE_BY_ONE);
}

#[test]
fn an_end_is_seen_at_the_other_end() {
    let (publications, mut unpublished) = publications();
    publications.send(transfer(1, 0));
    drop(publications);
    assert_eq!(rest(&mut unpublished), ["1=0"]);
    assert!(matches!(unpublished.next().now_or_never(), Some(None)));
    let (publications, unpublished) = super::publications();
    drop(unpublished);
    assert!(!publications.send(transfer(1, 0)));
    assert_eq!(publications.stands_at(), None);
}
