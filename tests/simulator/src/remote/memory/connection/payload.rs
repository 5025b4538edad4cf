//! What a data connection carries: files that are fetched and stored.

use super::{DataConnection, MemoryRemote, PIECE};
use crate::remote::{Failure, Response};

impl MemoryRemote {
    /// The failure set by [`MemoryServer::break_data`], with the data connection closed.
    pub(super) fn broken_data(&mut self) -> Option<Response> {
        let failure = self.server.state().broken_data.take()?;
        self.data = None;
        Some(Response::Ended(Err(failure)))
    }

    pub(super) fn fetch(&mut self) -> Response {
        if let Some(ended) = self.broken_data() {
            return ended;
        }
        let Some(DataConnection::Down { bytes, sent }) = &mut self.data else {
            return Response::Ended(Err(Failure::DataClosed));
        };
        let most = self
            .server
            .state()
            .trickle
            .map_or(PIECE, |(piece, _)| piece);
        let piece: Vec<u8> = bytes.iter().skip(*sent).take(most).copied().collect();
        *sent += piece.len();
        self.server.state().downloaded += piece.len() as u64;
        if piece.is_empty() {
            self.data = None;
            return Response::Ended(Ok(()));
        }
        Response::Data(piece)
    }

    pub(super) fn store(&mut self, bytes: &[u8]) -> Response {
        if let Some(ended) = self.broken_data() {
            return ended;
        }
        let Some(DataConnection::Up { path, offset }) = &mut self.data else {
            return Response::Ended(Err(Failure::DataClosed));
        };
        let mut state = self.server.state();
        state.tree.write(path, *offset, bytes);
        state.uploaded += bytes.len() as u64;
        *offset += bytes.len();
        Response::Sent(bytes.len())
    }
}
