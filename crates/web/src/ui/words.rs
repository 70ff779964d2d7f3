//! Words said to a visitor: always Chinese and English together, so that a missing label does not compile.
//!
//! A literal is written `w("保存", "Save")`; a message with data in it is a [`Text`] (`message::text!`). Both
//! are [`Words`]. Traditional Chinese is derived; a conversion costs microseconds, a page has hundreds of
//! labels, so conversions are remembered: for ever for literals, in a bounded table for texts of the pack.

use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{LazyLock, PoisonError, RwLock};

use message::{Language, Text, traditional};

/// Something that can be said in each language of the interface.
pub trait Words {
    /// The words in one language.
    fn say(&self, language: Language) -> Cow<'_, str>;
}

/// A literal in Chinese and English; made by [`w`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Label {
    simplified: &'static str,
    english: &'static str,
}

/// A literal label: `w("提交核验", "Submit for verification")`.
pub const fn w(simplified: &'static str, english: &'static str) -> Label {
    Label { simplified, english }
}

impl Label {
    /// The label in one language, free of charge after the first time.
    pub fn get(self, language: Language) -> &'static str {
        match language {
            Language::Simplified => self.simplified,
            Language::English => self.english,
            Language::Traditional => literal(self.simplified),
        }
    }

    /// The label as a [`Text`], where one is asked for.
    pub fn text(self) -> Text {
        Text::new(self.simplified, self.english)
    }
}

impl From<Label> for Text {
    fn from(label: Label) -> Self {
        label.text()
    }
}

impl Words for Label {
    fn say(&self, language: Language) -> Cow<'_, str> {
        Cow::Borrowed(self.get(language))
    }
}

impl Words for Text {
    fn say(&self, language: Language) -> Cow<'_, str> {
        match (language, &self.traditional) {
            (Language::Traditional, None) => Cow::Owned(remembered(&self.simplified)),
            _ => self.in_language(language),
        }
    }
}

impl<T: Words + ?Sized> Words for &T {
    fn say(&self, language: Language) -> Cow<'_, str> {
        (**self).say(language)
    }
}

/// What a language can do on a page: `l.t("台账", "Registers")`, `l.say(&record.label)`.
pub trait Speak: Copy {
    /// A literal in this language.
    fn t(self, simplified: &'static str, english: &'static str) -> &'static str;
    /// Any words in this language.
    fn say<W: Words + ?Sized>(self, words: &W) -> Cow<'_, str>;
    /// The language as HTML's `lang` names it.
    fn tag(self) -> &'static str;
}

impl Speak for Language {
    fn t(self, simplified: &'static str, english: &'static str) -> &'static str {
        w(simplified, english).get(self)
    }

    fn say<W: Words + ?Sized>(self, words: &W) -> Cow<'_, str> {
        words.say(self)
    }

    fn tag(self) -> &'static str {
        match self {
            Language::Simplified => "zh-Hans",
            Language::Traditional => "zh-Hant",
            Language::English => "en",
        }
    }
}

/// The traditional form of a literal. Literals are finitely many, so their forms may live for ever.
fn literal(simplified: &'static str) -> &'static str {
    static FORMS: Forms<&'static str, &'static str> = LazyLock::new(RwLock::default);
    if let Some(form) = look_up(&FORMS, simplified) {
        return form;
    }
    let form: &'static str = Box::leak(traditional(simplified).into_boxed_str());
    FORMS.write().unwrap_or_else(PoisonError::into_inner).insert(simplified, form);
    form
}

/// The traditional form of a text that was built at run time: labels of the pack come again and again, so short
/// texts are remembered until the table is full.
fn remembered(simplified: &str) -> String {
    const LONGEST: usize = 200;
    const MOST: usize = 20_000;
    static FORMS: Forms<String, String> = LazyLock::new(RwLock::default);
    if simplified.len() > LONGEST || simplified.is_ascii() {
        return if simplified.is_ascii() { simplified.to_owned() } else { traditional(simplified) };
    }
    if let Some(form) = look_up(&FORMS, simplified) {
        return form;
    }
    let form = traditional(simplified);
    let mut forms = FORMS.write().unwrap_or_else(PoisonError::into_inner);
    if forms.len() < MOST {
        forms.insert(simplified.to_owned(), form.clone());
    }
    form
}

type Forms<K, V> = LazyLock<RwLock<HashMap<K, V>>>;

fn look_up<K: Hash + Eq + std::borrow::Borrow<str>, V: Clone>(
    forms: &Forms<K, V>,
    simplified: &str,
) -> Option<V> {
    forms.read().unwrap_or_else(PoisonError::into_inner).get(simplified).cloned()
}

#[cfg(test)]
mod tests {
    use super::{Speak, w};
    use message::{Language, Text};

    #[test]
    fn words_are_said_in_three_languages() {
        for _ in 0..2 {
            assert_eq!(Language::Traditional.t("台账", "Registers"), "臺賬");
            assert_eq!(Language::Traditional.say(&Text::new("码头", "Docks")), "碼頭");
        }
        assert_eq!(Language::English.say(&w("码头", "Docks")), "Docks");
        assert_eq!(Language::Simplified.say(&&Text::same("A")), "A");
    }
}
