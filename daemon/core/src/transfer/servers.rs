//! [`Servers`]: what is known of the servers, found out by content. It holds for the settings it was
//! found out with, and is forgotten with them.

use std::collections::HashMap;
use std::time::Instant;

use crate::api::fact::{Fact, ServerTraits, StartPosition};
use crate::api::settings::Server;
use crate::link::Digest;

/// What is known of the servers.
#[derive(Debug, Default)]
pub struct Servers {
    known: HashMap<String, ServerTraits>,
    /// What became of a file sent in segments (`<beof>` 0): only until the daemon ends, since
    /// it depends on the module as well.
    segments: HashMap<String, (String, StartPosition)>,
    /// The directory to which the last upload was done, and when.
    uploads: HashMap<String, (String, String, Instant)>,
}

impl Servers {
    /// Takes in what was stored.
    pub fn insert(&mut self, traits: ServerTraits) {
        self.known.insert(traits.server.clone(), traits);
    }

    /// What a server does with a start position, if it is known.
    pub fn start_position(&self, server: &Server) -> Option<StartPosition> {
        let traits = self.known.get(&server.name)?;
        let holds = traits.fingerprint == fingerprint(server);
        traits.start_position.filter(|_| holds)
    }

    /// Notes what a server does with a start position: the fact to be stored, if it is new.
    pub fn note_start_position(&mut self, server: &Server, found: StartPosition) -> Option<Fact> {
        if self.start_position(server) == Some(found) {
            return None;
        }
        let traits = ServerTraits {
            server: server.name.clone(),
            fingerprint: fingerprint(server),
            start_position: Some(found),
        };
        self.insert(traits.clone());
        Some(Fact::Server(traits))
    }

    /// Whether a file sent in segments is whole on this server, if it is known.
    pub fn segments(&self, server: &Server) -> Option<StartPosition> {
        let (of, found) = self.segments.get(&server.name)?;
        (*of == fingerprint(server)).then_some(*found)
    }

    /// Whether an upload to the directory of this path was done after `since`.
    pub fn has_stored(&self, server: &Server, path: &str, since: Instant) -> bool {
        let last = self.uploads.get(&server.name);
        last.is_some_and(|(of, directory, at)| {
            *of == fingerprint(server) && directory == directory_of(path) && *at >= since
        })
    }

    /// An upload to this path was done.
    pub fn note_stored(&mut self, server: &Server, path: &str, now: Instant) {
        let directory = directory_of(path).to_owned();
        let done = (fingerprint(server), directory, now);
        self.uploads.insert(server.name.clone(), done);
    }

    /// Notes whether a file sent in segments is whole on this server.
    pub fn note_segments(&mut self, server: &Server, found: StartPosition) {
        let found = (fingerprint(server), found);
        self.segments.insert(server.name.clone(), found);
    }
}

fn directory_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(directory, _)| directory)
}

/// A hash of the settings that decide which server, and which file system behind it, is reached.
fn fingerprint(server: &Server) -> String {
    let mut digest = Digest::default();
    let numbers = format!("{}/{}", server.port, server.security as u8);
    for part in [&server.host, &numbers, &server.user, &server.directory] {
        digest.update(part.as_bytes());
        digest.update(&[0]);
    }
    let mut text = digest.hex();
    text.truncate(32);
    text
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::api::options::Verify;
    use crate::api::secret::Secret;
    use crate::api::settings::{Security, Tls};

    fn server(name: &str) -> Server {
        Server {
            name: name.into(),
            default: true,
            host: "192.0.2.1".into(),
            port: 21,
            security: Security::None,
            user: "gw".into(),
            password: Secret::default(),
            directory: String::new(),
            passive: true,
            binary: true,
            response_timeout: Duration::from_secs(90),
            data_address_control: true,
            idle_timeout: Duration::from_secs(30),
            atomic: true,
            verify: Verify::Size,
            staging: "{name}.{id}.part".into(),
            tls: Tls {
                context: 1,
                version: 3,
                cipher: 0xFFFF,
                verify: 0,
                ca: None,
                certificate: None,
                key: None,
                check_time: false,
                handshake_timeout: Duration::from_secs(120),
            },
        }
    }

    #[test]
    fn what_was_found_out_is_forgotten_with_the_settings() {
        let mut servers = Servers::default();
        let one = server("plant");
        assert_eq!(servers.start_position(&one), None);
        let fact = servers.note_start_position(&one, StartPosition::Continues);
        assert!(matches!(fact, Some(Fact::Server(_))));
        let again = servers.note_start_position(&one, StartPosition::Continues);
        assert_eq!(again, None);
        servers.note_segments(&one, StartPosition::Breaks);
        assert_eq!(servers.segments(&one), Some(StartPosition::Breaks));
        let moved = Server {
            host: "192.0.2.9".into(),
            ..one.clone()
        };
        assert_eq!(servers.start_position(&moved), None);
        assert_eq!(servers.segments(&moved), None);
        assert_eq!(servers.start_position(&one), Some(StartPosition::Continues));
    }
}
