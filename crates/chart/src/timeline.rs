//! A plan over time: a bar from beginning to due day, filled as far as it is done, and today's line across all.

use jiff::civil::{Date, date};
use rust_decimal::Decimal;

use crate::canvas::{Canvas, Size, every, room, shorten};
use crate::drawing::{Anchor, Drawing, Ink, Shape, text_width};
use crate::figure::{Cell, Column, Plot, Table};
use crate::scale::place;

/// A chart of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timeline {
    /// The bars; those of a group follow each other.
    pub spans: Vec<Span>,
    /// Today, and what is written at it.
    pub today: Option<(Date, String)>,
    /// The headings of the table: what, from, until, state.
    pub heads: [String; 4],
}

/// A bar of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// What is to be done.
    pub label: String,
    /// What it belongs to; written once above all that follow with the same.
    pub group: String,
    /// When it began.
    pub from: Date,
    /// When it is due.
    pub due: Date,
    /// The part that is done, from 0 to 1.
    pub done: Option<Decimal>,
    /// The state in a word, written behind the bar.
    pub state: String,
    /// The colour of the state.
    pub ink: Ink,
    /// Where it leads, in the table.
    pub address: Option<String>,
}

impl Plot for Timeline {
    fn draw(&self, size: Size) -> Drawing {
        let mut canvas = Canvas::new(size);
        self.lay(&mut canvas, size);
        Drawing { width: canvas.m.width, height: canvas.y, shapes: canvas.shapes }
    }

    fn table(&self) -> Table {
        let columns = self.heads.iter().map(Column::words).collect();
        let rows = self.spans.iter().map(|span| {
            vec![
                Cell { text: span.label.clone(), address: span.address.clone() },
                Cell::new(span.from.to_string()),
                Cell::new(span.due.to_string()),
                Cell::new(&span.state),
            ]
        });
        Table { columns, rows: rows.collect() }
    }
}

impl Timeline {
    fn lay(&self, canvas: &mut Canvas, size: Size) {
        let m = canvas.m;
        let above = size == Size::Narrow;
        let labels = room(self.spans.iter().map(|span| span.label.as_str()), m.small).min(m.width * 2 / 5);
        let states = room(self.spans.iter().map(|span| span.state.as_str()), m.small);
        let left = if above { 0 } else { labels + m.small };
        let length = (m.width - left - states - m.small).max(1);
        let (first, last) = self.years();
        let day = |day: Date| Decimal::from(days(first, day));
        let range = (Decimal::ZERO, day(last));
        let x_of = |date: Date| left + place(day(date), range, length);

        // The axis is drawn over the rows' whole height, so its place in the order of shapes is kept free.
        let top = canvas.y + m.small * 2;
        canvas.y = top;
        let mut rows: Vec<Shape> = Vec::new();
        std::mem::swap(&mut rows, &mut canvas.shapes);
        let mut group: Option<&str> = None;
        for span in &self.spans {
            if !span.group.is_empty() && group != Some(span.group.as_str()) {
                canvas.y += m.small * 18 / 10;
                let text = shorten(&span.group, m.small, m.width);
                let heading = Shape::Text {
                    x: 0,
                    y: canvas.y,
                    size: m.small,
                    anchor: Anchor::Start,
                    ink: Ink::Text,
                    heading: true,
                    text,
                };
                canvas.shapes.push(heading);
                canvas.y += m.small * 6 / 10;
                group = Some(&span.group);
            }
            let height = m.row;
            if above {
                canvas.y += m.small * 13 / 10;
                let label = shorten(&span.label, m.small, m.width);
                canvas.label(0, canvas.y, Anchor::Start, Ink::Text, &label);
                canvas.y += m.small * 2 / 10;
            }
            let baseline = canvas.y + height / 2 + m.small * 35 / 100;
            if !above {
                let label = shorten(&span.label, m.small, labels.max(m.small * 2));
                canvas.label(left - m.small, baseline, Anchor::End, Ink::Text, &label);
            }
            let (from, to) = (x_of(span.from), x_of(span.due));
            let (y, thick) = (canvas.y + height * 3 / 10, height * 4 / 10);
            let width = (to - from).max(1);
            canvas.rectangle(from, y, width, thick, Ink::Faint);
            if let Some(done) = span.done {
                let done = place(done, (Decimal::ZERO, Decimal::ONE), width);
                if done > 0 {
                    canvas.rectangle(from, y, done, thick, span.ink);
                }
            }
            canvas.line((to, y - thick / 3), (to, y + thick * 4 / 3), m.line, span.ink);
            canvas.label(left + length + m.small, baseline, Anchor::Start, Ink::Muted, &span.state);
            canvas.y += height;
        }
        std::mem::swap(&mut rows, &mut canvas.shapes);
        let bottom = canvas.y;
        self.axis(canvas, (first, last), (top, bottom), length, &x_of);
        canvas.shapes.append(&mut rows);
        canvas.y = bottom + m.small * 3 / 2;
    }

    /// The years' lines, and today's.
    fn axis(
        &self,
        canvas: &mut Canvas,
        (first, last): (Date, Date),
        (top, bottom): (i32, i32),
        length: i32,
        x_of: &dyn Fn(Date) -> i32,
    ) {
        let m = canvas.m;
        let years = i32::from(last.year()) - i32::from(first.year());
        // Quarters of a year, halves of two, else whole years.
        let months: i32 = match years {
            ..=1 => 3,
            2 => 6,
            _ => 12,
        };
        let steps = years.max(1) * 12 / months;
        let wide = room(["2022-01"], m.small) + m.small / 2;
        let every = i32::try_from(every(wide, length / steps.max(1))).unwrap_or(i32::MAX);
        let today = self.today.as_ref().filter(|(day, _)| (first..=last).contains(day));
        for step in 0..=steps {
            let month = step * months;
            let year = i16::try_from(i32::from(first.year()) + month / 12).unwrap_or(i16::MAX);
            let Ok(day) = Date::new(year, i8::try_from(month % 12 + 1).unwrap_or(1), 1) else { break };
            let x = x_of(day);
            canvas.line((x, top), (x, bottom), m.axis, Ink::Faint);
            if day < last && step % every == 0 {
                let label =
                    if months == 12 { year.to_string() } else { format!("{year}-{:02}", month % 12 + 1) };
                canvas.label(x + m.small / 4, top - m.small / 2, Anchor::Start, Ink::Muted, &label);
            }
        }
        if let Some((day, word)) = today {
            let x = x_of(*day);
            canvas.line((x, top), (x, bottom), m.line * 3 / 4, Ink::Target);
            let half = text_width(word, m.small) / 2;
            let middle = x.clamp(half, (m.width - half).max(half));
            canvas.label(middle, bottom + m.small, Anchor::Middle, Ink::Target, word);
        }
    }

    /// From the first day of the first year to the first day after the last.
    fn years(&self) -> (Date, Date) {
        let from = self.spans.iter().map(|span| span.from.min(span.due)).min().unwrap_or(date(2000, 1, 1));
        let due = self.spans.iter().map(|span| span.due.max(span.from)).max().unwrap_or(from);
        let first = Date::new(from.year(), 1, 1).unwrap_or(from);
        (first, Date::new(due.year().saturating_add(1), 1, 1).unwrap_or(due))
    }
}

fn days(from: Date, to: Date) -> i32 {
    from.until(to).map_or(0, |span| span.get_days())
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use jiff::civil::{Date, date};
    use rust_decimal::Decimal;

    use super::{Span, Timeline};
    use crate::canvas::Size;
    use crate::drawing::Ink;
    use crate::figure::Plot;
    use crate::svg::page_svg;

    fn plan(spans: &[(Date, Date)]) -> Timeline {
        let span = |(from, due): &(Date, Date)| Span {
            label: "码头压减至188个".to_owned(),
            group: "岸线腾退".to_owned(),
            from: *from,
            due: *due,
            done: Some(Decimal::new(5, 1)),
            state: "有风险".to_owned(),
            ink: Ink::Watch,
            address: None,
        };
        Timeline {
            spans: spans.iter().map(span).collect(),
            today: Some((date(2022, 7, 2), "今天".to_owned())),
            heads: ["目标", "起", "止", "状态"].map(str::to_owned),
        }
    }

    #[test]
    fn a_plan_has_its_years_and_today() {
        let plan = plan(&[(date(2022, 1, 1), date(2022, 12, 31))]);
        assert_snapshot!(page_svg(&plan.draw(Size::Wide), "p", "计划", ""), @r#"<svg class="chart-picture" viewBox="0 0 7200 1017" role="img" aria-labelledby="p-t" aria-describedby="p-d"><title id="p-t">计划</title><desc id="p-d"></desc><line x1="1348" y1="260" x2="1348" y2="822" class="k-faint" stroke-width="10"/><text x="1380" y="195" font-size="130" text-anchor="start" class="f-muted">2022-01</text><line x1="2639" y1="260" x2="2639" y2="822" class="k-faint" stroke-width="10"/><text x="2671" y="195" font-size="130" text-anchor="start" class="f-muted">2022-04</text><line x1="3944" y1="260" x2="3944" y2="822" class="k-faint" stroke-width="10"/><text x="3976" y="195" font-size="130" text-anchor="start" class="f-muted">2022-07</text><line x1="5263" y1="260" x2="5263" y2="822" class="k-faint" stroke-width="10"/><text x="5295" y="195" font-size="130" text-anchor="start" class="f-muted">2022-10</text><line x1="6583" y1="260" x2="6583" y2="822" class="k-faint" stroke-width="10"/><line x1="3958" y1="260" x2="3958" y2="822" class="k-target" stroke-width="15" stroke-dasharray="60 60"/><text x="3958" y="952" font-size="130" text-anchor="middle" class="f-target">今天</text><text x="0" y="494" font-size="130" text-anchor="start" class="f-ink" font-weight="600">岸线腾退</text><text x="1218" y="742" font-size="130" text-anchor="end" class="f-ink">码头压减至188个</text><rect x="1348" y="647" width="5221" height="100" class="f-faint"/><rect x="1348" y="647" width="2610" height="100" class="f-watch"/><line x1="6569" y1="614" x2="6569" y2="780" class="k-watch" stroke-width="20"/><text x="6713" y="742" font-size="130" text-anchor="start" class="f-muted">有风险</text></svg>"#);
    }

    #[test]
    fn any_dates_have_a_place() {
        for size in [Size::Wide, Size::Narrow, Size::Paper] {
            assert!(plan(&[]).draw(size).height > 0);
            assert!(plan(&[(Date::MIN, Date::MAX), (Date::MAX, Date::MIN)]).draw(size).height > 0);
        }
    }
}
