//! A drawing as SVG inside a page. Shapes carry a class besides their colour, so that the page's style
//! can follow light and dark, and the picture still stands by itself.

use std::fmt::Write;

use super::{Anchor, Drawing, Ink, Shape};
use crate::xml::escape;

/// The picture, described by `label` for those who cannot see it.
pub(crate) fn svg(drawing: &Drawing, label: &str) -> String {
    let Drawing { width, height, shapes } = drawing;
    let mut out = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" aria-label="{}">"#,
        escape(label)
    );
    for shape in shapes {
        // Writing to a string does not fail.
        let _ = match shape {
            Shape::Rectangle { x, y, width, height, ink } => {
                let ink = colour("fill", *ink);
                write!(out, r#"<rect x="{x}" y="{y}" width="{width}" height="{height}" {ink}/>"#)
            }
            Shape::Line { from: (x1, y1), to: (x2, y2), width, ink } => {
                let ink = colour("stroke", *ink);
                write!(out, r#"<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" {ink} stroke-width="{width}"/>"#)
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
    out.push_str("</svg>");
    out
}

/// `class="accent" fill="#0b5c7a"`.
fn colour(attribute: &str, ink: Ink) -> String {
    let class = match ink {
        Ink::Text => "ink",
        Ink::Muted => "muted",
        Ink::Accent => "accent",
        Ink::Pale => "pale",
    };
    let (red, green, blue) = ink.rgb();
    format!(r##"class="{class}" {attribute}="#{red:02x}{green:02x}{blue:02x}""##)
}
