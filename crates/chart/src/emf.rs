//! A drawing as an enhanced metafile (MS-EMF), the vector picture that both Word and LibreOffice draw
//! without a raster copy beside it.
//!
//! One device unit is one hundredth of a millimetre, so the numbers of a drawing for paper are written as they are.
//! Every text carries the advance of each character: whatever font stands in for 宋体, the picture keeps
//! its shape.

use crate::drawing::{Anchor, Drawing, Ink, Shape, half_ems, text_width};

const RECORD_HEADER: u32 = 1;
const RECORD_SET_WINDOW_EXTENT: u32 = 9;
const RECORD_SET_WINDOW_ORIGIN: u32 = 10;
const RECORD_SET_VIEWPORT_EXTENT: u32 = 11;
const RECORD_SET_VIEWPORT_ORIGIN: u32 = 12;
const RECORD_END: u32 = 14;
const RECORD_SET_MAP_MODE: u32 = 17;
const RECORD_SET_BACKGROUND_MODE: u32 = 18;
const RECORD_SET_TEXT_ALIGN: u32 = 22;
const RECORD_SET_TEXT_COLOUR: u32 = 24;
const RECORD_MOVE_TO: u32 = 27;
const RECORD_SELECT_OBJECT: u32 = 37;
const RECORD_CREATE_PEN: u32 = 38;
const RECORD_CREATE_BRUSH: u32 = 39;
const RECORD_DELETE_OBJECT: u32 = 40;
const RECORD_ELLIPSE: u32 = 42;
const RECORD_RECTANGLE: u32 = 43;
const RECORD_LINE_TO: u32 = 54;
const RECORD_CREATE_FONT: u32 = 82;
const RECORD_TEXT: u32 = 84;

const ANISOTROPIC: u32 = 8;
const TRANSPARENT: u32 = 1;
const BASELINE: u32 = 24;
const NULL_PEN: u32 = 0x8000_0008;
const NULL_BRUSH: u32 = 0x8000_0005;
const GB2312_CHARSET: u8 = 134;
/// The only handle besides 0 (the picture itself): each object is deleted before the next is made.
const HANDLE: u32 = 1;

/// The bytes of the metafile.
pub fn emf(drawing: &Drawing) -> Vec<u8> {
    let mut writer = Writer { bytes: Vec::new(), records: 0 };
    writer.header(drawing);
    writer.record(RECORD_SET_MAP_MODE, &[ANISOTROPIC]);
    let (width, height) = (drawing.width.cast_unsigned(), drawing.height.cast_unsigned());
    writer.record(RECORD_SET_WINDOW_ORIGIN, &[0, 0]);
    writer.record(RECORD_SET_WINDOW_EXTENT, &[width, height]);
    writer.record(RECORD_SET_VIEWPORT_ORIGIN, &[0, 0]);
    writer.record(RECORD_SET_VIEWPORT_EXTENT, &[width, height]);
    writer.record(RECORD_SET_BACKGROUND_MODE, &[TRANSPARENT]);
    for shape in &drawing.shapes {
        writer.shape(shape);
    }
    writer.record(RECORD_END, &[0, 16, 20]);
    writer.finish()
}

struct Writer {
    bytes: Vec<u8>,
    records: u32,
}

impl Writer {
    fn header(&mut self, drawing: &Drawing) {
        let (right, bottom) = (drawing.width.cast_unsigned(), drawing.height.cast_unsigned());
        // Bounds, frame, signature " EMF", version, then bytes, records and handles (filled in at the
        // end), no description, no palette, the device (320 × 200 mm at 100 units a millimetre), no
        // pixel format, no OpenGL, and the device in micrometres.
        let fields = [
            0,
            0,
            right,
            bottom,
            0,
            0,
            right,
            bottom,
            0x464d_4520,
            0x0001_0000,
            0,
            0,
            0,
            0,
            0,
            0,
            32_000,
            20_000,
            320,
            200,
            0,
            0,
            0,
            320_000,
            200_000,
        ];
        self.record(RECORD_HEADER, &fields);
    }

    fn finish(mut self) -> Vec<u8> {
        let size = u32::try_from(self.bytes.len()).unwrap_or(u32::MAX);
        self.bytes[48..52].copy_from_slice(&size.to_le_bytes());
        self.bytes[52..56].copy_from_slice(&self.records.to_le_bytes());
        self.bytes[56..58].copy_from_slice(&2_u16.to_le_bytes());
        self.bytes
    }

    fn record(&mut self, kind: u32, fields: &[u32]) {
        let size = 8 + u32::try_from(fields.len() * 4).unwrap_or(u32::MAX - 8);
        for field in [kind, size].iter().chain(fields) {
            self.bytes.extend_from_slice(&field.to_le_bytes());
        }
        self.records += 1;
    }

    fn shape(&mut self, shape: &Shape) {
        match shape {
            Shape::Rectangle { x, y, width, height, ink } => {
                self.filled(RECORD_RECTANGLE, *ink, [*x, *y, x + width, y + height]);
            }
            Shape::Dot { x, y, radius, ink } => {
                self.filled(RECORD_ELLIPSE, *ink, [x - radius, y - radius, x + radius, y + radius]);
            }
            Shape::Line { from, to, width, ink: Ink::Target } => {
                let dashes: Vec<Vec<(i32, i32)>> =
                    dashes(*from, *to, width.saturating_mul(4).max(1)).collect();
                self.strokes(&dashes, *width, Ink::Target);
            }
            Shape::Line { from, to, width, ink } => self.strokes(&[vec![*from, *to]], *width, *ink),
            Shape::Path { stretches, width, ink } => self.strokes(stretches, *width, *ink),
            Shape::Text { x, y, size, anchor, ink, heading, text } => {
                self.font(*size, *heading);
                self.record(RECORD_SELECT_OBJECT, &[HANDLE]);
                self.record(RECORD_SET_TEXT_ALIGN, &[BASELINE]);
                self.record(RECORD_SET_TEXT_COLOUR, &[colour(*ink)]);
                let width = text_width(text, *size);
                let left = match anchor {
                    Anchor::Start => *x,
                    Anchor::Middle => x - width / 2,
                    Anchor::End => x - width,
                };
                self.text(left, *y, *size, text);
                self.record(RECORD_SELECT_OBJECT, &[STOCK_FONT]);
                self.record(RECORD_DELETE_OBJECT, &[HANDLE]);
            }
        }
    }

    fn strokes(&mut self, stretches: &[Vec<(i32, i32)>], width: i32, ink: Ink) {
        self.record(RECORD_CREATE_PEN, &[HANDLE, 0, width.cast_unsigned(), 0, colour(ink)]);
        self.record(RECORD_SELECT_OBJECT, &[HANDLE]);
        for stretch in stretches {
            for (index, (x, y)) in stretch.iter().enumerate() {
                let record = if index == 0 { RECORD_MOVE_TO } else { RECORD_LINE_TO };
                self.record(record, &[x.cast_unsigned(), y.cast_unsigned()]);
            }
        }
        self.record(RECORD_SELECT_OBJECT, &[NULL_PEN]);
        self.record(RECORD_DELETE_OBJECT, &[HANDLE]);
    }

    fn filled(&mut self, kind: u32, ink: Ink, corners: [i32; 4]) {
        self.record(RECORD_CREATE_BRUSH, &[HANDLE, 0, colour(ink), 0]);
        self.record(RECORD_SELECT_OBJECT, &[HANDLE]);
        self.record(RECORD_SELECT_OBJECT, &[NULL_PEN]);
        self.record(kind, &corners.map(i32::cast_unsigned));
        self.record(RECORD_SELECT_OBJECT, &[NULL_BRUSH]);
        self.record(RECORD_DELETE_OBJECT, &[HANDLE]);
    }

    /// A font by its name (EXTLOGFONTW); nothing of the font itself goes into the file.
    fn font(&mut self, size: i32, heading: bool) {
        let face = if heading { "黑体" } else { "宋体" };
        let mut font = Vec::with_capacity(320);
        for field in [-size, 0, 0, 0, 400] {
            font.extend_from_slice(&field.to_le_bytes());
        }
        font.extend_from_slice(&[0, 0, 0, GB2312_CHARSET, 0, 0, 0, 0]);
        let name: Vec<u8> = face.encode_utf16().flat_map(u16::to_le_bytes).collect();
        font.extend_from_slice(&name);
        font.resize(320, 0);
        let mut fields = vec![HANDLE];
        fields.extend(
            font.chunks_exact(4).map(|chunk| u32::from_le_bytes([chunk[0], chunk[1], chunk[2], chunk[3]])),
        );
        self.record(RECORD_CREATE_FONT, &fields);
    }

    /// A text with the advance of each UTF-16 unit.
    fn text(&mut self, x: i32, y: i32, size: i32, text: &str) {
        let mut units: Vec<u16> = Vec::new();
        let mut advances: Vec<u32> = Vec::new();
        for character in text.chars() {
            let advance = (half_ems(character) * size / 2).cast_unsigned();
            let mut buffer = [0; 2];
            for (index, unit) in character.encode_utf16(&mut buffer).iter().enumerate() {
                units.push(*unit);
                advances.push(if index == 0 { advance } else { 0 });
            }
        }
        let count = u32::try_from(units.len()).unwrap_or(0);
        // To whole words of four bytes.
        if !units.len().is_multiple_of(2) {
            units.push(0);
        }
        let string_at = 76;
        let advances_at = string_at + u32::try_from(units.len() * 2).unwrap_or(0);
        // Bounds (unused), advanced graphics mode, scales of 1, then the text's own structure.
        let one = 1.0_f32.to_bits();
        let mut fields = vec![0, 0, u32::MAX, u32::MAX, 2, one, one];
        fields.extend([
            x.cast_unsigned(),
            y.cast_unsigned(),
            count,
            string_at,
            0,
            0,
            0,
            u32::MAX,
            u32::MAX,
            advances_at,
        ]);
        fields.extend(units.chunks_exact(2).map(|pair| u32::from(pair[0]) | u32::from(pair[1]) << 16));
        fields.extend(advances);
        self.record(RECORD_TEXT, &fields);
    }
}

const STOCK_FONT: u32 = 0x8000_000d;

/// A level or upright line in dashes: pens of this format are dashed only where they are one pixel wide.
fn dashes(from: (i32, i32), to: (i32, i32), dash: i32) -> impl Iterator<Item = Vec<(i32, i32)>> {
    let length = (to.0 - from.0).abs().max((to.1 - from.1).abs());
    let at = move |along: i32| {
        let part = |a: i32, b: i32| {
            let far = i64::from(b - a) * i64::from(along.min(length)) / i64::from(length.max(1));
            a + i32::try_from(far).unwrap_or(0)
        };
        (part(from.0, to.0), part(from.1, to.1))
    };
    (0..=length / (dash * 2)).map(move |index| vec![at(index * dash * 2), at(index * dash * 2 + dash)])
}

/// A COLORREF: blue, green, red from the highest byte.
fn colour(ink: Ink) -> u32 {
    let (red, green, blue) = ink.rgb();
    u32::from(red) | u32::from(green) << 8 | u32::from(blue) << 16
}

#[cfg(test)]
mod tests {
    use super::emf;
    use crate::drawing::{Anchor, Drawing, Ink, Shape};

    #[test]
    fn records_add_up() {
        let text = |text: &str| Shape::Text {
            x: 10,
            y: 20,
            size: 350,
            anchor: Anchor::Middle,
            ink: Ink::Text,
            heading: true,
            text: text.to_owned(),
        };
        let shapes = vec![
            Shape::Rectangle { x: 0, y: 0, width: 5, height: 6, ink: Ink::Accent },
            Shape::Line { from: (0, 0), to: (5, 5), width: 2, ink: Ink::Pale },
            Shape::Line { from: (0, 9), to: (500, 9), width: 2, ink: Ink::Target },
            Shape::Path {
                stretches: vec![vec![(0, 0), (1, 1), (2, 0)], vec![]],
                width: 2,
                ink: Ink::Series(7),
            },
            Shape::Dot { x: 1, y: 1, radius: 1, ink: Ink::Muted },
            text("码头583个"),
            text("😀"),
            text(""),
        ];
        let bytes = emf(&Drawing { width: 15_000, height: 8_000, shapes });
        let word = |at: usize| u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
        assert_eq!(&bytes[40..44], b" EMF");
        assert_eq!(word(48) as usize, bytes.len());
        let (mut at, mut count, mut last) = (0, 0, 0);
        while at < bytes.len() {
            last = word(at);
            let size = word(at + 4);
            assert!(size >= 8 && size.is_multiple_of(4));
            at += size as usize;
            count += 1;
        }
        assert_eq!((at, count, last), (bytes.len(), word(52), 14));
    }
}
