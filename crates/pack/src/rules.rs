//! The rules a pack is checked by: one stable name each, for `--format=concise`, docs and tests.

use message::Text;

/// A rule: what it is called and what it asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The stable name, as diagnostics carry it.
    pub name: &'static str,
    /// 规则要求什么。
    pub chinese: &'static str,
    /// What the rule asks for.
    pub english: &'static str,
}

impl Rule {
    /// What the rule asks for, in every language.
    pub fn text(&self) -> Text {
        Text::new(self.chinese, self.english)
    }
}

macro_rules! rules {
    ($($constant:ident = $name:literal, $chinese:literal, $english:literal;)*) => {
        $(#[doc = $english] pub(crate) const $constant: &str = $name;)*

        /// Every rule of this crate, in the order in which they are applied.
        pub const RULES: &[Rule] =
            &[$(Rule { name: $name, chinese: $chinese, english: $english },)*];
    };
}

rules! {
    // Files.
    MISSING_FILE = "missing-file", "必须有 pack.toml 和 organisation.toml", "pack.toml and organisation.toml must exist";
    UNEXPECTED_FILE = "unexpected-file", "文件必须放在规定的位置", "a file must lie where the pack looks for it";
    DUPLICATE_FILE = "duplicate-file", "同一路径只能出现一次", "a path occurs once";
    SYNTAX = "syntax", "文件必须是合法的 TOML", "a file must be valid TOML";
    // Shape: the key tables of `syntax`.
    MISSING_KEY = "missing-key", "必填的键不能缺少", "a required key must be there";
    MISSING_TRANSLATION = "missing-translation", "名称必须有中文和英文", "a label must be given in Chinese and in English";
    UNKNOWN_KEY = "unknown-key", "键必须是规定的键", "a key must be one that is read";
    MISPLACED_KEY = "misplaced-key", "键必须与类型相配", "a key must go with the kind of thing it stands in";
    WRONG_TYPE = "wrong-type", "值的类型必须正确", "a value must be of the right type";
    UNKNOWN_VALUE = "unknown-value", "值必须是列出的值之一", "a value must be one of those listed";
    OUT_OF_BOUNDS = "out-of-bounds", "数值必须在允许的范围内", "a number must lie within what is allowed";
    EMPTY_TEXT = "empty-text", "文字不能为空", "a text must not be empty";
    EMPTY_LIST = "empty-list", "列表不能为空", "a list must not be empty";
    BAD_IDENTIFIER = "bad-identifier", "键名必须符合写法", "a name must be written as names are";
    UNQUOTED_KEY = "unquoted-key", "带点的键必须加引号", "a key with dots must be quoted";
    BAD_DECIMAL = "bad-decimal", "小数必须写成十进制数", "a decimal must be written as digits";
    // Names.
    RESERVED_NAME = "reserved-name", "键名不能是保留字", "a name must not be one that SQL or the engine uses";
    DUPLICATE_KEY = "duplicate-key", "键不能重复", "a key is declared once";
    DUPLICATE_LABEL = "duplicate-label", "名称不能重复", "two things beside each other need two labels";
    UNKNOWN_REGISTER = "unknown-register", "引用的台账必须存在", "a register that is named must exist";
    UNKNOWN_FIELD = "unknown-field", "引用的字段必须存在", "a field that is named must exist";
    UNKNOWN_LEVEL = "unknown-level", "引用的组织层级必须存在", "a level that is named must exist";
    UNKNOWN_ROLE = "unknown-role", "引用的角色必须存在", "a role that is named must exist";
    UNKNOWN_STATE = "unknown-state", "引用的状态必须存在", "a state that is named must exist";
    UNKNOWN_DIMENSION = "unknown-dimension", "引用的维度必须存在", "a dimension that is named must exist";
    UNKNOWN_INDICATOR = "unknown-indicator", "引用的指标必须存在", "an indicator that is named must exist";
    UNKNOWN_PLAN = "unknown-plan", "引用的规划必须存在", "a plan that is named must exist";
    UNKNOWN_PROGRAMME = "unknown-programme", "引用的工程必须存在", "a programme that is named must exist";
    UNKNOWN_PROJECT = "unknown-project", "引用的项目必须存在", "a project that is named must exist";
    // Registers.
    BAD_RANGE = "bad-range", "范围必须从小到大且符合类型", "a range must go from the least to the greatest that the type can hold";
    BAD_EXAMPLE = "bad-example", "示例必须符合字段", "an example must be something that the field accepts";
    GEOMETRY_KEY = "geometry-key", "图形字段的键必须是 geometry，至多一个", "the field that holds the geometry is called geometry, and only that";
    MEASURES_WITHOUT_GEOMETRY = "measures-without-geometry", "测量字段需要相应的图形字段", "a measured field needs a geometry of the right shape";
    INITIAL_STATE = "initial-state", "必须恰有一个初始状态", "exactly one state is initial";
    UNREACHABLE_STATE = "unreachable-state", "每个状态都应能到达", "every state should be reachable";
    TWO_PERSON = "two-person", "双人核验的台账须经核验", "a register with the two-person rule must be verified";
    VERIFY_WITHIN = "verify-within", "核验期限只适用于须核验的台账", "only a register that is verified has a time to verify within";
    DUPLICATE_TRANSITION = "duplicate-transition", "同一流转只能声明一次", "a move from one state to another is declared once";
    // Indicators.
    ROWS_OR_FORMULA = "rows-or-formula", "指标必须恰有 rows 或 formula 之一", "an indicator has either rows or a formula";
    READS_WITHOUT_NUMBER = "reads-without-number", "表述必须含有 {n}", "a wording must contain {n}";
    READS_TWO_NUMBERS = "reads-two-numbers", "表述只能有一个 {n}", "a wording contains {n} once";
    READS_WITHOUT_UNIT = "reads-without-unit", "表述的 {n} 之后应是单位", "a unit should follow {n} in a wording";
    WORDING_WITHOUT_WORDS = "wording-without-words", "表述必须有文字", "a wording must have words";
    SAME_WORDING = "same-wording", "不同指标的表述应不同", "each wording should belong to one indicator";
    STATEMENT_WITH_NUMBER = "statement-with-number", "结论的表述不能含有 {n}", "a statement has no {n}";
    STATEMENT_BOUND = "statement-bound", "结论必须恰有一个界限", "a statement has exactly one bound";
    FORMULA_SYNTAX = "formula-syntax", "公式必须合法", "a formula must be arithmetic over indicators and numbers";
    DIVISION_BY_ZERO = "division-by-zero", "不能除以零", "nothing is divided by zero";
    FORMULA_CYCLE = "formula-cycle", "公式不能循环", "no formula may need itself";
    FORMULA_DIMENSION = "formula-dimension", "公式的维度必须为其各指标所共有", "a formula's dimension must be one of every indicator in it";
    UNIT_MISMATCH = "unit-mismatch", "单位应能换算", "units that meet should be convertible";
    // What is open to everyone.
    PUBLIC_FIELD = "public-field", "公开的字段必须存在，且不涉及个人", "an open field must exist and be nobody's own";
    PUBLIC_LAYER = "public-layer", "公开的图层必须是有图形的台账", "an open layer must be a register with a geometry";
    // Plan.
    TARGET_WITHOUT_MEASURE = "target-without-measure", "业务目标必须配有党建措施", "a target must have a supporting measure";
    TARGET_SINCE = "target-since", "起算日须早于完成日期，且只适用于时点指标", "the day from which a target is measured lies before the due day, and only a state of things has one";
}
