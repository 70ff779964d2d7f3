//! How names are written, and which names are taken.

/// A way of writing names, as a pattern for editors and as the check itself.
#[derive(Debug)]
pub(crate) struct Pattern {
    /// The regular expression that JSON Schemas carry.
    pub(crate) regex: &'static str,
    /// The same, as the compiler asks it. A test holds the two together.
    pub(crate) fits: fn(&str) -> bool,
    pub(crate) chinese: &'static str,
    pub(crate) english: &'static str,
}

/// What becomes a table, a column or a value that SQL compares with.
pub(crate) static IDENTIFIER: Pattern = Pattern {
    regex: "^[a-z][a-z0-9_]{0,59}$",
    fits: |name| {
        name.len() <= LONGEST
            && name.starts_with(is_lower)
            && name.chars().all(|c| is_lower(c) || is_digit(c) || c == '_')
    },
    chinese: "小写字母开头，只用小写字母、数字和下划线，至多 60 个字符",
    english: "lower-case letters, digits and underscores, beginning with a letter, at most 60",
};

/// A unit: `平方米`.
pub(crate) static UNIT_WORD: Pattern = Pattern {
    regex: "^[^\\s]{1,20}$",
    fits: |word| (1..=20).contains(&word.chars().count()) && !word.chars().any(char::is_whitespace),
    chinese: "指标和字段所写的单位，至多 20 个字，不含空格",
    english: "a unit as indicators and fields write it, at most 20 characters without spaces",
};

/// What a unit is called in another language: nothing, for one that only Chinese has.
pub(crate) static UNIT_NAME: Pattern = Pattern {
    regex: "^(\\S([^\\n]{0,38}\\S)?)?$",
    fits: |name| name.trim() == name && name.chars().count() <= 40 && !name.contains('\n'),
    chinese: "至多 40 个字符；英文不用单位词的写 \"\"",
    english: "at most 40 characters; \"\" where English has no word for it",
};

/// What becomes a part of an address or a file's name.
pub(crate) static NAME: Pattern = Pattern {
    regex: "^[a-z0-9][a-z0-9_-]{0,59}$",
    fits: |name| {
        name.len() <= LONGEST
            && name.starts_with(|c| is_lower(c) || is_digit(c))
            && name.chars().all(|c| is_lower(c) || is_digit(c) || c == '_' || c == '-')
    },
    chinese: "只用小写字母、数字、连字符和下划线，至多 60 个字符",
    english: "lower-case letters, digits, hyphens and underscores, at most 60",
};

/// Names divided by dots, the first beginning with a letter so that no key reads as a number.
pub(crate) static INDICATOR: Pattern = Pattern {
    regex: "^[a-z][a-z0-9_]*(\\.[a-z0-9_]+)*$",
    fits: |key| {
        key.starts_with(is_lower)
            && key
                .split('.')
                .all(|part| !part.is_empty() && part.chars().all(|c| is_lower(c) || is_digit(c) || c == '_'))
    },
    chinese: "小写字母、数字和下划线，以点分段，如 `docks.operating`",
    english: "lower-case letters, digits and underscores in parts divided by dots, such as `docks.operating`",
};

/// What is stored for an option: people's own words are welcome, but `district=汉阳;bank=left` must be
/// readable back.
pub(crate) static OPTION: Pattern = Pattern {
    regex: "^[^\\s=;,|/\"'\\x00-\\x1f\\x7f-\\x9f]{1,60}$",
    fits: |key| {
        (1..=LONGEST).contains(&key.chars().count())
            && !key.chars().any(|c| c.is_whitespace() || c.is_control() || "=;,|/\"'".contains(c))
    },
    chinese: "不含空格和 = ; , | / 及引号，至多 60 个字符",
    english: "without spaces, = ; , | / and quotes, at most 60 characters",
};

/// A decimal as text: digits, a point, a minus; no exponent and no thousands.
pub(crate) static DECIMAL: Pattern = Pattern {
    regex: "^-?[0-9]{1,20}(\\.[0-9]{1,6})?$",
    fits: |text| {
        let digits = |part: &str, most| (1..=most).contains(&part.len()) && part.chars().all(is_digit);
        let text = text.strip_prefix('-').unwrap_or(text);
        match text.split_once('.') {
            None => digits(text, 20),
            Some((whole, fraction)) => digits(whole, 20) && digits(fraction, 6),
        }
    },
    chinese: "十进制数，如 `829.63`，至多 20 位整数、6 位小数",
    english: "digits such as `829.63`, at most 20 before the point and 6 after it",
};

const LONGEST: usize = 60;

fn is_lower(c: char) -> bool {
    c.is_ascii_lowercase()
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit()
}

/// Columns that every register's table has beside its fields, and those of its history.
pub(crate) const ENGINE_COLUMNS: &[&str] =
    &["record", "owner", "state", "entered_on", "state_since", "verified_on", "valid_from", "valid_to"];

/// The fields of the organisation tree that the engine itself reads.
pub(crate) const UNIT_FIELDS: &[&str] = &["code", "name", "level", "parent", "successor"];

/// What ends the name of a register's history table.
pub(crate) const HISTORY: &str = "_history";

/// Whether SQL reads this word as its own, so that it could not name a table or a column without quotes.
pub(crate) fn is_sql_word(word: &str) -> bool {
    SQL_WORDS.binary_search(&word).is_ok()
}

/// The words that cannot stand as a table, a column or an alias in DataFusion's dialect. In order.
const SQL_WORDS: &[&str] = &[
    "all",
    "alter",
    "and",
    "anti",
    "any",
    "array",
    "as",
    "asc",
    "between",
    "both",
    "by",
    "case",
    "cast",
    "check",
    "cluster",
    "collate",
    "column",
    "connect",
    "constraint",
    "create",
    "cross",
    "current",
    "current_date",
    "current_time",
    "current_timestamp",
    "default",
    "delete",
    "desc",
    "distinct",
    "distribute",
    "drop",
    "else",
    "end",
    "except",
    "exists",
    "explain",
    "extract",
    "false",
    "fetch",
    "filter",
    "final",
    "for",
    "foreign",
    "from",
    "full",
    "global",
    "grant",
    "group",
    "grouping",
    "having",
    "if",
    "in",
    "inner",
    "insert",
    "intersect",
    "interval",
    "into",
    "is",
    "join",
    "lateral",
    "leading",
    "left",
    "like",
    "limit",
    "minus",
    "natural",
    "not",
    "null",
    "offset",
    "on",
    "or",
    "order",
    "outer",
    "over",
    "partition",
    "pivot",
    "prewhere",
    "primary",
    "qualify",
    "recursive",
    "references",
    "returning",
    "right",
    "sample",
    "select",
    "semi",
    "set",
    "settings",
    "some",
    "sort",
    "start",
    "struct",
    "table",
    "tablesample",
    "then",
    "to",
    "top",
    "trailing",
    "true",
    "union",
    "unique",
    "unnest",
    "unpivot",
    "update",
    "using",
    "values",
    "view",
    "when",
    "where",
    "window",
    "with",
];

#[cfg(test)]
mod tests {
    use super::{DECIMAL, IDENTIFIER, INDICATOR, NAME, OPTION, Pattern, SQL_WORDS};

    #[test]
    fn sql_words_are_in_order_so_that_they_are_found() {
        assert!(SQL_WORDS.is_sorted());
    }

    proptest::proptest! {
        #[test]
        fn a_pattern_means_the_same_to_editors_and_to_the_compiler(
            text in proptest::prop_oneof![".{0,8}", "[a-z0-9_.-]{0,64}", "-?[0-9]{0,22}(\\.[0-9]{0,8})?", "[汉阳=; a|]{0,3}"],
        ) {
            let check = |pattern: &Pattern| {
                let regex = regex::Regex::new(pattern.regex).expect("a constant");
                assert_eq!(regex.is_match(&text), (pattern.fits)(&text), "{text:?} against {}", pattern.regex);
            };
            [&IDENTIFIER, &NAME, &INDICATOR, &OPTION, &DECIMAL].into_iter().for_each(check);
        }
    }
}
