//! How many chores wait, and which are given up.

use super::*;

fn now() -> Now {
    Now {
        instant: Instant::now(),
        unix: 1000,
    }
}

fn path(number: usize) -> String {
    format!("/{number}.part")
}

/// The chores that are stored when these facts are.
fn stored(facts: &[Fact]) -> BTreeMap<u64, Chore> {
    let mut stored = BTreeMap::new();
    for fact in facts {
        match fact {
            Fact::Chore(chore) => drop(stored.insert(chore.id.0, chore.clone())),
            Fact::ChoreDone(id) => drop(stored.remove(&id.0)),
            other => panic!("{other:?}"),
        }
    }
    stored
}

#[test]
fn the_oldest_of_a_server_is_given_up_and_a_backup_is_not() {
    let (mut chores, now) = (Chores::default(), now());
    let mut facts = chores.add("a", "/b.prev".into(), Some("/b".into()), now);
    facts.extend(chores.add("other", path(0), None, now));
    for number in 1..=MOST_PER_SERVER + 50 {
        facts.extend(chores.add("a", path(number), None, now));
    }
    let stored = stored(&facts);
    assert_eq!(stored.len(), MOST_PER_SERVER + 1);
    let left: Vec<_> = stored.values().map(|chore| chore.path.as_str()).collect();
    assert_eq!(left[..3], ["/b.prev", "/0.part", "/52.part"]);
    assert_eq!(chores.waiting.len(), stored.len());
    // What was stored is what waits after a restart.
    let mut again = Chores::default();
    stored
        .into_values()
        .for_each(|chore| again.insert(chore, now));
    assert!(again.give_up_surplus().is_empty());
    assert_eq!(again.waiting.len(), MOST_PER_SERVER + 1);
}

#[test]
fn in_all_the_server_with_the_most_gives_up_first() {
    let (mut chores, now) = (Chores::default(), now());
    let mut facts = chores.add("few", path(0), None, now);
    for number in 0..3 * MOST {
        let server = format!("s{}", number % 30);
        facts.extend(chores.add(&server, path(number), None, now));
    }
    let stored = stored(&facts);
    assert_eq!((stored.len(), chores.waiting.len()), (MOST, MOST));
    assert!(stored.values().any(|chore| chore.server == "few"));
    assert_eq!((chores.due.len(), chores.names.len()), (MOST, MOST));
    for chore in stored.into_values() {
        chores.done(chore.id);
    }
    assert!(chores.servers.is_empty() && chores.names.is_empty() && chores.due.is_empty());
}

#[test]
fn more_than_may_be_are_given_up_when_they_were_stored() {
    let (mut chores, now) = (Chores::default(), now());
    for id in 1..=500 {
        let chore = Chore {
            id: ChoreId(id),
            server: "a".into(),
            path: path(0),
            restore_to: None,
            created: 0,
        };
        chores.insert(chore, now);
    }
    let facts = chores.give_up_surplus();
    assert_eq!(facts.len(), 500 - MOST_PER_SERVER);
    assert_eq!(facts[0], Fact::ChoreDone(ChoreId(1)));
}
