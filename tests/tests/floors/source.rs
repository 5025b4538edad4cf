//! Reads one Rust source file as tokens: which names each module of it imports, which paths it
//! names, what it defines. Comments, strings and everything under `#[cfg(test)]` are left out.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use std::collections::BTreeSet;
use std::iter::Peekable;
use std::vec::IntoIter;

/// A path as it is written: `crate`, `super`, `self` or a name first; `*` last for a glob.
pub type Segments = Vec<String>;

/// One name that a `use` declaration brings in.
#[derive(Debug, PartialEq, Eq)]
pub struct Import {
    pub path: Segments,
    /// The name it has here; `*` for a glob.
    pub name: String,
    /// Whether others may import it from here.
    pub public: bool,
}

/// A module: the file itself, or `mod name { … }` in it.
#[derive(Debug, Default)]
pub struct Module {
    /// Its path below the file's own module.
    pub path: Segments,
    pub imports: Vec<Import>,
    /// Paths outside of `use` declarations.
    pub paths: Vec<Segments>,
    /// Names of items that are defined here.
    pub defined: BTreeSet<String>,
    /// Every identifier outside of `use` declarations.
    pub identifiers: BTreeSet<String>,
}

/// What a file holds.
#[derive(Debug, Default)]
pub struct Source {
    pub modules: Vec<Module>,
    /// `#[cfg(test)] mod name;`: the paths of modules whose files are left out.
    pub test_modules: Vec<Segments>,
}

type Tokens = Peekable<IntoIter<TokenTree>>;

const ITEMS: [&str; 9] = [
    "struct", "enum", "union", "trait", "type", "fn", "const", "static", "mod",
];

impl Source {
    /// Reads `text`.
    ///
    /// # Errors
    ///
    /// If it is no Rust.
    pub fn read(text: &str) -> Result<Self, proc_macro2::LexError> {
        let mut source = Self::default();
        source.module(text.parse()?, Segments::new());
        Ok(source)
    }

    fn module(&mut self, stream: TokenStream, path: Segments) {
        let mut module = Module {
            path,
            ..Module::default()
        };
        self.scan(stream, &mut module);
        self.modules.push(module);
    }

    fn scan(&mut self, stream: TokenStream, module: &mut Module) {
        let mut tokens = tokens(stream);
        let mut public = false;
        let mut test = false;
        while let Some(token) = tokens.next() {
            match token {
                TokenTree::Punct(punct) if punct.as_char() == '#' => {
                    if let Some(attribute) = attribute(&mut tokens) {
                        test |= is_test(&attribute);
                    }
                    continue;
                }
                _ if test => self.skip_item(token, &mut tokens, module),
                TokenTree::Ident(word) => {
                    let word = word.to_string();
                    if word == "pub" {
                        public = true;
                        visibility(&mut tokens);
                        continue;
                    }
                    self.word(word, public, &mut tokens, module);
                }
                TokenTree::Group(group) => self.scan(group.stream(), module),
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
            (public, test) = (false, false);
        }
    }

    /// An identifier, and what belongs to it.
    fn word(&mut self, word: String, public: bool, tokens: &mut Tokens, module: &mut Module) {
        if word == "use" {
            let mut tree = until_semicolon(tokens);
            leaves(&mut tree, &Segments::new(), public, &mut module.imports);
            return;
        }
        let name = match tokens.peek() {
            Some(TokenTree::Ident(name)) if ITEMS.contains(&word.as_str()) => name.to_string(),
            _ => {
                let path = path(word, tokens);
                module.identifiers.extend(path.iter().cloned());
                if path.len() > 1 {
                    module.paths.push(path);
                }
                return;
            }
        };
        tokens.next();
        if word == "mod"
            && let Some(TokenTree::Group(body)) = tokens.peek()
        {
            let body = body.stream();
            tokens.next();
            let path = module.path.iter().chain([&name]).cloned().collect();
            self.module(body, path);
        }
        module.defined.insert(name);
    }

    /// Skips the item behind `#[cfg(test)]`.
    fn skip_item(&mut self, first: TokenTree, tokens: &mut Tokens, module: &Module) {
        let mut last = first;
        loop {
            match (&last, tokens.peek()) {
                (TokenTree::Ident(word), Some(TokenTree::Ident(name))) if word == "mod" => {
                    let name = name.to_string();
                    let path = module.path.iter().chain([&name]).cloned();
                    self.test_modules.push(path.collect());
                }
                (TokenTree::Group(group), _) if group.delimiter() == Delimiter::Brace => return,
                (TokenTree::Punct(punct), _) if punct.as_char() == ';' => return,
                _ => {}
            }
            match tokens.next() {
                Some(token) => last = token,
                None => return,
            }
        }
    }
}

fn tokens(stream: TokenStream) -> Tokens {
    stream
        .into_iter()
        .collect::<Vec<_>>()
        .into_iter()
        .peekable()
}

/// The rest of `#[…]` or `#![…]`.
fn attribute(tokens: &mut Tokens) -> Option<Group> {
    if let Some(TokenTree::Punct(punct)) = tokens.peek()
        && punct.as_char() == '!'
    {
        tokens.next();
    }
    match tokens.peek() {
        Some(TokenTree::Group(group)) => {
            let group = group.clone();
            tokens.next();
            Some(group)
        }
        _ => None,
    }
}

fn is_test(attribute: &Group) -> bool {
    attribute.stream().to_string().replace(' ', "") == "cfg(test)"
}

/// Skips what follows `pub`: `(crate)`, `(in crate::link)`. A tuple field's type stays.
fn visibility(tokens: &mut Tokens) {
    let restricted = match tokens.peek() {
        Some(TokenTree::Group(group)) => match group.stream().into_iter().next() {
            Some(TokenTree::Ident(word)) => {
                let restriction = ["in", "crate", "super", "self"];
                let alone = group.stream().into_iter().count() == 1;
                word == "in" || (alone && restriction.contains(&word.to_string().as_str()))
            }
            _ => false,
        },
        _ => false,
    };
    if restricted {
        tokens.next();
    }
}

/// Steps over `::`; false if there is none.
fn colons(tokens: &mut Tokens) -> bool {
    let mut ahead = tokens.clone();
    let colon = |token: Option<TokenTree>| matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == ':');
    let found = colon(ahead.next()) && colon(ahead.next());
    if found {
        *tokens = ahead;
    }
    found
}

/// The path that begins with `first`.
fn path(first: String, tokens: &mut Tokens) -> Segments {
    let mut path = vec![first];
    loop {
        let mut ahead = tokens.clone();
        if !colons(&mut ahead) {
            return path;
        }
        match ahead.next() {
            Some(TokenTree::Ident(name)) => path.push(name.to_string()),
            _ => return path,
        }
        *tokens = ahead;
    }
}

fn until_semicolon(tokens: &mut Tokens) -> Tokens {
    let tree: Vec<_> = tokens
        .by_ref()
        .take_while(|token| !matches!(token, TokenTree::Punct(punct) if punct.as_char() == ';'))
        .collect();
    tree.into_iter().peekable()
}

/// Every leaf of a `use` tree.
fn leaves(tree: &mut Tokens, prefix: &Segments, public: bool, imports: &mut Vec<Import>) {
    while tree.peek().is_some() {
        let mut path = prefix.clone();
        let mut name = None;
        let mut group = None;
        while let Some(token) = tree.next() {
            match token {
                TokenTree::Punct(punct) if punct.as_char() == ',' => break,
                TokenTree::Punct(punct) if punct.as_char() == '*' => path.push("*".to_owned()),
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
                TokenTree::Group(inner) => group = Some(inner),
                TokenTree::Ident(word) if word == "as" => {
                    name = tree.next().map(|alias| alias.to_string());
                }
                // `use a::{self}` imports `a`.
                TokenTree::Ident(word) if word == "self" && !path.is_empty() => {}
                TokenTree::Ident(word) => path.push(word.to_string()),
            }
        }
        if let Some(group) = group {
            leaves(&mut tokens(group.stream()), &path, public, imports);
        } else if let Some(last) = path.last().cloned() {
            let name = name.unwrap_or(last);
            imports.push(Import { path, name, public });
        }
    }
}
