//! The pack language, as tables: which keys each kind of file has, and what each key holds.
//!
//! The compiler checks files against these tables (`shape`) and the JSON Schemas are written from them
//! (`schema`), so neither can know a key that the other does not. What a table cannot say (that a
//! reference exists, that a range goes upwards) is checked by the readers.

use crate::rules;
use crate::words::{IDENTIFIER, INDICATOR, NAME, OPTION, Pattern, UNIT_NAME, UNIT_WORD};

/// A table: its keys, and what it holds beside them.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) keys: &'static [Key],
    /// Keys that depend on the value of one of the keys.
    pub(crate) variants: Option<Variants>,
    /// Keys of the user's own.
    pub(crate) own: Option<&'static Own>,
    /// Keys of which exactly one group must be there.
    pub(crate) one_of: &'static [&'static [&'static str]],
}

/// A key of a table.
#[derive(Debug)]
pub(crate) struct Key {
    pub(crate) name: &'static str,
    pub(crate) wants: Wants,
    pub(crate) required: bool,
    /// The rule that is broken where it is required and missing.
    pub(crate) missing: &'static str,
    pub(crate) chinese: &'static str,
    pub(crate) english: &'static str,
}

/// Keys that the user names: `[fields.KEY]`.
#[derive(Debug)]
pub(crate) struct Own {
    pub(crate) written: &'static Pattern,
    pub(crate) table: &'static Table,
}

/// Keys that go with one value of `tag` only.
#[derive(Debug)]
pub(crate) struct Variants {
    pub(crate) tag: &'static str,
    pub(crate) list: &'static [Variant],
}

/// The keys of one value.
#[derive(Debug)]
pub(crate) struct Variant {
    pub(crate) value: &'static str,
    pub(crate) chinese: &'static str,
    pub(crate) english: &'static str,
    pub(crate) keys: &'static [Key],
}

/// What a key holds.
#[derive(Debug)]
pub(crate) enum Wants {
    /// Text that is not blank.
    Text,
    /// Text that is written in a certain way.
    Written(&'static Pattern),
    /// A decimal, in quotes; a whole number will do without.
    Decimal,
    /// A whole number within bounds.
    Whole(i64, i64),
    /// `true` or `false`.
    YesNo,
    /// A date, without quotes.
    Day,
    /// Text, a number, a date, `true` or `false`: an example of a value.
    Scalar,
    /// One of these words.
    OneOf(&'static [Word]),
    /// The value that chooses a table's variant.
    Tag,
    /// `[least, greatest]`.
    Pair(&'static Wants),
    /// One or more.
    List(&'static Wants),
    /// A table.
    Table(&'static Table),
    /// A table whose keys are the user's.
    Own(&'static Own),
    /// A list of tables.
    Tables(&'static Table),
}

/// A word with its meaning.
#[derive(Debug)]
pub(crate) struct Word {
    pub(crate) word: &'static str,
    pub(crate) chinese: &'static str,
    pub(crate) english: &'static str,
}

const fn required(name: &'static str, wants: Wants, chinese: &'static str, english: &'static str) -> Key {
    Key { name, wants, required: true, missing: rules::MISSING_KEY, chinese, english }
}

const fn optional(name: &'static str, wants: Wants, chinese: &'static str, english: &'static str) -> Key {
    Key { required: false, ..required(name, wants, chinese, english) }
}

const fn table(keys: &'static [Key]) -> Table {
    Table { keys, variants: None, own: None, one_of: &[] }
}

const fn word(word: &'static str, chinese: &'static str, english: &'static str) -> Word {
    Word { word, chinese, english }
}

/// `{ zh = "码头", en = "Docks" }`.
pub(crate) static LABEL: Table = table(&[
    Key {
        missing: rules::MISSING_TRANSLATION,
        ..required("zh", Wants::Text, "简体中文", "in simplified Chinese")
    },
    Key { missing: rules::MISSING_TRANSLATION, ..required("en", Wants::Text, "英文", "in English") },
    optional(
        "zh-Hant",
        Wants::Text,
        "繁体中文；不写则由简体转换",
        "in traditional Chinese; derived where it is not given",
    ),
]);

const THE_LABEL: Key = required("label", Wants::Table(&LABEL), "名称", "what people call it");

/// `[roles.KEY]`, `[levels.KEY]`, `[dimensions.KEY]`.
static LABELLED: Table = table(&[THE_LABEL]);
static LABELLED_BY_KEY: Own = Own { written: &IDENTIFIER, table: &LABELLED };

/// `pack.toml`.
pub(crate) static PACK: Table = table(&[
    required(
        "name",
        Wants::Written(&NAME),
        "城市包的名字，如 `jiangcheng`",
        "the pack's name, such as `jiangcheng`",
    ),
    required("label", Wants::Table(&LABEL), "城市的名称", "the city's name"),
    optional("roles", Wants::Own(&LABELLED_BY_KEY), "角色：谁可以流转记录", "roles: who acts on records"),
    optional("dimensions", Wants::Own(&LABELLED_BY_KEY), "维度的名称", "what dimensions are called"),
    optional(
        "units",
        Wants::Own(&UNIT_NAMES),
        "单位在其他语言中的说法，如 `\"平方米\" = { en = \"m²\" }`",
        "what units are called in other languages, such as `\"平方米\" = { en = \"m²\" }`",
    ),
]);
static UNIT_NAMES: Own = Own { written: &UNIT_WORD, table: &UNIT_IN_LANGUAGES };
static UNIT_IN_LANGUAGES: Table = table(&[
    Key {
        missing: rules::MISSING_TRANSLATION,
        ..required("en", Wants::Written(&UNIT_NAME), "英文", "in English")
    },
    optional(
        "zh-Hant",
        Wants::Text,
        "繁体中文；不写则由简体转换",
        "in traditional Chinese; derived where it is not given",
    ),
]);

/// `public.toml`.
pub(crate) static PUBLIC: Table = table(&[
    optional(
        "indicators",
        Wants::List(&Wants::Text),
        "向社会公开的指标，按展示顺序",
        "the indicators that are open to everyone, in the order in which they are shown",
    ),
    optional(
        "layers",
        Wants::List(&Wants::Text),
        "向社会公开的地图图层：有图形的台账",
        "the map layers that are open to everyone: registers with a geometry",
    ),
    optional(
        "registers",
        Wants::Own(&PUBLIC_REGISTERS),
        "向社会公开的台账及其字段",
        "the registers that are open to everyone, with the fields that are",
    ),
]);
static PUBLIC_REGISTERS: Own = Own { written: &IDENTIFIER, table: &PUBLIC_REGISTER };
static PUBLIC_REGISTER: Table = table(&[required(
    "fields",
    Wants::List(&Wants::Text),
    "公开的字段，按展示顺序",
    "the fields that are open, in the order in which they are shown",
)]);

/// `organisation.toml`.
pub(crate) static ORGANISATION: Table = table(&[
    required(
        "levels",
        Wants::Own(&LABELLED_BY_KEY),
        "组织层级，自上而下：市、单位、支部",
        "the levels of the organisation tree from the top down: city, unit, branch",
    ),
    optional(
        "fields",
        Wants::Own(&FIELDS),
        "单位台账的附加字段",
        "fields that the register of units has beside its own",
    ),
]);

/// `registers/KEY.toml`.
pub(crate) static REGISTER: Table = table(&[
    required("label", Wants::Table(&LABEL), "台账的名称", "what people call the register"),
    optional(
        "verification",
        Wants::YesNo,
        "记录是否须核实后才计数",
        "whether a record counts only once it is verified",
    ),
    optional(
        "two_person",
        Wants::YesNo,
        "核验人是否须为录入者以外的人",
        "whether nobody may verify what they entered themselves",
    ),
    optional(
        "verify_within",
        Wants::Whole(1, 366),
        "几天内应核验，默认 5；超过即为超期",
        "within how many days a record should be verified, 5 unless given; after them it is late",
    ),
    optional("evidence", Wants::YesNo, "新建记录是否须附佐证", "whether creating a record needs evidence"),
    optional(
        "unique",
        Wants::List(&Wants::List(&Wants::Text)),
        "合在一起不得重复的字段组，如 `[[\"name\", \"bank\"]]`",
        "groups of fields that together occur once, such as `[[\"name\", \"bank\"]]`",
    ),
    required("fields", Wants::Own(&FIELDS), "字段，按文件中的顺序", "the fields, in the order of the file"),
    optional(
        "states",
        Wants::Own(&STATES),
        "生命周期的状态；不写则只有“有效”",
        "the states of a record's life; one, active, if none is given",
    ),
    optional(
        "transitions",
        Wants::Tables(&TRANSITION),
        "允许的流转",
        "who may move a record from where to where",
    ),
]);

pub(crate) static FIELDS: Own = Own { written: &IDENTIFIER, table: &FIELD };

/// `[fields.KEY]`.
pub(crate) static FIELD: Table = Table {
    variants: Some(Variants { tag: "type", list: FIELD_TYPES }),
    ..table(&[
        THE_LABEL,
        required("type", Wants::Tag, "字段类型", "what the field holds"),
        optional("required", Wants::YesNo, "是否必填", "whether a record must have it"),
        optional("help", Wants::Table(&LABEL), "一行说明", "one line of help"),
        optional("example", Wants::Scalar, "示例", "an example"),
    ])
};

const UNIQUE: Key =
    optional("unique", Wants::YesNo, "是否不得重复", "whether no two records may have the same");

const FIELD_TYPES: &[Variant] = &[
    Variant {
        value: "text",
        chinese: "文字",
        english: "text",
        keys: &[
            UNIQUE,
            optional(
                "max_chars",
                Wants::Whole(1, 10_000),
                "最多字符数，默认 200",
                "at most this many characters; 200 unless given",
            ),
        ],
    },
    Variant {
        value: "whole",
        chinese: "整数",
        english: "a whole number",
        keys: &[
            UNIQUE,
            optional("unit", Wants::Text, "单位，如 `个`", "the unit, such as `个`"),
            optional(
                "range",
                Wants::Pair(&Wants::Whole(i64::MIN, i64::MAX)),
                "`[最小, 最大]`",
                "`[least, greatest]`",
            ),
        ],
    },
    Variant {
        value: "decimal",
        chinese: "小数",
        english: "an exact decimal",
        keys: &[
            required(
                "unit",
                Wants::Text,
                "存储所用的单位，如 `米`",
                "the unit values are stored in, such as `米`",
            ),
            required("decimals", Wants::Whole(0, 6), "小数位数，至多 6", "the number of decimals, at most 6"),
            optional(
                "range",
                Wants::Pair(&Wants::Decimal),
                "`[\"最小\", \"最大\"]`，加引号",
                "`[\"least\", \"greatest\"]`, in quotes",
            ),
            optional(
                "measures",
                Wants::OneOf(MEASURES),
                "由图形量算；没有图形时手工填写",
                "what is measured of the geometry; entered by hand where there is none",
            ),
        ],
    },
    Variant {
        value: "date",
        chinese: "日期",
        english: "a date",
        keys: &[
            UNIQUE,
            optional(
                "range",
                Wants::Pair(&Wants::Day),
                "`[最早, 最晚]`，不加引号",
                "`[earliest, latest]`, without quotes",
            ),
        ],
    },
    Variant {
        value: "choice",
        chinese: "选项",
        english: "one of a list",
        keys: &[required("options", Wants::Tables(&OPTION_TABLE), "选项，按顺序", "the options, in order")],
    },
    Variant { value: "yes-no", chinese: "是或否", english: "yes or no", keys: &[] },
    Variant {
        value: "reference",
        chinese: "引用另一台账的记录",
        english: "a record of a register",
        keys: &[UNIQUE, required("register", Wants::Text, "台账的键", "the register's key")],
    },
    Variant {
        value: "unit",
        chinese: "组织机构",
        english: "a unit of the organisation tree",
        keys: &[UNIQUE, optional("level", Wants::Text, "须属于的层级", "the level it must be of")],
    },
    Variant {
        value: "person",
        chinese: "人员（账本中只存代号）",
        english: "a person, whose pseudonym the book holds",
        keys: &[UNIQUE],
    },
    Variant {
        value: "geometry",
        chinese: "图形，CGCS2000 经纬度；键必须是 geometry",
        english: "a shape in CGCS2000 longitude and latitude; the key must be geometry",
        keys: &[required("shape", Wants::OneOf(SHAPES), "点、线或面", "point, line or polygon")],
    },
];

const MEASURES: &[Word] = &[
    word("length", "长度（米）", "the length of a line"),
    word("area", "面积（平方米）", "the area of a polygon"),
];

const SHAPES: &[Word] = &[
    word("point", "点", "one place"),
    word("line", "线", "a line or several"),
    word("polygon", "面", "a polygon or several"),
];

static OPTION_TABLE: Table = table(&[
    required("key", Wants::Written(&OPTION), "存储的值", "what is stored"),
    required("label", Wants::Table(&LABEL), "显示的名称", "what people see"),
]);

static STATES: Own = Own { written: &IDENTIFIER, table: &STATE };

static STATE: Table =
    table(&[THE_LABEL, optional("initial", Wants::YesNo, "是否为初始状态", "whether records begin here")]);

static TRANSITION: Table = table(&[
    required("from", Wants::Text, "从此状态", "from this state"),
    required("to", Wants::Text, "到此状态", "to this state"),
    required("by", Wants::List(&Wants::Text), "可由哪些角色办理", "the roles that may do it"),
    optional("evidence", Wants::YesNo, "是否须附佐证", "whether it needs evidence"),
]);

/// `indicators/*.toml`.
pub(crate) static INDICATORS: Table = Table { own: Some(&INDICATOR_BY_KEY), ..table(&[]) };
static INDICATOR_BY_KEY: Own = Own { written: &INDICATOR, table: &INDICATOR_TABLE };

/// `["docks.operating"]`.
static INDICATOR_TABLE: Table = Table { one_of: &[&["rows", "sum"], &["formula"]], ..INDICATOR_KEYS };

const INDICATOR_KEYS: Table = table(&[
    THE_LABEL,
    required("unit", Wants::Text, "数值的单位", "the unit of its figures"),
    optional(
        "decimals",
        Wants::Whole(0, 6),
        "显示的小数位数，默认 0",
        "the decimals its figures are shown with; 0 unless given",
    ),
    optional(
        "direction",
        Wants::OneOf(DIRECTIONS),
        "哪个方向更好，默认 none",
        "which way is better; none unless given",
    ),
    required("measure", Wants::OneOf(MEASURE_OVER), "时点数还是时期数", "of a date or of a period"),
    optional(
        "dimensions",
        Wants::List(&Wants::Text),
        "可按哪些维度细分",
        "the dimensions it may be broken down by",
    ),
    optional(
        "reads",
        Wants::List(&Wants::Text),
        "汇报材料中的表述，含 {n}",
        "how reports speak of it; contains {n}",
    ),
    STATEMENTS,
    optional(
        "rows",
        Wants::Text,
        "SQL：每个计数对象一行，含 key、amount、（时期数）occurred 和维度",
        "SQL: one row for each thing that counts, with key, amount, for flows occurred, and the dimensions",
    ),
    optional("sum", Wants::OneOf(SUMS), "对 amount 作何汇总", "what is done with the amounts"),
    optional(
        "amount_unit",
        Wants::Text,
        "amount 的单位，与 unit 不同时填写",
        "the amounts' unit, where it is not the indicator's",
    ),
    optional(
        "formula",
        Wants::Text,
        "由其他指标计算，如 `parks.area / residents`",
        "arithmetic over other indicators, such as `parks.area / residents`",
    ),
]);

const STATEMENTS: Key = optional(
    "statements",
    Wants::Tables(&STATEMENT),
    "不含数字的结论，如 `{ reads = \"堆沙场…全部取缔\", at_least = \"100\" }`",
    "claims without a number, such as `{ reads = \"堆沙场…全部取缔\", at_least = \"100\" }`",
);

static STATEMENT: Table = Table {
    one_of: &[&["at_least"], &["at_most"], &["above"], &["below"], &["equals"]],
    ..table(&[
        required(
            "reads",
            Wants::Text,
            "表述，`…` 为句中任意文字",
            "the wording; `…` is anything in the sentence",
        ),
        optional("at_least", Wants::Decimal, "数值不小于此", "the figure is at least this"),
        optional("at_most", Wants::Decimal, "数值不大于此", "the figure is at most this"),
        optional("above", Wants::Decimal, "数值大于此", "the figure is above this"),
        optional("below", Wants::Decimal, "数值小于此", "the figure is below this"),
        optional("equals", Wants::Decimal, "数值等于此", "the figure is exactly this"),
    ])
};

const DIRECTIONS: &[Word] = &[
    word("higher", "越高越好", "more is better"),
    word("lower", "越低越好", "less is better"),
    word("none", "无方向", "neither"),
];

const MEASURE_OVER: &[Word] = &[
    word("stock", "时点数：期末状态", "the state at the period's last day"),
    word("flow", "时期数：期内发生", "what happened within the period"),
];

const SUMS: &[Word] = &[
    word("count", "行数", "the number of rows"),
    word("sum", "合计", "the sum of the amounts"),
    word("mean", "平均", "their mean"),
    word("max", "最大", "the greatest"),
    word("min", "最小", "the least"),
];

/// `plan/*.toml`.
pub(crate) static PLAN: Table = table(&[
    optional("plan", Wants::Tables(&PLAN_TABLE), "综合性文件", "plans"),
    optional("programme", Wants::Tables(&PROGRAMME), "工程、行动", "programmes"),
    optional("project", Wants::Tables(&PROJECT), "项目", "projects"),
    optional("target", Wants::Tables(&TARGET), "业务目标", "targets"),
]);

const PLAN_KEY: Key = required("key", Wants::Written(&NAME), "键", "the key");

static PLAN_TABLE: Table = table(&[PLAN_KEY, THE_LABEL]);

static PROGRAMME: Table =
    table(&[PLAN_KEY, THE_LABEL, required("plan", Wants::Text, "所属综合性文件的键", "the plan's key")]);

static PROJECT: Table = table(&[
    PLAN_KEY,
    THE_LABEL,
    required("programme", Wants::Text, "所属工程或行动的键", "the programme's key"),
    required("lead", Wants::Text, "牵头单位的代码", "the code of the unit that answers for it"),
]);

static TARGET: Table = table(&[
    PLAN_KEY,
    THE_LABEL,
    required("project", Wants::Text, "所属项目的键", "the project's key"),
    required("indicator", Wants::Text, "指标的键", "the indicator's key"),
    required(
        "value",
        Wants::Decimal,
        "目标值，用指标的单位，加引号",
        "the value promised, in the indicator's unit, in quotes",
    ),
    optional(
        "since",
        Wants::Day,
        "时点指标的起算日，不加引号；默认上一年末",
        "the evening from which the way of a state of things is measured, without quotes; the end of the year before unless given",
    ),
    required("by", Wants::Day, "完成日期，不加引号", "the day by which, without quotes"),
    required("unit", Wants::Text, "承诺单位的代码", "the code of the unit that promised"),
    Key {
        missing: rules::TARGET_WITHOUT_MEASURE,
        ..required(
            "measure",
            Wants::Tables(&MEASURE),
            "党建措施，至少一条，写作 `[[target.measure]]`",
            "the supporting measures, at least one, as `[[target.measure]]`",
        )
    },
]);

static MEASURE: Table = table(&[
    THE_LABEL,
    required("unit", Wants::Text, "实施的单位或支部的代码", "the code of the unit or branch that does it"),
]);
