//! The two rules: no file uses a file of a floor above its own, and the files of a floor use each
//! other without a cycle. One line for each violation.

use crate::graph::Graph;
use std::collections::{BTreeMap, BTreeSet};

/// The floor of `lib.rs` and `main.rs`: above all others.
const ROOT: &str = "root";

/// Every violation in the crate at `root` whose floors, lowest first, are `floors`.
pub fn violations(graph: &Graph, root: &str, floors: &[&str]) -> Vec<String> {
    let height = |floor: &str| match floor {
        ROOT => Some(floors.len()),
        floor => floors.iter().position(|name| *name == floor),
    };
    let mut lines: Vec<String> = Vec::new();
    for file in graph.files() {
        let floor = floor_of(file);
        if height(floor).is_none() {
            lines.push(format!(
                "floors: {root}/{file}: {floor} is not in the table of floors"
            ));
        }
    }
    for (from, to) in &graph.uses {
        let (lower, upper) = (floor_of(from), floor_of(to));
        if height(lower) < height(upper) {
            lines.push(format!(
                "floors: {root}/{from} ({lower}) uses {root}/{to} ({upper}): {lower} is below {upper}"
            ));
        }
    }
    for (count, cycle) in cycles(graph) {
        let files: Vec<String> = cycle.iter().map(|file| format!("{root}/{file}")).collect();
        lines.push(format!(
            "floors: import cycle of {count} files: {}",
            files.join(" uses ")
        ));
    }
    lines
}

/// The first folder or the module of a file: `link/pump.rs` and `link.rs` are of `link`.
fn floor_of(file: &str) -> &str {
    match file.split_once('/') {
        Some((folder, _)) => folder,
        None if matches!(file, "lib.rs" | "main.rs") => ROOT,
        None => file.trim_end_matches(".rs"),
    }
}

/// For each set of files of one floor that all reach each other: how many they are, and a shortest
/// cycle of them, whose first file is repeated at the end.
fn cycles(graph: &Graph) -> Vec<(usize, Vec<&str>)> {
    let mut next: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (from, to) in &graph.uses {
        if floor_of(from) == floor_of(to) {
            next.entry(from).or_default().insert(to);
        }
    }
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let mut found = Vec::new();
    for start in next.keys().copied() {
        if seen.contains(start) {
            continue;
        }
        if let Some(cycle) = path(&next, start, start) {
            let reaches = |from: &str, to: &str| path(&next, from, to).is_some();
            let files = next.keys().copied();
            let set: Vec<&str> = files
                .filter(|file| reaches(start, file) && reaches(file, start))
                .collect();
            found.push((set.len(), cycle));
            seen.extend(set);
        }
    }
    found
}

/// The shortest way along at least one use, both ends included.
fn path<'a>(
    next: &BTreeMap<&'a str, BTreeSet<&'a str>>,
    from: &str,
    to: &str,
) -> Option<Vec<&'a str>> {
    let (&from, _) = next.get_key_value(from)?;
    let mut came_from: BTreeMap<&str, &str> = BTreeMap::new();
    let mut queue = std::collections::VecDeque::from([from]);
    while let Some(file) = queue.pop_front() {
        for &target in next.get(file).into_iter().flatten() {
            if came_from.contains_key(target) {
                continue;
            }
            came_from.insert(target, file);
            if target == to {
                let mut way = vec![target];
                let mut at = file;
                while at != from {
                    way.push(at);
                    at = came_from.get(at).copied()?;
                }
                way.push(from);
                way.reverse();
                return Some(way);
            }
            queue.push_back(target);
        }
    }
    None
}
