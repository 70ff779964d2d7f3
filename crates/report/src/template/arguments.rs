//! What calls mean: their arguments, read and checked as far as the text alone allows.

use std::collections::BTreeMap;
use std::sync::Arc;

use figure::Period;
use jiff::civil::Date;
use message::{Diagnostic, Source, Span, Text, did_you_mean, text};
use quantity::{Approximation, Form, Unit};
use rust_decimal::Decimal;

use super::call::{Argument, Call, CallBody, Value};
use super::front::Front;
use super::{Asked, Request};
use crate::document::ChartKind;

/// The most periods that a table or chart may span.
const MOST_PERIODS: usize = 400;

/// A call that could be read.
#[derive(Clone, Debug)]
pub(crate) enum Ask {
    /// `fig(…)`.
    Figure(FigureAsk),
    /// `table(…)`.
    Table(TableAsk),
    /// `chart(…)`.
    Chart(ChartAsk),
}

impl Ask {
    /// What every call has.
    pub(crate) fn common(&self) -> &Common {
        match self {
            Self::Figure(ask) => &ask.common,
            Self::Table(ask) => &ask.common,
            Self::Chart(ask) => &ask.common,
        }
    }
}

/// What every call has.
#[derive(Clone, Debug)]
pub(crate) struct Common {
    /// From `{{` to `}}`.
    pub(crate) span: Span,
    /// The indicators, with their places; one but for tables.
    pub(crate) indicators: Vec<(String, Span)>,
    /// The dimensions held to a value.
    pub(crate) scope: Vec<(String, String)>,
    /// The dimension to break down by.
    pub(crate) by: Option<String>,
    /// Whether a day was named without a period.
    pub(crate) day_only: bool,
    /// How values are printed.
    pub(crate) form: Form,
    /// The places of the arguments given by key.
    pub(crate) places: BTreeMap<String, Span>,
}

impl Common {
    /// The place of an argument, or of the call.
    pub(crate) fn place(&self, key: &str) -> Span {
        self.places.get(key).unwrap_or(&self.span).clone()
    }
}

/// `fig(…)`.
#[derive(Clone, Debug)]
pub(crate) struct FigureAsk {
    pub(crate) common: Common,
    /// The request's index.
    pub(crate) request: usize,
    /// Whether a word that precedes the number is printed.
    pub(crate) lead: bool,
}

/// `table(…)`.
#[derive(Clone, Debug)]
pub(crate) struct TableAsk {
    pub(crate) common: Common,
    pub(crate) title: Option<String>,
    /// The requests' indices: for each indicator, for each period.
    pub(crate) requests: Vec<Vec<(Period, usize)>>,
    /// The same without the breakdown, for the row of totals.
    pub(crate) totals: Option<Vec<Vec<usize>>>,
    /// Whether periods were listed, and so are rows or columns.
    pub(crate) over_periods: bool,
}

/// `chart(…)`.
#[derive(Clone, Debug)]
pub(crate) struct ChartAsk {
    pub(crate) common: Common,
    pub(crate) title: Option<String>,
    pub(crate) kind: ChartKind,
    /// One request a period, or a single one with a breakdown.
    pub(crate) requests: Vec<(Period, usize)>,
}

const FIGURE: &[&str] = &["period", "at", "of", "unit", "decimals", "bare", "form", "to", "lead"];
const TABLE: &[&str] = &["by", "period", "periods", "at", "of", "unit", "decimals", "title", "total"];
const CHART: &[&str] = &["by", "period", "periods", "at", "of", "unit", "decimals", "title", "kind"];

/// The call's meaning; `None` if it has none, with the reasons in `faults`.
pub(super) fn read(
    source: &Arc<Source>,
    front: &Front,
    call: &Call,
    asked: &mut Asked,
    faults: &mut Vec<Diagnostic>,
) -> Option<Ask> {
    let body = call.body.as_ref()?;
    let allowed = match body.name.as_str() {
        "fig" => FIGURE,
        "table" => TABLE,
        "chart" => CHART,
        unknown => {
            let mut fault = Diagnostic::error(
                "unknown-function",
                source,
                body.name_span.clone(),
                text!("没有函数 `{unknown}`", "there is no function `{unknown}`"),
            );
            fault = match did_you_mean(unknown, ["fig", "table", "chart"]) {
                Some(near) => fault.hint(text!("是否想写 `{near}`", "did you mean `{near}`?")),
                None => {
                    fault.hint(text!("可用的函数：fig、table、chart", "there are `fig`, `table` and `chart`"))
                }
            };
            faults.push(fault);
            return None;
        }
    };
    let before = faults.len();
    let mut reader = Reader::new(source, body, allowed, call.span.clone(), faults);
    let ask = match body.name.as_str() {
        "fig" => reader.figure(front, asked),
        "table" => reader.table(front, asked),
        _ => reader.chart(front, asked),
    };
    ask.filter(|_| faults.len() == before)
}

struct Reader<'a> {
    source: &'a Arc<Source>,
    name: &'a str,
    span: Span,
    positional: Vec<&'a Argument>,
    keyed: BTreeMap<&'a str, &'a Argument>,
    faults: &'a mut Vec<Diagnostic>,
}

impl<'a> Reader<'a> {
    fn new(
        source: &'a Arc<Source>,
        body: &'a CallBody,
        allowed: &'static [&'static str],
        span: Span,
        faults: &'a mut Vec<Diagnostic>,
    ) -> Self {
        let mut reader =
            Self { source, name: &body.name, span, positional: Vec::new(), keyed: BTreeMap::new(), faults };
        for argument in &body.arguments {
            let Some((key, key_span)) = &argument.key else {
                reader.positional.push(argument);
                continue;
            };
            if !allowed.contains(&key.as_str()) {
                let name = &body.name;
                let mut fault = Diagnostic::error(
                    "unknown-argument",
                    source,
                    key_span.clone(),
                    text!("`{name}` 没有参数 `{key}`", "`{name}` has no argument `{key}`"),
                );
                let list = allowed.join(", ");
                fault = match did_you_mean(key, allowed.iter().copied()) {
                    Some(near) => fault.hint(text!("是否想写 `{near}`", "did you mean `{near}`?")),
                    None => fault.hint(text!("可用的参数：{list}", "there are {list}")),
                };
                reader.faults.push(fault);
            } else if let Some(first) = reader.keyed.get(key.as_str()) {
                let first = first.span.clone();
                let message = text!("参数 `{key}` 写了两次", "the argument `{key}` is given twice");
                let fault = Diagnostic::error("duplicate-argument", source, key_span.clone(), message);
                reader.faults.push(fault.related(first, Text::new("第一次在这里", "first given here")));
            } else {
                reader.keyed.insert(key, argument);
            }
        }
        reader
    }

    fn figure(&mut self, front: &Front, asked: &mut Asked) -> Option<Ask> {
        let common = self.common(false);
        let (period, as_of) = self.time(front);
        let lead = self.flag("lead").unwrap_or(true);
        let common = common?;
        let request = self.request(&common, 0, period?, as_of, None, asked);
        Some(Ask::Figure(FigureAsk { common, request, lead }))
    }

    fn table(&mut self, front: &Front, asked: &mut Asked) -> Option<Ask> {
        let common = self.common(true);
        let title = self.text("title").map(|(title, _)| title.to_owned());
        let total = self.flag("total").unwrap_or(false);
        let (periods, as_of, over_periods) = self.times(front)?;
        let common = common?;
        if common.by.is_some() && over_periods && common.indicators.len() > 1 {
            self.conflict(
                "periods",
                Text::new(
                    "同时按维度和时期列表时只能有一个指标",
                    "a table by a dimension and over periods can show one indicator only",
                ),
            );
        }
        if total && common.by.is_none() {
            self.conflict("total", Text::new("`total` 须与 `by` 同用", "`total` goes with `by`"));
        }
        let by = common.by.clone();
        let mut ask = |by: Option<&str>, index: usize, period: Period| {
            self.request(&common, index, period, as_of, by, asked)
        };
        let count = common.indicators.len();
        let requests = (0..count)
            .map(|index| periods.iter().map(|period| (*period, ask(by.as_deref(), index, *period))).collect())
            .collect();
        let totals = total.then(|| {
            (0..count).map(|index| periods.iter().map(|period| ask(None, index, *period)).collect()).collect()
        });
        Some(Ask::Table(TableAsk { common, title, requests, totals, over_periods }))
    }

    fn chart(&mut self, front: &Front, asked: &mut Asked) -> Option<Ask> {
        let common = self.common(false);
        let title = self.text("title").map(|(title, _)| title.to_owned());
        let kind = match self.text("kind") {
            None => ChartKind::Bars,
            Some(("bar" | "bars", _)) => ChartKind::Bars,
            Some(("line", _)) => ChartKind::Line,
            Some((other, span)) => {
                let message = text!("没有图表类型 `{other}`", "there is no kind of chart `{other}`");
                let hint = Text::new("可写 \"bars\" 或 \"line\"", "write \"bars\" or \"line\"");
                self.faults.push(Diagnostic::error("bad-kind", self.source, span, message).hint(hint));
                ChartKind::Bars
            }
        };
        let (periods, as_of, over_periods) = self.times(front)?;
        let common = common?;
        if common.by.is_some() == over_periods {
            self.conflict(
                "by",
                Text::new(
                    "图表须给出 `periods` 或 `by`，且只能给一个",
                    "a chart needs either `periods` or `by`, and not both",
                ),
            );
        }
        let requests = periods
            .into_iter()
            .map(|period| (period, self.request(&common, 0, period, as_of, common.by.as_deref(), asked)))
            .collect();
        Some(Ask::Chart(ChartAsk { common, title, kind, requests }))
    }

    fn request(
        &self,
        common: &Common,
        index: usize,
        period: Period,
        as_of: Option<Date>,
        by: Option<&str>,
        asked: &mut Asked,
    ) -> usize {
        asked.request(Request {
            indicator: common.indicators[index].0.clone(),
            period,
            as_of,
            by: by.map(str::to_owned).into_iter().collect(),
            scope: common.scope.clone(),
            span: common.span.clone(),
        })
    }

    /// The arguments that all functions share. Reads all of them before it gives up.
    fn common(&mut self, several: bool) -> Option<Common> {
        let indicators = self.indicators(several);
        let scope = self.scope();
        let by = self.text("by").map(|(by, _)| by.to_owned());
        let form = self.form();
        let day_only = self.keyed.contains_key("at") && !self.keyed.contains_key("period");
        let places =
            self.keyed.iter().map(|(key, argument)| ((*key).to_owned(), argument.span.clone())).collect();
        Some(Common {
            span: self.span.clone(),
            indicators: indicators?,
            scope: scope?,
            by,
            day_only,
            form,
            places,
        })
    }

    fn indicators(&mut self, several: bool) -> Option<Vec<(String, Span)>> {
        let positional = std::mem::take(&mut self.positional);
        let mut indicators = Vec::new();
        for (index, argument) in positional.iter().enumerate() {
            match &argument.value {
                _ if index > 0 && !several => {
                    let name = self.name;
                    let message = text!("`{name}` 只接受一个指标", "`{name}` takes one indicator");
                    let hint = text!(
                        "其余参数须写明名称，如 period=\"2022\"",
                        "name the other arguments, as in period=\"2022\""
                    );
                    self.faults.push(
                        Diagnostic::error("syntax", self.source, argument.span.clone(), message).hint(hint),
                    );
                }
                Value::Text(key) if !key.trim().is_empty() => {
                    indicators.push((key.trim().to_owned(), argument.span.clone()))
                }
                _ => {
                    self.wrong_type(argument, Text::new("指标的名称，加引号", "an indicator's key in quotes"))
                }
            }
        }
        if positional.is_empty() {
            let name = self.name;
            let message = text!("`{name}` 缺少指标", "`{name}` names no indicator");
            let hint = text!("写作 {name}(\"docks.operating\")", "write {name}(\"docks.operating\")");
            self.faults.push(
                Diagnostic::error("missing-indicator", self.source, self.span.clone(), message).hint(hint),
            );
        }
        (!indicators.is_empty()).then_some(indicators)
    }

    /// `of = "district=汉阳;bank=left"`.
    fn scope(&mut self) -> Option<Vec<(String, String)>> {
        let Some((text, span)) = self.text("of") else { return Some(Vec::new()) };
        let mut scope: Vec<(String, String)> = Vec::new();
        for part in text.split(';') {
            match part.split_once('=').map(|(dimension, value)| (dimension.trim(), value.trim())) {
                Some((dimension, value)) if !dimension.is_empty() && !value.is_empty() => {
                    if scope.iter().any(|(known, _)| known == dimension) {
                        let message = text!(
                            "维度 `{dimension}` 写了两次",
                            "the dimension `{dimension}` is given twice"
                        );
                        self.faults.push(Diagnostic::error("bad-scope", self.source, span, message));
                        return None;
                    }
                    scope.push((dimension.to_owned(), value.to_owned()));
                }
                _ => {
                    let message = Text::new(
                        "`of` 须写作 \"维度=值\"，多个以分号隔开",
                        "`of` must read \"dimension=value\", several divided by semicolons",
                    );
                    self.faults.push(Diagnostic::error("bad-scope", self.source, span, message));
                    return None;
                }
            }
        }
        Some(scope)
    }

    fn form(&mut self) -> Form {
        let mut form = Form::default();
        if let Some((word, span)) = self.text("form") {
            match Approximation::parse(word) {
                Some(approximation) => form.approximation = approximation,
                None => {
                    let list = Approximation::ALL.map(Approximation::word).join("、");
                    let message = text!("没有表述 `{word}`", "there is no form `{word}`");
                    let hint = text!("可用的表述：{list}", "there are {list}");
                    self.faults
                        .push(Diagnostic::error("unknown-form", self.source, span, message).hint(hint));
                }
            }
        }
        if let Some((unit, span)) = self.text("unit") {
            match Unit::parse(unit) {
                Some(_) => form.unit = Some(unit.to_owned()),
                None => {
                    let message = text!("没有单位 `{unit}`", "there is no unit `{unit}`");
                    self.faults.push(Diagnostic::error("unknown-unit", self.source, span, message));
                }
            }
        }
        if let Some(argument) = self.keyed.get("decimals").copied() {
            form.decimals = argument.value.as_text().parse().ok().filter(|decimals| *decimals <= 9);
            if form.decimals.is_none() {
                let message = Text::new(
                    "`decimals` 须为 0 到 9 的整数",
                    "`decimals` must be a whole number from 0 to 9",
                );
                self.fault("bad-number", argument, message);
            } else if form.approximation.is_approximate() {
                let word = form.approximation.word();
                let message = text!(
                    "“{word}”是约数，不用 `decimals`，请用 `to`",
                    "`{word}` makes a round number: use `to`, not `decimals`"
                );
                self.fault("conflicting-arguments", argument, message);
            }
        }
        if let Some(argument) = self.keyed.get("to").copied() {
            form.to = argument.value.as_text().parse().ok().filter(|to| *to > Decimal::ZERO);
            if form.to.is_none() {
                let message = Text::new("`to` 须为大于零的数", "`to` must be a number above zero");
                self.fault("bad-number", argument, message);
            }
        }
        form.bare = self.flag("bare").unwrap_or(false);
        form
    }

    /// `period` and `at`: the period (the report's, if none is named) and the day.
    fn time(&mut self, front: &Front) -> (Option<Period>, Option<Date>) {
        let period = match self.keyed.get("period").copied() {
            None => None,
            Some(argument) => match self.period(argument, argument.value.as_text()) {
                Some(period) => Some(period),
                None => return (None, None),
            },
        };
        let day = match self.keyed.get("at").copied() {
            None => None,
            Some(argument) => match argument.value.as_text().parse::<Date>() {
                Ok(day) => Some(day),
                Err(_) => {
                    let written = argument.value.as_text();
                    let message = text!("`{written}` 不是日期", "`{written}` is no date");
                    let hint = Text::new("写作 \"2016-12-31\"", "write \"2016-12-31\"");
                    let span = argument.span.clone();
                    self.faults.push(Diagnostic::error("bad-date", self.source, span, message).hint(hint));
                    return (None, None);
                }
            },
        };
        match (period, day) {
            (Some(period), Some(day)) if day < period.first() || day > period.last() => {
                self.conflict("at", text!("{day} 不在 {period} 之内", "{day} does not lie in {period}"));
                (None, None)
            }
            (Some(period), day) => (Some(period), day.filter(|day| *day != period.last())),
            (None, Some(day)) => (Some(Period::Day(day)), None),
            (None, None) => {
                if front.period.is_none() {
                    let message = Text::new("没有时期", "there is no period");
                    let hint = Text::new(
                        "写上 period=\"2022\"，或在文前信息中写 period = \"2022\"",
                        "give period=\"2022\" here, or period = \"2022\" in the front matter",
                    );
                    self.faults.push(
                        Diagnostic::error("missing-period", self.source, self.span.clone(), message)
                            .hint(hint),
                    );
                }
                (front.period, None)
            }
        }
    }

    /// As [`Self::time`], or the list of `periods`; and whether it was a list.
    fn times(&mut self, front: &Front) -> Option<(Vec<Period>, Option<Date>, bool)> {
        let Some(argument) = self.keyed.get("periods").copied() else {
            let (period, as_of) = self.time(front);
            return Some((vec![period?], as_of, false));
        };
        for other in ["period", "at"] {
            if self.keyed.contains_key(other) {
                self.conflict(
                    other,
                    text!("`{other}` 与 `periods` 不能同用", "`{other}` does not go with `periods`"),
                );
            }
        }
        let written = argument.value.as_text();
        let periods = match written.split_once("..") {
            None => written
                .split(',')
                .map(|part| self.period(argument, part.trim()))
                .collect::<Option<Vec<_>>>()?,
            Some((first, last)) => {
                let first = self.period(argument, first.trim())?;
                let last = self.period(argument, last.trim())?;
                self.range(argument, first, last)?
            }
        };
        Some((periods, None, true))
    }

    fn range(&mut self, argument: &Argument, first: Period, last: Period) -> Option<Vec<Period>> {
        if std::mem::discriminant(&first) != std::mem::discriminant(&last) || first > last {
            let message = Text::new(
                "时期范围须同类且由先到后，如 \"2016..2022\"",
                "a range of periods is of one kind and goes forward, as \"2016..2022\"",
            );
            self.fault("bad-period", argument, message);
            return None;
        }
        let mut periods = vec![last];
        let mut period = last;
        while period > first {
            period = period.previous();
            periods.push(period);
            if periods.len() > MOST_PERIODS {
                self.fault(
                    "bad-period",
                    argument,
                    text!("时期多于 {MOST_PERIODS} 个", "there are more than {MOST_PERIODS} periods"),
                );
                return None;
            }
        }
        periods.reverse();
        Some(periods)
    }

    fn period(&mut self, argument: &Argument, text: &str) -> Option<Period> {
        let period = text.parse().ok();
        if period.is_none() {
            let message = text!("`{text}` 不是时期", "`{text}` is no period");
            let hint = Text::new(
                "写作 2022、2022-Q3、2022-05 或 2022-05-04",
                "write 2022, 2022-Q3, 2022-05 or 2022-05-04",
            );
            let span = argument.span.clone();
            self.faults.push(Diagnostic::error("bad-period", self.source, span, message).hint(hint));
        }
        period
    }

    /// A text argument, with its place.
    fn text(&mut self, key: &str) -> Option<(&'a str, Span)> {
        let argument = self.keyed.get(key).copied()?;
        match &argument.value {
            Value::Text(text) if !text.trim().is_empty() => Some((text.trim(), argument.span.clone())),
            _ => {
                self.wrong_type(argument, Text::new("非空文本，加引号", "a text in quotes"));
                None
            }
        }
    }

    fn flag(&mut self, key: &str) -> Option<bool> {
        let argument = self.keyed.get(key).copied()?;
        match argument.value {
            Value::Flag(flag) => Some(flag),
            _ => {
                self.wrong_type(argument, Text::new("true 或 false", "true or false"));
                None
            }
        }
    }

    fn wrong_type(&mut self, argument: &Argument, wanted: Text) {
        let (chinese, english) = (wanted.simplified, wanted.english);
        self.fault("wrong-type", argument, text!("这里应为{chinese}", "expected {english}"));
    }

    fn conflict(&mut self, key: &str, message: Text) {
        let place = self.keyed.get(key).map_or(self.span.clone(), |argument| argument.span.clone());
        self.faults.push(Diagnostic::error("conflicting-arguments", self.source, place, message));
    }

    fn fault(&mut self, rule: &'static str, argument: &Argument, message: Text) {
        self.faults.push(Diagnostic::error(rule, self.source, argument.span.clone(), message));
    }
}
