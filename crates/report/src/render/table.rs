//! Tables of figures: by a dimension, over periods, or a list of indicators.

use figure::{Figure, Period};
use message::{Text, text};
use quantity::Form;

use super::{Renderer, figures, with_decimals, words};
use crate::document::{Column, Inline, Table};
use crate::template::{Common, TableAsk};

impl<'a> Renderer<'a> {
    /// The table; `None` after a fault.
    pub(super) fn table(&mut self, ask: &TableAsk) -> Option<Table> {
        let common = &ask.common;
        // All answers first, so that one fault does not hide another.
        let mut answers = Vec::new();
        for requests in &ask.requests {
            let mut row: Vec<(Period, Option<&'a [Figure]>)> = Vec::new();
            for (period, request) in requests {
                row.push((*period, self.answer(*request, common)));
            }
            answers.push(row);
        }
        let answers: Vec<Vec<(Period, &'a [Figure])>> = answers
            .into_iter()
            .map(|row| {
                row.into_iter().map(|(period, figures)| Some((period, figures?))).collect::<Option<Vec<_>>>()
            })
            .collect::<Option<Vec<_>>>()?;
        let units: Vec<String> =
            answers.iter().enumerate().map(|(index, row)| self.unit(common, index, row)).collect();
        let same_unit = units.iter().all(|unit| *unit == units[0]);

        let mut table = match (&common.by, ask.over_periods) {
            (Some(by), _) => self.table_by(ask, by, &answers, &units, same_unit)?,
            (None, true) => self.table_over_periods(common, &answers, &units, same_unit),
            (None, false) => self.table_of_indicators(common, &answers, &units),
        };
        // A list of indicators has a column of units.
        if same_unit && (common.by.is_some() || ask.over_periods) {
            let unit = &units[0];
            table.unit = Some(self.say(&text!("单位：{unit}", "Unit: {unit}")));
        }
        table.caption = Some(match &ask.title {
            Some(title) => self.own(title),
            None => self.default_title(
                common,
                &ask.requests[0].iter().map(|(period, _)| *period).collect::<Vec<_>>(),
            ),
        });
        table.foot = Some(self.source_line());
        Some(table)
    }

    fn table_by(
        &mut self,
        ask: &TableAsk,
        by: &str,
        answers: &[Vec<(Period, &'a [Figure])>],
        units: &[String],
        same_unit: bool,
    ) -> Option<Table> {
        let common = &ask.common;
        // One column for each indicator, or for each period of the only indicator.
        let series: Vec<(usize, Period, &'a [Figure])> = answers
            .iter()
            .enumerate()
            .flat_map(|(index, row)| row.iter().map(move |(period, figures)| (index, *period, *figures)))
            .collect();
        let head = self.dimension_label(by);
        let mut columns = vec![Column { head: vec![Inline::Text(head)], numeric: false }];
        for (index, period, _) in &series {
            let name = if ask.over_periods {
                words::period(*period, self.meta.language)
            } else {
                self.column_name(common, *index, units, same_unit)
            };
            columns.push(Column { head: vec![Inline::Text(name)], numeric: true });
        }
        // The groups of all columns, in the order they first come.
        let mut groups: Vec<&'a str> = Vec::new();
        for group in
            series.iter().flat_map(|(_, _, figures)| figures.iter().map(|figure| group_of(figure, by)))
        {
            if !groups.contains(&group) {
                groups.push(group);
            }
        }
        let mut rows = Vec::new();
        for group in groups {
            let indicator = &common.indicators[0].0;
            let name = figures::value_label(indicator, by, group, self.vocabulary, self.meta);
            let mut row = vec![vec![Inline::Text(name)]];
            for (index, _, figures) in &series {
                let figure = figures.iter().find(|figure| group_of(figure, by) == group);
                row.push(self.cell(figure, &units[*index]));
            }
            rows.push(row);
        }
        if let Some(totals) = &ask.totals {
            let mut row =
                vec![vec![Inline::Strong(vec![Inline::Text(self.say(&Text::new("合计", "Total")))])]];
            for (index, requests) in totals.iter().enumerate() {
                for request in requests {
                    let figure = self.only(*request, &common.span)?;
                    row.push(self.cell(Some(figure), &units[index]));
                }
            }
            rows.push(row);
        }
        Some(Table { columns, rows, ..Table::default() })
    }

    fn table_over_periods(
        &mut self,
        common: &Common,
        answers: &[Vec<(Period, &'a [Figure])>],
        units: &[String],
        same_unit: bool,
    ) -> Table {
        let time = self.say(&Text::new("时期", "Period"));
        let mut columns = vec![Column { head: vec![Inline::Text(time)], numeric: false }];
        for index in 0..answers.len() {
            let name = self.column_name(common, index, units, same_unit);
            columns.push(Column { head: vec![Inline::Text(name)], numeric: true });
        }
        let periods = answers.first().map_or(0, Vec::len);
        let rows = (0..periods)
            .map(|place| {
                let label = words::period(answers[0][place].0, self.meta.language);
                let mut row = vec![vec![Inline::Text(label)]];
                for (index, answer) in answers.iter().enumerate() {
                    row.push(self.cell(answer[place].1.first(), &units[index]));
                }
                row
            })
            .collect();
        Table { columns, rows, ..Table::default() }
    }

    fn table_of_indicators(
        &mut self,
        common: &Common,
        answers: &[Vec<(Period, &'a [Figure])>],
        units: &[String],
    ) -> Table {
        let heads = [Text::new("指标", "Indicator"), Text::new("数值", "Value"), Text::new("单位", "Unit")];
        let columns = heads
            .iter()
            .enumerate()
            .map(|(index, head)| Column { head: vec![Inline::Text(self.say(head))], numeric: index == 1 })
            .collect();
        let rows = answers
            .iter()
            .enumerate()
            .map(|(index, answer)| {
                let name = self.indicator_label(&common.indicators[index].0);
                let cell = self.cell(answer.first().and_then(|(_, figures)| figures.first()), &units[index]);
                let unit = self.own(&units[index]);
                vec![vec![Inline::Text(name)], cell, vec![Inline::Text(unit)]]
            })
            .collect();
        Table { columns, rows, ..Table::default() }
    }

    /// A number alone; its unit stands in the heading.
    pub(super) fn cell(&mut self, figure: Option<&Figure>, unit: &str) -> Vec<Inline> {
        match figure.and_then(|figure| Some((figure, self.bare(figure, unit)?))) {
            Some((figure, shown)) => {
                let figure = self.cited.cite(figure, self.vocabulary, self.meta);
                vec![Inline::Figure { figure, shown }]
            }
            None => vec![Inline::Text("—".to_owned())],
        }
    }

    /// The figure's digits in this unit, or nothing where it has no value.
    pub(super) fn bare(&self, figure: &Figure, unit: &str) -> Option<String> {
        let value = figure.value?;
        let form = Form { unit: Some(unit.to_owned()), bare: true, grouped: true, ..Form::default() };
        quantity::print(value, &figure.unit, &with_decimals(&form, figure)).ok()
    }

    /// What a request was answered with, of which every group must be printable in the unit asked for.
    pub(super) fn answer(&mut self, request: usize, common: &Common) -> Option<&'a [Figure]> {
        let Some(figures) = self.answers.get(request) else {
            self.fault(
                "no-figure",
                common.span.clone(),
                Text::new("没有得到这些数值", "these figures were not answered"),
            );
            return None;
        };
        if common.by.is_none() && figures.len() != 1 {
            self.fault(
                "no-figure",
                common.span.clone(),
                Text::new("没有得到这个数值", "this figure was not answered"),
            );
            return None;
        }
        for figure in figures {
            let form = with_decimals(&common.form, figure);
            if let Some(Err(error)) = figure.value.map(|value| quantity::print(value, &figure.unit, &form)) {
                self.fault("not-printable", common.place("unit"), error.text());
                return None;
            }
        }
        Some(figures)
    }

    /// The unit of a series: the one asked for, else its figures', else the indicator's.
    pub(super) fn unit(&self, common: &Common, index: usize, answers: &[(Period, &'a [Figure])]) -> String {
        let wished = common.form.unit.clone();
        let own = || answers.iter().find_map(|(_, figures)| Some(figures.first()?.unit.clone()));
        let known = || self.vocabulary.indicator(&common.indicators[index].0).map(|known| known.unit);
        wished.or_else(own).or_else(known).unwrap_or_default()
    }

    fn column_name(&self, common: &Common, index: usize, units: &[String], same_unit: bool) -> String {
        let name = self.indicator_label(&common.indicators[index].0);
        let unit = &units[index];
        if same_unit { name } else { self.say(&text!("{name}（{unit}）", "{name} ({unit})")) }
    }

    pub(super) fn default_title(&self, common: &Common, periods: &[Period]) -> String {
        let names: Vec<String> = common.indicators.iter().map(|(key, _)| self.indicator_label(key)).collect();
        let names = names.join(&self.say(&Text::new("、", ", ")));
        let time = self.time_label(periods);
        self.say(&text!("{names}（{time}）", "{names} ({time})"))
    }

    pub(super) fn time_label(&self, periods: &[Period]) -> String {
        let label = |period: &Period| words::period(*period, self.meta.language);
        match periods {
            [] => String::new(),
            [one] => label(one),
            [first, .., last] => format!("{}—{}", label(first), label(last)),
        }
    }

    pub(super) fn source_line(&self) -> String {
        let known_at = self.meta.snapshot.known_at;
        self.say(&text!("数据来源：台账快照{known_at}", "Source: snapshot {known_at} of the book"))
    }

    pub(super) fn indicator_label(&self, key: &str) -> String {
        self.vocabulary.indicator(key).map_or_else(|| key.to_owned(), |known| self.say(&known.label))
    }

    pub(super) fn dimension_label(&self, key: &str) -> String {
        self.vocabulary.dimension(key).map_or_else(|| key.to_owned(), |label| self.say(&label))
    }
}

/// The value of the dimension that a figure is broken down by.
pub(super) fn group_of<'f>(figure: &'f Figure, by: &str) -> &'f str {
    figure.id.scope.iter().find(|(dimension, _)| dimension == by).map_or("", |(_, value)| value)
}
