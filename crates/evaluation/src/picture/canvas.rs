//! A sheet of SVG and the few marks that pictures are made of. Lengths are tenths of a pixel.

use std::fmt::Write;

use message::Language;
use standards::air::Level;

/// What is read first.
pub(super) const INK: &str = "#1c242b";
/// What is read second.
pub(super) const MUTED: &str = "#55606a";
/// Lines that hold the picture together.
pub(super) const PALE: &str = "#c9d1d6";
/// The ground of an empty place.
pub(super) const EMPTY: &str = "#eef1f3";
/// The data.
pub(super) const ACCENT: &str = "#0b5c7a";
/// A limit kept.
pub(super) const KEPT: &str = "#1a7f37";
/// A limit exceeded.
pub(super) const EXCEEDED: &str = "#b42318";

/// For texts in simplified Chinese.
const SIMPLIFIED: &str = "'PingFang SC','Microsoft YaHei','Noto Sans CJK SC','Source Han Sans SC',sans-serif";

/// For figures alone: all of one width.
const FIGURES: &str = "'Helvetica Neue',Arial,'Liberation Sans','DejaVu Sans',sans-serif";

/// Which end of a text its x is.
#[derive(Clone, Copy)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// How a text looks.
#[derive(Clone, Copy)]
pub(super) struct Style {
    pub(super) size: i32,
    pub(super) ink: &'static str,
    pub(super) bold: bool,
    pub(super) anchor: Anchor,
}

impl Style {
    pub(super) const fn new(size: i32, ink: &'static str) -> Self {
        Self { size, ink, bold: false, anchor: Anchor::Start }
    }

    pub(super) const fn bold(self) -> Self {
        Self { bold: true, ..self }
    }

    pub(super) const fn middle(self) -> Self {
        Self { anchor: Anchor::Middle, ..self }
    }

    pub(super) const fn end(self) -> Self {
        Self { anchor: Anchor::End, ..self }
    }
}

/// A sheet that is being drawn.
pub(super) struct Canvas {
    out: String,
    /// The size of a day.
    day: (i32, i32),
    is_english: bool,
}

impl Canvas {
    /// An empty white sheet, described by `label` for those who cannot see it.
    pub(super) fn new(width: i32, height: i32, label: &str, language: Language) -> Self {
        let (fonts, tag) = match language {
            Language::Traditional => (
                "'PingFang TC','Microsoft JhengHei','Noto Sans CJK TC','Source Han Sans TC',sans-serif",
                "zh-Hant",
            ),
            Language::Simplified => (SIMPLIFIED, "zh-Hans"),
            Language::English => (
                "'Helvetica Neue',Arial,'Liberation Sans','PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif",
                "en",
            ),
        };
        let mut canvas = Self {
            out: String::with_capacity(64 * 1024),
            day: (0, 0),
            is_english: language == Language::English,
        };
        canvas.write(format_args!(
            concat!(
                r#"<svg xmlns="http://www.w3.org/2000/svg" width="{}" height="{}" viewBox="0 0 {} {}" "#,
                r#"role="img" xml:lang="{}" aria-label="{}" font-family="{}" "#,
                r#"style="font-variant-numeric:tabular-nums">"#
            ),
            width / 10,
            height / 10,
            width,
            height,
            tag,
            escaped(label),
            fonts
        ));
        // The hatch says "nothing measured" in any colour, also in none.
        canvas.write(format_args!(
            concat!(
                r##"<defs><pattern id="none" width="50" height="50" patternUnits="userSpaceOnUse" "##,
                r##"patternTransform="rotate(45)"><rect width="50" height="50" fill="{}"/>"##,
                r##"<rect width="12" height="50" fill="{}"/></pattern></defs>"##
            ),
            EMPTY, PALE
        ));
        canvas.rectangle((0, 0, width, height), 0, "#ffffff");
        canvas
    }

    /// The whole picture.
    pub(super) fn finish(mut self) -> String {
        self.out.push_str("</svg>\n");
        self.out
    }

    /// A rectangle (x, y, width, height) with round corners.
    pub(super) fn rectangle(&mut self, (x, y, width, height): (i32, i32, i32, i32), round: i32, fill: &str) {
        let round = if round > 0 { format!(r#" rx="{round}""#) } else { String::new() };
        self.write(format_args!(
            r#"<rect x="{x}" y="{y}" width="{width}" height="{height}"{round} fill="{fill}"/>"#
        ));
    }

    /// A straight line.
    pub(super) fn line(&mut self, from: (i32, i32), to: (i32, i32), width: i32, ink: &str) {
        self.write(format_args!(
            r#"<path d="M{} {}L{} {}" stroke="{ink}" stroke-width="{width}" fill="none"/>"#,
            from.0, from.1, to.0, to.1
        ));
    }

    /// A stroke through several points.
    pub(super) fn stroke(&mut self, points: &[(i32, i32)], width: i32, ink: &str) {
        let mut path = String::new();
        for (place, (x, y)) in points.iter().enumerate() {
            let letter = if place == 0 { 'M' } else { 'L' };
            // Writing to a string does not fail.
            let _ = write!(path, "{letter}{x} {y}");
        }
        self.write(format_args!(
            r#"<path d="{path}" stroke="{ink}" stroke-width="{width}" fill="none" stroke-linecap="round" stroke-linejoin="round"/>"#
        ));
    }

    /// A text on its baseline. The figures of PM2.5, PM10, SO2, NO2 and O3 are set low.
    pub(super) fn text(&mut self, x: i32, y: i32, style: Style, text: &str) {
        let Style { size, ink, bold, anchor } = style;
        let anchor = match anchor {
            Anchor::Start => "",
            Anchor::Middle => r#" text-anchor="middle""#,
            Anchor::End => r#" text-anchor="end""#,
        };
        let weight = if bold { r#" font-weight="600""# } else { "" };
        // A Chinese name in an English picture is set in one font with its neighbours; left to itself, a
        // renderer takes any font that has the characters.
        let fonts = if self.is_english && text.chars().any(|character| character >= '\u{2e80}') {
            format!(r#" font-family="{SIMPLIFIED}""#)
        } else {
            String::new()
        };
        let text = with_low_figures(&escaped(text), size);
        self.write(format_args!(
            r#"<text x="{x}" y="{y}" font-size="{size}" fill="{ink}"{anchor}{weight}{fonts}>{text}</text>"#
        ));
    }

    /// Begins a group that names itself when pointed at.
    pub(super) fn begin(&mut self, title: &str) {
        self.write(format_args!("<g><title>{}</title>", escaped(title)));
    }

    /// Begins the days of a month, all of one size. What they share is said once: a year has 365 of them.
    pub(super) fn begin_days(&mut self, width: i32, height: i32) {
        self.day = (width, height);
        self.write(format_args!(
            r#"<g font-family="{FIGURES}" text-anchor="middle" font-size="132" font-weight="600">"#
        ));
    }

    /// A day: its colour and its AQI; hatched without one.
    pub(super) fn day(&mut self, (x, y): (i32, i32), title: &str, level: Option<Level>, aqi: Option<u16>) {
        let (width, height) = self.day;
        let fill = level.map_or_else(|| "url(#none)".to_owned(), |level| hex(level.rgb()));
        self.begin(title);
        self.write(format_args!(
            r#"<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="24" fill="{fill}"/>"#
        ));
        if let Some(aqi) = aqi {
            let (x, y) = (x + width / 2, y + height - 42);
            self.write(format_args!(r#"<text x="{x}" y="{y}"{}>{aqi}</text>"#, light_ink(level)));
        }
        self.end();
    }

    /// Begins the dates of a month's days; pointing at one points at the day below it.
    pub(super) fn begin_dates(&mut self) {
        self.write(format_args!(r#"<g font-family="{FIGURES}" font-size="80" pointer-events="none">"#));
    }

    /// A day's date.
    pub(super) fn date(&mut self, (x, y): (i32, i32), day: u8, level: Option<Level>) {
        if level.is_none() {
            // Letters on a hatch are hard to read.
            let width = if day < 10 { 70 } else { 116 };
            self.rectangle((x - 12, y - 74, width, 88), 14, EMPTY);
        }
        self.write(format_args!(r#"<text x="{x}" y="{y}"{}>{day}</text>"#, light_ink(level)));
    }

    /// Ends the group.
    pub(super) fn end(&mut self) {
        self.out.push_str("</g>\n");
    }

    fn write(&mut self, arguments: std::fmt::Arguments<'_>) {
        // Writing to a string does not fail.
        let _ = self.out.write_fmt(arguments);
    }
}

/// Black on the light colours, white on the two dark ones: more than 4.5 : 1 on each.
const fn light_ink(level: Option<Level>) -> &'static str {
    match level {
        Some(Level::Heavy | Level::Severe) => r##" fill="#fff""##,
        _ => "",
    }
}

/// The colour as CSS writes it.
pub(super) fn hex((red, green, blue): (u8, u8, u8)) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// The width of a text: a Chinese character is an em, a Latin one a bit more than half.
pub(super) fn width(text: &str, size: i32) -> i32 {
    let hundredths: i32 =
        text.chars().take(1_000).map(|character| if character < '\u{2e80}' { 54 } else { 100 }).sum();
    hundredths * size / 100
}

/// The size at which a text has room, at most the wanted one.
pub(super) fn fitting(text: &str, wanted: i32, room: i32) -> i32 {
    let width = width(text, wanted);
    if width <= room { wanted } else { (wanted * room.max(0) / width).max(60) }
}

/// The value of so many units of 10^−`decimals`, as digits: 515, 1 → `51.5`.
pub(super) fn digits(value: i64, decimals: u32) -> String {
    let decimals = decimals.min(9);
    if decimals == 0 {
        return value.to_string();
    }
    let scale = 10_u64.pow(decimals);
    let sign = if value < 0 { "-" } else { "" };
    let value = value.unsigned_abs();
    format!("{sign}{}.{:0places$}", value / scale, value % scale, places = decimals as usize)
}

/// Text for XML. What XML cannot hold (control characters) is left out.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => out.push(' '),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
            other => out.push(other),
        }
    }
    out
}

/// Sets the figures of the items' formulas low and small.
fn with_low_figures(text: &str, size: i32) -> String {
    const FORMULAS: [(&str, &str); 5] = [("PM", "2.5"), ("PM", "10"), ("SO", "2"), ("NO", "2"), ("O", "3")];
    let (down, small) = (size * 18 / 100, size * 72 / 100);
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    'text: while let Some(first) = rest.chars().next() {
        for (letters, figures) in FORMULAS {
            let found = rest.strip_prefix(letters).and_then(|rest| rest.strip_prefix(figures));
            if let Some(after) = found
                && !after.starts_with(|next: char| next.is_ascii_digit())
            {
                let _ = write!(
                    out,
                    r#"{letters}<tspan font-size="{small}" dy="{down}">{figures}</tspan><tspan dy="-{down}">&#8203;</tspan>"#
                );
                rest = after;
                continue 'text;
            }
        }
        out.push(first);
        rest = &rest[first.len_utf8()..];
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{digits, escaped, with_low_figures};

    #[test]
    fn texts_are_made_safe() {
        assert_eq!(escaped("<a & \"b\">\u{1}\n"), "&lt;a &amp; &quot;b&quot;&gt; ");
        assert_eq!(
            with_low_figures("O3，NO 2, PM100", 100),
            r#"O<tspan font-size="72" dy="18">3</tspan><tspan dy="-18">&#8203;</tspan>，NO 2, PM100"#
        );
    }

    #[test]
    fn digits_of_units() {
        fn check(value: i64, decimals: u32, expected: &str) {
            assert_eq!(digits(value, decimals), expected);
        }
        check(515, 1, "51.5");
        check(5, 2, "0.05");
        check(-5, 2, "-0.05");
        check(187, 0, "187");
    }
}
