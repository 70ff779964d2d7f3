//! Finding wordings in a sentence.

use std::collections::HashMap;
use std::ops::Range;

use quantity::read::{Kind, Quantity};

use crate::lexicon::Lexicon;
use crate::sentence::{Sentence, ends_clause, is_dropped};

/// The literals of all wordings, to be looked for in one pass over a sentence.
pub(crate) struct Wordings {
    literals: Vec<Vec<char>>,
    by_first: HashMap<char, Vec<usize>>,
    numbers: Vec<NumberWording>,
    statements: Vec<StatementWording>,
}

struct NumberWording {
    indicator: usize,
    index: usize,
    before: Vec<usize>,
    adjacent_before: bool,
    after: Vec<usize>,
    adjacent_after: bool,
    /// Whether its indicator is of what happens, not of what there is.
    flow: bool,
}

struct StatementWording {
    indicator: usize,
    index: usize,
    words: Vec<usize>,
}

/// A wording that fits a quantity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fit {
    pub indicator: usize,
    pub wording: usize,
    /// How many characters of it were found, and whether next to the number; more is better.
    pub score: usize,
    /// Whether all of its words stand next to the number, with no noun of measure (面积, 长度) between: then the
    /// number is this one's even if its unit is not.
    pub close: bool,
}

/// A claim in words that was found.
#[derive(Clone, Debug)]
pub(crate) struct Said {
    pub indicator: usize,
    pub statement: usize,
    /// Its place in the sentence.
    pub stretch: Range<usize>,
}

/// Where each literal ends in a sentence, in order.
pub(crate) type Places = Vec<Vec<usize>>;

impl Wordings {
    pub(crate) fn new(lexicon: &Lexicon) -> Self {
        let mut known: HashMap<Vec<char>, usize> = HashMap::new();
        let mut literals: Vec<Vec<char>> = Vec::new();
        let mut literal = |word: &String| {
            let word: Vec<char> =
                quantity::read::plain(word).into_iter().filter(|&one| !is_dropped(one)).collect();
            *known.entry(word.clone()).or_insert_with(|| {
                literals.push(word);
                literals.len() - 1
            })
        };
        let (mut numbers, mut statements) = (Vec::new(), Vec::new());
        for (indicator, one) in lexicon.indicators.iter().enumerate() {
            for (index, wording) in one.wordings.iter().enumerate() {
                numbers.push(NumberWording {
                    indicator,
                    index,
                    before: wording.before.iter().map(&mut literal).collect(),
                    adjacent_before: wording.adjacent_before,
                    after: wording.after.iter().map(&mut literal).collect(),
                    adjacent_after: wording.adjacent_after,
                    flow: one.flow,
                });
            }
            for (index, statement) in one.statements.iter().enumerate() {
                let words = statement.words.iter().map(&mut literal).collect();
                statements.push(StatementWording { indicator, index, words });
            }
        }
        let mut by_first: HashMap<char, Vec<usize>> = HashMap::new();
        for (index, literal) in literals.iter().enumerate() {
            if let Some(&first) = literal.first() {
                by_first.entry(first).or_default().push(index);
            }
        }
        Self { literals, by_first, numbers, statements }
    }

    /// Where the literals stand in a sentence.
    pub(crate) fn places(&self, sentence: &Sentence) -> Places {
        let mut places = vec![Vec::new(); self.literals.len()];
        for start in 0..sentence.text.len() {
            for &index in self.by_first.get(&sentence.text[start]).into_iter().flatten() {
                let literal = &self.literals[index];
                if sentence.text[start..].starts_with(literal) {
                    places[index].push(start + literal.len());
                }
            }
        }
        places
    }

    /// Every wording that fits a quantity, one an indicator: its best.
    pub(crate) fn fits(
        &self,
        sentence: &Sentence,
        places: &Places,
        found: &[Quantity],
        at: usize,
    ) -> Vec<Fit> {
        let mut best: Vec<Fit> = Vec::new();
        let number = Number::of(sentence, found, at);
        for wording in &self.numbers {
            let Some(fit) = self.fit(sentence, places, &number, wording) else { continue };
            match best.iter_mut().find(|one| one.indicator == fit.indicator) {
                Some(known) if known.score >= fit.score => {}
                Some(known) => *known = fit,
                None => best.push(fit),
            }
        }
        best.sort_by_key(|fit| std::cmp::Reverse(fit.score));
        best
    }

    fn fit(
        &self,
        sentence: &Sentence,
        places: &Places,
        number: &Number,
        wording: &NumberWording,
    ) -> Option<Fit> {
        let mut score = 0;
        let mut close = true;
        if let Some((&last, earlier)) = wording.before.split_last() {
            let direct = places[last].iter().rfind(|&&end| number.follows(sentence, end)).copied();
            let end = if wording.adjacent_before {
                direct?
            } else {
                close &= direct.is_some();
                match direct {
                    Some(end) => end,
                    None => *places[last].iter().rfind(|&&end| number.reaches(sentence, end))?,
                }
            };
            close &= is_filler(&sentence.text[end..number.stretch.start], false);
            // 新增绿道12公里 says nothing of how many there are.
            if is_new(&sentence.text[..end - self.literals[last].len()]) && !wording.flow {
                return None;
            }
            score += self.literals[last].len() * 4 + usize::from(direct.is_some()) * 3;
            let mut limit = end - self.literals[last].len();
            for &word in earlier.iter().rev() {
                let end = *places[word].iter().rfind(|&&end| end <= limit)?;
                score += self.literals[word].len() * 4;
                limit = end - self.literals[word].len();
                close = false;
            }
        }
        let mut from = number.stretch.end;
        for (index, &word) in wording.after.iter().enumerate() {
            let length = self.literals[word].len();
            let mut starts = places[word].iter().map(|end| end - length).filter(|&start| start >= from);
            let start = if index == 0 && wording.adjacent_after {
                starts.find(|&start| is_suffix(&sentence.text[from..start]))?
            } else {
                close = false;
                let start = starts.next()?;
                // The noun of a number stands before the next comma and the next number.
                let near = index > 0
                    || (start <= number.next
                        && !sentence.text[from..start].iter().any(|&one| ends_clause(one) || one == '、'));
                if !near {
                    return None;
                }
                start
            };
            score += length * 4 + usize::from(index == 0 && wording.adjacent_after) * 3;
            from = start + length;
        }
        (score > 0).then_some(Fit { indicator: wording.indicator, wording: wording.index, score, close })
    }

    /// The claims in words of a sentence.
    pub(crate) fn said(&self, sentence: &Sentence, places: &Places) -> Vec<Said> {
        let mut said = Vec::new();
        for statement in &self.statements {
            let mut stretch: Option<Range<usize>> = None;
            for &word in &statement.words {
                let length = self.literals[word].len();
                let from = stretch.as_ref().map_or(0, |stretch| stretch.end);
                let next = places[word].iter().find(|&&end| end - length >= from);
                let start = stretch.as_ref().map(|stretch| stretch.start);
                stretch = next.map(|&end| start.unwrap_or(end - length)..end);
                if stretch.is_none() {
                    break;
                }
            }
            if let Some(stretch) = stretch
                && !negated(&sentence.text[..stretch.end])
                && !sentence.text[stretch.clone()].contains(&'未')
                && !sentence.text[stretch.clone()].iter().any(|&one| ends_clause(one))
            {
                said.push(Said { indicator: statement.indicator, statement: statement.index, stretch });
            }
        }
        said
    }
}

/// Whether words before a noun make its number one of what was added or done, not of what there is.
fn is_new(before: &[char]) -> bool {
    let tail: String = before[before.len().saturating_sub(6)..].iter().collect();
    [
        "新增",
        "新建",
        "新开",
        "改造",
        "改建",
        "扩建",
        "净增",
        "新添",
        "再添",
        "增加",
        "减少",
        "新增加",
        "修复",
        "新改建",
        "提升",
        "发展",
    ]
    .iter()
    .any(|word| tail.ends_with(word))
}

/// 未全部取缔 claims nothing that we know to judge.
fn negated(before: &[char]) -> bool {
    let tail: String = before[before.len().saturating_sub(12)..].iter().collect();
    ["未达到", "未能", "尚未", "没有达到", "不达"].iter().any(|word| tail.contains(word))
}

/// A number's surroundings.
struct Number {
    stretch: Range<usize>,
    /// Where the next one begins.
    next: usize,
    /// Where the number's clause begins.
    clause: usize,
    /// Whether nothing but verbs and such stands between the clause's begin and the number: its subject is in an
    /// earlier clause.
    headless: bool,
}

impl Number {
    fn of(sentence: &Sentence, found: &[Quantity], at: usize) -> Self {
        let stretch = sentence.stretch(&found[at]);
        let counts = |one: &&Quantity| one.counts();
        let next = found[at + 1..sentence.quantities.end].iter().find(counts);
        let clause = sentence.clause_start(stretch.start);
        let headless = clause > 0
            && is_filler(&sentence.text[clause..stretch.start], true)
            && !matches!(found[at].kind, Kind::Change(_));
        Self {
            next: next.map_or(sentence.text.len(), |one| sentence.stretch(one).start),
            stretch,
            clause,
            headless,
        }
    }

    /// Whether the number follows a word that ends at a place directly: only 共, 已达, 近, 由原来的 … between.
    fn follows(&self, sentence: &Sentence, end: usize) -> bool {
        end <= self.stretch.start
            && (end >= self.clause || self.headless)
            && is_filler(&sentence.text[end..self.stretch.start], true)
    }

    /// Whether the number can belong to a word that ends at a place, with a gap between: in the same clause, or in an
    /// earlier one if the number's own has no subject; and not in another part of a list.
    fn reaches(&self, sentence: &Sentence, end: usize) -> bool {
        end <= self.stretch.start
            && (end >= self.clause || (self.headless && end >= sentence.clause_start(self.clause - 1)))
            && !sentence.text[end..self.stretch.start].contains(&'、')
    }
}

/// Whether words between a noun and its number say nothing of their own; with `measures`, nouns of measure are let
/// through too.
pub(crate) fn is_filler(text: &[char], measures: bool) -> bool {
    made_of(text, &[FILLERS, if measures { MEASURES } else { &[] }])
}

/// Whether a text is words of these lists and nothing else.
pub(crate) fn made_of(text: &[char], lists: &[&[&str]]) -> bool {
    if text.len() > 40 {
        return false;
    }
    // From every place that words reach, the words that begin there.
    let mut reached = vec![false; text.len() + 1];
    reached[0] = true;
    for start in 0..text.len() {
        if !reached[start] {
            continue;
        }
        for word in lists.iter().copied().flatten() {
            let length = word.chars().count();
            if start + length <= text.len() && word.chars().eq(text[start..start + length].iter().copied()) {
                reached[start + length] = true;
            }
        }
    }
    reached[text.len()]
}

/// What may stand behind a unit before the noun: 80%以上的, 284公里的.
fn is_suffix(text: &[char]) -> bool {
    let text: String = text.iter().collect();
    matches!(
        text.as_str(),
        "" | "的" | "以上" | "以上的" | "左右" | "左右的" | "以内" | "以下" | "多" | "余" | "长的" | "及以上"
    )
}

/// Words between a noun and its number that change neither subject nor measure.
pub(crate) const FILLERS: &[&str] = &[
    "共",
    "共有",
    "共计",
    "总计",
    "合计",
    "累计",
    "已",
    "已有",
    "已经",
    "达",
    "达到",
    "为",
    "是",
    "有",
    "至",
    "到",
    "约",
    "近",
    "超",
    "超过",
    "突破",
    "逾",
    "接近",
    "将近",
    "大约",
    "不足",
    "不到",
    "不少于",
    "不低于",
    "不超过",
    "至少",
    "仅",
    "只",
    "就",
    "都",
    "均",
    "各",
    "分别",
    "也",
    "再",
    "又",
    "了",
    "的",
    "完成",
    "实现",
    "总数",
    "总量",
    "数量",
    "数",
    "增至",
    "增加到",
    "增加至",
    "增长到",
    "增长至",
    "提高到",
    "提高至",
    "提升到",
    "提升至",
    "上升到",
    "上升至",
    "升至",
    "减至",
    "减少到",
    "减少至",
    "减少为",
    "下降到",
    "下降至",
    "降至",
    "降到",
    "缩减为",
    "缩减到",
    "缩减至",
    "压减到",
    "压减至",
    "压减为",
    "扩大到",
    "扩大至",
    "拓展到",
    "拓展至",
    "发展到",
    "由",
    "从",
    "原来",
    "原有",
    "原",
    "最初",
    "目前",
    "现有",
    "现",
    "首次",
    "稳定在",
    "保持在",
    "控制在",
    "率先",
    "成功",
    "全部",
    "历史性",
    "超出",
    "多达",
    "0",
    "1",
    "2",
    "3",
    "4",
    "5",
    "6",
    "7",
    "8",
    "9",
    "年",
    "月",
    "底",
    "末",
    "年底",
    "全年",
    "今年",
    "当年",
    "截至",
    "(",
];

/// Nouns that name the measure which the unit names anyway.
const MEASURES: &[&str] = &[
    "总面积",
    "面积",
    "总长",
    "总长度",
    "长度",
    "长",
    "全长",
    "里程",
    "总里程",
    "规模",
    "年均",
    "平均",
    "浓度",
    "年平均浓度",
    "平均浓度",
    "年均浓度",
    "总额",
    "金额",
    "合",
    "折合",
];
