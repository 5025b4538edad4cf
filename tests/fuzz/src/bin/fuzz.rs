//! libFuzzer with the target that `MODEM_FTP_FUZZ_TARGET` names; started by `tests/fuzz/run`.

#![no_main]
#![allow(clippy::expect_used, reason = "a fuzzer ends by a panic")]

use libfuzzer_sys::fuzz_target;
use modem_ftp_fuzz::{Target, named, set_gauge};
use peak_alloc::PeakAlloc;
use std::sync::OnceLock;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

static TARGET: OnceLock<Target> = OnceLock::new();

fn gauge() -> (usize, usize) {
    let most = MEMORY.peak_usage();
    MEMORY.reset_peak_usage();
    (most, MEMORY.current_usage())
}

fn target() -> Target {
    let name = std::env::var("MODEM_FTP_FUZZ_TARGET").expect("MODEM_FTP_FUZZ_TARGET is not set");
    set_gauge(gauge);
    named(&name).expect("MODEM_FTP_FUZZ_TARGET names no target")
}

fuzz_target!(|input: &[u8]| (TARGET.get_or_init(target).run)(input));
