//! Checks a workbook of the benchmark `bench/import.sh` as `qingyuan import --dry-run` would: a new city with 86 units,
//! then every row read and validated. Prints the seconds of the import alone.
//!
//! Usage: import_rows FILE.xlsx [ROWS THAT MUST BE VALID]

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use intake::{ImportOptions, RawRecord, Writer, import};
use jiff::civil::date;
use ledger::{Ledger, SystemClock};

const REGISTER: &str = r#"
label = { zh = "技术合同", en = "Contracts" }
[fields.number]
label = { zh = "合同编号", en = "Number" }
type = "text"
required = true
unique = true
max_chars = 40
[fields.title]
label = { zh = "合同名称", en = "Title" }
type = "text"
required = true
max_chars = 60
[fields.kind]
label = { zh = "类别", en = "Kind" }
type = "choice"
required = true
options = [
    { key = "development", label = { zh = "技术开发", en = "Development" } },
    { key = "transfer", label = { zh = "技术转让", en = "Transfer" } },
    { key = "service", label = { zh = "技术服务", en = "Service" } },
]
[fields.amount]
label = { zh = "成交额", en = "Amount" }
type = "decimal"
unit = "元"
decimals = 2
range = ["0", "100000000000"]
[fields.people]
label = { zh = "参与人数", en = "People" }
type = "whole"
unit = "人"
range = [1, 10000]
[fields.signed]
label = { zh = "签订日期", en = "Signed" }
type = "date"
required = true
range = [2000-01-01, 2030-12-31]
[fields.registered]
label = { zh = "已认定登记", en = "Registered" }
type = "yes-no"
"#;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let file = arguments.next().ok_or("usage: import_rows FILE.xlsx [ROWS]")?;
    let label = |name: &str| format!("label = {{ zh = \"{name}\", en = \"{name}\" }}");
    let files = vec![
        (
            "pack.toml".to_owned(),
            format!("name = \"bench\"\n{}\n[roles.clerk]\n{}", label("bench"), label("clerk")),
        ),
        (
            "organisation.toml".to_owned(),
            format!("[levels.city]\n{}\n[levels.unit]\n{}", label("city"), label("unit")),
        ),
        ("registers/contracts.toml".to_owned(), REGISTER.to_owned()),
    ];
    let (pack, faults) = pack::compile(files);
    let pack = pack.ok_or_else(|| message::render_concise(&faults, message::Language::English))?;

    let folder = std::env::temp_dir().join(format!("qingyuan-import-rows-{}", std::process::id()));
    let ledger = Ledger::found(&folder, "bench.example/book", Arc::new(SystemClock))?;
    let mut writer = Writer::new(&pack, &ledger, "bench", "clerk", "units")?;
    for number in 1..=86 {
        let (code, name) = (format!("U{number:03}"), format!("单位{number:03}"));
        let unit = RawRecord::new(code.clone(), date(2000, 1, 1));
        writer.create("units", &unit.with("code", code).with("name", name).with("level", "unit"))?;
    }
    writer.finish()?;

    let began = Instant::now();
    let options = ImportOptions { dry_run: true, ..ImportOptions::new("bench", "clerk") };
    let outcome = import(&pack, &ledger, "contracts", Path::new(&file), &options, &mut |_, _| {});
    let seconds = began.elapsed().as_secs_f64();
    drop(ledger);
    std::fs::remove_dir_all(&folder)?;
    let outcome = outcome.map_err(|error| error.text().english)?;
    if let Some(rows) = arguments.next()
        && outcome.creates != rows.parse::<u64>()?
    {
        return Err(format!("{} rows instead of {rows}", outcome.creates).into());
    }
    println!("{seconds:.3}");
    Ok(())
}
