//! A template against the pack's vocabulary: what can be told before any figure is computed.

use message::{Diagnostic, Span, Text, did_you_mean, text};
use quantity::Unit;

use crate::template::{Ask, Common};
use crate::{KnownIndicator, Template, Vocabulary};

/// Every call that asks for what the pack does not have.
pub fn check(template: &Template, vocabulary: &dyn Vocabulary) -> Vec<Diagnostic> {
    let mut checker = Checker { template, vocabulary, faults: Vec::new() };
    for ask in &template.asks {
        checker.ask(ask);
    }
    checker.faults
}

struct Checker<'a> {
    template: &'a Template,
    vocabulary: &'a dyn Vocabulary,
    faults: Vec<Diagnostic>,
}

impl Checker<'_> {
    fn ask(&mut self, ask: &Ask) {
        let common = ask.common();
        for (key, place) in &common.indicators {
            match self.vocabulary.indicator(key) {
                Some(known) => self.known(common, key, &known, ask),
                None => {
                    let keys = self.vocabulary.indicators();
                    let near = did_you_mean(key, keys.iter().map(String::as_str));
                    let message = text!("没有指标 `{key}`", "there is no indicator `{key}`");
                    self.push("unknown-indicator", place.clone(), message, near);
                }
            }
        }
    }

    fn known(&mut self, common: &Common, key: &str, known: &KnownIndicator, ask: &Ask) {
        let asked = common
            .scope
            .iter()
            .map(|(dimension, _)| (dimension, "of"))
            .chain(common.by.iter().map(|by| (by, "by")));
        for (dimension, argument) in asked {
            if !known.dimensions.contains(dimension) {
                let near = did_you_mean(dimension, known.dimensions.iter().map(String::as_str));
                let message = text!(
                    "指标 `{key}` 没有维度 `{dimension}`",
                    "the indicator `{key}` has no dimension `{dimension}`"
                );
                let place = common.place(argument);
                let mut fault = fault(self.template, "unknown-dimension", place, message);
                fault = match near {
                    Some(near) => fault.hint(text!("是否想写 `{near}`", "did you mean `{near}`?")),
                    None if known.dimensions.is_empty() => fault,
                    None => {
                        let list = known.dimensions.join(", ");
                        fault.hint(text!("可用的维度：{list}", "there are {list}"))
                    }
                };
                self.faults.push(fault);
            }
        }
        if let Some(wished) = &common.form.unit {
            let convertible = match (Unit::parse(&known.unit), Unit::parse(wished)) {
                (Some(own), Some(wished)) => own.converts_to(&wished),
                _ => false,
            };
            if !convertible {
                let own = &known.unit;
                let message =
                    text!("`{own}` 不能换算成 `{wished}`", "`{own}` cannot be converted to `{wished}`");
                self.push("not-convertible", common.place("unit"), message, None);
            }
        }
        if known.flow && common.day_only && matches!(ask, Ask::Figure(_)) {
            let message = text!(
                "指标 `{key}` 统计一段时期，只写 `at` 就只算那一天",
                "the indicator `{key}` sums over a period; with `at` alone only that day counts"
            );
            let fault =
                Diagnostic::warning("flow-on-a-day", &self.template.source, common.place("at"), message)
                    .hint(Text::new("另写 period=\"…\"", "add period=\"…\""));
            self.faults.push(fault);
        }
    }

    fn push(&mut self, rule: &'static str, place: Span, message: Text, near: Option<&str>) {
        let mut fault = fault(self.template, rule, place, message);
        if let Some(near) = near {
            fault = fault.hint(text!("是否想写 `{near}`", "did you mean `{near}`?"));
        }
        self.faults.push(fault);
    }
}

fn fault(template: &Template, rule: &'static str, place: Span, message: Text) -> Diagnostic {
    Diagnostic::error(rule, &template.source, place, message)
}
