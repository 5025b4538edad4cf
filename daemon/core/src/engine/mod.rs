//! The interface to the shell, and what happens behind it: the life from an open port to the last
//! transfer, what is served next, what is published.

mod calls;
mod door;
mod life;
mod network;
mod published;
mod requests;
mod service;
mod transfer_orders;

pub use door::{Engine, STOP_PATIENCE};
