//! `modem-ftpd`: the daemon, see the library.

use std::alloc::System;
use std::process::ExitCode;

use zeroizing_alloc::ZeroAlloc;

/// Wipes memory when it is freed: of a password there may be copies where no type of ours wipes them,
/// in messages of the bus and in parsed text.
#[global_allocator]
static ALLOCATOR: ZeroAlloc<System> = ZeroAlloc(System);

fn main() -> ExitCode {
    modem_ftpd::main()
}
