//! The module as a USB device to which the kernel's own drivers bind, with real modem lines.
//!
//! A [`Device`] speaks USB/IP; an [`Attachment`] connects it to the kernel's virtual host
//! controller over a socket pair. The `option` driver then creates /dev/ttyUSB* for interfaces 0 to
//! 3, as with the real module: DTR and RTS come from the host, DCD, DSR and RI go to it, and the
//! device can be unplugged after any byte.

mod attachment;
mod bridge;
mod control;
mod descriptors;
mod device;
#[cfg(test)]
mod kernel;
mod pipes;
mod vhci;
mod wire;

pub use attachment::Attachment;
pub use bridge::{ByteCounts, serve, waiting};
pub use control::HostLines;
pub use descriptors::{AT_INTERFACE, PRODUCT, VENDOR};
pub use device::Device;
pub use pipes::DeviceLines;
pub use vhci::Vhci;
pub use wire::WireError;
