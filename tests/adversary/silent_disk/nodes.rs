//! [`Nodes`]: the files and directories of the silent file system, and its answers.

use super::wire::{Op, Request, number32, number64, numbers};
use nix::libc::{EEXIST, ENOENT, ENOSYS};

const DIRECTORY: u32 = 0o040_000;
const FILE: u32 = 0o100_000;
/// `FOPEN_DIRECT_IO`: every read is asked for.
const DIRECT: u32 = 1;

struct Node {
    parent: u64,
    /// Empty: removed.
    name: String,
    mode: u32,
    content: Vec<u8>,
}

/// What there is. The number of a node is its place, from 1 on.
pub struct Nodes {
    nodes: Vec<Node>,
    size: usize,
}

impl Nodes {
    pub fn new(size: usize) -> Self {
        let root = Node {
            parent: 0,
            name: "/".to_owned(),
            mode: DIRECTORY | 0o777,
            content: Vec::new(),
        };
        Self {
            nodes: vec![root],
            size,
        }
    }

    /// The answer to a request; `None`: there is none.
    pub fn answer(&mut self, request: &Request) -> Option<Vec<u8>> {
        let done = request.answer(&[]);
        Some(match request.op {
            Op::Notice => return None,
            Op::Init => {
                let mut body = numbers(&[], &[7, 31, 0, 0, 0, 128 * 1024, 1]);
                body.resize(64, 0);
                request.answer(&body)
            }
            Op::Look => match self.look(request.node, &request.text(0)) {
                Some(node) => request.answer(&self.entry(node)),
                None => request.refuse(ENOENT),
            },
            Op::Attributes | Op::SetAttributes => {
                // FATTR_SIZE
                if request.op == Op::SetAttributes && number32(&request.body, 0) & 8 != 0 {
                    let size = usize::try_from(number64(&request.body, 16)).unwrap();
                    self.node(request.node).content.resize(size, 0);
                }
                let mut body = numbers(&[0], &[0, 0]);
                body.extend(self.attributes(request.node));
                request.answer(&body)
            }
            Op::MakeDirectory => match self.make(request, 8, DIRECTORY | 0o700) {
                Some(node) => request.answer(&self.entry(node)),
                None => request.refuse(EEXIST),
            },
            Op::Create => match self.make(request, 16, FILE | 0o640) {
                Some(node) => {
                    let mut body = self.entry(node);
                    body.extend(numbers(&[node], &[DIRECT, 0]));
                    request.answer(&body)
                }
                None => request.refuse(EEXIST),
            },
            Op::Remove | Op::RemoveDirectory => match self.look(request.node, &request.text(0)) {
                Some(node) => {
                    self.node(node).name.clear();
                    done
                }
                None => request.refuse(ENOENT),
            },
            Op::Rename => {
                // RENAME2 has flags behind the new directory.
                let from = if request.code == 12 { 8 } else { 16 };
                let (old, to) = (request.text(from), number64(&request.body, 0));
                let new = request.text(from + old.len() + 1);
                let Some(node) = self.look(request.node, &old) else {
                    return Some(request.refuse(ENOENT));
                };
                if let Some(replaced) = self.look(to, &new) {
                    self.node(replaced).name.clear();
                }
                let node = self.node(node);
                (node.parent, node.name) = (to, new);
                done
            }
            Op::Open => request.answer(&numbers(&[request.node], &[DIRECT, 0])),
            Op::Read => {
                let offset = usize::try_from(number64(&request.body, 8)).unwrap();
                let length = usize::try_from(number32(&request.body, 16)).unwrap();
                let content = &self.node(request.node).content;
                let begin = offset.min(content.len());
                let end = (begin + length).min(content.len());
                request.answer(&content[begin..end])
            }
            Op::Write => {
                let offset = usize::try_from(number64(&request.body, 8)).unwrap();
                let bytes = &request.body[40..];
                let content = &mut self.node(request.node).content;
                content.resize(content.len().max(offset + bytes.len()), 0);
                content[offset..offset + bytes.len()].copy_from_slice(bytes);
                let count = u32::try_from(bytes.len()).unwrap();
                request.answer(&numbers(&[], &[count, 0]))
            }
            Op::Sync | Op::Close | Op::Release => done,
            Op::Other(_) => request.refuse(ENOSYS),
        })
    }

    fn node(&mut self, number: u64) -> &mut Node {
        &mut self.nodes[usize::try_from(number - 1).unwrap()]
    }

    fn look(&mut self, parent: u64, name: &str) -> Option<u64> {
        let found = |node: &Node| node.parent == parent && node.name == name;
        if let Some(place) = self.nodes.iter().position(found) {
            return Some(place as u64 + 1);
        }
        let content = modem_ftp_tests::payload(self.size);
        (parent == 1 && name.starts_with("file"))
            .then(|| self.add(parent, name, FILE | 0o666, content))
    }

    fn make(&mut self, request: &Request, offset: usize, mode: u32) -> Option<u64> {
        let name = request.text(offset);
        match self.look(request.node, &name) {
            Some(_) => None,
            None => Some(self.add(request.node, &name, mode, Vec::new())),
        }
    }

    fn add(&mut self, parent: u64, name: &str, mode: u32, content: Vec<u8>) -> u64 {
        self.nodes.push(Node {
            parent,
            name: name.to_owned(),
            mode,
            content,
        });
        self.nodes.len() as u64
    }

    fn entry(&mut self, number: u64) -> Vec<u8> {
        let mut body = numbers(&[number, 0, 0, 0], &[0, 0]);
        body.extend(self.attributes(number));
        body
    }

    fn attributes(&mut self, number: u64) -> Vec<u8> {
        let node = self.node(number);
        let size = node.content.len() as u64;
        let links = 1 + u32::from(node.mode & DIRECTORY != 0);
        let times = [1_700_000_000; 3];
        let mut body = numbers(
            &[number, size, size / 512, times[0], times[1], times[2]],
            &[0, 0, 0],
        );
        body.extend(numbers(&[], &[node.mode, links, 0, 0, 0, 4096, 0]));
        body
    }
}
