//! `[sync.NAME]`: checked like everything else, and of no effect until there is sync.

use super::section::Section;
use super::server::is_name;

/// Checks all syncs. `servers` are the names that may be referred to.
pub fn check(root: &Section<'_, '_>, servers: &[&str]) {
    for (name, section) in root.sections("sync") {
        if !is_name(&name) {
            section.fault_here("must be named by letters, digits, `_` and `-` only");
        }
        let server = section.string("server", "");
        if !server.is_empty() && !servers.contains(&server.as_str()) {
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
