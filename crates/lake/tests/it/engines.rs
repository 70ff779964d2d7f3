//! Other engines read the table: the same rows, counts and sums.
//!
//! Needs Python with `deltalake`, `duckdb` and `polars` (`QINGYUAN_PEERS` names the interpreter, else that of
//! `~/.cache/qingyuan/peers`); says so where it is absent.

use std::path::PathBuf;
use std::process::Command;

use lake::{Kind, Query, Span};

use super::common::{City, air, row};

const SCRIPT: &str = r#"
import sys
import duckdb, polars as pl
from deltalake import DeltaTable
table = sys.argv[1]
latest = """select count(*), sum(value), epoch_us(max(time)) from (
    select *, row_number() over (partition by kind, station, item, span, time order by batch desc, revision desc) as place
    from rows
) where place = 1 and kind = 'air' and span = 'hour'"""
delta = DeltaTable(table)
with duckdb.connect() as db:
    db.execute("set timezone = 'UTC'")
    def ask(name):
        count, total, last = db.execute(latest).fetchall()[0]
        print(name, count, total, last)
    # delta-rs gives DuckDB the rows (DuckDB's own delta extension would have to be downloaded).
    db.register("rows", delta.to_pyarrow_table())
    ask("duckdb")
    db.unregister("rows")
    # DuckDB's own Parquet reader over the files that the log names.
    db.execute("create view rows as select * from read_parquet(%s, hive_partitioning = true)" % delta.file_uris())
    ask("duckdb-parquet")
    kind = db.execute("select typeof(value) from rows limit 1").fetchall()[0][0]
frame = pl.scan_delta(table)
count, total, last = (
    frame.filter((pl.col("kind") == "air") & (pl.col("span") == "hour"))
    .sort("batch", "revision").group_by("station", "item", "time").last()
    .select(pl.len(), pl.col("value").sum(), pl.col("time").max().dt.epoch("us")).collect().row(0)
)
print("polars", count, total, last)
print("types", kind, frame.collect_schema()["value"])
"#;

#[test]
fn duckdb_and_polars_read_the_same() {
    let python = std::env::var_os("QINGYUAN_PEERS").map(PathBuf::from).or_else(|| {
        let home = PathBuf::from(std::env::var_os("HOME")?);
        Some(home.join(".cache/qingyuan/peers/bin/python"))
    });
    let modules = "import deltalake, duckdb, polars, pyarrow";
    let there = python.as_ref().is_some_and(|python| {
        Command::new(python).args(["-c", modules]).output().is_ok_and(|output| output.status.success())
    });
    let Some(python) = python.filter(|_| there) else {
        println!("skipped: no Python with deltalake, duckdb, polars and pyarrow");
        return;
    };
    let City { dir, lake } = City::found();
    for batch in 0..6 {
        let rows: Vec<_> = (0..500)
            .map(|n| {
                row(
                    &format!("S{}", n % 7),
                    ["so2", "co"][n as usize % 2],
                    n / 7 * (batch % 3 + 1),
                    (n % 11 > 0).then_some(n * batch),
                )
            })
            .collect();
        lake.append(&batch.to_string(), if batch == 4 { Kind::Water } else { Kind::Air }, &rows).unwrap();
        if batch == 3 {
            lake.compact().unwrap();
        }
    }
    let (mut count, mut sum, mut last) = (0_u64, 0_i64, jiff::Timestamp::MIN);
    lake.read(&Query::all(Kind::Air, Span::Hour), &mut |batch| {
        for row in lake::rows(&batch)? {
            count += 1;
            sum += row.value.map_or(0, |value| value.0);
            last = last.max(row.time);
        }
        Ok(())
    })
    .unwrap();
    assert!(count > 500, "{:?}", air());
    let output =
        Command::new(python).args(["-c", SCRIPT]).arg(dir.path().join("lake/measurements")).output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{told}{}", String::from_utf8_lossy(&output.stderr));
    let expected = format!("{count} {}.{:06} {}", sum / 1_000_000, sum % 1_000_000, last.as_microsecond());
    for engine in ["duckdb", "duckdb-parquet", "polars"] {
        assert!(
            told.lines().any(|line| line == format!("{engine} {expected}")),
            "{engine} {expected}\n{told}"
        );
    }
    println!("{told}");
}
