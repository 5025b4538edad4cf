//! [`Told`]: whether local files keep payload from moving, as far as the engine was told: each change
//! once.

use modem_ftp_core::api::now::Now;
use modem_ftp_core::engine::Engine;

/// How the local files stand.
#[derive(Clone, Copy, Debug)]
pub struct Local {
    /// The serial port is left unread because a local file takes nothing.
    pub held: bool,
    /// The pipe of a download took bytes.
    pub took: bool,
    /// Everything is sent that the source of an upload has given.
    pub starved: bool,
}

/// What the engine was told last.
#[derive(Debug, Default)]
pub struct Told {
    held: bool,
    starved: bool,
}

impl Told {
    /// Tells the engine what has changed. Whether there was anything to tell.
    pub fn report(&mut self, now: Now, local: Local, engine: &mut Engine) -> bool {
        if local.took {
            engine.sink_took(now);
        }
        let held = local.held != std::mem::replace(&mut self.held, local.held);
        if held {
            engine.hold_reading(now, local.held);
        }
        let starved = local.starved != std::mem::replace(&mut self.starved, local.starved);
        if starved {
            engine.starve(now, local.starved);
        }
        local.took | held | starved
    }
}
