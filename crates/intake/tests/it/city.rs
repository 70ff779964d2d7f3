//! A small city to import into, and how its book is shown in tests.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock};

use intake::{ImportOptions, ImportOutcome, IntakeError, import};
use jiff::civil::date;
use ledger::{Entry, FixedClock, Ledger, Value};
use pack::Pack;
use tempfile::TempDir;

const PACK: [(&str, &str); 5] = [
    (
        "pack.toml",
        r#"
name = "testing"
label = { zh = "试验城", en = "Testing" }
[roles.clerk]
label = { zh = "经办人", en = "Clerk" }
[roles.verifier]
label = { zh = "审核人", en = "Verifier" }
"#,
    ),
    (
        "organisation.toml",
        r#"
[levels.city]
label = { zh = "市", en = "City" }
[levels.unit]
label = { zh = "单位", en = "Unit" }
[levels.branch]
label = { zh = "支部", en = "Branch" }
"#,
    ),
    (
        "registers/enterprises.toml",
        r#"
label = { zh = "企业", en = "Enterprises" }
[fields.name]
label = { zh = "企业名称", en = "Name" }
type = "text"
required = true
unique = true
"#,
    ),
    (
        "registers/docks.toml",
        r#"
label = { zh = "码头", en = "Docks" }
verification = true
[fields.name]
label = { zh = "码头名称", en = "Name" }
type = "text"
required = true
unique = true
max_chars = 20
[fields.berths]
label = { zh = "泊位数", en = "Berths" }
type = "whole"
unit = "个"
range = [1, 200]
[fields.length]
label = { zh = "长度", en = "Length" }
type = "decimal"
unit = "米"
decimals = 3
range = ["0", "100000"]
measures = "length"
[fields.built]
label = { zh = "建成日期", en = "Built" }
type = "date"
range = [1950-01-01, 2030-12-31]
[fields.bank]
label = { zh = "岸别", en = "Bank" }
type = "choice"
options = [
    { key = "left", label = { zh = "左岸", en = "Left bank" } },
    { key = "right", label = { zh = "右岸", en = "Right bank" } },
]
[fields.open]
label = { zh = "对外开放", en = "Open to the public" }
type = "yes-no"
[fields.enterprise]
label = { zh = "经营企业", en = "Enterprise" }
type = "reference"
register = "enterprises"
[fields.team]
label = { zh = "责任支部", en = "Branch in charge" }
type = "unit"
level = "branch"
[fields.geometry]
label = { zh = "岸线", en = "Shoreline" }
type = "geometry"
shape = "line"
[states.operating]
label = { zh = "运营中", en = "Operating" }
initial = true
[states.closed]
label = { zh = "已关停", en = "Closed" }
[states.moved]
label = { zh = "已搬迁", en = "Moved" }
[[transitions]]
from = "operating"
to = "closed"
by = ["clerk"]
evidence = true
[[transitions]]
from = "operating"
to = "moved"
by = ["verifier"]
"#,
    ),
    (
        "registers/volunteers.toml",
        r#"
label = { zh = "志愿服务", en = "Volunteering" }
unique = [["volunteer_no"]]
[fields.volunteer_no]
label = { zh = "编号", en = "Number" }
type = "text"
required = true
[fields.volunteer]
label = { zh = "志愿者", en = "Volunteer" }
type = "person"
required = true
[fields.hours]
label = { zh = "时长", en = "Hours" }
type = "decimal"
unit = "小时"
decimals = 1
range = ["0", "24"]
"#,
    ),
];

pub fn pack() -> &'static Pack {
    static COMPILED: LazyLock<Pack> = LazyLock::new(|| {
        let files = PACK.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
        let (pack, faults) = pack::compile(files);
        let faults = message::render_concise(&faults, message::Language::English);
        pack.unwrap_or_else(|| panic!("{faults}"))
    });
    &COMPILED
}

pub struct City {
    pub folder: TempDir,
    pub ledger: Ledger,
}

impl City {
    /// A city with two units, two branches and two enterprises.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let clock = Arc::new(FixedClock("2023-01-10T00:00:00Z".parse().expect("a time")));
        let ledger =
            Ledger::found(&folder.path().join("home"), "testing.example/book", clock).expect("a book");
        let city = Self { folder, ledger };
        let units = "代码,名称,层级,上级单位\nC,试验城,市,\nU1,交通局,单位,C\nU2,水务局,单位,C\n\
                     B11,第一支部,支部,U1\nB12,第二支部,支部,U1\nB21,第一支部,支部,U2\n";
        city.import("units", "units.csv", units.as_bytes(), &founding()).expect("the units enter");
        let enterprises = "企业名称,填报单位\n长江航运,U1\n汉水轮渡,交通局\n";
        city.import("enterprises", "e.csv", enterprises.as_bytes(), &founding())
            .expect("the enterprises enter");
        city
    }

    pub fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, bytes).expect("a file");
        path
    }

    pub fn import(
        &self,
        register: &str,
        name: &str,
        bytes: &[u8],
        options: &ImportOptions,
    ) -> Result<ImportOutcome, IntakeError> {
        let path = self.write(name, bytes);
        import(pack(), &self.ledger, register, &path, options, &mut |_, _| {})
    }

    pub fn size(&self) -> u64 {
        self.ledger.size().expect("a size")
    }

    /// Imports a file into the docks and shows what came of it: new entries, or faults.
    pub fn docks(&self, name: &str, bytes: &[u8]) -> String {
        self.shown("docks", name, bytes, &options())
    }

    pub fn shown(&self, register: &str, name: &str, bytes: &[u8], options: &ImportOptions) -> String {
        let before = self.size();
        match self.import(register, name, bytes, options) {
            Ok(outcome) => {
                let mut out = String::new();
                for (what, count) in [
                    ("create", outcome.creates),
                    ("amend", outcome.amends),
                    ("advance", outcome.advances),
                    ("verify", outcome.verifies),
                    ("unchanged", outcome.unchanged),
                ] {
                    if count > 0 {
                        let _ = write!(out, "{what} {count}, ");
                    }
                }
                if outcome.repeated {
                    out.push_str("repeated");
                }
                format!("{}\n{}", out.trim_end_matches(", "), self.entries(before))
            }
            Err(error) => {
                assert_eq!(self.size(), before, "a refused file entered something");
                show_error(&error)
            }
        }
    }

    /// The entries from this one on, a line each.
    pub fn entries(&self, from: u64) -> String {
        let mut out = String::new();
        self.ledger
            .for_each(None, from..self.size(), &mut |number, bytes| {
                let entry = Entry::decode(number, bytes)?;
                let _ = write!(
                    out,
                    "{number} {} {} #{} {}",
                    entry.kind, entry.register, entry.record, entry.effective
                );
                for (what, text) in [("unit", &entry.unit), ("state", &entry.state), ("note", &entry.note)] {
                    if let Some(text) = text {
                        let _ = write!(out, " {what}={text}");
                    }
                }
                for (key, value) in &entry.fields {
                    let value = match value {
                        Value::Null => "null".to_owned(),
                        Value::Flag(flag) => flag.to_string(),
                        Value::Whole(number) => number.to_string(),
                        Value::Text(text) if text.starts_with("p-") => "p-…".to_owned(),
                        Value::Text(text) => format!("{text:?}"),
                    };
                    let _ = write!(out, " {key}={value}");
                }
                if !entry.evidence.is_empty() {
                    let _ = write!(out, " evidence×{}", entry.evidence.len());
                }
                out.push('\n');
                Ok(())
            })
            .expect("the book reads");
        out
    }
}

pub fn show_error(error: &IntakeError) -> String {
    let mut out = error.text().english + "\n";
    if let IntakeError::Faults(faults) = error {
        for fault in &faults.listed {
            out += &fault.text().english;
            out.push('\n');
        }
    }
    out
}

pub fn founding() -> ImportOptions {
    ImportOptions { effective: Some(date(2000, 1, 1)), ..options() }
}

pub fn options() -> ImportOptions {
    ImportOptions::new("clerk@example", "clerk")
}
