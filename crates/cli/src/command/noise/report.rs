//! What is printed of points, regions and roads.

use std::collections::BTreeMap;

use message::{Language, Text};
use standards::noise::{
    AreaClass, Attainment, DB, DayNight, Micro, NoiseGrade, PointTime, Rate, RoadSection, Settings,
    attainment, equivalent, ldn, quarter_point_times, region_grade, region_mean, road_grade, road_level,
    rounded, shares_by_grade,
};

use super::input::{Data, Point};
use crate::command::water::file::Faults;
use crate::command::water::print::{digits, number, print, words};
use crate::failure::Failure;
use crate::output::Format;

/// One row a point and date.
pub fn days(data: &Data, settings: &Settings, format: Format, language: Language) -> Result<(), Failure> {
    let mut rows = Vec::new();
    for point in &data.points {
        let dates: std::collections::BTreeSet<_> = point.periods.keys().map(|(date, _)| *date).collect();
        for date in dates {
            let of = |part| point.periods.get(&(date, part));
            let level = |part| of(part).and_then(|found| found.as_ref().ok()).map(|found| found.level);
            let hours = |part| match of(part) {
                Some(Ok(found)) if found.hours == 0 => String::new(),
                Some(Ok(found)) => found.hours.to_string(),
                Some(Err(few)) => few.present.to_string(),
                None => "0".to_owned(),
            };
            let attained = |part| match (point.class, level(part)) {
                (Some(class), Some(level)) => {
                    let attained = level <= class.limits(settings).of(part);
                    let word = if attained { Text::new("达标", "yes") } else { Text::new("超标", "no") };
                    word.in_language(language).into_owned()
                }
                _ => String::new(),
            };
            let (ld, ln) = (level(DayNight::Day), level(DayNight::Night));
            let day_hours = settings.night_begins - settings.day_begins;
            let both = ld.zip(ln).and_then(|(ld, ln)| ldn(ld, ln, day_hours));
            rows.push(vec![
                point.name.clone(),
                date.map_or(String::new(), |date| date.to_string()),
                point.class.map_or("", AreaClass::key).to_owned(),
                tenths(ld),
                tenths(ln),
                tenths(both.map(|level| rounded(level, 1))),
                hours(DayNight::Day),
                hours(DayNight::Night),
                attained(DayNight::Day),
                attained(DayNight::Night),
                refused(point, date, language),
            ]);
        }
    }
    let columns = [
        words("point", "点位", "point"),
        words("date", "日期", "date"),
        words("class", "功能区", "class"),
        number("ld", "昼间Ld", "Ld"),
        number("ln", "夜间Ln", "Ln"),
        number("ldn", "昼夜Ldn", "Ldn"),
        number("day_hours", "昼间小时", "day hours"),
        number("night_hours", "夜间小时", "night hours"),
        words("day_attained", "昼间达标", "day attained"),
        words("night_attained", "夜间达标", "night attained"),
        words("refused", "不予评价", "refused"),
    ];
    print(&columns, rows, format, language)
}

fn refused(point: &Point, date: Option<jiff::civil::Date>, language: Language) -> String {
    let mut reasons = Vec::new();
    for (part, zh, en) in [(DayNight::Day, "昼间", "day"), (DayNight::Night, "夜间", "night")] {
        if let Some(Err(few)) = point.periods.get(&(date, part)) {
            let (present, needed) = (few.present, few.needed);
            let words = message::text!(
                "{zh}有效 {present} 小时，至少 {needed} 小时",
                "{en}: {present} hours, {needed} are needed"
            );
            reasons.push(words.in_language(language).into_owned());
        }
    }
    reasons.join("; ")
}

/// Attainment by class and in total.
pub fn attained(
    data: &Data,
    quarterly: bool,
    settings: &Settings,
    format: Format,
    language: Language,
    faults: &mut Faults,
) -> Result<(), Failure> {
    let mut times = Vec::new();
    for point in &data.points {
        let Some(class) = point.class else {
            let name = &point.name;
            faults.tell(message::text!(
                "点位“{name}”没有功能区类别，未计入达标率",
                "point `{name}` has no class of area and is not counted"
            ));
            continue;
        };
        for part in [DayNight::Day, DayNight::Night] {
            let levels: Vec<Micro> = if quarterly {
                let mut quarters: BTreeMap<_, Vec<Micro>> = BTreeMap::new();
                for (date, level) in point.levels(part) {
                    let quarter = date.map(|date| (date.year(), (date.month() - 1) / 3));
                    quarters.entry(quarter).or_default().push(level);
                }
                quarters.values().filter_map(|levels| quarter_point_times(levels, settings)).collect()
            } else {
                point.levels(part).map(|(_, level)| level).collect()
            };
            times.extend(levels.into_iter().map(|level| PointTime { class, part, level }));
        }
    }
    let found = attainment(times, settings);
    let row = |name: String, day: Rate, night: Rate| {
        let mut row = vec![name];
        for rate in [day, night] {
            row.extend([
                rate.attained.to_string(),
                rate.all.to_string(),
                rate.tenths().map_or(String::new(), |tenths| digits(tenths, 1)),
            ]);
        }
        row
    };
    let of = |found: &Attainment, class| (found.of(class, DayNight::Day), found.of(class, DayNight::Night));
    let mut rows = Vec::new();
    for class in AreaClass::ALL {
        let (day, night) = of(&found, class);
        if day.all + night.all > 0 {
            rows.push(row(class.key().to_owned(), day, night));
        }
    }
    let total = Text::new("合计", "total").in_language(language).into_owned();
    let total = if format == Format::Table { total } else { "total".to_owned() };
    rows.push(row(total, found.total(DayNight::Day), found.total(DayNight::Night)));
    let columns = [
        words("class", "功能区", "class"),
        number("day_attained", "昼间达标点次", "day attained"),
        number("day_all", "昼间点次", "day point-times"),
        number("day_rate", "昼间达标率%", "day %"),
        number("night_attained", "夜间达标点次", "night attained"),
        number("night_all", "夜间点次", "night point-times"),
        number("night_rate", "夜间达标率%", "night %"),
    ];
    print(&columns, rows, format, language)
}

/// The level of a point over all its days or nights: an energy mean, as it is one point.
fn of_point(point: &Point, part: DayNight) -> Option<Micro> {
    equivalent(point.levels(part).map(|(_, level)| level))
}

/// The region's mean over its points, by day and by night.
pub fn region(data: &Data, format: Format, language: Language) -> Result<(), Failure> {
    let mut rows = Vec::new();
    for part in [DayNight::Day, DayNight::Night] {
        let levels: Vec<Micro> = data.points.iter().filter_map(|point| of_point(point, part)).collect();
        let Some(mean) = region_mean(&levels) else { continue };
        let mut row = graded(part, levels.len(), mean, region_grade(mean, part), language);
        row.extend(shares_by_grade(&levels, part).iter().map(u32::to_string));
        rows.push(row);
    }
    let mut columns = graded_columns();
    let keys = ["points_1", "points_2", "points_3", "points_4", "points_5"];
    columns.extend(
        NoiseGrade::ALL.into_iter().zip(keys).map(|(grade, key)| number(key, grade.zh(), grade.en())),
    );
    print(&columns, rows, format, language)
}

/// The roads' mean, weighted by length, by day and by night.
pub fn roads(data: &Data, format: Format, language: Language, faults: &mut Faults) -> Result<(), Failure> {
    for point in data.points.iter().filter(|point| point.metres.is_none()) {
        let name = &point.name;
        faults.tell(message::text!(
            "路段“{name}”没有长度，未计入",
            "road `{name}` has no length and is not counted"
        ));
    }
    let mut rows = Vec::new();
    for part in [DayNight::Day, DayNight::Night] {
        let sections: Vec<RoadSection> = data
            .points
            .iter()
            .filter_map(|point| Some(RoadSection { level: of_point(point, part)?, metres: point.metres? }))
            .collect();
        let Some(found) = road_level(&sections) else { continue };
        let mut row = graded(part, sections.len(), found.mean, road_grade(found.mean, part), language);
        row.extend([
            found.metres.to_string(),
            found.metres_above_70.to_string(),
            digits(found.share_above_70(), 1),
        ]);
        rows.push(row);
    }
    let mut columns = graded_columns();
    columns.extend([
        number("metres", "总长 m", "metres"),
        number("metres_above_70", "超过 70 dB(A) m", "metres above 70"),
        number("share_above_70", "超过 70 dB(A) %", "% above 70"),
    ]);
    print(&columns, rows, format, language)
}

fn graded_columns() -> Vec<crate::command::water::print::Column> {
    vec![
        words("part", "时段", "part"),
        number("points", "点位", "points"),
        number("mean", "平均 dB(A)", "mean dB(A)"),
        number("grade", "等级", "grade"),
        words("word", "评价", "word"),
    ]
}

fn graded(part: DayNight, points: usize, mean: Micro, grade: NoiseGrade, language: Language) -> Vec<String> {
    vec![
        part.key().to_owned(),
        points.to_string(),
        tenths(Some(mean)),
        grade.number().to_string(),
        Text::new(grade.zh(), grade.en()).in_language(language).into_owned(),
    ]
}

/// A level with one decimal; it is already rounded.
fn tenths(level: Option<Micro>) -> String {
    level.map_or(String::new(), |level| digits(level / (DB / 10), 1))
}
