//! One message in the three languages of the interface.

use std::borrow::Cow;
use std::fmt;
use std::sync::LazyLock;

use ferrous_opencc::OpenCC;
use ferrous_opencc::config::BuiltinConfig;

/// A language of the interface.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// 简体中文.
    #[default]
    Simplified,
    /// 繁體中文.
    Traditional,
    /// English.
    English,
}

impl Language {
    /// Reads `zh`, `zh-Hans`, `zh-CN`, `zh-Hant`, `zh-TW`, `zh-HK`, `en` and locale names such as
    /// `zh_TW.UTF-8`; `None` for a language that Qingyuan does not speak.
    pub fn parse(tag: &str) -> Option<Self> {
        let tag = tag.split('.').next().unwrap_or_default().replace('_', "-").to_ascii_lowercase();
        match tag.as_str() {
            "zh" | "zh-hans" | "zh-cn" | "zh-sg" => Some(Self::Simplified),
            "zh-hant" | "zh-tw" | "zh-hk" | "zh-mo" => Some(Self::Traditional),
            other if other == "en" || other.starts_with("en-") => Some(Self::English),
            _ => None,
        }
    }
}

/// A message or label in simplified Chinese and English; traditional Chinese is given or derived.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Text {
    /// 简体中文.
    pub simplified: String,
    /// 繁體中文, where the derived form would not do.
    pub traditional: Option<String>,
    /// English.
    pub english: String,
}

impl Text {
    /// A text whose traditional form is derived from the simplified one.
    pub fn new(simplified: impl Into<String>, english: impl Into<String>) -> Self {
        Self { simplified: simplified.into(), traditional: None, english: english.into() }
    }

    /// A text that reads the same in every language: a name, a number, a quotation.
    pub fn same(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { traditional: Some(text.clone()), english: text.clone(), simplified: text }
    }

    /// The text in one language.
    pub fn in_language(&self, language: Language) -> Cow<'_, str> {
        match (language, &self.traditional) {
            (Language::Simplified, _) => Cow::Borrowed(&self.simplified),
            (Language::English, _) => Cow::Borrowed(&self.english),
            (Language::Traditional, Some(text)) => Cow::Borrowed(text),
            (Language::Traditional, None) => Cow::Owned(traditional(&self.simplified)),
        }
    }
}

/// English, for logs and for errors shown to programmers.
impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.english)
    }
}

/// Simplified Chinese rewritten in traditional characters (OpenCC's `s2t` tables).
pub fn traditional(simplified: &str) -> String {
    static CONVERTER: LazyLock<OpenCC> = LazyLock::new(|| {
        OpenCC::from_config(BuiltinConfig::S2t).expect("the tables are compiled into ferrous-opencc")
    });
    // OpenCC writes forms of its own standard; these are what is printed in Hong Kong, Macau and Taiwan alike.
    let usual = |character| match character {
        '覈' => '核',
        '爲' => '為',
        '僞' => '偽',
        '啓' => '啟',
        '衆' => '眾',
        '羣' => '群',
        '溼' => '濕',
        '麪' => '麵',
        '牀' => '床',
        '峯' => '峰',
        '擡' => '抬',
        other => other,
    };
    CONVERTER.convert(simplified).chars().map(usual).collect()
}

/// The simplified form of one character (OpenCC's `t2s` tables, character by character, so that places in a text
/// stay what they are); the character itself where it has none.
pub fn simplified(character: char) -> char {
    const FIRST: u32 = 0x3400;
    const LAST: u32 = 0x9fff;
    static FORMS: LazyLock<Vec<char>> = LazyLock::new(|| {
        let converter =
            OpenCC::from_config(BuiltinConfig::T2s).expect("the tables are compiled into ferrous-opencc");
        // A line each, so that no table of phrases sees two of them together.
        let all = (FIRST..=LAST).filter_map(char::from_u32);
        let lines: String = all.clone().flat_map(|character| [character, '\n']).collect();
        let converted = converter.convert(&lines);
        all.zip(converted.split('\n'))
            .map(|(character, form)| {
                let mut form = form.chars();
                match (form.next(), form.next()) {
                    (Some(one), None) => one,
                    _ => character,
                }
            })
            .collect()
    });
    match u32::from(character).checked_sub(FIRST).and_then(|place| FORMS.get(place as usize)) {
        Some(&form) => form,
        None => character,
    }
}

/// Builds a [`Text`] from two format strings, Chinese then English, over the same variables.
///
/// ```
/// let name = "berth";
/// let text = message::text!("没有字段 {name}", "there is no field {name}");
/// assert_eq!(text.english, "there is no field berth");
/// ```
#[macro_export]
macro_rules! text {
    ($chinese:literal, $english:literal $(, $($argument:tt)*)?) => {
        $crate::Text::new(format!($chinese $(, $($argument)*)?), format!($english $(, $($argument)*)?))
    };
}

#[cfg(test)]
mod tests {
    use super::{Language, Text, simplified};

    #[test]
    fn a_language_is_read_from_a_locale_name() {
        fn check(tag: &str, expected: Option<Language>) {
            assert_eq!(Language::parse(tag), expected, "{tag}");
        }
        check("zh_CN.UTF-8", Some(Language::Simplified));
        check("zh-Hant", Some(Language::Traditional));
        check("en_GB.UTF-8", Some(Language::English));
        check("C", None);
        check("fr", None);
    }

    #[test]
    fn traditional_chinese_is_derived() {
        let text = Text::new("码头数量", "docks");
        assert_eq!(text.in_language(Language::Traditional), "碼頭數量");
        assert_eq!(
            super::traditional("核验为启用，群众、湿地、里程、面积"),
            "核驗為啟用，群眾、濕地、里程、面積"
        );
        let back: String = "碼頭縮減爲餘個，新增濱江碧道，溼地a".chars().map(simplified).collect();
        assert_eq!(back, "码头缩减为余个，新增滨江碧道，湿地a");
    }
}
