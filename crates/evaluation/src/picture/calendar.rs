//! A year of days in the official colours: twelve small months, each day with its date and AQI.

use message::{Language, Text, text};
use standards::air::{DayCount, Edition, Index, Level};
use standards::calendar::Date;

use super::canvas::{Canvas, INK, MUTED, PALE, Style, digits, fitting, hex, width};
use crate::Judge;

/// What a year's calendar shows.
#[derive(Clone, Copy, Debug)]
pub struct Calendar<'a> {
    /// The station or city.
    pub place: &'a str,
    /// The year.
    pub year: i16,
    /// By which edition its days were judged.
    pub judge: Judge,
    /// A day each, from 1 January. Days without an AQI, and those that a short slice does not reach, are
    /// hatched.
    pub days: &'a [Index],
    /// Where the data are from, printed at the foot.
    pub source: Option<&'a str>,
}

const WIDTH: i32 = 11_400;
const MARGIN: i32 = 480;
/// A day.
const CELL: (i32, i32) = (345, 292);
/// White between two days.
const GAP: i32 = 14;
const MONTH_WIDTH: i32 = 7 * CELL.0;
const BETWEEN_MONTHS: (i32, i32) = ((WIDTH - 2 * MARGIN - 4 * MONTH_WIDTH) / 3, 200);
/// The name of the month and the weekdays.
const MONTH_HEAD: i32 = 430;
const MONTH_HEIGHT: i32 = MONTH_HEAD + 6 * CELL.1;
const MONTHS_FROM: i32 = 1_500;
const LEGEND_FROM: i32 = MONTHS_FROM + 3 * MONTH_HEIGHT + 2 * BETWEEN_MONTHS.1 + 330;
const HEIGHT: i32 = LEGEND_FROM + 1_240;

impl Calendar<'_> {
    /// The picture.
    pub fn svg(&self, language: Language) -> String {
        let (place, year) = (self.place, self.year);
        let title = text!("{place}{year}年空气质量日历", "Air quality of {place}, day by day, {year}");
        let title = title.in_language(language).into_owned();
        let count: DayCount = self.all().map(|(_, index)| index).collect();
        let mut canvas = Canvas::new(WIDTH, HEIGHT, &self.label(&title, &count, language), language);
        self.heading(&mut canvas, &title, &count, language);
        for month in 1..=12 {
            self.month(&mut canvas, month, language);
        }
        self.legend(&mut canvas, &count, language);
        canvas.finish()
    }

    /// Every date of the year with its index.
    fn all(&self) -> impl Iterator<Item = (Date, Index)> {
        let first = Date::new(self.year, 1, 1).number();
        let last = Date::new(self.year, 12, 31).number();
        (first..=last).enumerate().map(|(place, number)| {
            (Date::of_number(number), self.days.get(place).copied().unwrap_or(Index::EMPTY))
        })
    }

    /// The picture in one sentence.
    fn label(&self, title: &str, count: &DayCount, language: Language) -> String {
        let (good, valid, without) = (count.good(), count.valid(), count.without);
        let label = text!(
            "{title}：有效{valid}天，优良{good}天，无AQI{without}天",
            "{title}: {good} good days of {valid} valid ones, {without} days without an AQI"
        );
        label.in_language(language).into_owned()
    }

    /// Title and standard on the left, the count of good days on the right.
    fn heading(&self, canvas: &mut Canvas, title: &str, count: &DayCount, language: Language) {
        let say = |text: Text| text.in_language(language).into_owned();
        let room = WIDTH - 2 * MARGIN - 2_300;
        canvas.text(MARGIN, 660, Style::new(fitting(title, 300, room), INK).bold(), title);
        let standard = say(standard(self.judge));
        let subtitle = text!("每日空气质量指数（AQI），{standard}", "daily AQI, {standard}");
        canvas.text(MARGIN, 960, Style::new(150, MUTED), &say(subtitle));

        let right = WIDTH - MARGIN;
        let (good, valid) = (count.good(), count.valid());
        let days = say(text!("优良天数", "good days"));
        canvas.text(right, 690, Style::new(420, INK).bold().end(), &good.to_string());
        let beside = right - width(&good.to_string(), 420) - 110;
        canvas.text(beside, 690, Style::new(170, INK).end(), &days);
        let share = match count.good_share(1) {
            Some(share) => {
                let share = digits(share, 1);
                text!("占有效天数{valid}天的{share}%", "{share} % of {valid} valid days")
            }
            None => text!("没有有效天数", "no valid day"),
        };
        canvas.text(right, 960, Style::new(150, MUTED).end(), &say(share));
        canvas.line((MARGIN, 1_180), (right, 1_180), 8, PALE);
    }

    /// One month: its name, good days, weekdays and days.
    fn month(&self, canvas: &mut Canvas, month: u8, language: Language) {
        let place = i32::from(month) - 1;
        let left = MARGIN + place % 4 * (MONTH_WIDTH + BETWEEN_MONTHS.0);
        let top = MONTHS_FROM + place / 4 * (MONTH_HEIGHT + BETWEEN_MONTHS.1);
        let right = left + MONTH_WIDTH - GAP;

        let count: DayCount =
            self.all().filter(|(date, _)| date.month == month).map(|(_, index)| index).collect();
        canvas.text(left, top + 150, Style::new(180, INK).bold(), &month_name(month, language));
        if count.valid() > 0 {
            let good = count.good();
            let good = text!("优良{good}天", "{good} good");
            canvas.text(right, top + 150, Style::new(135, MUTED).end(), &good.in_language(language));
        }
        for (place, name) in (0..).zip(weekdays(language)) {
            let middle = left + place * CELL.0 + (CELL.0 - GAP) / 2;
            canvas.text(middle, top + 365, Style::new(110, MUTED).middle(), name);
        }

        let offset = i32::from(Date::new(self.year, month, 1).weekday());
        let days: Vec<_> = self
            .all()
            .filter(|(date, _)| date.month == month)
            .map(|(date, index)| {
                let place = offset + i32::from(date.day) - 1;
                (left + place % 7 * CELL.0, top + MONTH_HEAD + place / 7 * CELL.1, date, index)
            })
            .collect();
        canvas.begin_days(CELL.0 - GAP, CELL.1 - GAP);
        for (x, y, date, index) in &days {
            let title = title_of(*date, index);
            canvas.day((*x, *y), &title.in_language(language), index.level(), index.aqi());
        }
        canvas.end();
        canvas.begin_dates();
        for (x, y, date, index) in &days {
            canvas.date((x + 26, y + 94), date.day, index.level());
        }
        canvas.end();
    }

    /// The levels with their colours, names and counts; the foot.
    fn legend(&self, canvas: &mut Canvas, count: &DayCount, language: Language) {
        let say = |text: Text| text.in_language(language).into_owned();
        let right = WIDTH - MARGIN;
        canvas.line((MARGIN, LEGEND_FROM), (right, LEGEND_FROM), 8, PALE);
        let lowest =
            if matches!(self.judge, Judge::By(Edition::Transition2026 | Edition::Final2026)) { 1 } else { 0 };
        let step = (right - MARGIN) / 7;
        let entries = Level::ALL.into_iter().map(|level| {
            let range = match level {
                Level::Excellent => format!("{lowest}–50"),
                Level::Severe => ">300".to_owned(),
                _ => format!("{}–{}", level.from(), Level::ALL[level.index() + 1].from() - 1),
            };
            let name = Text::new(level.category_zh(), capital(level.category_en()));
            (hex(level.rgb()), name, format!("AQI {range}"), count.by_level[level.index()])
        });
        let missing = text!("数据不足", "Too few data");
        let none = say(text!("无AQI", "no AQI"));
        let entries = entries.chain([("url(#none)".to_owned(), missing, none, count.without)]);
        let top = LEGEND_FROM + 220;
        for (place, (fill, name, range, days)) in (0..).zip(entries) {
            let left = MARGIN + place * step;
            canvas.rectangle((left, top, 220, 530), 30, &fill);
            let unit = say(Text::new("天", if days == 1 { "day" } else { "days" }));
            let name = say(name);
            let size = fitting(&name, 130, step - 330);
            canvas.text(left + 300, top + 120, Style::new(size, INK), &name);
            canvas.text(left + 300, top + 355, Style::new(210, INK).bold(), &days.to_string());
            let beside = left + 300 + width(&days.to_string(), 210) + 50;
            canvas.text(beside, top + 355, Style::new(125, MUTED), &unit);
            canvas.text(left + 300, top + 520, Style::new(115, MUTED), &range);
        }
        let foot = match self.source {
            Some(source) => say(text!("数据来源：{source}", "Source: {source}")),
            None => String::new(),
        };
        canvas.text(MARGIN, HEIGHT - 180, Style::new(115, MUTED), &foot);
        let cells = text!("格内小字是日期，大字是AQI", "In each cell: the date, small, and the AQI");
        canvas.text(right, HEIGHT - 180, Style::new(115, MUTED).end(), &say(cells));
    }
}

/// What a day says when it is pointed at.
fn title_of(date: Date, index: &Index) -> Text {
    let Date { year, month, day } = date;
    let iso = format!("{year:04}-{month:02}-{day:02}");
    let Some((aqi, level)) = index.aqi().zip(index.level()) else {
        return match index.largest() {
            Some(largest) => text!(
                "{iso}：数据不足，不评价（已有项目的最大分指数为{largest}）",
                "{iso}: too few data, no AQI (the largest sub-index there is: {largest})"
            ),
            None => text!("{iso}：数据不足", "{iso}: too few data"),
        };
    };
    let (zh, en) = (level.category_zh(), level.category_en());
    let primary = index.primary();
    if primary.is_empty() {
        return text!("{iso}：AQI {aqi}，{zh}", "{iso}: AQI {aqi}, {en}");
    }
    let names = primary.to_string();
    let (listed, spaced) = (names.replace(',', "、"), names.replace(',', ", "));
    text!("{iso}：AQI {aqi}，{zh}，首要污染物{listed}", "{iso}: AQI {aqi}, {en}, primary pollutant {spaced}")
}

/// By which standard, in words.
pub(super) fn standard(judge: Judge) -> Text {
    match judge {
        Judge::By(Edition::E2012) => {
            text!("按GB 3095—2012和HJ 633—2012评价", "by GB 3095—2012 and HJ 633—2012")
        }
        Judge::By(Edition::Transition2026) => text!(
            "按GB 3095—2026（过渡阶段）和HJ 633—2026评价",
            "by GB 3095—2026 (transition) and HJ 633—2026"
        ),
        Judge::By(Edition::Final2026) => text!(
            "按GB 3095—2026（最终限值）和HJ 633—2026评价",
            "by GB 3095—2026 (final limits) and HJ 633—2026"
        ),
        Judge::ByDate => {
            text!("按当日施行的标准评价", "each day by the standard in force")
        }
    }
}

fn month_name(month: u8, language: Language) -> String {
    const ENGLISH: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    match language {
        Language::English => ENGLISH[usize::from(month.clamp(1, 12)) - 1].to_owned(),
        _ => format!("{month}月"),
    }
}

const fn weekdays(language: Language) -> [&'static str; 7] {
    match language {
        Language::English => ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"],
        _ => ["一", "二", "三", "四", "五", "六", "日"],
    }
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use message::Language;
    use standards::air::{Edition, Index, Settings};

    use super::Calendar;
    use crate::Judge;

    fn index(aqi: Option<u16>) -> Index {
        Index::of(Edition::E2012, [aqi, None, None, None, None, aqi], &Settings::default())
    }

    fn svg(year: i16, days: &[Index], language: Language) -> String {
        let judge = Judge::By(Edition::E2012);
        Calendar { place: "江<城>市", year, judge, days, source: None }.svg(language)
    }

    #[test]
    fn every_day_of_the_year_is_there_and_says_what_it_is() {
        let days = [index(Some(42)), index(Some(101)), index(None)];
        let svg = svg(2024, &days, Language::Simplified);
        assert_eq!(svg.matches("<title>2024-").count(), 366);
        assert!(svg.contains("<title>2024-01-01：AQI 42，优</title>"));
        assert!(svg.contains("<title>2024-01-02：AQI 101，轻度污染，首要污染物SO2、PM2.5</title>"));
        assert!(svg.contains("<title>2024-01-03：数据不足</title>"));
        assert!(svg.contains("有效2天，优良1天，无AQI364天"));
        assert!(!svg.contains("<城>"));
    }

    #[test]
    fn in_three_languages_and_without_any_day() {
        let check = |language, expected: &str| {
            let svg = svg(2023, &[], language);
            assert!(svg.contains(expected), "{expected}");
            assert_eq!(svg.matches("<g>").count() + svg.matches("<g ").count(), svg.matches("</g>").count());
        };
        check(Language::Simplified, "空气质量日历");
        check(Language::Traditional, "空氣質量日曆");
        check(Language::English, "day by day, 2023");
    }

    #[test]
    fn odd_years_do_no_harm() {
        for year in [i16::MIN, -1, 0, 1600, i16::MAX] {
            assert!(svg(year, &[index(Some(500)); 400], Language::English).ends_with("</svg>\n"));
        }
    }
}
