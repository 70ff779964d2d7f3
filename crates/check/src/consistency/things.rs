//! Whether two numbers with one measure word count the same things.

use super::reading::Sentence;

/// Whether a number after a total counts the same things, where the total's noun stands behind it: `72项工程已完成12项`
/// does, `16个区建成公园25个` does not.
pub(super) fn same_things(sentence: Sentence<'_>, total: usize, part: usize) -> bool {
    let after = sentence.after(total).trim_start();
    if after.is_empty() || after.starts_with([',', '(', ';', ':', '、', ')']) || after.starts_with("其中")
    {
        return true;
    }
    let label = super::words::noun(sentence.label(part));
    let things: String = after.chars().take(2).collect();
    label.is_empty()
        || label == "其中"
        || label.ends_with(KINDS)
        || STATES.iter().any(|state| label.ends_with(state))
        // 12个区中，有5个区…
        || sentence.after(part).trim_start().starts_with(&things)
}

/// Last characters of a label that names a kind or place, not a thing.
const KINDS: [char; 14] =
    ['区', '县', '市', '镇', '乡', '类', '级', '型', '度', '批', '年', '月', '中', '州'];

/// What can become of things.
const STATES: &[&str] = &[
    "完成",
    "建成",
    "开工",
    "在建",
    "整治",
    "完工",
    "竣工",
    "启动",
    "达标",
    "通过",
    "办结",
    "整改",
    "投用",
    "运行",
    "实施",
    "推进",
    "销号",
    "关闭",
    "取缔",
    "拆除",
    "规范",
    "提升",
    "改造",
    "好转",
    "下降",
    "稳定",
    "动工",
    "立项",
    "验收",
    "治理",
    "关停",
    "搬迁",
    "投产",
    "合格",
    "不合格",
    "优秀",
    "良好",
];
