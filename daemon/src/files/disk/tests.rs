//! Work that does not end, beside work that does.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use super::owner::{THREADS, WORKING};
use super::*;

/// Longer than anything takes that is not stuck.
const LONG: Duration = Duration::from_secs(20);
const ONE: Owner = Owner::User(1);
const OTHER: Owner = Owner::User(2);

type Outcome = Result<(), Failure>;

fn disk() -> (Disk, Receiver<Infallible>) {
    let (alive, ended) = channel();
    (Disk::new(alive), ended)
}

/// Work that says when it has begun and lasts until the returned sender is dropped.
fn stuck(lane: &Lane, outcome: &Sender<Outcome>) -> Sender<()> {
    let (begun, has_begun) = channel();
    let (release, released) = channel::<()>();
    let outcome = outcome.clone();
    let work = move || {
        begun.send(()).unwrap();
        let _ = released.recv();
        Ok(())
    };
    lane.run(STEP, work, move |result| outcome.send(result).unwrap());
    has_begun.recv_timeout(LONG).unwrap();
    release
}

fn quick(lane: &Lane, outcome: &Sender<Outcome>) {
    let outcome = outcome.clone();
    lane.run(STEP, || Ok(()), move |result| outcome.send(result).unwrap());
}

#[test]
fn work_in_a_lane_is_done_in_order() {
    let (disk, ended) = disk();
    let lane = disk.lane(ONE, "a");
    let (sender, receiver) = channel();
    for number in 0..100 {
        let sender = sender.clone();
        let mut steps = 0;
        let step = move || {
            steps += 1;
            (steps > number % 3).then(|| {
                sender.send(number).unwrap();
                Ok(())
            })
        };
        lane.run_in_steps(STEP, step, |_| {});
    }
    let done: Vec<_> = (0..100)
        .map(|_| receiver.recv_timeout(LONG).unwrap())
        .collect();
    assert!(done.is_sorted(), "{done:?}");
    drop((disk, lane));
    assert_eq!(
        ended.recv_timeout(LONG),
        Err(RecvTimeoutError::Disconnected)
    );
}

#[test]
fn what_is_stuck_fails_and_holds_up_its_own_lane_only() {
    let (disk, ended) = disk();
    let (sender, outcomes) = channel();
    let outcome = || outcomes.recv_timeout(LONG).unwrap();
    let lane = disk.lane(ONE, "/a");
    let release = stuck(&lane, &sender);
    quick(&lane, &sender);
    let (done, is_done) = channel();
    lane.run_silently(move || done.send(()).unwrap());
    for owner in [ONE, OTHER, Owner::Daemon] {
        quick(&disk.lane(owner, "b"), &sender);
        assert_eq!(outcome(), Ok(()), "{owner:?}");
    }
    let now = Instant::now();
    assert!(disk.deadline(now).unwrap() <= now + STEP);
    disk.expire(now);
    assert!(!lane.is_stuck());
    disk.expire(now + STEP);
    assert!(lane.is_stuck());
    assert_eq!(disk.deadline(now), None);
    // It, what waited behind it, and what comes later.
    quick(&lane, &sender);
    for _ in 0..3 {
        let failure = outcome().unwrap_err();
        assert_eq!(failure.text, "/a: the file system does not answer");
    }
    // Work without a result is done when the file system answers again.
    assert!(is_done.try_recv().is_err());
    drop(release);
    is_done.recv_timeout(LONG).unwrap();
    quick(&lane, &sender);
    assert_eq!(outcome(), Ok(()));
    // A daemon that ends does not wait for what is stuck.
    let release = stuck(&lane, &sender);
    disk.expire(Instant::now() + STEP);
    drop((disk, lane));
    assert_eq!(
        ended.recv_timeout(LONG),
        Err(RecvTimeoutError::Disconnected)
    );
    drop(release);
}

#[test]
fn the_threads_of_one_owner_are_limited() {
    let (disk, _ended) = disk();
    let (sender, outcomes) = channel();
    let outcome = || outcomes.recv_timeout(LONG).unwrap();
    let mut held = Vec::new();
    for number in 0..THREADS {
        held.push(stuck(&disk.lane(ONE, number.to_string()), &sender));
        if number % WORKING == WORKING - 1 {
            quick(&disk.lane(ONE, "waits"), &sender);
            assert_eq!(
                outcomes.try_recv(),
                Err(std::sync::mpsc::TryRecvError::Empty)
            );
            disk.expire(Instant::now() + STEP);
            // Those that are stuck; the other one is done, or refused at the end.
            (0..=WORKING).for_each(|_| drop(outcome()));
        }
    }
    quick(&disk.lane(ONE, "one more"), &sender);
    let failure = outcome().unwrap_err();
    assert!(
        failure
            .text
            .starts_with("one more: not used while 8 other files"),
        "{failure}"
    );
    quick(&disk.lane(OTHER, "b"), &sender);
    assert_eq!(outcome(), Ok(()));
    drop(held);
    let is_back = || {
        quick(&disk.lane(ONE, "again"), &sender);
        outcome().is_ok()
    };
    let begin = Instant::now();
    while !is_back() {
        assert!(begin.elapsed() < LONG);
        std::thread::yield_now();
    }
}
