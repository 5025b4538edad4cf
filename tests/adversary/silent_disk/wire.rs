//! The requests and answers of FUSE that are used (linux/fuse.h, version 7.31).

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    Init,
    Look,
    Attributes,
    SetAttributes,
    MakeDirectory,
    Remove,
    RemoveDirectory,
    Rename,
    Open,
    Read,
    Write,
    Create,
    Sync,
    Close,
    Release,
    /// Nothing is answered to it.
    Notice,
    Other(u32),
}

impl Op {
    fn of(code: u32) -> Self {
        match code {
            26 => Self::Init,
            1 => Self::Look,
            3 => Self::Attributes,
            4 => Self::SetAttributes,
            9 => Self::MakeDirectory,
            10 => Self::Remove,
            11 => Self::RemoveDirectory,
            12 | 45 => Self::Rename,
            14 | 27 => Self::Open,
            15 => Self::Read,
            16 => Self::Write,
            35 => Self::Create,
            20 | 30 => Self::Sync,
            25 => Self::Close,
            18 | 29 => Self::Release,
            // FORGET, INTERRUPT, BATCH_FORGET.
            2 | 36 | 42 => Self::Notice,
            code => Self::Other(code),
        }
    }
}

/// A request.
pub struct Request {
    pub op: Op,
    pub unique: u64,
    pub node: u64,
    pub code: u32,
    /// The thread that asks.
    pub thread: u32,
    /// What follows the header.
    pub body: Vec<u8>,
}

impl Request {
    pub fn parse(bytes: &[u8]) -> Self {
        let code = number32(bytes, 4);
        Self {
            op: Op::of(code),
            unique: number64(bytes, 8),
            node: number64(bytes, 16),
            code,
            thread: number32(bytes, 32),
            body: bytes[40..].to_vec(),
        }
    }

    /// The text at an offset of the body, up to its zero.
    pub fn text(&self, offset: usize) -> String {
        let bytes = &self.body[offset..];
        let end = bytes.iter().position(|byte| *byte == 0).unwrap();
        String::from_utf8(bytes[..end].to_vec()).unwrap()
    }

    pub fn answer(&self, body: &[u8]) -> Vec<u8> {
        self.reply(0, body)
    }

    pub fn refuse(&self, error: i32) -> Vec<u8> {
        self.reply(-error, &[])
    }

    fn reply(&self, error: i32, body: &[u8]) -> Vec<u8> {
        let length = u32::try_from(16 + body.len()).unwrap();
        let mut reply = length.to_ne_bytes().to_vec();
        reply.extend(error.to_ne_bytes());
        reply.extend(self.unique.to_ne_bytes());
        reply.extend(body);
        reply
    }
}

pub fn number32(bytes: &[u8], offset: usize) -> u32 {
    u32::from_ne_bytes(bytes[offset..offset + 4].try_into().unwrap())
}

pub fn number64(bytes: &[u8], offset: usize) -> u64 {
    u64::from_ne_bytes(bytes[offset..offset + 8].try_into().unwrap())
}

/// Numbers in a row.
pub fn numbers(wide: &[u64], narrow: &[u32]) -> Vec<u8> {
    let wide = wide.iter().flat_map(|number| number.to_ne_bytes());
    let narrow = narrow.iter().flat_map(|number| number.to_ne_bytes());
    wide.chain(narrow).collect()
}
