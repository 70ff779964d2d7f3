//! The work report, written from the city's figures.

use figures::Request;
use figures::blocking::Engine;
use message::{Diagnostic, Language, Text};
use pack::{MeasureOver, Pack};
use report::{KnownIndicator, Meta, Vocabulary};

/// The pack's indicators; nothing else of it matters to what this test asks.
struct Words<'a>(&'a Pack);

impl Vocabulary for Words<'_> {
    fn indicator(&self, key: &str) -> Option<KnownIndicator> {
        self.0.indicator(key).map(|indicator| KnownIndicator {
            label: indicator.label.clone(),
            unit: indicator.unit.clone(),
            decimals: indicator.decimals,
            dimensions: indicator.dimensions.clone(),
            flow: indicator.measure == MeasureOver::Flow,
        })
    }

    fn indicators(&self) -> Vec<String> {
        self.0.indicators.iter().map(|indicator| indicator.key.clone()).collect()
    }

    fn dimension(&self, key: &str) -> Option<Text> {
        self.0
            .dimensions
            .iter()
            .find(|dimension| dimension.key == key)
            .map(|dimension| dimension.label.clone())
    }

    fn value(&self, _: &str, _: &str, _: &str) -> Option<Text> {
        None
    }
}

/// The report as Markdown.
pub fn write(pack: &Pack, engine: &Engine) -> String {
    let source = &pack.report("work-report").expect("the pack has it").source;
    let (template, mut faults) = report::compile(source);
    faults.extend(template.iter().flat_map(|template| report::check(template, &Words(pack))));
    assert_clean(&faults);
    let template = template.expect("no fault, so a template");
    let requests: Vec<Request> = template
        .requests()
        .iter()
        .map(|wanted| Request {
            indicator: wanted.indicator.clone(),
            period: wanted.period,
            as_of: wanted.as_of,
            known_at: None,
            lake: None,
            by: wanted.by.clone(),
            scope: wanted.scope.clone(),
        })
        .collect();
    let answers = engine.evaluate(&requests).expect("figures");
    let meta = Meta::new(engine.snapshot().expect("a snapshot"), pack.name.clone(), pack.digest);
    let (document, faults) = report::render(&template, &answers, &Words(pack), &meta);
    assert_clean(&faults);
    report::markdown(&document.expect("no fault, so a document"))
}

fn assert_clean(faults: &[Diagnostic]) {
    assert!(faults.is_empty(), "{}", message::render(faults, Language::English, false));
}
