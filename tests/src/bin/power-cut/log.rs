//! [`Log`]: the records of a log of QEMU's driver `blklogwrites`.
//!
//! The format is that of the kernel's dm-log-writes, all numbers little-endian: a sector with
//! magic, version and number of records, and for each record a sector with its header (first
//! sector, number of sectors, flags), followed by its data.

use std::fs::File;
use std::io::{self, BufReader, Read};

const MAGIC: u64 = 0x006a_7366_7773_6872;
const VERSION: u64 = 1;
/// Size of the log's sectors unless QEMU is told otherwise, in bytes.
const SECTOR: usize = 512;
const FLUSH: u64 = 1;

/// One record.
pub enum Record {
    /// What was completed before is on the disk when this is answered.
    Flush,
    Write(Write),
}

/// A write to the disk.
pub struct Write {
    /// Where, in bytes.
    pub offset: usize,
    pub data: Vec<u8>,
}

/// An iterator of the records, in the order in which the disk completed them.
pub struct Log {
    file: BufReader<File>,
    left: usize,
}

impl Log {
    pub fn open(path: &str) -> io::Result<Self> {
        let mut file = BufReader::new(File::open(path)?);
        let [magic, version, records, sector] = header(&mut file)?;
        // The size of a sector has 32 bits, and zeros follow.
        if (magic, version, sector) != (MAGIC, VERSION, SECTOR as u64) {
            return Err(io::Error::other("not a log of writes, or of another form"));
        }
        Ok(Self {
            file,
            left: size(records)?,
        })
    }

    /// The number of records that are left.
    pub const fn len(&self) -> usize {
        self.left
    }

    fn read(&mut self) -> io::Result<Record> {
        let [sector, sectors, flags, _] = header(&mut self.file)?;
        let mut data = vec![0; size(sectors)? * SECTOR];
        match flags {
            0 => {
                self.file.read_exact(&mut data)?;
                Ok(Record::Write(Write {
                    offset: size(sector)? * SECTOR,
                    data,
                }))
            }
            FLUSH if data.is_empty() => Ok(Record::Flush),
            _ => Err(io::Error::other(format!("a record with flags {flags}"))),
        }
    }
}

impl Iterator for Log {
    type Item = io::Result<Record>;

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        Some(self.read())
    }
}

/// The first four numbers of a sector.
fn header(file: &mut impl Read) -> io::Result<[u64; 4]> {
    let mut sector = [0; SECTOR];
    file.read_exact(&mut sector)?;
    let mut numbers = [0; 4];
    for (number, bytes) in numbers.iter_mut().zip(sector.as_chunks().0) {
        *number = u64::from_le_bytes(*bytes);
    }
    Ok(numbers)
}

fn size(number: u64) -> io::Result<usize> {
    usize::try_from(number).map_err(io::Error::other)
}
