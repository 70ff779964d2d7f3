//! An SVG picture as PNG.

use std::collections::BTreeSet;
use std::sync::Arc;

use message::{Text, text};
use resvg::usvg::fontdb::{Database, FaceInfo, Source, Style};
use resvg::{tiny_skia, usvg};

/// A picture as PNG.
pub struct Png {
    /// The file's bytes.
    pub bytes: Vec<u8>,
    /// What the picture lacks: a warning for its reader.
    pub warning: Option<Text>,
}

/// The longest side that is drawn: 16,000 pixels are 1 GB.
const MOST: u64 = 16_000;

/// Fonts with Chinese characters, in the order of taste; one of them is enough.
const CHINESE: [&str; 15] = [
    "PingFang SC",
    "Microsoft YaHei",
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Noto Sans SC",
    "PingFang TC",
    "Microsoft JhengHei",
    "Noto Sans CJK TC",
    "Source Han Sans TC",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Droid Sans Fallback",
    "SimHei",
    "SimSun",
    "Noto Serif CJK SC",
];

/// Fonts for figures and English, which the pictures name before the Chinese ones.
const LATIN: [&str; 4] = ["Helvetica Neue", "Arial", "Liberation Sans", "DejaVu Sans"];

/// Draws the SVG `scale` times its size (2 is good for screens, 4 for print), with the fonts of the system.
pub fn png(svg: &str, scale: f32) -> Result<Png, Text> {
    let (fonts, chinese) = fonts();
    let warning = (chinese.is_none() && !svg.is_ascii()).then(|| {
        text!(
            "系统没有中文字体，PNG里的汉字会缺失：请安装 Noto Sans CJK（Debian：fonts-noto-cjk），或使用SVG",
            "no Chinese font is installed, so the PNG lacks its Chinese characters: install Noto Sans CJK (Debian: fonts-noto-cjk), or take the SVG"
        )
    });
    let mut options = usvg::Options { fontdb: Arc::new(fonts), ..usvg::Options::default() };
    if let Some(name) = chinese {
        options.font_family = name.to_owned();
    }

    let tree = usvg::Tree::from_str(svg, &options)
        .map_err(|error| text!("图片不是有效的SVG：{error}", "the picture is not SVG: {error}"))?;
    let size = tree.size();
    // Negative or not a number becomes 0, which has no picture.
    let (width, height) = ((size.width() * scale).ceil() as u64, (size.height() * scale).ceil() as u64);
    let refused = || {
        text!(
            "无法生成{width}×{height}像素的图片（每边1至{MOST}像素）",
            "a picture of {width} × {height} pixels cannot be made (each side 1 to {MOST} pixels)"
        )
    };
    if width > MOST || height > MOST {
        return Err(refused());
    }
    let mut canvas = tiny_skia::Pixmap::new(width as u32, height as u32).ok_or_else(refused)?;
    resvg::render(&tree, tiny_skia::Transform::from_scale(scale, scale), &mut canvas.as_mut());
    let bytes = canvas
        .encode_png()
        .map_err(|error| text!("无法写出PNG：{error}", "the PNG could not be written: {error}"))?;
    Ok(Png { bytes, warning })
}

/// The few fonts that a picture needs, read into memory once, and the Chinese one among them.
///
/// The system's list alone would do, but then a Chinese font of 20 MB is read again for every text.
fn fonts() -> (Database, Option<&'static str>) {
    let mut system = Database::new();
    system.load_system_fonts();
    let is_there = |name: &&str| system.faces().any(|face| is_called(face, name));
    let chinese: Vec<_> = CHINESE.into_iter().filter(is_there).collect();
    let latin = LATIN.into_iter().find(is_there);

    // The first Chinese font for either script; most systems have both in one file.
    let ends = |script| chinese.iter().copied().find(move |name: &&str| name.ends_with(script));
    let wanted = [chinese.first().copied(), ends(" TC"), ends("JhengHei"), latin];
    let files: BTreeSet<_> = system
        .faces()
        .filter(|face| wanted.iter().flatten().any(|name| is_called(face, name)))
        // Regular and bold; the pictures have no italics.
        .filter(|face| face.style == Style::Normal && [400, 700].contains(&face.weight.0))
        .filter_map(|face| match &face.source {
            Source::File(path) => Some(path.clone()),
            _ => None,
        })
        .collect();
    let mut fonts = Database::new();
    for bytes in files.into_iter().filter_map(|file| std::fs::read(file).ok()) {
        fonts.load_font_source(Source::Binary(Arc::new(bytes)));
    }
    let chinese = chinese.first().copied();
    // `sans-serif` is the last font that each picture names.
    if let Some(name) = chinese.or(latin) {
        fonts.set_sans_serif_family(name);
    }
    (fonts, chinese)
}

fn is_called(face: &FaceInfo, name: &str) -> bool {
    face.families.iter().any(|(family, _)| family == name)
}
