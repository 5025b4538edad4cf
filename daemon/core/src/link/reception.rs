//! [`Reception`]: payload that is being received. It is counted and summed here, and the sink gets
//! it only while this guard lives.

use super::digest::Digest;
use super::handle::Link;
use super::payload::PayloadDestination;
use super::state::ReceptionState;
use crate::api::local::Handle;
use crate::api::output::Output;
use crate::api::payload_sink::PayloadSink;

/// Payload that is being received.
pub(super) struct Reception(Link);

impl Reception {
    /// Sends what comes to a local file, or, without one, nowhere; adds it to a digest, if there is
    /// one.
    pub(super) fn begin(
        link: &Link,
        destination: Option<PayloadDestination>,
        digest: Option<Digest>,
    ) -> Self {
        if let Some(destination) = destination {
            link.put(Output::Receive {
                handle: destination.handle,
                offset: destination.offset,
                text: destination.text,
            });
        }
        let reception = ReceptionState {
            handle: destination.map(|destination| destination.handle),
            resumable: destination.is_some_and(|destination| destination.resumable),
            digest,
            ..ReceptionState::default()
        };
        link.state.change_with(reception, |state, reception| {
            state.committed = None;
            state.delivered = 0;
            state.reception = Some(reception);
        });
        Self(link.clone())
    }

    /// Bytes received so far, and their checksum.
    pub(super) fn received(&self) -> (u64, u16) {
        self.0.state.get(|state| {
            let reception = state.reception.as_ref();
            reception.map_or((0, 0), |it| (it.bytes, it.checksum.value()))
        })
    }

    /// The digest with what was received.
    pub(super) fn digest(&self) -> Option<Digest> {
        self.0.state.get(|state| {
            let reception = state.reception.as_ref();
            reception.and_then(|it| it.digest.clone())
        })
    }

    /// Nothing more goes to the local file, and what it holds is removed. While its sink takes
    /// nothing the line is not read, and no final result would arrive.
    pub(super) fn discard(&self) {
        if let Some(handle) = self.take_handle() {
            self.0.put(Output::Discard(handle));
        }
    }

    /// Nothing more goes to the local file; what it holds stays if it may be continued.
    pub(super) fn end(&self) {
        let resumable = self.0.state.get(|state| {
            let reception = state.reception.as_ref();
            reception.is_some_and(|reception| reception.resumable)
        });
        if !resumable {
            return self.discard();
        }
        if let Some(handle) = self.take_handle() {
            self.0.put(Output::Keep(handle));
        }
    }

    fn take_handle(&self) -> Option<Handle> {
        self.0.state.change(|state| {
            let reception = state.reception.as_mut();
            reception.and_then(|reception| reception.handle.take())
        })
    }
}

impl Drop for Reception {
    fn drop(&mut self) {
        self.0.state.change(|state| {
            if let Some(reception) = state.reception.take() {
                state.delivered = reception.delivered;
            }
        });
    }
}

/// Counts and sums payload on its way to the sink.
pub(super) struct CountingSink<'a> {
    /// What is being received.
    pub reception: Option<&'a mut ReceptionState>,
    /// Where it goes if a local file is wanted.
    pub sink: &'a mut (dyn PayloadSink + Send),
    /// Payload bytes so far.
    pub bytes: u64,
}

impl PayloadSink for CountingSink<'_> {
    fn write(&mut self, bytes: &[u8]) {
        let count = bytes.len() as u64;
        self.bytes += count;
        let Some(reception) = &mut self.reception else {
            return;
        };
        reception.bytes += count;
        reception.checksum.update(bytes);
        if let Some(digest) = &mut reception.digest {
            digest.update(bytes);
        }
        if reception.handle.is_some() {
            reception.delivered += count;
            self.sink.write(bytes);
        }
    }
}
