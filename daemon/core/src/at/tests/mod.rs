//! The AT conversation against every answer of the reference, whole, byte by byte and split at
//! every position, with and without echo.

mod abnormal;
mod data_mode;
mod downloads;
mod files;
mod ftp;
mod identity;
mod listings;
mod network;
mod properties;
mod run;
mod secrets;
mod uploads;
