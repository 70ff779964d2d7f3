//! Texts → policies that can be asked.

use std::collections::BTreeMap;
use std::str::FromStr;
use std::sync::Arc;

use cedar_policy::{Policy, PolicyId, PolicySet, Schema, Validator};
use message::{Diagnostic, Severity, Source, Span, Text};

use crate::decide::Policies;
use crate::faults;
use crate::schema::schema_text;
use crate::words::Vocabulary;

/// A policy with its place.
pub(crate) struct Placed {
    pub(crate) policy: Policy,
    pub(crate) source: Arc<Source>,
    pub(crate) span: Span,
}

/// Compiles policy files (path and text) against the words of their pack.
///
/// Every fault is found in one go; there are policies if and only if none of the faults is an error. No file at all
/// is no fault: then nothing is permitted.
pub fn compile(files: &[(String, String)], words: &Vocabulary) -> (Option<Policies>, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let mut files: Vec<&(String, String)> = files.iter().collect();
    files.sort();
    let mut placed: BTreeMap<String, Placed> = BTreeMap::new();
    for (path, text) in files {
        let source = Source::new(path.clone(), text.clone());
        for one in read(&source, &mut diagnostics) {
            name(one, &mut placed, &mut diagnostics);
        }
    }
    let schema = match Schema::from_cedarschema_str(&schema_text(words)) {
        Ok((schema, _)) => schema,
        Err(error) => {
            // The pack's own rules of naming make this impossible; whoever else calls is told why.
            diagnostics.push(faults::schema(&error.to_string()));
            return (None, diagnostics);
        }
    };
    // All that were read are checked together, whatever else is wrong in their files.
    let set = match PolicySet::from_policies(placed.values().map(|one| one.policy.clone())) {
        Ok(set) => set,
        Err(error) => {
            diagnostics.push(faults::schema(&error.to_string()));
            return (None, diagnostics);
        }
    };
    let result = Validator::new(schema).validate(&set, cedar_policy::ValidationMode::Strict);
    for error in result.validation_errors() {
        if let Some(one) = placed.get(AsRef::<str>::as_ref(error.policy_id())) {
            diagnostics.push(faults::invalid(one, error, words));
        }
    }
    for warning in result.validation_warnings() {
        if let Some(one) = placed.get(AsRef::<str>::as_ref(warning.policy_id())) {
            // A role that is not there makes its policy impossible too; the cause alone is told.
            let is_told = diagnostics.iter().any(|told| {
                told.source.path == one.source.path
                    && told.span.start >= one.span.start
                    && told.span.end <= one.span.end
            });
            diagnostics.extend(faults::suspicious(one, warning).filter(|_| !is_told));
        }
    }
    // Cedar checks a policy once for every action it may be about, and finds the same each time.
    diagnostics.sort_by(|a, b| {
        (&a.source.path, a.span.start, a.span.end, a.rule, &a.message.english).cmp(&(
            &b.source.path,
            b.span.start,
            b.span.end,
            b.rule,
            &b.message.english,
        ))
    });
    diagnostics.dedup();
    let broken = diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
    let policies = (!broken).then(|| Policies::of(placed, words));
    (policies.flatten(), diagnostics)
}

/// The policies of one file, in its order, each with its place.
fn read(source: &Arc<Source>, diagnostics: &mut Vec<Diagnostic>) -> Vec<Placed> {
    let set = match PolicySet::from_str(&source.text) {
        Ok(set) => set,
        Err(errors) => {
            diagnostics.extend(errors.iter().map(|error| faults::syntax(source, error)));
            return Vec::new();
        }
    };
    for template in set.templates() {
        let text = template.to_cedar();
        let start = source.text.find(&text).unwrap_or(0);
        diagnostics.push(faults::template(source, start..start + text.len()));
    }
    // Cedar numbers them as they come.
    let number = |policy: &Policy| {
        let id: &str = policy.id().as_ref();
        id.trim_start_matches("policy").parse::<usize>().unwrap_or(usize::MAX)
    };
    let mut policies: Vec<&Policy> = set.policies().collect();
    policies.sort_by_key(|policy| number(policy));
    let mut after = 0;
    policies
        .into_iter()
        .map(|policy| {
            let text = policy.to_cedar().unwrap_or_default();
            let start = source.text[after..].find(&text).map_or(after, |found| after + found);
            let span = start..(start + text.len()).min(source.text.len());
            after = span.end;
            Placed { policy: policy.clone(), source: Arc::clone(source), span }
        })
        .collect()
}

/// Names a policy by its `@id`, or by its place, and looks at what it says about itself.
fn name(mut one: Placed, placed: &mut BTreeMap<String, Placed>, diagnostics: &mut Vec<Diagnostic>) {
    let (line, _) = one.source.line_column(one.span.start);
    let own = one.policy.annotation("id").filter(|id| !id.trim().is_empty()).map(str::to_owned);
    let mut id = own.clone().unwrap_or_else(|| format!("{}:{line}", one.source.path));
    if let (Some(own), Some(first)) = (&own, placed.get(&id)) {
        diagnostics.push(faults::duplicate(&one, own, first));
        return;
    }
    // Two policies on one line.
    while placed.contains_key(&id) {
        id.push('+');
    }
    match (one.policy.annotation("zh"), one.policy.annotation("en")) {
        (Some(_), None) => diagnostics.push(faults::translation(&one, "en")),
        (None, Some(_)) => diagnostics.push(faults::translation(&one, "zh")),
        _ => {}
    }
    one.policy = one.policy.new_id(PolicyId::new(&id));
    placed.insert(id, one);
}

impl Placed {
    /// What the policy says to somebody whom it refuses.
    pub(crate) fn reason(&self) -> Option<Text> {
        let (chinese, english) = (self.policy.annotation("zh")?, self.policy.annotation("en")?);
        Some(Text::new(chinese, english))
    }
}
