//! The upper part: the days by level under each edition, as bars of one length.

use message::{Language, Text, text};
use standards::air::Level;

use super::super::canvas::{Canvas, INK, MUTED, Style, digits, hex, width};
use super::words::name;
use super::{Comparison, DAY_ROW, DAYS_AT, DAYS_FROM, DAYS_TO, MARGIN, RIGHT, count_of};

impl Comparison<'_> {
    /// A bar of days by level for each edition.
    pub(super) fn days(&self, canvas: &mut Canvas, language: Language) {
        let say = |text: Text| text.in_language(language).into_owned();
        let heading = say(text!("各级别天数", "Days by level"));
        canvas.text(MARGIN, DAYS_FROM - 220, Style::new(180, INK).bold(), &heading);
        let good = say(text!("优良天数", "good days"));
        canvas.text(DAYS_TO + 1_280, DAYS_FROM - 220, Style::new(130, MUTED).end(), &good);
        let limits = say(text!("日均值均达标", "within daily limits"));
        canvas.text(RIGHT, DAYS_FROM - 220, Style::new(130, MUTED).end(), &limits);
        for (place, column) in (0..).zip(self.columns) {
            let y = DAYS_FROM + place * DAY_ROW;
            canvas.text(MARGIN, y + 265, Style::new(150, INK), &say(name(column.edition)));
            let count = &column.count;
            let all = i64::from((count.valid() + count.without).max(1));
            let mut days_before = 0_i64;
            let at =
                |days: i64| DAYS_AT + i32::try_from(days * i64::from(DAYS_TO - DAYS_AT) / all).unwrap_or(0);
            for level in Level::ALL {
                let days = i64::from(count.by_level[level.index()]);
                let (from, to) = (at(days_before), at(days_before + days));
                days_before += days;
                if days == 0 {
                    continue;
                }
                let label = Text::new(level.category_zh(), level.category_en());
                let label = label.in_language(language);
                let title = text!("{label}{days}天", "{label}: {days} days");
                canvas.begin(&title.in_language(language));
                canvas.rectangle((from, y, (to - from - 14).max(6), 400), 20, &hex(level.rgb()));
                let digits = days.to_string();
                let ink = if matches!(level, Level::Heavy | Level::Severe) { "#ffffff" } else { "#000000" };
                let room = to - from - 14;
                let long = format!("{label} {days}");
                if language != Language::English && room > width(&long, 125) + 120 {
                    canvas.text(from + room / 2, y + 245, Style::new(125, ink).middle(), &long);
                } else if room > width(&digits, 125) + 30 {
                    canvas.text(from + room / 2, y + 245, Style::new(125, ink).middle(), &digits);
                }
                canvas.end();
            }
            if count.without > 0 {
                let without = count.without;
                let title = text!("数据不足{without}天", "too few data: {without} days");
                canvas.begin(&title.in_language(language));
                canvas.rectangle(
                    (at(days_before), y, (DAYS_TO - at(days_before)).max(6), 400),
                    20,
                    "url(#none)",
                );
                canvas.end();
            }
            let good = count.good().to_string();
            let days = say(text!("天", ""));
            canvas.text(DAYS_TO + 560, y + 275, Style::new(240, INK).bold().end(), &good);
            canvas.text(DAYS_TO + 590, y + 275, Style::new(130, MUTED), &days);
            if let Some(share) = count.good_share(1) {
                let share = format!("{}%", digits(share, 1));
                canvas.text(DAYS_TO + 1_280, y + 275, Style::new(140, MUTED).end(), &share);
            }
            if let Some(within) = column.days_within_limits {
                let within = say(text!("{within}天", "{within}"));
                canvas.text(RIGHT, y + 275, Style::new(150, INK).end(), &within);
            }
        }
        self.legend_of_days(canvas, DAYS_FROM + count_of(self.columns) * DAY_ROW + 60, language);
    }

    /// The colours' names.
    fn legend_of_days(&self, canvas: &mut Canvas, y: i32, language: Language) {
        let missing = text!("数据不足", "too few data");
        let entries = Level::ALL
            .map(|level| (hex(level.rgb()), Text::new(level.category_zh(), level.category_en())))
            .into_iter()
            .chain([("url(#none)".to_owned(), missing)]);
        let mut x = DAYS_AT;
        for (fill, name) in entries {
            let name = name.in_language(language);
            canvas.rectangle((x, y, 120, 120), 20, &fill);
            canvas.text(x + 160, y + 105, Style::new(115, MUTED), &name);
            x += 160 + width(&name, 115) + 200;
        }
    }
}
