//! Claims of order: 全国第一, 全国最大, 居全省首位. One city's book cannot know them.

use std::ops::Range;

use crate::sentence::{Sentence, ends_clause};

/// The superlatives of a sentence.
pub(crate) fn superlatives(sentence: &Sentence) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for start in 0..sentence.text.len() {
        if found.last().is_some_and(|last| start < last.end) {
            continue;
        }
        let rest = &sentence.text[start..];
        let Some(area) = AREAS.iter().find(|area| begins(rest, area)) else { continue };
        let from = start + area.chars().count();
        // 全国最大, 居全国首位, 全国同类城市第一: a few words may stand between.
        let reach =
            sentence.text[from..].iter().take(8).take_while(|&&one| !ends_clause(one) && one != '、').count();
        let order = (from..=from + reach).find_map(|place| {
            let rest = &sentence.text[place..];
            let order = ORDERS.iter().find(|order| begins(rest, order))?;
            Some(place + order.chars().count())
        });
        if let Some(end) = order {
            found.push(start..end);
        }
    }
    found
}

fn begins(text: &[char], word: &str) -> bool {
    let mut text = text.iter();
    word.chars().all(|character| text.next() == Some(&character))
}

/// Whole that one city is part of.
const AREAS: &[&str] = &[
    "全国",
    "全球",
    "世界",
    "国内",
    "国际",
    "亚洲",
    "全省",
    "中部",
    "西部",
    "东部",
    "同类城市",
    "副省级城市",
    "长江流域",
    "省内",
];

/// Words of order, longer ones first.
const ORDERS: &[&str] = &[
    "第一名",
    "第一位",
    "第一",
    "首位",
    "首个",
    "首家",
    "首创",
    "首批",
    "最大",
    "最多",
    "最高",
    "最长",
    "最好",
    "最优",
    "最低",
    "最快",
    "最早",
    "最佳",
    "最前列",
    "前列",
    "领先",
    "唯一",
    "之最",
    "榜首",
    "第二",
    "第三",
    "前三",
];
