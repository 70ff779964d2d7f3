//! Whether a number speaks of the whole city and of what is: places, plans, parts.

use std::ops::Range;

use quantity::read::Quantity;

use crate::lexicon::{Indicator, Lexicon};
use crate::reason::Reason;
use crate::scope;
use crate::sentence::{Sentence, ends_clause};

/// Where to look.
pub(crate) struct About<'a> {
    pub sentence: &'a Sentence,
    pub found: &'a [Quantity],
    pub lexicon: &'a Lexicon,
}

/// What the words before a number say of it besides its indicator.
pub(crate) struct Circumstances {
    pub scope: Vec<(String, String)>,
    /// A word that may make it a part of what the indicator counts.
    pub doubt: Option<&'static str>,
}

impl About<'_> {
    /// The part of the city that a linked claim speaks of; an error if it is none, or no fact.
    pub(crate) fn circumstances(
        &self,
        chars: &Range<usize>,
        indicator: &Indicator,
        wording: Option<usize>,
    ) -> Result<Circumstances, Reason> {
        let sentence = self.sentence;
        let place = sentence.inner(chars.start);
        if let Some(place) = scope::elsewhere(sentence, place, self.lexicon) {
            return Err(Reason::Elsewhere(place));
        }
        let mut before = self.found[sentence.quantities.clone()].iter();
        let before = before.rfind(|one| one.counts() && one.chars.end <= chars.start);
        let from = before.map_or(0, |one| sentence.inner(one.chars.end)).min(place);
        let clause = sentence.clause_start(place).max(from);
        let words: String = sentence.text[clause..place].iter().collect();
        let own: Vec<&str> = match wording {
            Some(wording) => {
                let wording = &indicator.wordings[wording];
                wording.before.iter().chain(&wording.after).map(String::as_str).collect()
            }
            None => Vec::new(),
        };
        let says = |words: &str, list: &[&'static str]| {
            list.iter()
                .copied()
                .find(|word| words.contains(word) && !own.iter().any(|own| own.contains(word)))
        };
        // 计划到2022年底，完成100家: what is planned may stand in the clause before, if that has no number of its own.
        let former: String = sentence.text[from.min(clause)..clause].iter().collect();
        let former = former.trim_end_matches(ends_clause);
        let former = former.rsplit(ends_clause).next().unwrap_or_default();
        let sentence_before: String = sentence.text[..clause].iter().collect();
        if says(&words, PLANNED).is_some()
            || says(former, PLANNED_BEFORE).is_some()
            || says(&sentence_before, PLANS).is_some()
        {
            return Err(Reason::Plan);
        }
        if let Some(district) = scope::unknown_district(&words, self.lexicon) {
            return Err(Reason::Scope(district));
        }
        let scope = scope::scope(sentence, from, place, self.lexicon, indicator, &own)?;
        let short = former.chars().count() <= 6;
        let end = sentence.inner(chars.end);
        let after: String = sentence.text[end..sentence.text.len().min(end + 12)].iter().collect();
        // 市水务局党支部26个: an office right before the noun has its own.
        let noun = own.iter().filter_map(|own| words.find(own)).min().map(|at| &words[..at]);
        let office = OFFICES.iter().copied().find(|office| noun.is_some_and(|noun| noun.ends_with(office)));
        let doubt = office
            .or_else(|| says(&words, PARTS))
            .or_else(|| says(former, PARTS).filter(|_| short))
            .or_else(|| says(&sentence_before, ACTORS))
            .or_else(|| says(after.split(ends_clause).next().unwrap_or_default(), HONOURED));
        Ok(Circumstances { scope, doubt })
    }
}

/// Words before a number that is not yet true.
const PLANNED: &[&str] = &[
    "计划",
    "规划",
    "拟",
    "力争",
    "预计",
    "目标",
    "将新",
    "将达",
    "将建",
    "争取",
    "确保完成",
    "任务",
    "控制在",
    "下一步",
    "确保",
    "要求",
    "打算",
    "将选",
    "明年",
];

/// The same in the clause before.
const PLANNED_BEFORE: &[&str] = &[
    "计划到",
    "计划在",
    "力争到",
    "力争在",
    "目标到",
    "预计到",
    "争取到",
    "到2025年",
    "到2030年",
    "到2035年",
];

/// The same for all that follows in the sentence.
const PLANS: &[&str] = &["打算", "下一步"];

/// Words that make a number one of a part of the city, or of somebody in it.
const PARTS: &[&str] = &[
    "其中",
    "某",
    "该",
    "我局",
    "我委",
    "我区",
    "我县",
    "我院",
    "我校",
    "我司",
    "本单位",
    "本局",
    "公司",
    "集团",
    "高校",
    "大学",
    "学院",
    "医院",
    "小区",
    "当天",
    "当日",
    "现场",
    "本次",
    "此次",
    "首批",
    "阶段",
    "一批",
    "二批",
    "三批",
    "尚有",
    "仍有",
    "还有",
    "组织",
    "先进",
    "优秀",
    "部分",
    "分局",
    "支队",
    "每个",
    "主城区",
    "中心城区",
    "开发区",
    "辖区",
    "片区",
    "市本级",
    "城市群",
    "新区",
    "当月",
    "期间",
    "每年",
    "每月",
    "平均每",
    "过去",
    "曾",
    "并非",
    "未",
    "各区",
    "街道",
    "社区",
];

/// What the names of offices end with.
const OFFICES: &[&str] = &["局", "委", "办", "中心", "院", "校", "馆", "公司"];

/// Words for somebody whose doings the whole sentence tells.
const ACTORS: &[&str] = &["某", "我局", "我委", "我区", "我县", "我院", "我校", "我司", "本单位", "本局"];

/// Words behind a number of people that make them some of all.
const HONOURED: &[&str] = &["表彰", "获奖", "获评", "走上街头", "未", "参加了", "当选"];
