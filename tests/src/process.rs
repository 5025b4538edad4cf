//! What a process weighs and how often it wakes, from `/proc`.

use crate::Error;
use std::fs;

/// Resident memory now, in kB (`VmRSS`).
///
/// # Errors
///
/// If the process is gone.
pub fn resident(process: u32) -> Result<u64, Error> {
    field(&format!("/proc/{process}/status"), "VmRSS")
}

/// The most resident memory it ever had, in kB (`VmHWM`).
///
/// # Errors
///
/// If the process is gone.
pub fn resident_peak(process: u32) -> Result<u64, Error> {
    field(&format!("/proc/{process}/status"), "VmHWM")
}

/// How many threads it has.
///
/// # Errors
///
/// If the process is gone.
pub fn threads(process: u32) -> Result<u64, Error> {
    field(&format!("/proc/{process}/status"), "Threads")
}

/// How often its threads went to sleep so far, which is how often they were woken.
///
/// # Errors
///
/// If the process is gone.
pub fn wake_ups(process: u32) -> Result<u64, Error> {
    let mut sum = 0;
    for task in fs::read_dir(format!("/proc/{process}/task"))? {
        let status = task?.path().join("status");
        sum += field(&status.display().to_string(), "voluntary_ctxt_switches")?;
    }
    Ok(sum)
}

fn field(file: &str, name: &str) -> Result<u64, Error> {
    let text = fs::read_to_string(file)?;
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    let number = line.and_then(|rest| rest.split_whitespace().next()?.parse().ok());
    number.ok_or_else(|| Error::failed(format!("no {name} in {file}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sleeper_is_woken_as_often_as_it_sleeps() {
        let me = std::process::id();
        let before = wake_ups(me).unwrap();
        for _ in 0..20 {
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        assert!(wake_ups(me).unwrap() >= before + 20);
        assert!(threads(me).unwrap() >= 1);
        assert!(resident_peak(me).unwrap() >= resident(me).unwrap());
    }
}
