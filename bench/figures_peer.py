"""DuckDB on the same rows: the peer of `all_figures`.

usage: figures_peer.py DIRECTORY OUR_RESULTS [--by]

DIRECTORY holds the tables as Arrow files and `queries.json`, as `all_figures --export` wrote them. They are
turned into Parquet (not timed), then every query is run by DuckDB over the Parquet files with the same sum and
the same check for doubled keys (timed), and the results are compared with ours, figure by figure.
"""

import json
import pathlib
import sys
import time
from decimal import Decimal

import duckdb
import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet


def main():
    directory = pathlib.Path(sys.argv[1])
    ours = read_ours(sys.argv[2])
    by = "--by" in sys.argv
    queries = json.loads((directory / "queries.json").read_text())
    con = duckdb.connect()
    con.execute("set threads = 2")
    rows = 0
    for path in sorted(directory.glob("*.arrow")):
        parquet = path.with_suffix(".parquet")
        table = pa.ipc.open_file(path).read_all()
        # Parquet knows no views of strings.
        plain = [pa.string() if f.type == pa.string_view() else f.type for f in table.schema]
        table = table.cast(pa.schema([f.with_type(t) for f, t in zip(table.schema, plain)]))
        pa.parquet.write_table(table, parquet)
        con.execute(f"create view {path.stem} as select * from read_parquet('{parquet}')")
        rows += table.num_rows
    print(f"{rows} rows in {len(list(directory.glob('*.parquet')))} Parquet files", file=sys.stderr)

    tasks = []
    for q in queries:
        if "length_m" in q["sql"] or "area_m2" in q["sql"]:
            print(f"left out, DuckDB has no geodesics: {q['key']}", file=sys.stderr)
            continue
        for dimension in ([None] + q["dimensions"]) if by else [None]:
            tasks.append((q, dimension, statement(q, dimension)))

    best, answers = None, {}
    for run in range(5):
        start = time.perf_counter()
        for q, dimension, sql in tasks:
            con.execute(f"create or replace macro as_of() as date '{q['as_of']}'")
            con.execute(f"create or replace macro period_first() as date '{q['first']}'")
            con.execute(f"create or replace macro period_last() as date '{q['last']}'")
            answers[q["key"], dimension] = con.execute(sql).fetchall()
        took = time.perf_counter() - start
        print(f"{took:8.3f} s  DuckDB run {run}: {len(tasks)} queries", file=sys.stderr)
        best = took if best is None else min(best, took)
    print(f"{best:.3f}")

    wrong = compared = 0
    for (key, dimension), groups in answers.items():
        for group, count, distinct, value in groups:
            scope = "" if dimension is None else f"{dimension}={'' if group is None else plain_text(group)}"
            compared += 1
            if key in ours["errors"]:
                # A doubled key is an error with us; DuckDB shall see the doubled key too.
                wrong += complain(key, scope, "doubled", "error") if count == distinct else 0
                continue
            our = ours["figures"].get((key, scope))
            if our is None:
                wrong += complain(key, scope, (count, value), None)
                continue
            our_value, our_rows = our
            same_rows = our_rows == count and count == distinct
            same_value = our_value == value or None not in (our_value, value) and close(our_value, Decimal(value))
            if not (same_rows and (ours_converted(key, queries, ours) or same_value)):
                wrong += complain(key, scope, (count, distinct, value), our)
    print(f"{compared} figures compared, {wrong} differ", file=sys.stderr)
    sys.exit(1 if wrong else 0)


def statement(q, dimension):
    """The sum that we make in integers, as SQL: group, rows, distinct keys, value."""
    value = {"count": "count(*)", "sum": "coalesce(sum(amount), 0)", "mean": "sum(amount) / count(*)",
             "max": "max(amount)", "min": "min(amount)"}[q["sum"]]
    where = " where occurred between period_first() and period_last()" if q["flow"] else ""
    group = "null" if dimension is None else f'"{dimension}"'
    tail = "" if dimension is None else f" group by {group}"
    sql = q["sql"].strip().rstrip(";")
    return f"select {group}, count(*), count(distinct key), {value} from ({sql}){where}{tail}"


def read_ours(path):
    figures, errors = {}, set()
    for line in open(path, encoding="utf-8"):
        cells = line.rstrip("\n").split("\t")
        if cells[1] == "error":
            errors.add(cells[0])
        else:
            key, scope, value, unit, rows, pending = cells
            figures[key, scope] = (None if value == "null" else Decimal(value), int(rows))
    return {"figures": figures, "errors": errors}


def ours_converted(key, queries, ours):
    """Amounts in another unit than the figure's: only the rows can be compared."""
    return any(q["key"] == key and q.get("converted") for q in queries)


def close(a, b):
    """Equal, except where DuckDB divides in floating point (means)."""
    return a == b or abs(a - b) <= abs(b) * Decimal("1e-12")


def plain_text(value):
    return str(value).lower() if isinstance(value, bool) else str(value)


def complain(key, scope, theirs, ours):
    print(f"differs: {key} {scope}: DuckDB {theirs}, ours {ours}", file=sys.stderr)
    return 1


main()
