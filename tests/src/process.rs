//! Memory, threads and wake-ups of a process, from `/proc`.

use crate::Error;
use std::fs;

/// Its resident memory in kB (`VmRSS`).
///
/// # Errors
///
/// If the process has ended.
pub fn resident(process: u32) -> Result<u64, Error> {
    field(&format!("/proc/{process}/status"), "VmRSS")
}

/// Its resident memory in kB without what is mapped from files (`RssAnon`): what it has allocated.
///
/// # Errors
///
/// If the process has ended.
pub fn allocated(process: u32) -> Result<u64, Error> {
    field(&format!("/proc/{process}/status"), "RssAnon")
}

/// Its peak resident memory in kB (`VmHWM`).
///
/// # Errors
///
/// If the process has ended.
pub fn resident_peak(process: u32) -> Result<u64, Error> {
    field(&format!("/proc/{process}/status"), "VmHWM")
}

/// The number of its threads.
///
/// # Errors
///
/// If the process has ended.
pub fn threads(process: u32) -> Result<u64, Error> {
    field(&format!("/proc/{process}/status"), "Threads")
}

/// The number of voluntary context switches of all its threads: how often they were woken.
///
/// # Errors
///
/// If the process has ended.
pub fn wake_ups(process: u32) -> Result<u64, Error> {
    let mut sum = 0;
    for task in fs::read_dir(format!("/proc/{process}/task"))? {
        let status = task?.path().join("status");
        sum += field(&status.display().to_string(), "voluntary_ctxt_switches")?;
    }
    Ok(sum)
}

/// The bytes that its thread of this name has caused to be written to disks.
///
/// # Errors
///
/// If the process has ended, or has no such thread.
pub fn written(process: u32, thread: &str) -> Result<u64, Error> {
    for task in fs::read_dir(format!("/proc/{process}/task"))? {
        let task = task?.path();
        if fs::read_to_string(task.join("comm"))?.trim_end() == thread {
            return field(&task.join("io").display().to_string(), "write_bytes");
        }
    }
    Err(Error::failed(format!("there is no thread {thread}")))
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
    use crate::{Child, Scratch, within};
    use std::process::Command;
    use std::time::Duration;

    #[test]
    fn wake_ups_are_counted() {
        let scratch = Scratch::new().unwrap();
        let start = |script: &str| {
            let mut command = Command::new("sh");
            command.args(["-c", script]);
            Child::start("shell", &command, &scratch.join("log")).unwrap()
        };
        let ticker = start("while :; do sleep 0.01; done");
        let before = wake_ups(ticker.id()).unwrap();
        let ticks = || wake_ups(ticker.id()).unwrap() > before + 5;
        assert!(within(Duration::from_secs(10), ticks));

        let sleeper = start("exec sleep 600");
        let asleep = || {
            let before = wake_ups(sleeper.id()).unwrap();
            std::thread::sleep(Duration::from_millis(100));
            wake_ups(sleeper.id()).unwrap() == before
        };
        assert!(within(Duration::from_secs(10), asleep));
        assert_eq!(threads(sleeper.id()).unwrap(), 1);
        assert!(resident_peak(sleeper.id()).unwrap() >= resident(sleeper.id()).unwrap());
    }
}
