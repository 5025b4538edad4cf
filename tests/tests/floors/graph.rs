//! Which file of a crate uses which other. A name that a module only re-exports counts as a use
//! of the file that defines it, and a re-export by itself is no use.

use crate::source::{Import, Module, Segments, Source};
use std::collections::{BTreeMap, BTreeSet};

/// The files of a crate and the uses between them.
#[derive(Debug, Default)]
pub struct Graph {
    modules: BTreeMap<Segments, (String, Module)>,
    /// From one file to another, each once.
    pub uses: BTreeSet<(String, String)>,
}

/// How many re-exports may lie between a name and its definition.
const MOST_STEPS: usize = 16;

impl Graph {
    /// Reads a crate from its files: the path below the crate's root (`link/pump.rs`) and the
    /// text. Folders and files called `tests` are left out, and so is what only tests compile.
    ///
    /// # Errors
    ///
    /// If a file is no Rust; with its name.
    pub fn read(files: &[(String, String)]) -> Result<Self, String> {
        let mut graph = Self::default();
        let mut test_modules = Vec::new();
        for (file, text) in files {
            let path = module_path(file);
            if path.iter().any(|name| name == "tests") {
                continue;
            }
            let source = Source::read(text).map_err(|error| format!("{file}: {error}"))?;
            let below = |inner: &Segments| path.iter().chain(inner).cloned().collect();
            test_modules.extend(source.test_modules.iter().map(below));
            for module in source.modules {
                let place: Segments = below(&module.path);
                graph.modules.insert(place, (file.clone(), module));
            }
        }
        let is_test = |path: &Segments| test_modules.iter().any(|test| path.starts_with(test));
        graph.modules.retain(|path, _| !is_test(path));
        graph.uses = graph
            .modules
            .keys()
            .flat_map(|at| graph.uses_of(at))
            .collect();
        Ok(graph)
    }

    /// The files that are read.
    pub fn files(&self) -> BTreeSet<&str> {
        self.modules
            .values()
            .map(|(file, _)| file.as_str())
            .collect()
    }

    fn uses_of(&self, at: &Segments) -> Vec<(String, String)> {
        let Some((file, module)) = self.modules.get(at) else {
            return Vec::new();
        };
        // A re-export brings a name into this file only if the name occurs elsewhere in it.
        let imports = module.imports.iter().filter(|import| {
            !import.public || (import.name != "*" && module.identifiers.contains(&import.name))
        });
        let paths = imports.map(|import| &import.path).chain(&module.paths);
        let targets = paths.filter_map(|path| self.resolve(at, path, MOST_STEPS));
        let others = targets.filter(|target| target != file);
        others.map(|target| (file.clone(), target)).collect()
    }

    /// The file that defines what `path`, written in the module `at`, names; `None` for what
    /// another crate defines.
    fn resolve(&self, at: &Segments, path: &[String], steps: usize) -> Option<String> {
        let steps = steps.checked_sub(1)?;
        let (first, mut rest) = path.split_first()?;
        let mut place = match first.as_str() {
            "crate" => Segments::new(),
            "self" => at.clone(),
            "super" => parent(at)?,
            name => {
                let mut child = at.clone();
                child.push(name.to_owned());
                if !self.modules.contains_key(&child) {
                    let (_, module) = self.modules.get(at)?;
                    let import = module.imports.iter().find(|import| import.name == *name)?;
                    return self.through(at, import, rest, steps);
                }
                child
            }
        };
        while let Some((name, after)) = rest.split_first() {
            if name == "super" {
                place = parent(&place)?;
                rest = after;
                continue;
            }
            let mut child = place.clone();
            child.push(name.clone());
            if self.modules.contains_key(&child) {
                place = child;
                rest = after;
                continue;
            }
            return self.defined(&place, name, after, steps);
        }
        self.modules.get(&place).map(|(file, _)| file.clone())
    }

    /// The file that defines `name` of the module `place`, whether there or by a re-export.
    fn defined(
        &self,
        place: &Segments,
        name: &str,
        after: &[String],
        steps: usize,
    ) -> Option<String> {
        let (file, module) = self.modules.get(place)?;
        if name != "*" && !module.defined.contains(name) {
            let named = module.imports.iter().find(|import| import.name == name);
            if let Some(import) = named {
                // What another crate defines counts as the re-exporting file's.
                let target = self.through(place, import, after, steps);
                return Some(target.unwrap_or_else(|| file.clone()));
            }
            for glob in module.imports.iter().filter(|import| import.name == "*") {
                let source = glob.path.strip_suffix(&["*".to_owned()][..])?;
                let path: Segments = source.iter().chain([&name.to_owned()]).cloned().collect();
                let target = self.resolve(place, &path, steps);
                if let Some(target) = target.filter(|target| self.defines(target, name)) {
                    return Some(target);
                }
            }
        }
        Some(file.clone())
    }

    fn defines(&self, file: &str, name: &str) -> bool {
        let mut modules = self.modules.values();
        modules.any(|(of, module)| of == file && module.defined.contains(name))
    }

    fn through(
        &self,
        at: &Segments,
        import: &Import,
        rest: &[String],
        steps: usize,
    ) -> Option<String> {
        let path: Segments = import.path.iter().chain(rest).cloned().collect();
        // `use x;` of an external crate names itself.
        if path.first() == Some(&import.name) && import.path.len() == 1 {
            return None;
        }
        self.resolve(at, &path, steps)
    }
}

fn parent(path: &Segments) -> Option<Segments> {
    let (_, parent) = path.split_last()?;
    Some(parent.to_vec())
}

/// `link/pump.rs` and `link/pump/mod.rs` are both `link::pump`; `lib.rs` and `main.rs` are the
/// root.
fn module_path(file: &str) -> Segments {
    let mut path: Segments = file
        .trim_end_matches(".rs")
        .split('/')
        .map(str::to_owned)
        .collect();
    match path.last().map(String::as_str) {
        Some("mod") => drop(path.pop()),
        Some("lib" | "main") if path.len() == 1 => path.clear(),
        _ => {}
    }
    path
}
