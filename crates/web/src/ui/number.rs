//! Numbers. A computed one is a door: value, unit, date, dotted underline, and the share that is not yet verified;
//! it leads to the figure's page. A typed one is plain text and never looks like this.

use maud::{Markup, PreEscaped, Render, html};
use message::Language;

use super::{Icon, Speak, Words};

/// A computed figure. The value comes as it was rounded by its indicator, with or without separators.
///
/// `FigureLink::new(l, "15216", w("家", ""), "/f/3c2f…").date("2026-03-01").pending("12")`
#[derive(Clone, Debug)]
pub struct FigureLink {
    value: Option<String>,
    unit: String,
    address: String,
    date: Option<String>,
    pending: Option<String>,
    reason: Option<String>,
    words: (&'static str, &'static str, &'static str),
    bare_unit: bool,
}

impl FigureLink {
    /// A value with its unit; the address is `/f/{id}` where the figure is pinned, `/figures/{indicator}?…` else.
    pub fn new(l: Language, value: impl AsRef<str>, unit: impl Words, address: impl Into<String>) -> Self {
        Self {
            value: Some(grouped(value.as_ref())),
            unit: l.say(&unit).into_owned(),
            address: address.into(),
            date: None,
            pending: None,
            reason: None,
            words: (l.t("另有 ", ""), l.t(" 条待核验", " more not yet verified"), l.t("无数据", "no data")),
            bare_unit: false,
        }
    }

    /// No value, and why: the door stays, since definition and rows explain it.
    pub fn missing(l: Language, reason: impl Words, address: impl Into<String>) -> Self {
        let reason = Some(l.say(&reason).into_owned());
        Self { value: None, reason, ..Self::new(l, "", super::w("", ""), address) }
    }

    /// The date or period that it is for: `2026-03-01`, `2022`.
    #[must_use]
    pub fn date(mut self, date: impl Into<String>) -> Self {
        self.date = Some(date.into());
        self
    }

    /// How many rows would count as well, were they verified ([`figure::Figure::pending`]). Zero is not shown.
    #[must_use]
    pub fn pending(mut self, rows: impl ToString) -> Self {
        let rows = rows.to_string();
        self.pending = rows.bytes().any(|byte| (b'1'..=b'9').contains(&byte)).then(|| grouped(rows));
        self
    }

    /// Leaves the unit out, where the heading of the column has it (screen readers still hear it).
    #[must_use]
    pub fn without_unit(mut self) -> Self {
        self.bare_unit = true;
        self
    }
}

impl Render for FigureLink {
    fn render(&self) -> Markup {
        html! {
            span.figure-link {
                a.figure href=(self.address) {
                    @match &self.value {
                        Some(value) => span.number { (value) },
                        None => span.number { "—" span.unseen { (self.words.2) } },
                    }
                    @if !self.unit.is_empty() {
                        span.unit.unseen[self.bare_unit] { (space(&self.unit)) (self.unit) }
                    }
                }
                @if let Some(date) = &self.date { " " span.figure-date { (date) } }
                @if let Some(reason) = &self.reason { " " span.figure-date { (reason) } }
                @if let Some(pending) = &self.pending {
                    " " span.pending { (Icon::Clock) (self.words.0) span.number { (pending) } (self.words.1) }
                }
            }
        }
    }
}

/// A number with its unit, separated and spaced as in a [`FigureLink`]: `1,200 m²`, `75万元`, `188`.
pub fn measured(number: impl ToString, unit: &str) -> String {
    format!("{}{}{unit}", grouped(number), space(unit))
}

/// Latin units stand apart from the number; %, ° and Chinese measure words follow it.
fn space(unit: &str) -> &'static str {
    match unit.chars().next() {
        Some(first) if first.is_ascii_alphabetic() || first == 'µ' || first == '㎡' => "\u{202f}",
        _ => "",
    }
}

/// A key figure with its name, and a sparkline or a bar against its target beside it. No box, no colour, no icon.
pub struct Stat {
    name: String,
    figure: Markup,
    note: Option<Markup>,
    picture: Option<String>,
}

impl Stat {
    /// The name and the figure.
    pub fn new(l: Language, name: impl Words, figure: impl Render) -> Self {
        Self { name: l.say(&name).into_owned(), figure: figure.render(), note: None, picture: None }
    }

    /// One line under it: the change since last year, the target, the state.
    #[must_use]
    pub fn note(mut self, note: impl Render) -> Self {
        self.note = Some(note.render());
        self
    }

    /// A small SVG of the crate `chart`: sparkline or target bar.
    #[must_use]
    pub fn picture(mut self, svg: impl Into<String>) -> Self {
        self.picture = Some(svg.into());
        self
    }
}

impl Render for Stat {
    fn render(&self) -> Markup {
        html! {
            div.stat {
                p.stat-name { (self.name) }
                p.stat-figure { (self.figure) }
                @if let Some(svg) = &self.picture { div.stat-picture { (PreEscaped(svg)) } }
                @if let Some(note) = &self.note { p.stat-note { (note) } }
            }
        }
    }
}

/// Several [`Stat`]s beside each other.
pub fn stats(stats: &[Stat]) -> Markup {
    html! { div.stats { @for stat in stats { (stat) } } }
}

/// A chart with everything that explains it: the subject, unit and date, the drawing (an SVG of the crate `chart`,
/// which carries its own description), the same data as a table, the source.
pub struct Chart {
    title: String,
    subtitle: String,
    svg: String,
    table: Option<(String, Markup)>,
    source: Option<Markup>,
}

impl Chart {
    /// What it shows, in which unit and at which date, and the drawing.
    pub fn new(l: Language, title: impl Words, subtitle: impl Words, svg: impl Into<String>) -> Self {
        Self {
            title: l.say(&title).into_owned(),
            subtitle: l.say(&subtitle).into_owned(),
            svg: svg.into(),
            table: None,
            source: None,
        }
    }

    /// The data for those who read instead of look; folded under the drawing, open in print.
    #[must_use]
    pub fn table(mut self, l: Language, table: impl Render) -> Self {
        self.table = Some((l.t("数据表", "Data").to_owned(), table.render()));
        self
    }

    /// Source and the figure's identity.
    #[must_use]
    pub fn source(mut self, source: impl Render) -> Self {
        self.source = Some(source.render());
        self
    }
}

impl Render for Chart {
    fn render(&self) -> Markup {
        html! {
            figure.chart {
                figcaption { b { (self.title) } span { (self.subtitle) } }
                div.chart-drawing { (PreEscaped(&self.svg)) }
                @if let Some((summary, table)) = &self.table { details { summary { (summary) } (table) } }
                @if let Some(source) = &self.source { p.chart-source { (source) } }
            }
        }
    }
}

/// A number with separators of thousands: `1119446` → `1,119,446`. What is no plain number comes back unchanged.
pub fn grouped(number: impl ToString) -> String {
    let number = number.to_string();
    let (sign, rest) = match number.strip_prefix(['-', '−']) {
        Some(rest) => ("−", rest),
        None => ("", number.as_str()),
    };
    let (whole, fraction) = rest.split_at(rest.find('.').unwrap_or(rest.len()));
    if whole.is_empty() || !whole.bytes().all(|byte| byte.is_ascii_digit()) {
        return number;
    }
    let mut out = String::from(sign);
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out + fraction
}

/// A date as it stands in sentences: 2026年3月1日, 1 March 2026. In tables it is `2026-03-01`, its `Display`.
pub fn date_in_words(l: Language, date: jiff::civil::Date) -> String {
    const MONTHS: [&str; 12] = [
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
    let month = usize::from(date.month().unsigned_abs());
    match l {
        Language::English => {
            let name = MONTHS.get(month.wrapping_sub(1)).copied().unwrap_or_default();
            format!("{} {name} {}", date.day(), date.year())
        }
        _ => format!("{}年{month}月{}日", date.year(), date.day()),
    }
}

#[cfg(test)]
mod tests {
    use super::{FigureLink, date_in_words, grouped};
    use crate::ui::{icon::without_icons, w};
    use maud::Render;
    use message::Language;

    #[test]
    fn thousands_are_separated() {
        fn check(number: &str, expected: &str) {
            assert_eq!(grouped(number), expected);
        }
        check("0", "0");
        check("999", "999");
        check("1000", "1,000");
        check("-1119446.50", "−1,119,446.50");
        check("n/a", "n/a");
        check("", "");
        check(".5", ".5");
    }

    #[test]
    fn a_figure_is_a_door() {
        let l = Language::English;
        insta::assert_snapshot!(
            without_icons(&FigureLink::new(l, "15216", w("家", "works"), "/f/3c2f").date("2026-03-01").pending("12").render().into_string()),
            @r##"<span class="figure-link"><a class="figure" href="/f/3c2f"><span class="number">15,216</span><span class="unit"> works</span></a> <span class="figure-date">2026-03-01</span> <span class="pending"><span class="number">12</span> more not yet verified</span></span>"##
        );
        insta::assert_snapshot!(
            FigureLink::missing(l, w("当日无监测", "no measurement on that day"), "/figures/air").render().into_string(),
            @r##"<span class="figure-link"><a class="figure" href="/figures/air"><span class="number">—<span class="unseen">no data</span></span></a> <span class="figure-date">no measurement on that day</span></span>"##
        );
    }

    #[test]
    fn dates_are_written_out() {
        let date = jiff::civil::date(2026, 3, 1);
        assert_eq!(date_in_words(Language::Simplified, date), "2026年3月1日");
        assert_eq!(date_in_words(Language::English, date), "1 March 2026");
    }
}
