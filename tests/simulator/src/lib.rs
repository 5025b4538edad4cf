//! virtual-bg96.
