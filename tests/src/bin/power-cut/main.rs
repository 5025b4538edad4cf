//! `power-cut LOG BASE OUT CUTS SEED`: makes the disks that power cuts leave, from QEMU's log of the
//! writes to a disk.
//!
//! LOG is what QEMU's `blklogwrites` wrote while a machine ran on a copy of BASE. OUT becomes CUTS
//! disks of the size of BASE, one behind the other, of cuts at random moments, in their order. A
//! disk has every write that was flushed before the cut. Of each later write, the disk has all,
//! nothing, or some of its blocks. The last block of a disk is no part of it: it holds what was
//! written there last before the cut, the acknowledgements that were seen outside.

mod disk;
mod log;

use std::error::Error;
use std::fs::{self, File};
use std::process::ExitCode;

use disk::{BLOCK, Disk};
use log::{Log, Record, Write};
use modem_ftp_tests::Random;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let [log, base, out, cuts, seed] = words.as_slice() else {
        eprintln!("usage: power-cut LOG BASE OUT CUTS SEED");
        return ExitCode::from(2);
    };
    match make(log, base, out, cuts, seed) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("power-cut: {error}");
            ExitCode::FAILURE
        }
    }
}

fn make(log: &str, base: &str, out: &str, cuts: &str, seed: &str) -> Result<(), Box<dyn Error>> {
    let log = Log::open(log)?;
    let cuts: usize = cuts.parse()?;
    let mut random = Random::new(seed.parse()?);
    let mut moments = moments(log.len(), cuts, &mut random).into_iter().peekable();
    let out = File::create(out)?;
    // What a cut cannot take away.
    let mut kept = Disk::of(fs::read(base)?);
    let acknowledgements = kept.size() - BLOCK;
    // Written since the last flush.
    let mut unflushed: Vec<Write> = Vec::new();
    let (mut flushes, mut at_cuts) = (0, 0);
    for (number, record) in log.enumerate() {
        let record = record?;
        let is_flush = matches!(record, Record::Flush);
        while let Some((cut, _)) = moments.next_if(|(cut, moment)| {
            // Not before something can be lost; every other one just before a flush, when the most
            // can.
            *moment <= number && !unflushed.is_empty() && (is_flush || cut % 2 == 0)
        }) {
            let mut left = kept.clone();
            lose(&unflushed, &mut left, &mut random)?;
            left.save(&out, cut)?;
            at_cuts += unflushed.len();
        }
        match record {
            Record::Flush => {
                flushes += 1;
                for write in unflushed.drain(..) {
                    kept.write(write.offset, &write.data)?;
                }
            }
            Record::Write(write) if write.offset >= acknowledgements => {
                kept.write(write.offset, &write.data)?;
            }
            Record::Write(write) => unflushed.push(write),
        }
    }
    for (cut, _) in moments {
        // Nothing was written after these.
        kept.save(&out, cut)?;
    }
    eprintln!("{flushes} flushes; {at_cuts} writes were not flushed when the {cuts} cuts came");
    Ok(())
}

/// The numbers of the cuts, and before which record each comes at the earliest: closer to each
/// other at the beginning of the log, where the database is made.
fn moments(records: usize, cuts: usize, random: &mut Random) -> Vec<(usize, usize)> {
    let edge = |cut: usize| records * cut * cut / (cuts * cuts);
    (0..cuts)
        .map(|cut| (cut, edge(cut) + random.below(edge(cut + 1) - edge(cut))))
        .collect()
}

/// Carries out what a drive had done of these writes: all, nothing, or of each all, nothing or a
/// part.
fn lose(unflushed: &[Write], disk: &mut Disk, random: &mut Random) -> Result<(), String> {
    let whole_cut = random.below(4);
    for write in unflushed {
        match (whole_cut, random.below(3)) {
            (0, _) | (2.., 0) => {}
            (1, _) | (2.., 1) => disk.write(write.offset, &write.data)?,
            _ => disk.write_torn(write.offset, &write.data, || random.below(2) == 0)?,
        }
    }
    Ok(())
}
