//! What an attempt knows of its server, and what it learns about it.

use std::sync::Arc;
use std::time::Duration;

use super::attempt::Attempt;
use crate::api::fact::StartPosition;
use crate::api::settings::Settings;

impl Attempt {
    fn of_server(&self) -> (Arc<Settings>, String) {
        (self.link().settings(), self.server.clone())
    }

    /// What the server does with a start position, if it is known.
    pub fn start_position(&self) -> Option<StartPosition> {
        let queue = &self.transfers.queue;
        queue.get_with(self.of_server(), |queue, (settings, name)| {
            queue.servers.start_position(settings.server(&name)?)
        })
    }

    /// The server was found to do this with a start position. Stored with what is stored next.
    pub fn note_start_position(&self, found: StartPosition) {
        tracing::info!(server = %self.server, ?found, "a start position in an upload");
        let noted = (self.of_server(), found);
        let queue = &self.transfers.queue;
        queue.change_with(noted, |queue, ((settings, name), found)| {
            if let Some(server) = settings.server(&name) {
                let fact = queue.servers.note_start_position(server, found);
                queue.facts.extend(fact);
            }
        });
    }

    /// Whether a file sent in segments is whole on the server, if it is known.
    pub fn segments(&self) -> Option<StartPosition> {
        let queue = &self.transfers.queue;
        queue.get_with(self.of_server(), |queue, (settings, name)| {
            queue.servers.segments(settings.server(&name)?)
        })
    }

    /// A file sent in segments was found to be whole or broken on the server.
    pub fn note_segments(&self, found: StartPosition) {
        tracing::info!(server = %self.server, ?found, "an upload in segments");
        let noted = (self.of_server(), found);
        let queue = &self.transfers.queue;
        queue.change_with(noted, |queue, ((settings, name), found)| {
            if let Some(server) = settings.server(&name) {
                queue.servers.note_segments(server, found);
            }
        });
    }

    /// Whether an upload to the same directory was done within this time.
    pub fn has_stored_within(&self, time: Duration) -> bool {
        let Some(since) = self.link().now().instant.checked_sub(time) else {
            return false;
        };
        let asked = (self.of_server(), self.remote.clone(), since);
        let queue = &self.transfers.queue;
        let known = queue.get_with(asked, |queue, ((settings, name), remote, since)| {
            let server = settings.server(&name)?;
            Some(queue.servers.has_stored(server, &remote, since))
        });
        known == Some(true)
    }

    /// This upload was done.
    pub fn note_stored(&self) {
        let now = self.link().now().instant;
        let noted = (self.of_server(), self.remote.clone(), now);
        let queue = &self.transfers.queue;
        queue.change_with(noted, |queue, ((settings, name), remote, now)| {
            if let Some(server) = settings.server(&name) {
                queue.servers.note_stored(server, &remote, now);
            }
        });
    }
}
