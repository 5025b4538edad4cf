//! What one input may cost: memory in proportion to its length.

use std::sync::OnceLock;

/// Bytes that any input may cost: the buffers that have a fixed size.
const FIXED: usize = 256 * 1024;
/// Bytes for each byte of the input: a byte of a listing may be a row, with an entry of its own.
const EACH: usize = 512;

/// Reads the most memory that was in use since the last call, and what is in use now.
type Gauge = fn() -> (usize, usize);

static GAUGE: OnceLock<Gauge> = OnceLock::new();

/// Sets how memory is measured; without it, [`bounded`] only runs what it is given.
pub fn set_gauge(gauge: Gauge) {
    // The first one stays.
    let _ = GAUGE.set(gauge);
}

/// Runs `work` on an input of `length` bytes; it must not use more memory than that allows.
pub fn bounded<T>(length: usize, work: impl FnOnce() -> T) -> T {
    let Some(gauge) = GAUGE.get() else {
        return work();
    };
    let (_, before) = gauge();
    let result = work();
    let (most, _) = gauge();
    let used = most.saturating_sub(before);
    let limit = FIXED + EACH * length;
    assert!(used <= limit, "{length} bytes cost {used} bytes of memory");
    result
}
