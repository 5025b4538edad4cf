//! What was seen of the server that the session is with.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use crate::api::failure::Failure;
use crate::api::settings::Server;

/// What was seen of the server that the session is with, and of the servers before it.
#[derive(Debug, Default)]
pub(in crate::link) struct ServerFacts {
    /// The server of the session.
    pub server: String,
    /// Commands that it lacks, with what it said: for this session.
    pub lacks: BTreeMap<&'static str, Failure>,
    /// Whether the last data connection of this session was that of a file, so that its type is in
    /// force.
    pub is_typed: bool,
    /// Commands that have worked, with the name of the server, until the configuration changes.
    pub works: BTreeSet<(String, &'static str)>,
    /// Those of them that have worked before the type of a session was in force.
    pub works_untyped: BTreeSet<(String, &'static str)>,
    /// When a session with a server was cut last.
    pub cuts: BTreeMap<String, Instant>,
    /// Settings with which a login worked last; `None`: they are no longer in force, and their password
    /// is not kept.
    pub logins: BTreeMap<String, Option<Server>>,
}

impl ServerFacts {
    pub(in crate::link) fn begin_session(&mut self, server: &str) {
        server.clone_into(&mut self.server);
        self.lacks.clear();
        self.is_typed = false;
    }
}
