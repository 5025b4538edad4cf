//! [`Reception`]: payload that is being received. It is counted and summed here, and the sink gets
//! it only while this guard lives.

use super::handle::Link;
use super::payload::PayloadDestination;
use super::state::ReceptionState;
use crate::api::output::Output;
use crate::api::payload_sink::PayloadSink;
use crate::at::checksum::Checksum;

/// Payload that is being received.
pub(super) struct Reception(Link);

impl Reception {
    /// Sends what comes to a local file, or, without one, nowhere.
    pub(super) fn begin(link: &Link, destination: Option<PayloadDestination>) -> Self {
        if let Some(destination) = destination {
            link.put(Output::Receive {
                handle: destination.handle,
                offset: destination.offset,
                text: destination.text,
            });
        }
        let handle = destination.map(|destination| destination.handle);
        link.state.change_with(handle, |state, handle| {
            state.committed = None;
            state.reception = Some(ReceptionState {
                handle,
                ..ReceptionState::default()
            });
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

    /// Nothing more goes to the local file, and what it holds is removed. While its sink takes
    /// nothing the line is not read, and no final result would arrive.
    pub(super) fn discard(&self) {
        let handle = self.0.state.change(|state| {
            let reception = state.reception.as_mut();
            reception.and_then(|reception| reception.handle.take())
        });
        if let Some(handle) = handle {
            self.0.put(Output::Discard(handle));
        }
    }
}

impl Drop for Reception {
    fn drop(&mut self) {
        self.0.state.change(|state| state.reception = None);
    }
}

/// Counts and sums payload on its way to the sink.
pub(super) struct CountingSink<'a> {
    /// Where it goes; `None`: nowhere.
    pub sink: Option<&'a mut (dyn PayloadSink + Send)>,
    /// Payload bytes so far.
    pub bytes: u64,
    /// Their checksum.
    pub checksum: Checksum,
}

impl PayloadSink for CountingSink<'_> {
    fn write(&mut self, bytes: &[u8]) {
        self.checksum.update(bytes);
        self.bytes += bytes.len() as u64;
        if let Some(sink) = &mut self.sink {
            sink.write(bytes);
        }
    }
}
