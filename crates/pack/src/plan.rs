//! `plan/*.toml`: plan → programme → project → target, each target with its supporting measures.

use message::{Diagnostic, Text};

use crate::compile::Document;
use crate::faults::Faults;
use crate::field::decimal;
use crate::indicator::ReadIndicator;
use crate::model::{MeasureOver, Named, Plan, Programme, Project, SupportingMeasure, Target};
use crate::names::{Names, known};
use crate::rules;
use crate::tree::Node;

/// Adds what a file says to the plan.
pub(crate) fn read(document: &Document, names: &Names<'_>, plan: &mut Plan, faults: &mut Faults) {
    let (source, root) = (&document.source, &document.root);
    let text = |item: &Node, key: &str| item.text(key).unwrap_or_default().to_owned();
    for item in root.items_of("plan") {
        let key = text(item, "key");
        plan.plans.push(Named { label: item.label("label", &key), key });
    }
    for item in root.items_of("programme") {
        known(rules::UNKNOWN_PLAN, source, item.text_at("plan"), &names.plans, faults);
        let key = text(item, "key");
        plan.programmes.push(Programme { label: item.label("label", &key), key, plan: text(item, "plan") });
    }
    for item in root.items_of("project") {
        known(rules::UNKNOWN_PROGRAMME, source, item.text_at("programme"), &names.programmes, faults);
        let key = text(item, "key");
        plan.projects.push(Project {
            label: item.label("label", &key),
            key,
            programme: text(item, "programme"),
            lead: text(item, "lead"),
        });
    }
    for item in root.items_of("target") {
        known(rules::UNKNOWN_PROJECT, source, item.text_at("project"), &names.projects, faults);
        known(rules::UNKNOWN_INDICATOR, source, item.text_at("indicator"), &names.indicators, faults);
        let key = text(item, "key");
        plan.targets.push(Target {
            label: item.label("label", &key),
            project: text(item, "project"),
            indicator: text(item, "indicator"),
            value: item.get("value").and_then(decimal).unwrap_or_default(),
            since: item.day("since"),
            by: item.day("by").unwrap_or_default(),
            unit: text(item, "unit"),
            measures: item.items_of("measure").iter().map(measure).collect(),
            key,
        });
    }
}

/// What a target's way is measured from lies before its end, and only a state of things has one: what a period adds up
/// begins with the period.
pub(crate) fn check(document: &Document, indicators: &[ReadIndicator], faults: &mut Faults) {
    for item in document.root.items_of("target") {
        let (Some(entry), Some(since)) = (item.entry("since"), item.day("since")) else { continue };
        let of = indicators.iter().find(|read| item.text("indicator") == Some(read.indicator.key.as_str()));
        let message = if item.day("by").is_some_and(|by| by <= since) {
            Text::new("起算日不早于完成日期", "the way begins no earlier than it ends")
        } else if of.is_some_and(|read| read.indicator.measure == MeasureOver::Flow) {
            Text::new("时期指标从期初算起，没有起算日", "what a period adds up begins with the period")
        } else {
            continue;
        };
        faults.push(Diagnostic::error(
            rules::TARGET_SINCE,
            &document.source,
            entry.key_span.clone(),
            message,
        ));
    }
}

fn measure(item: &Node) -> SupportingMeasure {
    SupportingMeasure {
        label: item.label("label", ""),
        unit: item.text("unit").unwrap_or_default().to_owned(),
    }
}
