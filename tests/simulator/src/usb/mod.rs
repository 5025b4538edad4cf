//! The module as a USB device that the kernel's own drivers bind to, with real modem lines.
//!
//! A [`Device`] speaks USB/IP; a [`Socket`] hands it to the kernel's virtual host controller over a
//! socket pair. `option` then makes /dev/ttyUSB* of interfaces 0 to 3, as with the real module:
//! DTR and RTS arrive here, DCD, DSR and RI go back, and the device can be pulled out at any byte.

mod bridge;
mod control;
mod descriptors;
mod device;
#[cfg(test)]
mod kernel;
mod pipes;
mod socket;
mod vhci;
mod wire;

pub use bridge::{Bytes, serve, waiting};
pub use control::HostLines;
pub use descriptors::{AT_INTERFACE, PRODUCT, VENDOR};
pub use device::Device;
pub use pipes::DeviceLines;
pub use socket::Socket;
pub use vhci::Vhci;
pub use wire::WireError;
