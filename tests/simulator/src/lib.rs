//! virtual-bg96.

pub mod usb;
