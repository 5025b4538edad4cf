//! Tests of the server fixtures: every server in every mode, with an ordinary FTP client. The
//! differences between the servers are asserted, because ModemFtp must support all of them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests may panic"
)]

mod client;
mod differences;
mod hostile;
mod tls;
mod verbs;
