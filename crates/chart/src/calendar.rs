//! A year of days: a row for each month, a field for each day, coloured by its class; a day without data is empty.

use jiff::civil::{Date, date};

use crate::canvas::{Canvas, Size, widest};
use crate::drawing::{Anchor, Drawing, Ink};
use crate::figure::{Cell, Column, Plot, Table};

/// The days of a year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    /// The year.
    pub year: i16,
    /// The names of the months.
    pub months: [String; 12],
    /// The days that are known, in any order.
    pub days: Vec<Day>,
    /// The headings of the table: day, value.
    pub heads: [String; 2],
}

/// A day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day {
    /// Which.
    pub day: Date,
    /// Its colour.
    pub ink: Ink,
    /// What it was, in words or digits.
    pub shown: String,
    /// Where it leads, in the table.
    pub address: Option<String>,
}

impl Plot for Calendar {
    fn draw(&self, size: Size) -> Drawing {
        let mut canvas = Canvas::new(size);
        let m = canvas.m;
        let small = m.small * 85 / 100;
        let left = widest(self.months.iter().map(String::as_str), small) + m.small / 2;
        let step = ((m.width - left) / 31).max(2);
        // A gap that is seen, but takes no more than a tenth.
        let field = (step * 9 / 10).max(1);
        let top = small * 3 / 2;
        for day in [1, 5, 10, 15, 20, 25, 30] {
            let x = left + step * (day - 1) + field / 2;
            canvas.sized(x, small, small, Anchor::Middle, Ink::Muted, &day.to_string());
        }
        let height = step.min(m.row);
        for (month, name) in (1_i8..=12).zip(&self.months) {
            let y = top + height * (i32::from(month) - 1);
            canvas.sized(left - m.small / 2, y + height * 7 / 10, small, Anchor::End, Ink::Muted, name);
            let length = Date::new(self.year, month, 1).map_or(0, |first| first.days_in_month());
            for day in 1..=length {
                let found = date_of(self.year, month, day)
                    .and_then(|date| self.days.iter().rfind(|known| known.day == date));
                let x = left + step * (i32::from(day) - 1);
                canvas.rectangle(x, y, field, height * 9 / 10, found.map_or(Ink::Faint, |found| found.ink));
            }
        }
        Drawing { width: m.width, height: top + height * 12, shapes: canvas.shapes }
    }

    fn table(&self) -> Table {
        let [day, value] = &self.heads;
        let mut days: Vec<&Day> = self.days.iter().filter(|day| day.day.year() == self.year).collect();
        days.sort_by_key(|day| day.day);
        let rows = days.iter().map(|day| {
            vec![
                Cell::new(day.day.to_string()),
                Cell { text: day.shown.clone(), address: day.address.clone() },
            ]
        });
        Table { columns: vec![Column::words(day), Column::words(value)], rows: rows.collect() }
    }
}

fn date_of(year: i16, month: i8, day: i8) -> Option<Date> {
    Date::new(year, month, day).ok().filter(|found| *found >= date(year, 1, 1))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::{Calendar, Day};
    use crate::canvas::Size;
    use crate::drawing::{Ink, Shape};
    use crate::figure::Plot;

    #[test]
    fn a_year_has_all_its_days() {
        fn check(year: i16, fields: usize) {
            let calendar = Calendar {
                year,
                months: std::array::from_fn(|index| format!("{}月", index + 1)),
                days: vec![Day {
                    day: date(year, 2, 28),
                    ink: Ink::Level(1),
                    shown: "优".to_owned(),
                    address: None,
                }],
                heads: ["日期", "等级"].map(str::to_owned),
            };
            let shapes = calendar.draw(Size::Narrow).shapes;
            let count = |wanted: fn(&Ink) -> bool| {
                let is = |shape: &&Shape| matches!(shape, Shape::Rectangle { ink, .. } if wanted(ink));
                shapes.iter().filter(is).count()
            };
            assert_eq!((count(|_| true), count(|ink| *ink == Ink::Level(1))), (fields, 1));
        }
        check(2022, 365);
        check(2024, 366);
    }
}
