//! Buttons and links that do something: a verb and an object, one primary on a page.

use maud::{Markup, Render, html};
use message::Language;

use super::{Frame, Icon, Speak, Words};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Weight {
    Primary,
    Secondary,
    Danger,
    Quiet,
}

/// A button, or a link that looks like one.
///
/// `Button::primary(l, w("提交核验", "Submit for verification"))` submits the form it stands in;
/// `.to("/registers/docks/enter")` makes it a link.
#[derive(Clone, Debug)]
pub struct Button {
    words: String,
    weight: Weight,
    icon: Option<Icon>,
    to: Option<String>,
    name: Option<(String, String)>,
    form: Option<String>,
    action: Option<String>,
    busy: Option<String>,
    download: bool,
    unvalidated: bool,
    disabled: Option<String>,
    small: bool,
    key: Option<&'static str>,
}

impl Button {
    /// The one thing that the page is for.
    pub fn primary(l: Language, words: impl Words) -> Self {
        Self::new(l, &words, Weight::Primary)
    }

    /// Anything else.
    pub fn secondary(l: Language, words: impl Words) -> Self {
        Self::new(l, &words, Weight::Secondary)
    }

    /// What cannot be taken back or takes something away; it leads to a confirmation page.
    pub fn danger(l: Language, words: impl Words) -> Self {
        Self::new(l, &words, Weight::Danger)
    }

    /// Without a border: in table rows and tool bars.
    pub fn quiet(l: Language, words: impl Words) -> Self {
        Self::new(l, &words, Weight::Quiet)
    }

    fn new(l: Language, words: &impl Words, weight: Weight) -> Self {
        Self {
            words: l.say(words).into_owned(),
            weight,
            icon: None,
            to: None,
            name: None,
            form: None,
            action: None,
            busy: None,
            download: false,
            unvalidated: false,
            disabled: None,
            small: false,
            key: None,
        }
    }

    /// An icon before the words.
    #[must_use]
    pub fn icon(mut self, icon: Icon) -> Self {
        self.icon = Some(icon);
        self
    }

    /// A link to an address instead of a button of a form.
    #[must_use]
    pub fn to(mut self, address: impl Into<String>) -> Self {
        self.to = Some(address.into());
        self
    }

    /// A link that saves a file.
    #[must_use]
    pub fn download(mut self, address: impl Into<String>) -> Self {
        self.download = true;
        self.to(address)
    }

    /// The name and value that the form sends when this button was pressed.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.name = Some((name.into(), value.into()));
        self
    }

    /// The id of the form that the button belongs to, where it stands outside of it.
    #[must_use]
    pub fn form(mut self, id: impl Into<String>) -> Self {
        self.form = Some(id.into());
        self
    }

    /// Sends the form to another address.
    #[must_use]
    pub fn action(mut self, address: impl Into<String>) -> Self {
        self.action = Some(address.into());
        self
    }

    /// What is said when the answer takes longer than a second: “正在汇总四万条记录”.
    #[must_use]
    pub fn busy(mut self, l: Language, words: impl Words) -> Self {
        self.busy = Some(l.say(&words).into_owned());
        self
    }

    /// Sends the form as it is, without asking the browser for what is missing (save a draft, go back).
    #[must_use]
    pub fn unvalidated(mut self) -> Self {
        self.unvalidated = true;
        self
    }

    /// Cannot be pressed, and why (shown as the title and read to screen readers). Prefer to leave it out.
    #[must_use]
    pub fn disabled(mut self, l: Language, why: impl Words) -> Self {
        self.disabled = Some(l.say(&why).into_owned());
        self
    }

    /// Half as high, for table rows.
    #[must_use]
    pub fn small(mut self) -> Self {
        self.small = true;
        self
    }

    /// The key that presses it: `"Ctrl+S"` or a single letter; handled by `app.js`.
    #[must_use]
    pub fn key(mut self, key: &'static str) -> Self {
        self.key = Some(key);
        self
    }
}

impl Render for Button {
    fn render(&self) -> Markup {
        let class = match self.weight {
            Weight::Primary => "button primary",
            Weight::Secondary => "button",
            Weight::Danger => "button danger",
            Weight::Quiet => "button quiet",
        };
        let inner = html! {
            @if let Some(icon) = self.icon { (icon) }
            span { (self.words) }
        };
        html! {
            @if let Some(to) = &self.to {
                a.(class).small[self.small] href=(to) download[self.download] data-key=[self.key] { (inner) }
            } @else {
                button.(class).small[self.small]
                    name=[self.name.as_ref().map(|(name, _)| name)] value=[self.name.as_ref().map(|(_, value)| value)]
                    form=[&self.form] formaction=[&self.action] formnovalidate[self.unvalidated]
                    data-busy=[&self.busy] data-key=[self.key]
                    title=[&self.disabled] disabled[self.disabled.is_some()] { (inner) }
            }
        }
    }
}

/// Keys as they are printed on the keyboard: `keys(&["Ctrl", "S"])`.
pub fn keys(keys: &[&str]) -> Markup {
    html! { span.keys { @for (place, key) in keys.iter().enumerate() { @if place > 0 { "+" } kbd { (key) } } } }
}

/// The body of a page that asks once more before something that cannot be taken back: what will happen, in a
/// list of consequences; the button; the way back. No dialog: it works without scripts and can be linked to.
pub struct Confirm {
    action: String,
    button: Button,
    consequences: Vec<String>,
    fields: Vec<(String, String)>,
    back: String,
    inside: Option<Markup>,
}

impl Confirm {
    /// The address that the form is posted to, the button (danger or primary), and where the way back leads.
    pub fn new(action: impl Into<String>, button: Button, back: impl Into<String>) -> Self {
        Self {
            action: action.into(),
            button,
            consequences: Vec::new(),
            fields: Vec::new(),
            back: back.into(),
            inside: None,
        }
    }

    /// One thing that will happen.
    #[must_use]
    pub fn consequence(mut self, l: Language, words: impl Words) -> Self {
        self.consequences.push(l.say(&words).into_owned());
        self
    }

    /// A hidden field (the idempotency `key`, a version, the chosen records).
    #[must_use]
    pub fn hidden(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.fields.push((name.into(), value.into()));
        self
    }

    /// Fields that must be filled in first: a reason.
    #[must_use]
    pub fn inside(mut self, fields: Markup) -> Self {
        self.inside = Some(fields);
        self
    }

    /// The form.
    pub fn render(&self, frame: &Frame) -> Markup {
        let l = frame.language;
        html! {
            form.confirm method="post" action=(self.action) {
                (frame.csrf_field())
                @for (name, value) in &self.fields { input type="hidden" name=(name) value=(value); }
                @if !self.consequences.is_empty() {
                    h2 { (l.t("将会发生", "What will happen")) }
                    ul { @for words in &self.consequences { li { (words) } } }
                }
                @if let Some(inside) = &self.inside { (inside) }
                div.actions { (self.button) a.button href=(self.back) { (l.t("返回，不作改动", "Go back, change nothing")) } }
            }
        }
    }
}
