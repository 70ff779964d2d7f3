//! The path from texts to a pack.

use std::sync::Arc;

use message::{Diagnostic, Severity, Source, Text};
use sha2::{Digest, Sha256};

use crate::faults::{Faults, suggest};
use crate::files::{FileKind, stem};
use crate::model::{Pack, Plan, Public, ReportTemplate};
use crate::names::{Names, written};
use crate::tree::{self, Node};
use crate::words::NAME;
use crate::{cross, indicator, organisation, pack_file, plan, public, register, rules, shape, wording};

/// A file of the pack, read but not understood.
pub(crate) struct Document {
    pub(crate) source: Arc<Source>,
    pub(crate) kind: FileKind,
    /// Empty for a report or policies.
    pub(crate) root: Node,
}

/// Compiles a pack from its files' paths (with `/`, from the pack's directory) and texts.
///
/// Every fault is found in one go. There is a pack if and only if no fault is an error.
pub fn compile(files: Vec<(String, String)>) -> (Option<Pack>, Vec<Diagnostic>) {
    let (pack, diagnostics) = understand(files);
    let broken = diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
    ((!broken).then_some(pack), diagnostics)
}

/// The pack as far as it can be understood, what is faulty being filled in with something.
///
/// Only for checks that go on after a fault, so that SQL and templates are answered in the same run:
/// whoever computes with a pack takes [`compile`]'s.
pub fn understand(files: Vec<(String, String)>) -> (Pack, Vec<Diagnostic>) {
    let mut faults = Faults::default();

    // Text → trees. The order of files is that of their paths, whoever listed them.
    let documents = documents(files, &mut faults);
    require(&documents, FileKind::Pack, &mut faults);
    require(&documents, FileKind::Organisation, &mut faults);

    // Keys and types, file by file; then what is declared anywhere, so that a reference to something
    // that is itself faulty is not called unknown.
    for document in &documents {
        if let Some(table) = document.kind.table() {
            shape::check(&document.source, &document.root, table, &mut faults);
        }
    }
    let names = Names::of(&documents, &mut faults);

    // Trees → model. What is faulty is filled in with something: `compile` throws such a pack away.
    let mut head = pack_file::PackFile::default();
    let mut levels = Vec::new();
    let mut registers = Vec::new();
    let mut indicators = Vec::new();
    let mut plan = Plan::default();
    let mut reports = Vec::new();
    let mut policies = Vec::new();
    let mut open = Public::default();
    for document in &documents {
        match document.kind {
            FileKind::Pack => head = pack_file::read(document, &mut faults),
            FileKind::Organisation => {
                levels = organisation::levels(document, &mut faults);
                registers.push(organisation::units(document, &names, &mut faults));
            }
            FileKind::Register => registers.push(register::read(document, &names, &mut faults)),
            FileKind::Indicators => indicators.extend(indicator::read(document, &names, &mut faults)),
            FileKind::Plan => plan::read(document, &names, &mut plan, &mut faults),
            FileKind::Report => reports.push(report(document, &mut faults)),
            FileKind::Policies => {
                policies.push((document.source.path.clone(), document.source.text.clone()));
            }
            FileKind::Public => open = public::read(document, &names, &mut faults),
        }
    }
    registers.sort_by(|a, b| a.key.cmp(&b.key));
    indicators.sort_by(|a, b| a.indicator.key.cmp(&b.indicator.key));

    // What only the whole can show.
    if let Some(document) = documents.iter().find(|document| document.kind == FileKind::Public) {
        public::check(document, &registers, &mut faults);
    }
    for document in documents.iter().filter(|document| document.kind == FileKind::Plan) {
        plan::check(document, &indicators, &mut faults);
    }
    cross::formulas(&indicators, &mut faults);
    wording::same(&indicators, &mut faults);
    let indicators: Vec<_> = indicators.into_iter().map(|read| read.indicator).collect();
    let dimensions = cross::dimensions(head.dimensions, &levels, &registers, &indicators);

    let pack = Pack {
        name: head.name,
        label: head.label,
        digest: digest(&documents),
        roles: head.roles,
        levels,
        registers,
        indicators,
        dimensions,
        units: head.units,
        plan,
        reports,
        policies,
        public: open,
    };
    (pack, faults.into_sorted())
}

fn documents(mut files: Vec<(String, String)>, faults: &mut Faults) -> Vec<Document> {
    files.sort();
    let mut documents: Vec<Document> = Vec::new();
    for (path, text) in files {
        let Some(kind) = FileKind::of(&path) else {
            faults.unexpected_file(path, text);
            continue;
        };
        let source = Source::new(path, text);
        if documents.last().is_some_and(|last| last.source.path == source.path) {
            let path = &source.path;
            faults.push(Diagnostic::error(
                rules::DUPLICATE_FILE,
                &source,
                0..0,
                message::text!("文件 `{path}` 出现两次", "the file `{path}` occurs twice"),
            ));
            continue;
        }
        let root = match kind {
            FileKind::Report | FileKind::Policies => {
                Node { span: 0..0, value: tree::Value::Table(Vec::new()) }
            }
            _ => tree::parse(&source, faults),
        };
        documents.push(Document { source, kind, root });
    }
    documents
}

impl Faults {
    /// A file that nothing reads. A note such as `README.md` is welcome; a TOML file is likely misplaced.
    fn unexpected_file(&mut self, path: String, text: String) {
        let (directory, file) = path.rsplit_once('/').unwrap_or(("", &path));
        let is_template = path.ends_with(".md") && message::did_you_mean(directory, ["reports"]).is_some();
        let is_read_somewhere = path.ends_with(".toml") || path.ends_with(".cedar");
        if !(is_read_somewhere && !file.starts_with('.') || is_template) {
            return;
        }
        let message = message::text!("文件 `{path}` 不会被读取", "nothing reads the file `{path}`");
        let directory = directory.to_owned();
        let file = file.to_owned();
        let source = Source::new(path, text);
        // The text is not shown: the fault is in the path.
        let fault = Diagnostic {
            severity: Severity::Warning,
            ..Diagnostic::error(rules::UNEXPECTED_FILE, &source, 0..0, message)
        };
        self.push(if directory.is_empty() {
            suggest(fault, &file, ["pack.toml", "organisation.toml", "public.toml"])
        } else {
            suggest(fault, &directory, ["registers", "indicators", "plan", "reports", "policies"])
        });
    }
}

fn require(documents: &[Document], kind: FileKind, faults: &mut Faults) {
    if documents.iter().all(|document| document.kind != kind) {
        let path = kind.glob();
        let fault = Diagnostic::error(
            rules::MISSING_FILE,
            &Source::new(path, ""),
            0..0,
            message::text!("缺少文件 `{path}`", "the file `{path}` is missing"),
        );
        faults.push(fault.hint(match kind {
            FileKind::Pack => Text::new(
                "最少要有：name = \"jiangcheng\" 和 label = { zh = \"江城\", en = \"Jiangcheng\" }",
                "it needs at least: name = \"jiangcheng\" and label = { zh = \"江城\", en = \"Jiangcheng\" }",
            ),
            _ => Text::new(
                "最少要有：[levels.city] 和 label = { zh = \"市\", en = \"City\" }",
                "it needs at least: [levels.city] and label = { zh = \"市\", en = \"City\" }",
            ),
        }));
    }
}

fn report(document: &Document, faults: &mut Faults) -> ReportTemplate {
    let key = stem(&document.source.path);
    written(&document.source, &(0..0), key, &NAME, faults);
    ReportTemplate { key: key.to_owned(), source: Arc::clone(&document.source) }
}

/// SHA-256 over the files in the order of their paths: for each the length of its path, the path, the
/// length of its text, the text; lengths as 64 bits, the lowest byte first.
///
/// Frozen: figures carry a part of it for ever.
fn digest(documents: &[Document]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for part in documents.iter().flat_map(|document| [&document.source.path, &document.source.text]) {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.finalize().into()
}
