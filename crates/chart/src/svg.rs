//! A drawing as SVG: for a page, whose style sheet colours the classes, or standing alone, with colours of its own.

use std::fmt::Write;

use crate::drawing::{Anchor, Drawing, Ink, Shape};
use crate::escape::escape;

/// The picture for a page, named by `title` and told by `description` to those who cannot see it. Colours are the
/// page's: every shape has only a class. `id` begins the identities of title and description; it must be the page's only one.
pub fn page_svg(drawing: &Drawing, id: &str, title: &str, description: &str) -> String {
    let Drawing { width, height, shapes } = drawing;
    let (id, title, description) = (escape(id), escape(title), escape(description));
    let mut out = format!(
        concat!(
            r#"<svg class="chart-picture" viewBox="0 0 {} {}" role="img" aria-labelledby="{}-t" aria-describedby="{}-d">"#,
            r#"<title id="{}-t">{}</title><desc id="{}-d">{}</desc>"#
        ),
        width, height, id, id, id, title, id, description
    );
    shapes.iter().for_each(|shape| write_shape(&mut out, shape, &class));
    out.push_str("</svg>");
    out
}

/// The picture for a page, where the words beside it say the same: nothing is read out.
pub fn decoration(drawing: &Drawing, kind: &str) -> String {
    let Drawing { width, height, shapes } = drawing;
    let mut out = format!(
        r#"<svg class="{}" viewBox="0 0 {width} {height}" width="{}" height="{}" aria-hidden="true" focusable="false">"#,
        escape(kind),
        width / 10,
        height / 10
    );
    shapes.iter().for_each(|shape| write_shape(&mut out, shape, &class));
    out.push_str("</svg>");
    out
}

/// The picture standing alone, described by `label` for those who cannot see it. Shapes carry a class besides their
/// colour, so that a page that shows it can follow light and dark.
pub fn svg(drawing: &Drawing, label: &str) -> String {
    let Drawing { width, height, shapes } = drawing;
    let mut out = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" aria-label="{}">"#,
        escape(label)
    );
    shapes.iter().for_each(|shape| write_shape(&mut out, shape, &colour));
    out.push_str("</svg>");
    out
}

/// How a colour is written; writing to a string does not fail.
fn write_shape(out: &mut String, shape: &Shape, colour: &dyn Fn(&str, Ink) -> String) {
    let _ = match shape {
        Shape::Rectangle { x, y, width, height, ink } => {
            let ink = colour("fill", *ink);
            write!(out, r#"<rect x="{x}" y="{y}" width="{width}" height="{height}" {ink}/>"#)
        }
        Shape::Line { from: (x1, y1), to: (x2, y2), width, ink } => {
            let dashes = if *ink == Ink::Target { dashes(*width) } else { String::new() };
            let ink = colour("stroke", *ink);
            write!(
                out,
                r#"<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" {ink} stroke-width="{width}"{dashes}/>"#
            )
        }
        Shape::Path { stretches, width, ink } => {
            let mut line = String::new();
            for stretch in stretches {
                let mut last = None;
                for &(x, y) in stretch {
                    // From the last point, which is shorter.
                    let _ = match last {
                        None => write!(line, "M{x} {y}"),
                        Some((from_x, from_y)) => write!(line, "l{} {}", x - from_x, y - from_y),
                    };
                    last = Some((x, y));
                }
            }
            let ink = colour("stroke", *ink);
            write!(
                out,
                r#"<path d="{line}" fill="none" {ink} stroke-width="{width}" stroke-linejoin="round" stroke-linecap="round"/>"#
            )
        }
        Shape::Dot { x, y, radius, ink } => {
            let ink = colour("fill", *ink);
            write!(out, r#"<circle cx="{x}" cy="{y}" r="{radius}" {ink}/>"#)
        }
        Shape::Text { x, y, size, anchor, ink, heading, text } => {
            let ink = colour("fill", *ink);
            let anchor = match anchor {
                Anchor::Start => "start",
                Anchor::Middle => "middle",
                Anchor::End => "end",
            };
            let weight = if *heading { r#" font-weight="600""# } else { "" };
            let text = escape(text);
            write!(
                out,
                r#"<text x="{x}" y="{y}" font-size="{size}" text-anchor="{anchor}" {ink}{weight}>{text}</text>"#
            )
        }
    };
}

fn dashes(width: i32) -> String {
    format!(r#" stroke-dasharray="{} {}""#, width * 4, width * 4)
}

/// `class="f-accent"`, `class="k-pale"`: filled, or stroked.
fn class(attribute: &str, ink: Ink) -> String {
    let kind = if attribute == "fill" { 'f' } else { 'k' };
    format!(r#"class="{kind}-{}""#, ink.class())
}

/// `class="accent" fill="#0b5c7a"`.
fn colour(attribute: &str, ink: Ink) -> String {
    let (red, green, blue) = ink.rgb();
    format!(r##"class="{}" {attribute}="#{red:02x}{green:02x}{blue:02x}""##, ink.class())
}
