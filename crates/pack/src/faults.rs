//! Where faults are gathered while a pack is read.

use std::collections::BTreeSet;
use std::sync::Arc;

use message::{Diagnostic, Source, Span, Text, did_you_mean};

use crate::files::FileKind;
use crate::rules;

/// The faults found so far.
///
/// A file that is not TOML is read as far as it goes, but what is missing from it may only have been lost
/// behind the mistake. So until that is mended only its syntax is reported, and nothing that it might have
/// declared is called unknown in other files.
#[derive(Default)]
pub(crate) struct Faults {
    list: Vec<Diagnostic>,
    broken: BTreeSet<String>,
    unsure: BTreeSet<&'static str>,
}

impl Faults {
    /// Adds a fault, unless it may only follow from a broken file.
    pub(crate) fn push(&mut self, fault: Diagnostic) {
        if !self.broken.contains(&fault.source.path) && !self.unsure.contains(fault.rule) {
            // The key that was meant is not declared by its table.
            if fault.rule == rules::UNQUOTED_KEY {
                self.unsure.insert(rules::UNKNOWN_INDICATOR);
            }
            self.list.push(fault);
        }
    }

    /// Adds a fault of syntax, and says nothing from now on that may only follow from it.
    pub(crate) fn push_syntax(&mut self, source: &Arc<Source>, span: Span, message: Text) {
        self.list.push(Diagnostic::error(rules::SYNTAX, source, span, message));
        self.broken.insert(source.path.clone());
        self.unsure.extend(match FileKind::of(&source.path) {
            Some(FileKind::Pack) => &[rules::UNKNOWN_ROLE, rules::UNKNOWN_DIMENSION][..],
            Some(FileKind::Organisation) => &[rules::UNKNOWN_LEVEL, rules::UNKNOWN_DIMENSION],
            // A register is declared by its file's name; its fields are named in its own file, and in public.toml.
            Some(FileKind::Register) => &[rules::UNKNOWN_DIMENSION, rules::PUBLIC_FIELD, rules::PUBLIC_LAYER],
            Some(FileKind::Indicators) => &[rules::UNKNOWN_INDICATOR, rules::FORMULA_DIMENSION],
            Some(FileKind::Plan) => &[rules::UNKNOWN_PLAN, rules::UNKNOWN_PROGRAMME, rules::UNKNOWN_PROJECT],
            Some(FileKind::Report | FileKind::Policies | FileKind::Public) | None => &[],
        });
    }

    /// The faults in the order of file and place.
    pub(crate) fn into_sorted(mut self) -> Vec<Diagnostic> {
        // Stable: two faults at one place stay in the order of the checks.
        self.list.sort_by(|a, b| (&a.source.path, a.span.start).cmp(&(&b.source.path, b.span.start)));
        self.list
    }
}

/// A name that nothing has: the nearest that exists is offered, else those that do exist are listed.
pub(crate) fn suggest<'a>(
    fault: Diagnostic,
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Diagnostic {
    let candidates: Vec<&str> = candidates.into_iter().collect();
    if let Some(near) = did_you_mean(name, candidates.iter().copied()) {
        return fault.hint(message::text!("是否想写 `{near}`？", "did you mean `{near}`?"));
    }
    match list(&candidates) {
        Some(all) => fault.hint(message::text!("可用的有：{all}", "there are: {all}")),
        None => fault.hint(Text::new("目前一个也没有声明", "none is declared yet")),
    }
}

/// `a`, `b`, `c`: at most a dozen, so that a hint stays a line.
pub(crate) fn list(names: &[&str]) -> Option<String> {
    const SHOWN: usize = 12;
    if names.is_empty() {
        return None;
    }
    let mut shown: Vec<String> = names.iter().take(SHOWN).map(|name| format!("`{name}`")).collect();
    if names.len() > SHOWN {
        shown.push("…".to_owned());
    }
    Some(shown.join(", "))
}
