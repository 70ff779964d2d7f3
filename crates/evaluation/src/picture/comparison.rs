//! The same period under every edition of the standard: good days and annual statistics, side by side.

use message::{Language, Text, text};
use standards::air::{
    Averaging, Compared, Composite, DayCount, Edition, Grade, Item, Judgement, Refusal, Settings,
    daily_limit, limit,
};

use super::canvas::{ACCENT, Canvas, EMPTY, EXCEEDED, INK, KEPT, MUTED, PALE, Style, digits, fitting, width};

mod days;
mod words;

use words::{reason, short_name};

/// What a comparison shows.
#[derive(Clone, Copy, Debug)]
pub struct Comparison<'a> {
    /// The station or city.
    pub place: &'a str,
    /// The year.
    pub year: i16,
    /// A column for each edition, oldest first.
    pub columns: &'a [Column],
    /// The settings of the evaluation: they say which percentiles were taken.
    pub settings: &'a Settings,
    /// Where the data are from, printed at the foot.
    pub source: Option<&'a str>,
}

/// The period as one edition judges it.
#[derive(Clone, Debug)]
pub struct Column {
    /// The edition.
    pub edition: Edition,
    /// The days by level.
    pub count: DayCount,
    /// Days on which each item with a value met its daily limit of GB 3095, if counted: under the final
    /// limits fewer than those with an AQI up to 100.
    pub days_within_limits: Option<u32>,
    /// By item: its statistics beside the limits, or why there is no judgement.
    pub items: [Result<Judgement, Refusal>; Item::COUNT],
    /// The composite index, if all six items have enough days.
    pub composite: Option<Composite>,
}

/// A statistic that has a limit.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Statistic {
    Mean,
    Percentile,
}

const WIDTH: i32 = 11_400;
const MARGIN: i32 = 480;
const RIGHT: i32 = WIDTH - MARGIN;
/// Where the bars of days begin.
const DAYS_AT: i32 = 2_560;
/// Where the bars of statistics begin.
const BARS: i32 = 3_520;
/// Where the bars of good days end.
const DAYS_TO: i32 = 8_300;
/// Where the bars of statistics end.
const VALUES_TO: i32 = 6_500;
/// The columns of the editions beside the statistics.
const COLUMNS: i32 = 6_880;
const DAY_ROW: i32 = 560;
const VALUE_ROW: i32 = 400;
const DAYS_FROM: i32 = 1_850;

impl Comparison<'_> {
    /// The picture.
    pub fn svg(&self, language: Language) -> String {
        let rows = rows();
        let days_to = DAYS_FROM + DAY_ROW * count_of(self.columns);
        let values_from = days_to + 1_200;
        let values_to = values_from + VALUE_ROW * count_of(&rows);
        let height = values_to + 1_680;
        let (place, year) = (self.place, self.year);
        let title = text!(
            "{place}{year}年空气质量：各版标准对照",
            "Air quality of {place}, {year}, under each edition of the standard"
        );
        let title = title.in_language(language).into_owned();
        let mut canvas = Canvas::new(WIDTH, height, &title, language);
        let subtitle = text!(
            "同一组监测数据，限值与分指数按GB 3095、HJ 633的不同版本",
            "the same measurements, judged by different editions of GB 3095 and HJ 633"
        );
        let size = fitting(&title, 300, RIGHT - MARGIN);
        canvas.text(MARGIN, 660, Style::new(size, INK).bold(), &title);
        canvas.text(MARGIN, 960, Style::new(150, MUTED), &subtitle.in_language(language));
        canvas.line((MARGIN, 1_180), (RIGHT, 1_180), 8, PALE);
        self.days(&mut canvas, language);
        self.heading_of_values(&mut canvas, values_from, language);
        let scale = Scale::of(self.columns);
        let label = text!("2012年版限值", "limit of 2012");
        let x = BARS + scale.length(1, 1);
        canvas.text(x, values_from - 150, Style::new(115, INK).middle(), &label.in_language(language));
        canvas.line((x, values_from - 115), (x, values_from), 16, INK);
        for (place, (item, statistic)) in (0..).zip(rows) {
            self.row(&mut canvas, values_from + place * VALUE_ROW, item, statistic, &scale, language);
        }
        self.totals(&mut canvas, values_to, language);
        self.foot(&mut canvas, height, language);
        canvas.finish()
    }

    fn heading_of_values(&self, canvas: &mut Canvas, from: i32, language: Language) {
        let say = |text: Text| text.in_language(language).into_owned();
        let heading = say(text!("年评价统计值与二级限值", "Annual statistics and limits of grade II"));
        canvas.text(MARGIN, from - 330, Style::new(180, INK).bold(), &heading);
        for (place, column) in (0..).zip(self.columns) {
            let right = self.right_of(place);
            canvas.text(right, from - 250, Style::new(130, MUTED).end(), &say(short_name(column.edition)));
        }
        canvas.line((MARGIN, from - 90), (RIGHT, from - 90), 8, PALE);
    }

    /// The right end of an edition's column.
    fn right_of(&self, place: i32) -> i32 {
        COLUMNS + (RIGHT - COLUMNS) * (place + 1) / count_of(self.columns).max(1)
    }

    /// One statistic: its name, its bar with the limits as marks, and the verdict of each edition.
    fn row(
        &self,
        canvas: &mut Canvas,
        top: i32,
        item: Item,
        statistic: Statistic,
        scale: &Scale,
        language: Language,
    ) {
        let say = |text: Text| text.in_language(language).into_owned();
        let base = top + 190;
        canvas.text(MARGIN, base, Style::new(150, INK), item.symbol());
        let per_cent = self.settings.percentiles[item.index()];
        let what = match (statistic, item) {
            (Statistic::Mean, _) => text!("年均值", "annual mean"),
            (Statistic::Percentile, Item::O3) => {
                text!("日最大8小时第{per_cent}百分位", "8-hour maxima, P{per_cent}")
            }
            (Statistic::Percentile, _) => text!("日均值第{per_cent}百分位", "daily means, P{per_cent}"),
        };
        canvas.text(MARGIN + 560, base, Style::new(125, MUTED), &say(what));

        let judged: Vec<Option<Compared>> =
            self.columns.iter().map(|column| compared(&column.items[item.index()], statistic)).collect();
        let value = judged.iter().flatten().next().copied();
        canvas.rectangle((BARS, top + 80, VALUES_TO - BARS, 150), 0, EMPTY);
        match value {
            Some(value) => {
                let reference = limit_of(Edition::E2012, item, statistic);
                let end = BARS + scale.length(thousandths(value), reference);
                canvas.rectangle((BARS, top + 80, end - BARS, 150), 0, ACCENT);
                let digits = digits(value.value, value.decimals);
                canvas.text(BARS - 590, base, Style::new(150, INK).bold().end(), &digits);
                canvas.text(BARS - 540, base, Style::new(115, MUTED), item.unit());
                // The limit of the oldest edition is a line through all rows, those that differ are marks.
                let x = BARS + scale.length(1, 1);
                canvas.line((x, top), (x, top + VALUE_ROW), 34, "#ffffff");
                canvas.line((x, top), (x, top + VALUE_ROW), 16, INK);
                let mut seen = vec![reference];
                for column in self.columns {
                    let limit = limit_of(column.edition, item, statistic);
                    if seen.contains(&limit) {
                        continue;
                    }
                    seen.push(limit);
                    let x = BARS + scale.length(limit, reference);
                    canvas.line((x, top + 45), (x, top + 265), 34, "#ffffff");
                    canvas.line((x, top + 45), (x, top + 265), 16, INK);
                }
            }
            None => {
                let refusal = self.columns.iter().find_map(|column| column.items[item.index()].err());
                let why = say(refusal.map_or_else(|| text!("无数据", "no data"), reason));
                canvas.rectangle((BARS, top + 80, VALUES_TO - BARS, 150), 0, "url(#none)");
                let size = fitting(&why, 115, VALUES_TO - BARS - 140);
                canvas.rectangle((BARS + 30, top + 70, width(&why, size) + 80, 170), 0, "#ffffff");
                canvas.text(BARS + 70, base, Style::new(size, MUTED), &why);
            }
        }
        for ((place, column), judged) in (0..).zip(self.columns).zip(judged) {
            let right = self.right_of(place);
            let limit = limit_of(column.edition, item, statistic);
            let limit = digits(limit / 1000, 0);
            canvas.text(right - 830, base, Style::new(135, INK).end(), &limit);
            verdict(canvas, right, base, judged, language);
        }
    }

    /// The composite index and the verdict over all items.
    fn totals(&self, canvas: &mut Canvas, top: i32, language: Language) {
        let say = |text: Text| text.in_language(language).into_owned();
        canvas.line((MARGIN, top + 60), (RIGHT, top + 60), 8, PALE);
        let names = [
            text!("六项是否全部达标", "All six items within limits"),
            text!("空气质量综合指数", "Composite index"),
        ];
        for (place, name) in (0..).zip(names) {
            canvas.text(MARGIN, top + 330 + place * 330, Style::new(150, INK), &say(name));
        }
        for (place, column) in (0..).zip(self.columns) {
            let right = self.right_of(place);
            let failing = column.items.iter().filter(|item| item.is_ok_and(|item| !item.attains)).count();
            let open = column.items.iter().filter(|item| item.is_err()).count();
            let (ink, words) = match (failing, open) {
                (0, 0) => (KEPT, text!("全部达标", "yes")),
                (0, open) => (MUTED, text!("{open}项数据不足", "{open} not judged")),
                (failing, _) => (EXCEEDED, text!("{failing}项超标", "{failing} exceed")),
            };
            canvas.text(right, top + 330, Style::new(145, ink).bold().end(), &say(words));
            let composite = column.composite.as_ref();
            let index = composite.map_or("—".to_owned(), |index| digits(index.rounded(2), 2));
            canvas.text(right, top + 660, Style::new(145, INK).end(), &index);
        }
    }

    fn foot(&self, canvas: &mut Canvas, height: i32, language: Language) {
        let say = |text: Text| text.in_language(language).into_owned();
        let scale = text!(
            "条形长度表示统计值与2012年版限值之比，短竖线表示2026年版限值。超标倍数＝（统计值−限值）÷限值。",
            "Bars show a statistic as a share of the limit of 2012, short marks the limits of 2026. “+1.31 ×” is (value − limit) ÷ limit."
        );
        let index = text!(
            "HJ 633—2026只有一套分指数，最终限值下的AQI与过渡阶段相同；日均值按各阶段的限值判断。",
            "HJ 633—2026 has one table of sub-indices, so the AQI is the same under transition and final limits; daily means meet the limits of each stage."
        );
        let mut lines = vec![scale, index];
        if let Some(source) = self.source {
            lines.push(text!("数据来源：{source}", "Source: {source}"));
        }
        let below = height - 250 - 190 * (count_of(&lines) - 1);
        for (place, line) in (0..).zip(lines) {
            canvas.text(MARGIN, below + place * 190, Style::new(115, MUTED), &say(line));
        }
    }
}

/// The rows: every statistic that has a limit.
fn rows() -> Vec<(Item, Statistic)> {
    Item::ALL
        .into_iter()
        .flat_map(|item| [Statistic::Mean, Statistic::Percentile].map(|statistic| (item, statistic)))
        .filter(|&(item, statistic)| {
            statistic == Statistic::Percentile
                || limit(Edition::E2012, item, Averaging::Year, Grade::II).is_some()
        })
        .collect()
}

/// The limit of a statistic, in thousandths.
fn limit_of(edition: Edition, item: Item, statistic: Statistic) -> i64 {
    let annual = limit(edition, item, Averaging::Year, Grade::II);
    match (statistic, annual) {
        (Statistic::Mean, Some(limit)) => limit,
        _ => daily_limit(edition, item, Grade::II),
    }
}

fn compared(judgement: &Result<Judgement, Refusal>, statistic: Statistic) -> Option<Compared> {
    let judgement = judgement.ok()?;
    match statistic {
        Statistic::Mean => judgement.mean,
        Statistic::Percentile => Some(judgement.percentile),
    }
}

/// The statistic in thousandths of the item's unit.
fn thousandths(value: Compared) -> i64 {
    value.value.saturating_mul(1000) / 10_i64.pow(value.decimals.min(9))
}

/// How long a value is drawn: all rows share one scale, on which the limit of 2012 is 1.
struct Scale {
    /// The end of the scale in hundredths of the limit.
    hundredths: i64,
}

impl Scale {
    /// A scale that holds every value; at least a quarter more than the limit, at most five times it.
    fn of(columns: &[Column]) -> Self {
        let shares = columns.iter().flat_map(|column| {
            rows().into_iter().filter_map(|(item, statistic)| {
                let value = compared(&column.items[item.index()], statistic)?;
                Some(thousandths(value) * 100 / limit_of(Edition::E2012, item, statistic))
            })
        });
        Self { hundredths: (shares.max().unwrap_or(0) + 10).clamp(125, 500) }
    }

    fn length(&self, value: i64, reference: i64) -> i32 {
        let room = i64::from(VALUES_TO - BARS);
        let length = value.saturating_mul(100).saturating_mul(room) / (reference.max(1) * self.hundredths);
        i32::try_from(length.clamp(0, room)).unwrap_or(0)
    }
}

/// A mark and a word: within the limit, or by how much it is exceeded.
fn verdict(canvas: &mut Canvas, right: i32, base: i32, judged: Option<Compared>, language: Language) {
    let (ink, words) = match judged {
        None => (MUTED, text!("未评价", "not judged")),
        Some(value) if value.attains() => (KEPT, text!("达标", "within")),
        Some(value) => {
            let multiple = digits(value.exceedance_multiple(2).unwrap_or(0), 2);
            (EXCEEDED, text!("超{multiple}倍", "+{multiple} ×"))
        }
    };
    let words = words.in_language(language);
    let left = right - 600;
    match judged {
        None => return canvas.text(right, base, Style::new(120, ink).end(), &words),
        Some(value) if value.attains() => {
            canvas.stroke(
                &[(left - 110, base - 45), (left - 75, base - 10), (left - 10, base - 90)],
                18,
                ink,
            );
        }
        Some(_) => {
            canvas.stroke(&[(left - 100, base - 90), (left - 20, base - 10)], 18, ink);
            canvas.stroke(&[(left - 20, base - 90), (left - 100, base - 10)], 18, ink);
        }
    }
    canvas.text(left + 50, base, Style::new(130, ink), &words);
}

fn count_of<T>(things: &[T]) -> i32 {
    i32::try_from(things.len()).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use message::Language;
    use standards::air::{
        Composite, Concentration, DayCount, Edition, Grade, Item, Period, Settings, Statistics,
    };

    use super::{Column, Comparison};

    /// A year of 2025 whose every day has these values (µg/m³; CO tenths of mg/m³); `None` has no day.
    fn columns(values: [Option<i64>; 6]) -> Vec<Column> {
        let settings = Settings::default();
        let statistics = Item::ALL.map(|item| {
            let unit = if item == Item::Co { 100 } else { 1000 };
            let value = values[item.index()].map_or(-1, |value| value * unit);
            let days = vec![Concentration::thousandths(value); 365];
            Statistics::of(item, Period::Year(2025), &days, &settings)
        });
        Edition::ALL
            .into_iter()
            .map(|edition| Column {
                edition,
                count: DayCount { by_level: [100, 120, 80, 40, 15, 5], without: 5 },
                days_within_limits: Some(200),
                items: statistics.map(|item| item.judge(edition, Grade::II, &settings)),
                composite: Composite::of(edition, &statistics, &settings).ok(),
            })
            .collect()
    }

    fn svg(columns: &[Column], language: Language) -> String {
        Comparison {
            place: "江城市",
            year: 2025,
            columns,
            settings: &Settings::default(),
            source: Some("a & b"),
        }
        .svg(language)
    }

    #[test]
    fn each_edition_has_its_verdict() {
        // PM2.5 of 32 keeps the limit of 2012 alone, NO2 of 35 those of 2012 and the transition.
        let svg =
            svg(&columns([Some(6), Some(35), Some(45), Some(9), Some(150), Some(32)]), Language::Simplified);
        let order: Vec<_> = ["全部达标", "1项超标", "2项超标"].map(|words| svg.find(words)).to_vec();
        assert!(order.iter().all(Option::is_some) && order.is_sorted(), "{order:?}");
        assert!(svg.contains("超0.07倍") && svg.contains("超0.28倍"));
        assert!(svg.contains("a &amp; b"));
    }

    #[test]
    fn what_could_not_be_judged_says_why() {
        let columns = columns([Some(6), None, Some(45), Some(9), Some(150), Some(32)]);
        let check =
            |language, expected: &str| assert!(svg(&columns, language).contains(expected), "{expected}");
        check(Language::Simplified, "没有有效天");
        check(Language::Simplified, "1项数据不足");
        check(Language::Traditional, "沒有有效天");
        check(Language::English, "no valid day");
    }

    #[test]
    fn extremes_do_no_harm() {
        let huge = columns([Some(2_000_000_000); 6]);
        assert!(svg(&huge, Language::English).ends_with("</svg>\n"));
        assert!(svg(&columns([None; 6]), Language::English).ends_with("</svg>\n"));
        assert!(svg(&[], Language::English).ends_with("</svg>\n"));
    }
}
