//! The rules: no file uses a file of a floor above its own, modules that share a floor do not use
//! each other, and the files of a module use each other without a cycle. One line per violation.

use crate::graph::Graph;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// The floor of `lib.rs` and `main.rs`: above all others.
const ROOT: &str = "root";

/// Every violation in the crate at `root` whose floors, lowest first, are `floors`.
pub fn violations(graph: &Graph, root: &str, floors: &[&str]) -> Vec<String> {
    let height = |module: &str| match module {
        ROOT => Some(floors.len()),
        module => floors
            .iter()
            .position(|floor| floor.split(' ').any(|name| name == module)),
    };
    let mut lines: Vec<String> = Vec::new();
    for file in graph.files() {
        let module = module_of(file);
        if height(module).is_none() {
            lines.push(format!(
                "floors: {root}/{file}: {module} is not in the table of floors"
            ));
        }
    }
    for (from, to) in &graph.uses {
        let (user, used) = (module_of(from), module_of(to));
        let rule = match height(user).cmp(&height(used)) {
            Ordering::Less => format!("{user} is below {used}"),
            Ordering::Equal if user != used => format!("{user} and {used} share a floor"),
            _ => continue,
        };
        lines.push(format!(
            "floors: {root}/{from} ({user}) uses {root}/{to} ({used}): {rule}"
        ));
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
fn module_of(file: &str) -> &str {
    match file.split_once('/') {
        Some((folder, _)) => folder,
        None if matches!(file, "lib.rs" | "main.rs") => ROOT,
        None => file.trim_end_matches(".rs"),
    }
}

/// For each set of files of one module that all reach each other: how many they are, and a shortest
/// cycle of them, whose first file is repeated at the end.
fn cycles(graph: &Graph) -> Vec<(usize, Vec<&str>)> {
    let mut next: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (from, to) in &graph.uses {
        if module_of(from) == module_of(to) {
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
