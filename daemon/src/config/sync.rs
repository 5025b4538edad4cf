//! `[sync.NAME]`: only checked, since this version does not synchronize directories.

use std::collections::HashSet;

use super::section::Section;
use super::server::is_name;

/// Checks all of them. `servers` are the names of the configured servers.
pub fn check(root: &Section<'_, '_>, servers: &[&str]) {
    let servers: HashSet<_> = servers.iter().copied().collect();
    for (name, section) in root.sections("sync") {
        if !is_name(&name) {
            section.fault_here("must be named by letters, digits, `_` and `-` only");
        }
        let server = section.string("server", "");
        if !server.is_empty() && !servers.contains(server.as_str()) {
            section.fault("server", format!("names no [server.{server}]"));
        }
        section.choice("direction", &[("push", ()), ("pull", ())], ());
        section.required_path("local");
        section.string("remote", "");
        section.strings("include");
        section.strings("exclude");
        section.choice("after", &[("keep", ()), ("delete", ()), ("move", ())], ());
        section.finish();
    }
}
