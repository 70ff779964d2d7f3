//! The pack's fields as controls of a form: every kind, with its help, its unit, what was typed and what is wrong.

use std::collections::BTreeMap;

use ledger::EvidenceHash;
use maud::{Markup, Render, html};
use message::{Language, Text};
use pack::{FieldKind, Register, Shape};

use super::desk::label_of;
use super::typed::{Typed, person_name, person_phone};
use crate::ui::{Field, MapEdit, Speak, Upload, field_id, w};

/// What all controls of a form draw from.
pub(super) struct Controls<'c> {
    pub(super) l: Language,
    pub(super) pack: &'c pack::Pack,
    pub(super) register: &'c Register,
    pub(super) typed: &'c Typed,
    /// What is wrong, by field.
    pub(super) faults: &'c BTreeMap<String, String>,
    /// Whether a record that exists is changed.
    pub(super) amends: bool,
}

impl Controls<'_> {
    /// The controls of all fields, in the pack's order.
    pub(super) fn fields(&self) -> Markup {
        html! { @for field in &self.register.fields { (self.field(field)) } }
    }

    /// The unit that answers for the record.
    pub(super) fn owner(&self, action: &str) -> Markup {
        let (l, key) = (self.l, &self.register.key);
        let field = Field::text(l, "@owner", w("填报单位", "Unit"))
            .value(self.typed.get("@owner"))
            .help(l, w("输入单位名称或代码", "The unit's name or code"))
            .suggest(format!("/suggest/units?register={key}&action={action}"))
            .required();
        self.told(field, "@owner").render()
    }

    /// From when it holds.
    pub(super) fn effective(&self) -> Markup {
        let l = self.l;
        let help = if self.amends {
            w(
                "更改自这一天起生效，以前的数值不变",
                "The change holds from this day; earlier figures stay as they are",
            )
        } else {
            w("记录自这一天起存在", "The record exists from this day")
        };
        let field = Field::date(l, "@effective", w("生效日期", "Effective date"));
        self.told(field.value(self.typed.get("@effective")).help(l, help).required(), "@effective").render()
    }

    /// A remark for people.
    pub(super) fn note(&self, label: impl crate::ui::Words, required: bool) -> Markup {
        let l = self.l;
        let field = Field::text(l, "@note", label).value(self.typed.get("@note")).max_chars(500);
        let field = field.help(l, w("一行，不写个人信息", "One line; no personal data"));
        self.told(if required { field.required() } else { field }, "@note").render()
    }

    /// Files that bear it out, and those that an earlier attempt has brought already.
    pub(super) fn evidence(&self, required: bool) -> Markup {
        let l = self.l;
        let kept = self.typed.kept_evidence();
        let upload = Upload::new(l, "@evidence", w("佐证材料", "Evidence"))
            .help(
                l,
                w(
                    "照片（JPG、PNG、WebP、HEIC）、PDF、Word、Excel，每份不超过 50 MB",
                    "Pictures (JPG, PNG, WebP, HEIC), PDF, Word, Excel; at most 50 MB each",
                ),
            )
            .accept(".jpg,.jpeg,.png,.webp,.heic,.pdf,.docx,.xlsx")
            .multiple()
            .camera()
            .error(self.faults.get("@evidence"));
        let upload = if required && kept.is_empty() { upload.required() } else { upload };
        html! {
            (upload)
            @if !kept.is_empty() {
                div.field {
                    p.help { (l.t("已上传，随本次提交一并保存：", "Uploaded already and saved with this:")) }
                    @for (hash, name) in &kept {
                        label.option {
                            input type="checkbox" name="@kept" value={ (hash) " " (name) } checked;
                            span { (name) " " code.muted { (hash.to_string()[..8]) } }
                        }
                    }
                }
            }
        }
    }

    fn told(&self, field: Field, name: &str) -> Field {
        field.error(self.faults.get(name))
    }

    fn field(&self, field: &pack::Field) -> Markup {
        let (l, name, label) = (self.l, field.key.as_str(), &field.label);
        let value = self.typed.get(name);
        let unit = |unit: &String| self.pack.unit(unit);
        let control = match &field.kind {
            FieldKind::Text { max_chars } => {
                let most = u32::try_from(*max_chars).unwrap_or(u32::MAX);
                Field::text(l, name, label).max_chars(most)
            }
            FieldKind::Whole { unit: some, min, max } => {
                let whole = Field::whole(l, name, label).width(12);
                let whole = if field.help.is_none() {
                    whole.help(l, message::text!("{min} 至 {max}", "{min} to {max}"))
                } else {
                    whole
                };
                match some {
                    Some(some) => whole.unit(l, unit(some)),
                    None => whole,
                }
            }
            FieldKind::Decimal { unit: some, measures, .. } => {
                let decimal = Field::decimal(l, name, label).width(16).unit(l, unit(some));
                if measures.is_some() && field.help.is_none() {
                    decimal.help(
                        l,
                        w(
                            "有图形时由图形量算，可不填",
                            "Measured of the shape where there is one; may be left empty",
                        ),
                    )
                } else {
                    decimal
                }
            }
            FieldKind::Date { min, max } => {
                Field::date(l, name, label).range(Some(min.to_string()), Some(max.to_string()))
            }
            FieldKind::Choice { options } => {
                let choices = options
                    .iter()
                    .map(|option| (option.key.clone(), l.say(&option.label).into_owned()))
                    .collect();
                // A radio button cannot be taken back, so what may be empty is a list.
                if field.required {
                    Field::choice(l, name, label, choices)
                } else {
                    Field::select(l, name, label, choices)
                }
            }
            FieldKind::YesNo if field.required => Field::yes_no(l, name, label),
            FieldKind::YesNo => {
                let choices = [("true", l.t("是", "Yes")), ("false", l.t("否", "No"))];
                Field::select(
                    l,
                    name,
                    label,
                    choices.map(|(key, words)| (key.to_owned(), words.to_owned())).into(),
                )
            }
            FieldKind::Reference { register } => {
                Field::text(l, name, label).suggest(format!("/registers/{register}/suggest"))
            }
            FieldKind::Unit { level } => {
                let level = level.as_deref().unwrap_or_default();
                Field::text(l, name, label).suggest(format!("/suggest/units?level={level}"))
            }
            FieldKind::Person => return self.person(field),
            FieldKind::Geometry { shape } => return self.geometry(field, *shape),
        };
        let control = match &field.help {
            Some(help) => control.help(l, help),
            None => control,
        };
        let control = match &field.example {
            Some(example) => control.example(example),
            None => control,
        };
        self.told(if field.required { control.required() } else { control }.value(value), name).render()
    }

    /// A person by name and telephone. What the book holds is a pseudonym; who it stands for is not shown here.
    fn person(&self, field: &pack::Field) -> Markup {
        let (l, label) = (self.l, self.l.say(&field.label));
        let required = field.required && !self.amends;
        let part = |name: String, words: String| {
            let value = self.typed.get(&name).to_owned();
            let part = Field::text(l, name, Text::same(words)).value(value).autocomplete("off");
            if required { part.required() } else { part }
        };
        let name = part(person_name(&field.key), format!("{label}{}", l.t("：姓名", ": name")));
        let name = match (self.amends, &field.help) {
            (true, _) => name.help(l, w("不填则不变", "Leave empty to keep who it is")),
            (false, Some(help)) => name.help(l, help),
            (false, None) => {
                name.help(l, w("姓名和手机另行保管，不写入账本", "Kept beside the book, never in it"))
            }
        };
        let phone = part(person_phone(&field.key), format!("{label}{}", l.t("：手机", ": telephone")));
        html! {
            div data-private { (name.error(self.faults.get(&field.key))) (phone) }
        }
    }

    /// A shape: as text, from a file, or drawn.
    fn geometry(&self, field: &pack::Field, shape: Shape) -> Markup {
        let (l, key) = (self.l, field.key.as_str());
        let (shape, example) = match shape {
            Shape::Point => ("point", "POINT(114.3 30.6)"),
            Shape::Line => ("line", "LINESTRING(114.3 30.6,114.4 30.6)"),
            Shape::Polygon => ("polygon", "POLYGON((114.3 30.6,114.4 30.6,114.4 30.7,114.3 30.6))"),
        };
        let text = Field::lines(l, key, &field.label, 2).value(self.typed.get(key)).example(example);
        let text = match &field.help {
            Some(help) => text.help(l, help),
            None => text.help(
                l,
                w(
                    "在地图上绘制，或填写 WKT（CGCS2000 经纬度），或上传 GeoJSON 文件",
                    "Draw it, type WKT (CGCS2000 longitude and latitude), or upload a GeoJSON file",
                ),
            ),
        };
        let text = if field.required { text.required() } else { text };
        html! {
            div.full.place {
                div {
                    (self.told(text, key))
                    (Upload::new(l, format!("{key}.geojson"), w("上传 GeoJSON", "Upload GeoJSON")).accept(".geojson,.json"))
                }
                (MapEdit::new(l, &field_id(key), shape))
            }
        }
    }
}

/// The lines of the summary on top of a refused form: name of the control, and words that name the field.
pub(super) fn summary(
    l: Language,
    register: &Register,
    faults: &BTreeMap<String, String>,
) -> Vec<(String, String)> {
    let place = |field: &str| match register.field(field).map(|field| &field.kind) {
        Some(FieldKind::Person) => person_name(field),
        Some(_) => field.to_owned(),
        None if field == "@record" || field == "@state" => String::new(),
        None => field.to_owned(),
    };
    // In the order of the form, whatever the order in which the faults were found.
    let order = |field: &str| match field {
        "@owner" => 0,
        "@effective" => 1,
        "@evidence" => usize::MAX - 1,
        "@note" => usize::MAX,
        key => register.fields.iter().position(|field| field.key == key).map_or(2, |at| at + 3),
    };
    let mut found: Vec<(&String, &String)> = faults.iter().collect();
    found.sort_by_key(|(field, _)| order(field));
    let line = |(field, words): (&String, &String)| {
        let label =
            if field.is_empty() { String::new() } else { label_of(l, register, field) + l.t("：", ": ") };
        (place(field), label + words)
    };
    found.into_iter().map(line).collect()
}

/// Links to files of evidence of a record.
pub(crate) fn evidence_list(l: Language, record: u64, files: &[EvidenceHash]) -> Markup {
    html! {
        @if !files.is_empty() {
            ul.files {
                @for hash in files {
                    li { a href={ "/evidence/" (hash) "?record=" (record) } target="_blank" rel="noopener" {
                        (l.t("佐证", "Evidence")) " " code { (hash.to_string()[..8]) }
                    } }
                }
            }
        }
    }
}
