//! One field of a form: label above, help in one line, unit inside the field's end, what is wrong between help and
//! control. The same markup for every kind, so that a person learns it once.

use maud::{Markup, Render, html};
use message::Language;

use super::form::described_by;
use super::{Icon, Speak, Words, field_id};

/// An option of a choice: key and words.
pub type Choice = (String, String);

#[derive(Clone, Debug)]
enum Kind {
    /// A one-line input: its type and keyboard.
    Line(&'static str, Option<&'static str>),
    Lines(u32),
    Radios(Vec<Choice>),
    Select(Vec<Choice>),
    Checks(Vec<Choice>),
    Tick,
}

/// A field; make it with the function named for its kind.
#[derive(Clone, Debug)]
pub struct Field {
    kind: Kind,
    name: String,
    label: String,
    values: Vec<String>,
    help: Option<String>,
    error: Option<String>,
    unit: Option<String>,
    required: bool,
    disabled: bool,
    inline: bool,
    optional: &'static str,
    choose: &'static str,
    any: &'static str,
    attributes: Attributes,
}

#[derive(Clone, Debug, Default)]
struct Attributes {
    min: Option<String>,
    max: Option<String>,
    maxlength: Option<u32>,
    pattern: Option<String>,
    placeholder: Option<String>,
    autocomplete: Option<&'static str>,
    suggest: Option<String>,
    autofocus: bool,
    width: Option<u32>,
}

impl Field {
    fn new(l: Language, kind: Kind, name: impl Into<String>, label: &impl Words) -> Self {
        Self {
            kind,
            name: name.into(),
            label: l.say(label).into_owned(),
            values: Vec::new(),
            help: None,
            error: None,
            unit: None,
            required: false,
            disabled: false,
            inline: false,
            optional: l.t("（选填）", " (optional)"),
            choose: l.t("请选择", "Choose"),
            any: l.t("不限", "Any"),
            attributes: Attributes::default(),
        }
    }

    /// One line of text.
    pub fn text(l: Language, name: impl Into<String>, label: impl Words) -> Self {
        Self::new(l, Kind::Line("text", None), name, &label)
    }

    /// Several lines of text.
    pub fn lines(l: Language, name: impl Into<String>, label: impl Words, rows: u32) -> Self {
        Self::new(l, Kind::Lines(rows), name, &label)
    }

    /// A whole number. A text input with the keyboard of numbers: it keeps what was typed, whatever it is.
    pub fn whole(l: Language, name: impl Into<String>, label: impl Words) -> Self {
        Self::new(l, Kind::Line("text", Some("numeric")), name, &label)
    }

    /// A decimal number.
    pub fn decimal(l: Language, name: impl Into<String>, label: impl Words) -> Self {
        Self::new(l, Kind::Line("text", Some("decimal")), name, &label)
    }

    /// A date.
    pub fn date(l: Language, name: impl Into<String>, label: impl Words) -> Self {
        Self::new(l, Kind::Line("date", None), name, &label)
    }

    /// A date and time.
    pub fn date_time(l: Language, name: impl Into<String>, label: impl Words) -> Self {
        Self::new(l, Kind::Line("datetime-local", None), name, &label)
    }

    /// What is searched for.
    pub fn search(l: Language, name: impl Into<String>, label: impl Words) -> Self {
        Self::new(l, Kind::Line("search", Some("search")), name, &label)
    }

    /// A password; say with `.autocomplete` whether it is the current or a new one.
    pub fn password(l: Language, name: impl Into<String>, label: impl Words) -> Self {
        Self::new(l, Kind::Line("password", None), name, &label).autocomplete("current-password")
    }

    /// The six digits of a second factor.
    pub fn code(l: Language, name: impl Into<String>, label: impl Words) -> Self {
        let mut field = Self::new(l, Kind::Line("text", Some("numeric")), name, &label).max_chars(12);
        field.attributes.autocomplete = Some("one-time-code");
        field.width(8)
    }

    /// One of a few: radio buttons up to six options, a select beyond.
    pub fn choice(l: Language, name: impl Into<String>, label: impl Words, options: Vec<Choice>) -> Self {
        let kind = if options.len() <= 6 { Kind::Radios(options) } else { Kind::Select(options) };
        Self::new(l, kind, name, &label)
    }

    /// One of several, always as a select: for filters.
    pub fn select(l: Language, name: impl Into<String>, label: impl Words, options: Vec<Choice>) -> Self {
        Self::new(l, Kind::Select(options), name, &label)
    }

    /// Any number of several.
    pub fn checks(l: Language, name: impl Into<String>, label: impl Words, options: Vec<Choice>) -> Self {
        Self::new(l, Kind::Checks(options), name, &label)
    }

    /// Yes or no, sent as `true` or `false`; unanswered is neither.
    pub fn yes_no(l: Language, name: impl Into<String>, label: impl Words) -> Self {
        let options = vec![
            ("true".to_owned(), l.t("是", "Yes").to_owned()),
            ("false".to_owned(), l.t("否", "No").to_owned()),
        ];
        Self::new(l, Kind::Radios(options), name, &label)
    }

    /// A single box to tick, sent as `true`.
    pub fn tick(l: Language, name: impl Into<String>, label: impl Words) -> Self {
        Self::new(l, Kind::Tick, name, &label)
    }

    /// What stands in it.
    #[must_use]
    pub fn value(mut self, value: impl Into<String>) -> Self {
        self.values = vec![value.into()];
        self
    }

    /// The boxes that are ticked.
    #[must_use]
    pub fn values(mut self, values: Vec<String>) -> Self {
        self.values = values;
        self
    }

    /// One line on what is wanted here.
    #[must_use]
    pub fn help(mut self, l: Language, words: impl Words) -> Self {
        self.help = Some(l.say(&words).into_owned());
        self
    }

    /// What is wrong, in the visitor's language.
    #[must_use]
    pub fn error(mut self, error: Option<impl Into<String>>) -> Self {
        self.error = error.map(Into::into);
        self
    }

    /// The unit, shown inside the field's end.
    #[must_use]
    pub fn unit(mut self, l: Language, unit: impl Words) -> Self {
        self.unit = Some(l.say(&unit).into_owned()).filter(|unit| !unit.is_empty());
        self
    }

    /// Must be filled in; other fields say that they are optional.
    #[must_use]
    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// Shown, but not to be changed.
    #[must_use]
    pub fn disabled(mut self) -> Self {
        self.disabled = true;
        self
    }

    /// For a filter bar: compact, and without “optional”.
    #[must_use]
    pub fn inline(mut self) -> Self {
        self.inline = true;
        self
    }

    /// The least and the greatest value.
    #[must_use]
    pub fn range(mut self, min: Option<String>, max: Option<String>) -> Self {
        (self.attributes.min, self.attributes.max) = (min, max);
        self
    }

    /// The most characters.
    #[must_use]
    pub fn max_chars(mut self, most: u32) -> Self {
        self.attributes.maxlength = Some(most);
        self
    }

    /// An example in grey. Never the only place where something is said.
    #[must_use]
    pub fn example(mut self, example: impl Into<String>) -> Self {
        self.attributes.placeholder = Some(example.into());
        self
    }

    /// What the browser may fill in: `username`, `new-password` …
    #[must_use]
    pub fn autocomplete(mut self, what: &'static str) -> Self {
        self.attributes.autocomplete = Some(what);
        self
    }

    /// The address that answers `?q=` with `[{"value", "label", "note", "href"}]`: suggestions while typing.
    #[must_use]
    pub fn suggest(mut self, address: impl Into<String>) -> Self {
        self.attributes.suggest = Some(address.into());
        self
    }

    /// The cursor stands here when the page opens.
    #[must_use]
    pub fn autofocus(mut self) -> Self {
        self.attributes.autofocus = true;
        self
    }

    /// As wide as so many characters (4, 8, 16, 32): the width tells what is expected.
    #[must_use]
    pub fn width(mut self, characters: u32) -> Self {
        self.attributes.width = Some(characters);
        self
    }

    fn value_now(&self) -> &str {
        self.values.first().map_or("", String::as_str)
    }

    fn chosen(&self, key: &str) -> bool {
        self.values.iter().any(|value| value == key)
    }

    /// What choosing nothing is called, unless the options say it themselves: of a filter it is no condition, and what
    /// must be chosen and is has no such option.
    fn nothing_chosen(&self, options: &[Choice]) -> Option<&'static str> {
        if options.iter().any(|(key, _)| key.is_empty() || self.required && self.chosen(key)) {
            return None;
        }
        Some(if self.inline && !self.required { self.any } else { self.choose })
    }

    fn label_words(&self) -> Markup {
        html! {
            (self.label)
            @if !self.required && !self.inline && !self.disabled { span.optional { (self.optional) } }
        }
    }

    fn notes(&self, id: &str) -> Markup {
        html! {
            @if let Some(help) = &self.help { p.help id={ (id) "-help" } { (help) } }
            p.error id={ (id) "-error" } hidden[self.error.is_none()] {
                (Icon::Fault) span { (self.error.as_deref().unwrap_or_default()) }
            }
        }
    }

    fn line(&self, id: &str, kind: &str, keyboard: Option<&str>, described: Option<String>) -> Markup {
        let a = &self.attributes;
        let number = matches!(keyboard, Some("numeric" | "decimal"));
        html! {
            span.input.number[number] {
                input id=(id) type=(kind) inputmode=[keyboard] name=(self.name) value=(self.value_now())
                    min=[&a.min] max=[&a.max] maxlength=[a.maxlength] pattern=[&a.pattern]
                    placeholder=[&a.placeholder] autocomplete=[a.autocomplete.or(a.suggest.as_ref().map(|_| "off"))]
                    data-suggest=[&a.suggest] autofocus[a.autofocus] size=[a.width]
                    required[self.required] disabled[self.disabled] aria-describedby=[described]
                    aria-invalid=[self.error.is_some().then_some("true")];
                @if let Some(unit) = &self.unit { span.input-unit { (unit) } }
            }
        }
    }

    fn group(&self, id: &str, kind: &str, options: &[Choice], described: Option<String>) -> Markup {
        html! {
            fieldset.field.bad[self.error.is_some()].inline[self.inline] data-field=(self.name)
                aria-describedby=[described] {
                legend { (self.label_words()) }
                (self.notes(id))
                div.options {
                    @for (place, (key, words)) in options.iter().enumerate() {
                        // The first option carries the field's id, so that the summary's link lands on it.
                        @let option = if place == 0 { id.to_owned() } else { format!("{id}-{place}") };
                        label.option for=(option) {
                            input id=(option) type=(kind) name=(self.name) value=(key) checked[self.chosen(key)]
                                required[self.required && kind == "radio"] disabled[self.disabled];
                            span { (words) }
                        }
                    }
                }
            }
        }
    }
}

impl Render for Field {
    fn render(&self) -> Markup {
        let id = field_id(&self.name);
        let described = described_by(&id, self.help.is_some(), self.error.is_some());
        let control = match &self.kind {
            Kind::Radios(options) => return self.group(&id, "radio", options, described),
            Kind::Checks(options) => return self.group(&id, "checkbox", options, described),
            Kind::Tick => return self.tick_box(&id, described),
            Kind::Line(kind, keyboard) => self.line(&id, kind, *keyboard, described),
            Kind::Lines(rows) => html! {
                textarea id=(id) name=(self.name) rows=(rows) maxlength=[self.attributes.maxlength]
                    placeholder=[&self.attributes.placeholder]
                    required[self.required] disabled[self.disabled] aria-describedby=[described]
                    aria-invalid=[self.error.is_some().then_some("true")] { (self.value_now()) }
            },
            Kind::Select(options) => html! {
                select id=(id) name=(self.name) required[self.required] disabled[self.disabled]
                    aria-describedby=[described] aria-invalid=[self.error.is_some().then_some("true")] {
                    @if let Some(words) = self.nothing_chosen(options) { option value="" { (words) } }
                    @for (key, words) in options { option value=(key) selected[self.chosen(key)] { (words) } }
                }
            },
        };
        html! {
            div.field.bad[self.error.is_some()].inline[self.inline] data-field=(self.name) {
                label for=(id) { (self.label_words()) }
                (self.notes(&id))
                (control)
            }
        }
    }
}

impl Field {
    fn tick_box(&self, id: &str, described: Option<String>) -> Markup {
        html! {
            div.field.bad[self.error.is_some()].inline[self.inline] data-field=(self.name) {
                label.option for=(id) {
                    input id=(id) type="checkbox" name=(self.name) value="true" checked[self.chosen("true")]
                        required[self.required] disabled[self.disabled] aria-describedby=[described];
                    span { (self.label) }
                }
                (self.notes(id))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Field;
    use crate::ui::{icon::without_icons, w};
    use maud::Render;
    use message::Language;

    #[test]
    fn a_field_says_what_is_wrong_where_it_is_wrong() {
        let l = Language::English;
        let field = Field::whole(l, "berths", w("泊位数", "Berths")).value("many").unit(l, w("个", "berths"));
        insta::assert_snapshot!(
            without_icons(&field.required().help(l, w("在用的", "In use")).error(Some("from 1 to 200")).render().into_string()),
            @r##"<div class="field bad" data-field="berths"><label for="f-berths">Berths</label><p class="help" id="f-berths-help">In use</p><p class="error" id="f-berths-error"><span>from 1 to 200</span></p><span class="input number"><input id="f-berths" type="text" inputmode="numeric" name="berths" value="many" required aria-describedby="f-berths-help f-berths-error" aria-invalid="true"><span class="input-unit">berths</span></span></div>"##
        );
    }

    #[test]
    fn a_hostile_value_stays_text() {
        let field =
            Field::text(Language::English, "name", w("名称", "Name")).value("\"><script>alert(1)</script>");
        let html = field.render().into_string();
        assert!(!html.contains("<script"), "{html}");
    }
}
