//! Makes the allocator give memory back. By itself glibc keeps what a large message or listing took
//! once: after the first large block was freed, it no longer maps such blocks separately, and each
//! thread has an arena of its own. How it works is set by the environment at the start of a process
//! (mallopt(3)), so the daemon executes itself once more with these settings.

use std::env;
use std::os::unix::process::CommandExt;
use std::process::Command;

/// The variable with glibc's settings; other C libraries ignore it.
const VARIABLE: &str = "GLIBC_TUNABLES";
/// The settings are set if one of them is.
const OURS: &str = "glibc.malloc.";
/// Blocks from 64 KiB on are mapped and unmapped on their own, free memory at the end of the heap is
/// given back from 64 KiB on, and all threads share one heap.
const SETTINGS: &str = "glibc.malloc.mmap_threshold=65536:glibc.malloc.trim_threshold=65536:\
                        glibc.malloc.arena_max=1:glibc.malloc.tcache_count=0:glibc.malloc.mxfast=0";

/// Executes the program again with [`SETTINGS`], unless the environment has settings for the
/// allocator. Returns if that is so, or if it cannot be done: then only more memory is kept.
pub fn set_up() {
    let others = env::var(VARIABLE).unwrap_or_default();
    if others.contains(OURS) {
        return;
    }
    let Ok(program) = env::current_exe() else {
        return;
    };
    let mut arguments = env::args_os();
    let mut command = Command::new(program);
    if let Some(name) = arguments.next() {
        command.arg0(name);
    }
    let settings = match others.as_str() {
        "" => SETTINGS.to_owned(),
        others => format!("{others}:{SETTINGS}"),
    };
    // It returns only if it fails.
    let _ = command.args(arguments).env(VARIABLE, settings).exec();
}
