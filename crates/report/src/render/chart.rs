//! Charts: points with their labels, and the table of the same data.

use figure::{Figure, Period};
use message::text;

use super::table::group_of;
use super::{Renderer, figures, words};
use crate::document::{Chart, Column, Inline, Point, Table};
use crate::template::ChartAsk;

impl<'a> Renderer<'a> {
    /// The chart; `None` after a fault.
    pub(super) fn chart(&mut self, ask: &ChartAsk) -> Option<Chart> {
        let common = &ask.common;
        let answers: Vec<Option<(Period, &'a [Figure])>> = ask
            .requests
            .iter()
            .map(|(period, request)| Some((*period, self.answer(*request, common)?)))
            .collect();
        let answers = answers.into_iter().collect::<Option<Vec<_>>>()?;
        let unit = self.unit(common, 0, &answers);

        let data: Vec<(String, Option<&'a Figure>)> = match &common.by {
            None => answers
                .iter()
                .map(|(period, figures)| (words::period(*period, self.meta.language), figures.first()))
                .collect(),
            Some(by) => {
                let figures = answers.iter().flat_map(|(_, figures)| figures.iter());
                figures
                    .map(|figure| {
                        let group = group_of(figure, by);
                        let label =
                            figures::value_label(&figure.id.indicator, by, group, self.vocabulary, self.meta);
                        (label, Some(figure))
                    })
                    .collect()
            }
        };
        let mut points = Vec::new();
        let mut rows = Vec::new();
        for (label, figure) in data {
            let shown = figure.and_then(|figure| self.bare(figure, &unit)).unwrap_or_else(|| "—".to_owned());
            points.push(Point { label: label.clone(), value: figure.and_then(|figure| figure.value), shown });
            rows.push(vec![vec![Inline::Text(label)], self.cell(figure, &unit)]);
        }

        let (key, _) = &common.indicators[0];
        let name = self.indicator_label(key);
        let periods: Vec<Period> = answers.iter().map(|(period, _)| *period).collect();
        let time = self.time_label(&periods);
        let head = match &common.by {
            Some(by) => self.dimension_label(by),
            None => self.say(&message::Text::new("时期", "Period")),
        };
        let shown_unit = self.own(&unit);
        let table = Table {
            columns: vec![
                Column { head: vec![Inline::Text(head)], numeric: false },
                Column { head: vec![Inline::Text(format!("{name}（{shown_unit}）"))], numeric: true },
            ],
            rows,
            ..Table::default()
        };
        let source = self.source_line();
        let snapshot = self.meta.snapshot.pack.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let known_at = self.meta.snapshot.known_at;
        Some(Chart {
            title: ask.title.as_ref().map_or(name, |title| self.own(title)),
            subtitle: self.say(&text!("单位：{shown_unit}，{time}", "Unit: {shown_unit}, {time}")),
            foot: self.say(&text!(
                "{source}；指标 {key}，快照 {known_at}.{snapshot}",
                "{source}; indicator {key}, snapshot {known_at}.{snapshot}"
            )),
            kind: ask.kind,
            points,
            table,
        })
    }
}
