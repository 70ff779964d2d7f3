//! Small maps: one or several shapes to look at, and a field to draw into.
//!
//! A page that uses one adds `.script("map.js").style("map.css")`. What a map shows must stand beside it as text too:
//! without script, WebGL or sight the page is to be complete. [`MapEdit`] draws into a field that holds WKT, which
//! stays visible and is what is sent.

use geodesy::Geometry;
use maud::{Markup, Render, html};
use message::Language;
use serde_json::{Value, json};

use super::{Speak, Words, asset, w};

/// The base map's tiles.
const BASE: &str = "/tiles/base/{z}/{x}/{y}.mvt";

/// Shapes to look at.
///
/// `MapShow::new(l, &geometry, w("位置", "Place"))`
#[derive(Clone, Debug)]
pub struct MapShow {
    language: Language,
    label: String,
    features: Vec<Value>,
}

impl MapShow {
    /// One shape, with what the picture is called for those who do not see it.
    pub fn new(l: Language, geometry: &Geometry, label: impl Words) -> Self {
        Self { language: l, label: l.say(&label).into_owned(), features: Vec::new() }.shape(geometry, 1, 0)
    }

    /// No shape yet.
    pub fn empty(l: Language, label: impl Words) -> Self {
        Self { language: l, label: l.say(&label).into_owned(), features: Vec::new() }
    }

    /// One more shape, in one of six colours (from 1) and, if it is a point, one of five forms (disc, ring,
    /// diamond, square, triangle): so a difference shows the old place beside the new one.
    #[must_use]
    pub fn shape(mut self, geometry: &Geometry, colour: u8, form: u8) -> Self {
        let properties = json!({ "colour": colour.clamp(1, 6), "form": form.min(4) });
        self.features
            .push(json!({ "type": "Feature", "properties": properties, "geometry": geometry.to_geojson() }));
        self
    }
}

impl Render for MapShow {
    fn render(&self) -> Markup {
        let l = self.language;
        let data = json!({ "type": "FeatureCollection", "features": self.features });
        html! {
            div.map role="group" aria-label=(self.label) data-map="show" data-geojson=(data)
                data-library=(asset("maplibre-gl.js")) data-worker=(asset("maplibre-gl-worker.js"))
                data-css=(asset("maplibre-gl.css")) data-tiles=(BASE) data-words=(words(l)) {}
        }
    }
}

/// A map that draws into a field.
///
/// `MapEdit::new(l, &field_id("geometry"), "polygon")`
#[derive(Clone, Debug)]
pub struct MapEdit {
    language: Language,
    input: String,
    shape: String,
    bounds: Option<Value>,
}

impl MapEdit {
    /// Draws into the field of this id; the shape is `point`, `line` or `polygon`, as the pack calls it.
    pub fn new(l: Language, input: &str, shape: &str) -> Self {
        Self { language: l, input: input.to_owned(), shape: shape.to_owned(), bounds: None }
    }

    /// Where the map opens while nothing is drawn: around this.
    #[must_use]
    pub fn around(mut self, geometry: &Geometry) -> Self {
        self.bounds = geometry.bounds().map(|bounds| {
            let ((west, south), (east, north)) = (bounds.least.degrees(), bounds.greatest.degrees());
            json!([[west, south], [east, north]])
        });
        self
    }
}

impl Render for MapEdit {
    fn render(&self) -> Markup {
        let l = self.language;
        html! {
            div.map role="group" aria-label=(l.t("在地图上绘制", "Draw on the map")) data-map="edit"
                data-input=(self.input) data-shape=(self.shape) data-bounds=[self.bounds.as_ref()]
                data-library=(asset("maplibre-gl.js")) data-worker=(asset("maplibre-gl-worker.js"))
                data-css=(asset("maplibre-gl.css")) data-tiles=(BASE) data-words=(words(l)) {}
        }
    }
}

/// The attributes that every map has, for the map's own page.
pub(crate) fn map_attributes() -> [(&'static str, String); 4] {
    [
        ("data-library", asset("maplibre-gl.js")),
        ("data-worker", asset("maplibre-gl-worker.js")),
        ("data-css", asset("maplibre-gl.css")),
        ("data-tiles", BASE.to_owned()),
    ]
}

/// What the script says.
pub(crate) fn words(l: Language) -> Value {
    let say = |zh: &'static str, en: &'static str| l.say(&w(zh, en)).into_owned();
    json!({
        "title": say("地图。方向键移动，加减号缩放", "Map. Arrow keys move it, plus and minus zoom"),
        "nearer": say("放大", "Zoom in"),
        "farther": say("缩小", "Zoom out"),
        "trouble": say("此设备不能绘制地图，内容见文字部分。", "This device cannot draw the map; its content is in the text beside it."),
        "undo": say("撤销一步", "Undo a step"),
        "clear": say("清除", "Clear"),
        "next": say("选下一个点", "Next point"),
        "remove": say("删除选中的点", "Delete the chosen point"),
        "chosen": say("已选中第 {n} 个点：点击新位置（或按回车移到十字处）即移动它，按 Delete 删除，按 Esc 取消。",
            "Point {n} is chosen: click where it is to go (or press Enter for the cross), press Delete to delete it, Esc to let it be."),
        "whole": say("这是由多个部分组成或带孔的图形，只能看，不能在地图上改：请改文字或上传文件，或清除后重画。",
            "This shape has several parts or holes and cannot be changed on the map: edit its text, upload a file, or clear it and draw anew."),
        "here": say("用我的位置", "Use my location"),
        "nowhere": say("未能取得位置。请检查定位权限，或在地图上点选。", "The location is not available. Check the permission, or pick the place on the map."),
        "points": say("已设 {n} 个点。点击地图添加，点击已有的点选中它；用键盘时移动地图，按回车在十字处添加，按退格撤销。",
            "{n} points set. Click the map to add one, or one that stands to choose it; with the keyboard, move the map and press Enter to add one at the cross, Backspace to undo."),
        "play": say("播放", "Play"),
        "pause": say("暂停", "Pause"),
        "measure": say("点击地图测量；按 Esc 结束。", "Click the map to measure; press Esc to end."),
    })
}
