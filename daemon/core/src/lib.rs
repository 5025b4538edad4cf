//! What ModemFtp decides, without I/O.
