//! Forms: the form itself, the summary of what is wrong, and the drop zone. Fields are in [`field`](super::Field).

use maud::{Markup, Render, html};
use message::Language;

use super::{Frame, Icon, Speak, Words};

/// A form that changes something: POST with the token, an idempotency key, and what the scripts need to know.
///
/// ```ignore
/// Form::new("/registers/docks/enter").key(&key).validated_at("/registers/docks/validate")
///     .render(&frame, html! { (Field::text(l, "name", w("名称", "Name"))) div.actions { (submit) } })
/// ```
#[derive(Default)]
pub struct Form {
    action: String,
    id: Option<String>,
    key: Option<String>,
    hidden: Vec<(String, String)>,
    files: bool,
    validate: Option<String>,
    draft: Option<String>,
    wide: bool,
}

impl Form {
    /// The address that it is posted to.
    pub fn new(action: impl Into<String>) -> Self {
        Self { action: action.into(), ..Self::default() }
    }

    /// An id, for buttons outside of it.
    #[must_use]
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// The idempotency key: made when the form is drawn, so that sending it twice counts once.
    #[must_use]
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// A hidden field.
    #[must_use]
    pub fn hidden(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.hidden.push((name.into(), value.into()));
        self
    }

    /// It carries files (multipart). The scripts show how far the upload is.
    #[must_use]
    pub fn files(mut self) -> Self {
        self.files = true;
        self
    }

    /// The address that answers a POST of the form with `{"errors": {"field": "words", …}}`: asked when a field is
    /// left, so that typing and sending are judged by the same rule.
    #[must_use]
    pub fn validated_at(mut self, address: impl Into<String>) -> Self {
        self.validate = Some(address.into());
        self
    }

    /// The address that a draft is posted to while typing (and again when the connection is back).
    #[must_use]
    pub fn draft_at(mut self, address: impl Into<String>) -> Self {
        self.draft = Some(address.into());
        self
    }

    /// Two columns where there is room. A form is one column else.
    #[must_use]
    pub fn wide(mut self) -> Self {
        self.wide = true;
        self
    }

    /// The form with its content.
    pub fn render(&self, frame: &Frame, content: impl Render) -> Markup {
        let l = frame.language;
        html! {
            form.form.wide[self.wide] method="post" action=(self.action) id=[&self.id] novalidate
                enctype=[self.files.then_some("multipart/form-data")] data-upload[self.files]
                data-validate=[&self.validate] data-draft=[&self.draft] {
                (frame.csrf_field())
                @if let Some(key) = &self.key { input type="hidden" name="key" value=(key); }
                @for (name, value) in &self.hidden { input type="hidden" name=(name) value=(value); }
                (content)
                p.form-busy role="status" data-busy-line
                    data-lost=(l.t("没有送达，连接已中断。您填写的内容都还在，连接恢复后再提交。", "Not sent: there is no connection. All that you wrote is still here; submit again when it is back."))
                    data-refused=(l.t("没有保存：", "Not saved: ")) {}
            }
        }
    }
}

/// What is wrong with a form, on top of it: each line leads to its field. Pairs of the field's name and what is wrong;
/// an empty name for what concerns the whole form. Nothing is drawn without faults.
pub fn error_summary(l: Language, faults: &[(String, String)]) -> Markup {
    if faults.is_empty() {
        return html! {};
    }
    let count = faults.len();
    let title = message::text!("有 {count} 处需要更正", "Corrections needed: {count}");
    html! {
        div.errors role="alert" tabindex="-1" data-focus {
            h2 { (Icon::Fault) (l.say(&title)) }
            ul {
                @for (field, words) in faults {
                    li { @if field.is_empty() { (words) } @else { a href={ "#" (field_id(field)) } { (words) } } }
                }
            }
        }
    }
}

/// The id of a field's control, by the name that it is sent under.
pub fn field_id(name: &str) -> String {
    let safe: String =
        name.chars().map(|c| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '-' }).collect();
    format!("f-{safe}")
}

/// Where files are dropped, chosen, or photographed. It is a plain file input; the scripts add dropping, the list of
/// what was chosen, and the progress.
pub struct Upload {
    name: String,
    label: String,
    help: Option<String>,
    accept: Option<String>,
    multiple: bool,
    camera: bool,
    error: Option<String>,
    required: bool,
    words: [&'static str; 4],
}

impl Upload {
    /// The name that the files are sent under, and the label.
    pub fn new(l: Language, name: impl Into<String>, label: impl Words) -> Self {
        Self {
            name: name.into(),
            label: l.say(&label).into_owned(),
            help: None,
            accept: None,
            multiple: false,
            camera: false,
            error: None,
            required: false,
            words: [
                l.t("选择文件", "Choose files"),
                l.t("或拖放到此处", "or drop them here"),
                l.t("拍照", "Take a photograph"),
                l.t("移除", "Remove"),
            ],
        }
    }

    /// What may be uploaded and how large, in one line.
    #[must_use]
    pub fn help(mut self, l: Language, words: impl Words) -> Self {
        self.help = Some(l.say(&words).into_owned());
        self
    }

    /// The types, as the attribute `accept` wants them: `.xlsx,.csv`, `image/*,.pdf`.
    #[must_use]
    pub fn accept(mut self, types: impl Into<String>) -> Self {
        self.accept = Some(types.into());
        self
    }

    /// More than one file.
    #[must_use]
    pub fn multiple(mut self) -> Self {
        self.multiple = true;
        self
    }

    /// A second button on touch screens that opens the camera; its pictures come under the same name.
    #[must_use]
    pub fn camera(mut self) -> Self {
        self.camera = true;
        self
    }

    /// One file at least.
    #[must_use]
    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// What is wrong.
    #[must_use]
    pub fn error(mut self, error: Option<impl Into<String>>) -> Self {
        self.error = error.map(Into::into);
        self
    }
}

impl Render for Upload {
    fn render(&self) -> Markup {
        let id = field_id(&self.name);
        let described = described_by(&id, self.help.is_some(), self.error.is_some());
        html! {
            div.field.bad[self.error.is_some()] data-field=(self.name) {
                label for=(id) { (self.label) }
                @if let Some(help) = &self.help { p.help id={ (id) "-help" } { (help) } }
                p.error id={ (id) "-error" } hidden[self.error.is_none()] { (Icon::Fault) span { (self.error.as_deref().unwrap_or_default()) } }
                div.drop data-drop {
                    (Icon::Upload)
                    span.drop-words aria-hidden="true" { b { (self.words[0]) } " " (self.words[1]) }
                    input id=(id) type="file" name=(self.name) accept=[&self.accept] multiple[self.multiple]
                        required[self.required] aria-describedby=[described]
                        aria-invalid=[self.error.is_some().then_some("true")];
                }
                @if self.camera {
                    label.button.camera { (Icon::Camera) span { (self.words[2]) }
                        input.unseen type="file" name=(self.name) accept="image/*" capture="environment"; }
                }
                ul.files data-files=(self.words[3]) aria-live="polite" {}
            }
        }
    }
}

/// The ids that describe a control: its help and its error.
pub(super) fn described_by(id: &str, help: bool, error: bool) -> Option<String> {
    match (help, error) {
        (false, false) => None,
        (true, false) => Some(format!("{id}-help")),
        (false, true) => Some(format!("{id}-error")),
        (true, true) => Some(format!("{id}-help {id}-error")),
    }
}
