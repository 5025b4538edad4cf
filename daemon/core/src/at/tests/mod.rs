//! The commands with every answer of the fact sheets in docs/module/: received whole, byte by byte
//! and split at every position, with and without echo.

mod abnormal;
mod data_mode;
mod downloads;
mod files;
mod ftp;
mod identity;
mod listings;
mod network;
mod properties;
mod registration;
mod run;
mod secrets;
mod uploads;
