//! Recovery: what is rebuilt after a failure, from the session up to the module's power supply
//! (docs/module/quirks.md §5).

mod back_off;
mod cures;
mod judge;
mod policy;
mod repeats;
mod second_opinion;

pub use policy::Recovery;
