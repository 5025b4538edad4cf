//! Payload between local files and the tty, and what the disk thread has done.

use modem_ftp_core::api::failure::Failure;
use modem_ftp_core::api::local::Handle;

use super::disk::Job;
use super::files::Sink;
use super::pipe::Written;
use super::pump::BLOCK;
use crate::world::World;

impl World {
    /// Moves payload on. Returns whether anything moved.
    pub(in crate::world) fn move_payload(&mut self) -> bool {
        self.shell.files.read_pipes(self.now);
        let sent = self.send_payload();
        let filled = self.fill_pump();
        self.write_blocks(false);
        let told = self.report_source();
        sent | filled | told | self.fill_pipe() | self.finish_jobs() | self.answer_commit()
    }

    /// Tells the engine that an awaited pipe can be read, and whether the pump waits for its source.
    fn report_source(&mut self) -> bool {
        let shell = &mut self.shell;
        let files = &mut shell.files;
        let ready = shell
            .awaited
            .iter()
            .position(|pipe| files.source(*pipe).is_ready());
        if let Some(ready) = ready {
            let handle = shell.awaited.remove(ready);
            self.engine.source_ready(self.now(), handle);
            return true;
        }
        let starved = shell.pump.as_ref().is_some_and(|pump| {
            pump.is_dry() && (pump.has_asked() || !files.source(pump.handle).is_ready())
        });
        let told = starved != std::mem::replace(&mut shell.starved, starved);
        if told {
            self.engine.starve(self.now(), starved);
        }
        told
    }

    /// The kernel takes what it has room for.
    fn send_payload(&mut self) -> bool {
        let sent = self.line.fill_kernel();
        if sent == 0 {
            return false;
        }
        if let Some(pump) = &mut self.shell.pump {
            pump.sent(sent);
        }
        self.engine.pumped(self.now(), sent);
        true
    }

    /// Fetches what the pump wants, and tells the engine when it has ended.
    fn fill_pump(&mut self) -> bool {
        let now = self.now();
        let Some(pump) = &mut self.shell.pump else {
            return false;
        };
        if let Some(result) = pump.result() {
            self.stop_pump();
            self.engine.pump_ended(now, Ok(result));
            return true;
        }
        let Some(wanted) = pump.wanted(self.line.payload_queued()) else {
            return false;
        };
        let source = self.shell.files.source(pump.handle);
        if !source.plan.pipe {
            let job = Job::Read(pump.number, pump.handle, pump.ask(wanted));
            self.shell.disk.run(self.now, job);
            return true;
        }
        match source.take(wanted) {
            None => return false,
            Some(Ok(block)) => {
                let block = pump.came(block);
                self.line.write_payload(block);
            }
            Some(Err(failure)) => self.fail_pump(failure),
        }
        true
    }

    fn fail_pump(&mut self, failure: Failure) {
        self.stop_pump();
        self.engine.pump_ended(self.now(), Err(failure));
    }

    /// Gives full blocks to the disk thread; with `rest`, the one begun too.
    pub(super) fn write_blocks(&mut self, rest: bool) {
        while let Some((handle, offset, block)) = self.shell.incoming.next_write(rest) {
            let attempt = self.shell.incoming.attempt;
            let job = Job::Write(handle, attempt, offset, block);
            self.shell.disk.run(self.now, job);
        }
    }

    fn fill_pipe(&mut self) -> bool {
        let shell = &mut self.shell;
        let Some(handle) = shell.incoming.pipe() else {
            return false;
        };
        let Sink::Pipe(pipe) = shell.files.sink(handle) else {
            return false;
        };
        let mut moved = false;
        while !(shell.incoming.waiting().is_empty() && pipe.is_empty()) {
            let waiting = shell.incoming.waiting();
            match pipe.write(self.now, &waiting[..waiting.len().min(BLOCK)]) {
                Written::Taken(count) => {
                    shell.incoming.taken(count);
                    moved = true;
                }
                Written::Full => break,
                Written::Broken(failure) => {
                    self.fail_sink(handle, failure);
                    return true;
                }
            }
        }
        let is_empty = shell.incoming.waiting().is_empty() && pipe.is_empty();
        if moved {
            self.engine.sink_took(self.now());
            return true;
        }
        if !is_empty {
            return false;
        }
        if shell.commit.take_if(|commit| *commit == handle).is_some() {
            pipe.committed = true;
            self.engine.committed(self.now(), handle, Ok(()));
            return true;
        }
        false
    }

    /// A sink cannot take what is received; the engine is told once.
    fn fail_sink(&mut self, handle: Handle, failure: Failure) {
        let shell = &mut self.shell;
        if matches!(&shell.failed, Some((of, _)) if *of == handle) {
            return;
        }
        shell.incoming.forget(handle, true);
        shell.commit.take_if(|commit| *commit == handle);
        shell.failed = Some((handle, failure.clone()));
        self.engine.committed(self.now(), handle, Err(failure));
    }

    fn finish_jobs(&mut self) -> bool {
        let Some(job) = self.shell.disk.done(self.now) else {
            return false;
        };
        let now = self.now();
        let files = &mut self.shell.files;
        match job {
            Job::Read(number, handle, extent) => {
                let block = files.source(handle).read(extent);
                let pump = self.shell.pump.as_mut();
                let Some(pump) = pump.filter(|pump| pump.number == number) else {
                    return true;
                };
                match block {
                    Ok(block) => {
                        let block = pump.answered(block, extent.length);
                        self.line.write_payload(block);
                    }
                    Err(failure) => self.fail_pump(failure),
                }
            }
            Job::Cut(handle, attempt, offset) => {
                let done = files.file(handle).cut(offset);
                self.job_done(handle, attempt, done);
            }
            Job::Write(handle, attempt, offset, bytes) => {
                let done = files.file(handle).write(offset, &bytes);
                self.shell.incoming.block_written(attempt);
                self.job_done(handle, attempt, done);
            }
            Job::Commit(handle, attempt, fail_if_exists) => {
                let done = files.file(handle).commit(fail_if_exists);
                if attempt == self.shell.incoming.attempt {
                    self.engine.committed(now, handle, done);
                }
            }
            Job::Open(handle) => {
                let opened = files.opened(handle);
                self.engine.opened(now, handle, Ok(opened));
            }
            Job::Digest(extent) => {
                let digest = files.digest(extent);
                self.engine.digested(now, extent, digest);
            }
            Job::Discard(handle) => {
                if let Some(Sink::File(file)) = files.find_sink(handle) {
                    file.discard();
                }
            }
            Job::Close(handle) => {
                if let Some(Sink::File(file)) = files.find_sink(handle) {
                    file.close();
                }
            }
        }
        true
    }

    fn job_done(&mut self, handle: Handle, attempt: u64, done: Result<(), Failure>) {
        if let Err(failure) = done
            && attempt == self.shell.incoming.attempt
        {
            self.fail_sink(handle, failure);
        }
    }

    /// Answers a commit of a sink that had failed before.
    fn answer_commit(&mut self) -> bool {
        let Some((handle, result)) = self.shell.answers.pop() else {
            return false;
        };
        self.engine.committed(self.now(), handle, result);
        true
    }
}
