//! Which part of the city a quantity speaks of, and whether it speaks of the city at all.

use std::sync::LazyLock;

use crate::lexicon::{Indicator, Lexicon};
use crate::reason::Reason;
use crate::sentence::{Sentence, ends_clause};

/// The values that dimensions are held to by the words before a number: from `from`, where the quantity before it
/// ends, or the clause begins. `own` are the words of the wording that linked it, which narrow nothing down.
pub(crate) fn scope(
    sentence: &Sentence,
    from: usize,
    place: usize,
    lexicon: &Lexicon,
    indicator: &Indicator,
    own: &[&str],
) -> Result<Vec<(String, String)>, Reason> {
    let clause =
        sentence.text[from..place].iter().rposition(|&one| ends_clause(one)).map_or(from, |at| from + at + 1);
    let words: String = sentence.text[clause..place].iter().collect();
    let mut scope: Vec<(String, String)> = Vec::new();
    let mut several = Vec::new();
    for one in &lexicon.scopes {
        if !words.contains(one.word.as_str()) || own.iter().any(|own| own.contains(&one.word)) {
            continue;
        }
        if !indicator.dimensions.contains(&one.dimension) {
            if one.strict {
                return Err(Reason::Scope(one.word.clone()));
            }
            continue;
        }
        match scope.iter().find(|(dimension, _)| *dimension == one.dimension) {
            // 长江、汉江沿线: both values named, so neither narrows it down.
            Some((_, value)) if *value != one.value => several.push(one.dimension.clone()),
            Some(_) => {}
            None => scope.push((one.dimension.clone(), one.value.clone())),
        }
    }
    scope.retain(|(dimension, _)| !several.contains(dimension));
    Ok(scope)
}

/// A district at the start of a clause that is none of the known ones: 东林区现有码头20个.
pub(crate) fn unknown_district(words: &str, lexicon: &Lexicon) -> Option<String> {
    let words = words.trim_start_matches(['、', '在', '如']);
    let end = words.char_indices().take(6).find(|(_, one)| matches!(one, '区' | '县' | '镇' | '乡'));
    let (at, last) = end?;
    let name = &words[..at + last.len_utf8()];
    let length = name.chars().count();
    // 山区 and 城区 are no names, 青山区 is one.
    let common = COMMON.iter().any(|word| name.ends_with(word)) && !name.ends_with("青山区");
    let known = lexicon.scopes.iter().any(|one| one.word == name);
    ((3..=5).contains(&length) && !common && !known).then(|| name.to_owned())
}

/// Nouns that end like the name of a district.
const COMMON: &[&str] = &[
    "城区",
    "地区",
    "园区",
    "景区",
    "社区",
    "小区",
    "辖区",
    "市区",
    "郊区",
    "山区",
    "库区",
    "灾区",
    "特区",
    "片区",
    "港区",
    "城镇",
    "乡镇",
    "村镇",
    "建制镇",
    "各区",
    "全区",
    "新区",
    "开发区",
    "示范区",
    "保护区",
    "试验区",
    "实验区",
    "高新区",
    "自贸区",
    "功能区",
    "县区",
    "区县",
    "城乡",
    "三镇",
    "下乡",
    "湿地区",
    "库区",
    "各县",
];

/// Another city, a province or the country that the sentence speaks of before a place, by the name nearest to it;
/// none if 全市, 我市 or the city's own name stands nearer.
pub(crate) fn elsewhere(sentence: &Sentence, place: usize, lexicon: &Lexicon) -> Option<&'static str> {
    let words: String = sentence.text[..place].iter().collect();
    let ours = HERE.iter().copied().chain(lexicon.names.iter().map(String::as_str));
    let nearest = ours.filter(|name| !name.is_empty()).filter_map(|name| words.rfind(name)).max();
    let named = PLACES.iter().filter(|name| !lexicon.names.iter().any(|own| own.contains(**name)));
    let clause = words.rfind(['，', ',', ':']).map_or(0, |at| at + 1);
    let within = |name: &str| words.rfind(name).filter(|&at| at >= clause || !is_whole(name));
    let other = named.filter_map(|name| Some((within(name)?, *name))).max()?;
    // 全国首创, 全国最大 praise what is ours.
    let rest = &words[other.0 + other.1.len()..];
    let praise = ["首", "最", "第一", "前列", "领先", "文明", "重点", "人大", "政协", "性"]
        .iter()
        .any(|word| rest.starts_with(word));
    (!praise && nearest.is_none_or(|ours| ours < other.0)).then_some(other.1)
}

/// Whom a sentence is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whose {
    /// The whole city, by 全市, 我市 or its name.
    Ours,
    /// A district, or another city.
    Another,
}

/// Whom a sentence says that it is about; none if it does not say.
pub(crate) fn whose(sentence: &Sentence, lexicon: &Lexicon) -> Option<Whose> {
    let words: String = sentence.text.iter().collect();
    let ours = HERE.iter().copied().chain(lexicon.names.iter().map(String::as_str));
    if ours.filter(|name| !name.is_empty()).any(|name| words.contains(name)) {
        return Some(Whose::Ours);
    }
    let named = PLACES.iter().filter(|name| !is_whole(name)).any(|name| words.starts_with(name));
    let district = lexicon.scopes.iter().any(|one| one.strict && words.starts_with(one.word.as_str()));
    let unknown = unknown_district(&words, lexicon).is_some();
    (named || district || unknown).then_some(Whose::Another)
}

/// 全国, 全省 and the like, not a name.
fn is_whole(name: &str) -> bool {
    name.starts_with('全') || matches!(name, "我国" | "我省" | "本省" | "省内" | "国内")
}

/// Words by which a text speaks of its own city.
const HERE: [&str; 6] = ["全市", "我市", "本市", "市级", "市直", "市委"];

/// Names of other places: the country, provinces, prefecture-level cities.
static PLACES: LazyLock<Vec<&str>> = LazyLock::new(|| {
    let lines = include_str!("places.txt").lines().filter(|line| !line.starts_with('#'));
    lines.flat_map(str::split_whitespace).collect()
});
