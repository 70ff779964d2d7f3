"""The same national evaluation by other engines, for bench/air.sh.

    air_peer.py rewrite IN OUT [pyarrow|polars] [zstd|snappy]   writes the file again as that library does by default
    air_peer.py duckdb|polars|pandas IN OUT                     stations and cities: days, AQI, year; writes OUT (Parquet)
    air_peer.py scan IN                                         DuckDB reads all columns, and does nothing else
    air_peer.py compare OURS THEIRS                             1 if anything differs

Each does what `qingyuan air annual --edition 2012 --by both` does: daily means of at least 20 hours, the daily maximum
8 hours of ozone (17 windows of at least 6 hours; 14 of them, or above 160), city days of at least 75 % (50 % below four)
of the stations, GB/T 8170 rounding once, IAQI, AQI, primary pollutants, good days, annual means and percentiles, validity
of the year and of its months, attainment. All work on 2 threads. To round ties as exactly as we do, they carry daily values
as integers of 1/212,520 (the least common multiple of 20 … 24), which costs them next to nothing.

Ozone's windows: DuckDB and Polars bring a day's 24 hours into one row while they group it anyway, and add up windows there;
that was measured two to three times as fast as window functions over 13 million rows. pandas pivots to a matrix of hours
and stations and rolls over that.
"""
import os
import sys
import time

L = 212520
ITEMS = ["so2", "no2", "pm10", "co", "o3", "pm2_5"]
MEANS = ["so2", "no2", "pm10", "co", "pm2_5"]
BREAKPOINTS = {
    "so2": [0, 50, 150, 475, 800, 1600, 2100, 2620],
    "no2": [0, 40, 80, 180, 280, 565, 750, 940],
    "pm10": [0, 50, 150, 250, 350, 420, 500, 600],
    "co": [0, 20, 40, 140, 240, 360, 480, 600],
    "o3": [0, 100, 160, 215, 265, 800],
    "pm2_5": [0, 35, 75, 115, 150, 250, 350, 500],
}
INDEX = [0, 50, 100, 150, 200, 300, 400, 500]
PERCENTILE = {"so2": 0.98, "no2": 0.98, "pm10": 0.95, "co": 0.95, "o3": 0.90, "pm2_5": 0.95}
ANNUAL = {"so2": 60, "no2": 40, "pm10": 70, "pm2_5": 35}
DAILY = {"so2": 150, "no2": 80, "pm10": 150, "co": 40, "o3": 160, "pm2_5": 75}


def duckdb_sql(source):
    def iaqi(item):
        points = BREAKPOINTS[item]
        cases = [
            f"when c_{item} <= {points[i]} then ceil({INDEX[i] - INDEX[i - 1]} * (c_{item} - {points[i - 1]}) / {points[i] - points[i - 1]} + {INDEX[i - 1]})"
            for i in range(1, len(points))
        ]
        last = "null" if item == "o3" else "500"
        return f"case when c_{item} is null then null {' '.join(cases)} else {last} end"

    means = ", ".join(
        f"case when count({i}) >= 20 then sum({'round(co * 10)' if i == 'co' else i})::bigint * ({L} // count({i})) end as v_{i}" for i in MEANS
    )
    ozone = ", ".join(f"max(o3) filter (hour = {h}) as h{h}" for h in range(24))
    v_means = ", ".join(f"v_{i}" for i in MEANS)
    presence = ", ".join(f"coalesce(h{h}, 0)::bigint as z{h}, (h{h} is not null)::int as p{h}" for h in range(24))
    sums = ", ".join(
        f"{' + '.join(f'z{h}' for h in range(w - 7, w + 1))} as s{w}, {' + '.join(f'p{h}' for h in range(w - 7, w + 1))} as n{w}"
        for w in range(7, 24)
    )
    windows = " + ".join(f"(n{w} >= 6)::int" for w in range(7, 24))
    largest = ", ".join(f"case when n{w} >= 6 then s{w} * ({L} // n{w}) end" for w in range(7, 24))
    city = ", ".join(
        f"case when count(v_{i}) * 100 >= any_value(stations) * (case when any_value(stations) < 4 then 50 else 75 end) and count(v_{i}) > 0 then sum(v_{i})::double / count(v_{i}) end as v_{i}"
        for i in ITEMS
    )
    months = ", ".join(f"count(v_{i}) as n_{i}, sum(v_{i}) as s_{i}" for i in ITEMS)
    rounded = ", ".join(f"round_even(v_{i} / {L}.0, 0) as c_{i}" for i in ITEMS)
    indices = ", ".join(f"{iaqi(i)} as i_{i}" for i in ITEMS)
    yearly = ", ".join(
        f"count(v_{i}) as {i}_days, avg(v_{i}) / {L} as {i}_mean, quantile_cont(v_{i}::double, {PERCENTILE[i]}) / {L} as {i}_p, count(*) filter (aqi > 50 and i_{i} = aqi) as {i}_primary"
        for i in ITEMS
    )
    enough = ", ".join(
        f"bool_and(case when month = 2 then m_{i} >= 25 else m_{i} >= 27 end) and sum(m_{i}) >= 324 as ok_{i}" for i in ITEMS
    )
    per_month = ", ".join(f"count(v_{i}) as m_{i}" for i in ITEMS)
    attained = ", ".join(
        f"case when ok_{i} then round_even({i}_p, 0) <= {DAILY[i]}{f' and round_even({i}_mean, 0) <= {ANNUAL[i]}' if i in ANNUAL else ''} end as {i}_attained"
        for i in ITEMS
    )
    return f"""
    with hours as (
      select station, city, time::date as day, extract(hour from time) as hour, so2, no2, pm10, co, pm2_5, o3 from {source}
    ), of_day as (
      select station as scope, city, day, {means}, {ozone} from hours group by station, city, day
    ), present as (select scope, city, day, {v_means}, {presence} from of_day),
    sums as (select scope, city, day, {v_means}, {sums} from present),
    station_day as (
      select scope, city, day, {v_means}, {windows} as windows, greatest({largest}) as largest from sums
    ), valid as materialized (
      select scope, city, day, v_so2, v_no2, v_pm10, v_co, v_pm2_5,
        case when windows >= 14 or round_even(largest / {L}.0, 0) > 160 then largest end as v_o3
      from station_day
    ), stations as (select city, count(distinct scope) as stations from valid group by city),
    city_day as (
      select city as scope, day, {city} from valid join stations using (city) group by city, day
    ), days as materialized (
      select 'station' as "by", scope, day, {", ".join(f"v_{i}::double as v_{i}" for i in ITEMS)} from valid
      union all select 'city', scope, day, {", ".join(f"v_{i}" for i in ITEMS)} from city_day
    ), rounded as (select *, {rounded} from days),
    indexed as (select *, {indices} from rounded),
    judged as (select *, greatest(i_so2, i_no2, i_pm10, i_co, i_o3, i_pm2_5) as aqi from indexed),
    years as (
      select "by", scope, count(aqi) as valid_days, count(*) filter (aqi <= 100) as good_days, {yearly} from judged group by "by", scope
    ), months as (select "by", scope, month(day) as month, {per_month} from days group by "by", scope, month(day)),
    enough as (select "by", scope, {enough} from months group by "by", scope)
    select years.*, {attained} from years join enough using ("by", scope) order by "by", scope
    """


def run_duckdb(source, out):
    import duckdb

    connection = duckdb.connect(config={"threads": 2})
    connection.execute(f"copy ({duckdb_sql(f'read_parquet({source!r})')}) to '{out}' (format parquet)")


def run_scan(source):
    import duckdb

    connection = duckdb.connect(config={"threads": 2})
    columns = ", ".join(["max(time)", "max(station)", "max(city)"] + [f"sum({i})" for i in ITEMS])
    connection.execute(f"select {columns} from read_parquet('{source}')").fetchall()


def run_polars(source, out):
    import polars as pl

    def iaqi(item):
        c, points = pl.col(f"c_{item}"), BREAKPOINTS[item]
        expression = pl.when(c.is_null()).then(None)
        for i in range(1, len(points)):
            value = ((INDEX[i] - INDEX[i - 1]) * (c - points[i - 1]) / (points[i] - points[i - 1]) + INDEX[i - 1]).ceil()
            expression = expression.when(c <= points[i]).then(value)
        return expression.otherwise(None if item == "o3" else 500.0).alias(f"i_{item}")

    def half_even(expression):
        return expression.round(0, mode="half_to_even")

    hours = pl.scan_parquet(source).with_columns(pl.col("time").dt.date().alias("day"), pl.col("time").dt.hour().alias("hour"))

    def of_day(item):
        value = (pl.col(item) * 10).round() if item == "co" else pl.col(item)
        count = pl.col(item).count().cast(pl.Int64)
        return pl.when(count >= 20).then(value.sum().cast(pl.Int64) * (L // count)).alias(f"v_{item}")

    ozone = [pl.when(pl.col("hour") == h).then(pl.col("o3")).max().alias(f"h{h}") for h in range(24)]
    days = hours.group_by("station", "city", "day").agg(*[of_day(i) for i in MEANS], *ozone)
    days = days.with_columns(
        *[pl.col(f"h{h}").fill_null(0).cast(pl.Int64).alias(f"z{h}") for h in range(24)],
        *[pl.col(f"h{h}").is_not_null().cast(pl.Int64).alias(f"p{h}") for h in range(24)],
    )
    def window(prefix, w):
        total = pl.col(f"{prefix}{w - 7}")
        for h in range(w - 6, w + 1):
            total = total + pl.col(f"{prefix}{h}")
        return total
    days = days.with_columns(
        *[window("z", w).alias(f"s{w}") for w in range(7, 24)], *[window("p", w).alias(f"n{w}") for w in range(7, 24)]
    )
    enough = [pl.col(f"n{w}") >= 6 for w in range(7, 24)]
    days = days.with_columns(
        pl.sum_horizontal(enough).alias("windows"),
        pl.max_horizontal([pl.when(ok).then(pl.col(f"s{w}") * (L // pl.col(f"n{w}"))) for ok, w in zip(enough, range(7, 24))]).alias("largest"),
    )
    valid = days.select(
        pl.col("station").alias("scope"), "city", "day", *[f"v_{i}" for i in MEANS],
        pl.when((pl.col("windows") >= 14) | (half_even(pl.col("largest") / L) > 160)).then(pl.col("largest")).alias("v_o3"),
    ).collect(engine="streaming")
    stations = valid.group_by("city").agg(pl.col("scope").n_unique().alias("stations"))
    share = pl.when(pl.col("stations").first() < 4).then(50).otherwise(75)
    city = valid.lazy().join(stations.lazy(), on="city").group_by("city", "day").agg(
        *[
            pl.when((pl.col(f"v_{i}").count().cast(pl.Int64) * 100 >= pl.col("stations").first().cast(pl.Int64) * share) & (pl.col(f"v_{i}").count() > 0))
            .then(pl.col(f"v_{i}").sum().cast(pl.Float64) / pl.col(f"v_{i}").count())
            .alias(f"v_{i}")
            for i in ITEMS
        ]
    )
    columns = [pl.col(f"v_{i}").cast(pl.Float64) for i in ITEMS]
    both = pl.concat(
        [
            valid.lazy().select(pl.lit("station").alias("by"), pl.col("scope").cast(pl.String), "day", *columns),
            city.select(pl.lit("city").alias("by"), pl.col("city").cast(pl.String).alias("scope"), "day", *columns),
        ]
    ).with_columns(pl.col("scope").cast(pl.Categorical))
    judged = (
        both.with_columns(*[half_even(pl.col(f"v_{i}") / L).alias(f"c_{i}") for i in ITEMS])
        .with_columns(*[iaqi(i) for i in ITEMS])
        .with_columns(pl.max_horizontal([f"i_{i}" for i in ITEMS]).alias("aqi"), pl.col("day").dt.month().alias("month"))
    )
    aggregates = [pl.col("aqi").count().alias("valid_days"), (pl.col("aqi") <= 100).sum().alias("good_days")]
    for i in ITEMS:
        value = pl.col(f"v_{i}")
        counts = [((pl.col("month") == m) & value.is_not_null()).sum() >= (25 if m == 2 else 27) for m in range(1, 13)]
        aggregates += [
            value.count().alias(f"{i}_days"),
            (value.mean() / L).alias(f"{i}_mean"),
            (value.quantile(PERCENTILE[i], "linear") / L).alias(f"{i}_p"),
            ((pl.col("aqi") > 50) & (pl.col(f"i_{i}") == pl.col("aqi"))).sum().alias(f"{i}_primary"),
            (pl.all_horizontal(counts) & (value.count() >= 324)).alias(f"ok_{i}"),
        ]
    years = judged.group_by("by", "scope").agg(aggregates)
    for i in ITEMS:
        good = half_even(pl.col(f"{i}_p")) <= DAILY[i]
        if i in ANNUAL:
            good = good & (half_even(pl.col(f"{i}_mean")) <= ANNUAL[i])
        years = years.with_columns(pl.when(pl.col(f"ok_{i}")).then(good).alias(f"{i}_attained"))
    years.with_columns(pl.col("scope").cast(pl.String)).sort("by", "scope").collect(engine="streaming").write_parquet(out)


def run_pandas(source, out):
    import numpy as np
    import pandas as pd

    hours = pd.read_parquet(source)
    hours["co"] = (hours["co"] * 10).round()
    hours["station"] = hours["station"].astype("category")
    city_of = hours.drop_duplicates("station").set_index("station")["city"]
    hours["day"] = hours["time"].dt.floor("D")
    grouped = hours.groupby(["station", "day"], observed=True, sort=True)[MEANS].agg(["sum", "count"])
    days = pd.DataFrame(index=grouped.index)
    for i in MEANS:
        total, count = grouped[(i, "sum")], grouped[(i, "count")]
        days[f"v_{i}"] = (total * (L // count.clip(lower=1))).where(count >= 20)
    ozone = hours.pivot(index="time", columns="station", values="o3")
    count = ozone.rolling(8, min_periods=1).count()
    largest = ozone.fillna(0).rolling(8, min_periods=1).sum().round()
    largest = (largest * (L // count.where(count > 0))).where(count >= 6)
    largest = largest[largest.index.hour >= 7]
    by_day = largest.groupby(largest.index.floor("D"))
    top, windows = by_day.max(), by_day.count()
    valid = top.where((windows >= 14) | (np.rint(top / L) > 160))
    ozone_days = valid.stack(future_stack=True).swaplevel()
    ozone_days.index.names = ["station", "day"]
    days["v_o3"] = ozone_days.reindex(days.index)
    days = days.reset_index()
    days["city"] = days["station"].map(city_of)
    stations = days.groupby("city")["station"].nunique()
    values = [f"v_{i}" for i in ITEMS]
    by_city = days.groupby(["city", "day"])[values].agg(["sum", "count"])
    cities = pd.DataFrame(index=by_city.index)
    number = stations.reindex(by_city.index.get_level_values("city")).to_numpy()
    share = np.where(number < 4, 50, 75)
    for v in values:
        total, count = by_city[(v, "sum")], by_city[(v, "count")]
        cities[v] = (total / count).where((count * 100 >= number * share) & (count > 0))
    cities = cities.reset_index().rename(columns={"city": "scope"}).assign(by="city")
    both = pd.concat([days.rename(columns={"station": "scope"}).drop(columns="city").assign(by="station"), cities], ignore_index=True)
    both["scope"] = both["scope"].astype(str)
    for i in ITEMS:
        c = np.rint(both[f"v_{i}"] / L)
        points = BREAKPOINTS[i]
        row = np.clip(np.searchsorted(points, c.to_numpy(), side="left"), 1, len(points) - 1)
        low, high = np.take(points, row - 1), np.take(points, row)
        from_, to = np.take(INDEX, row - 1), np.take(INDEX, row)
        index = np.ceil((to - from_) * (c - low) / (high - low) + from_)
        index = index.where(c <= points[-1], np.nan if i == "o3" else 500.0)
        both[f"i_{i}"] = index.where(c.notna())
    indices = both[[f"i_{i}" for i in ITEMS]]
    both["aqi"] = indices.max(axis=1)
    both["good"] = both["aqi"] <= 100
    for i in ITEMS:
        both[f"{i}_primary"] = (both["aqi"] > 50) & (both[f"i_{i}"] == both["aqi"])
    years = both.groupby(["by", "scope"])
    result = pd.DataFrame({"valid_days": years["aqi"].count(), "good_days": years["good"].sum()})
    month = both["day"].dt.month
    for i in ITEMS:
        v = years[f"v_{i}"]
        result[f"{i}_days"] = v.count()
        result[f"{i}_mean"] = v.mean() / L
        result[f"{i}_p"] = v.quantile(PERCENTILE[i]) / L
        result[f"{i}_primary"] = years[f"{i}_primary"].sum()
        per_month = both.groupby(["by", "scope", month])[f"v_{i}"].count().unstack()
        needed = np.array([25 if m == 2 else 27 for m in range(1, 13)])
        enough = (per_month.reindex(columns=range(1, 13), fill_value=0) >= needed).all(axis=1) & (result[f"{i}_days"] >= 324)
        good = np.rint(result[f"{i}_p"]) <= DAILY[i]
        if i in ANNUAL:
            good &= np.rint(result[f"{i}_mean"]) <= ANNUAL[i]
        result[f"{i}_attained"] = good.astype("boolean").where(enough)
    result.reset_index().sort_values(["by", "scope"]).to_parquet(out)


def rewrite(source, out, library, compression):
    if library == "polars":
        import polars as pl

        pl.read_parquet(source).with_columns(pl.col("station").cast(pl.String), pl.col("city").cast(pl.String)).write_parquet(out, compression=compression)
    else:
        import pyarrow as pa
        import pyarrow.parquet as pq

        table = pq.read_table(source)
        for name in ("station", "city"):
            table = table.set_column(table.schema.get_field_index(name), name, table[name].cast(pa.string()))
        pq.write_table(table, out, compression=compression)


def compare(ours, theirs):
    import pandas as pd

    a, b = pd.read_parquet(ours), pd.read_parquet(theirs)
    names = {"o3": "o3_8h"}
    percentile = {"so2": "so2_p98", "no2": "no2_p98", "pm10": "pm10_p95", "co": "co_p95", "o3": "o3_8h_p90", "pm2_5": "pm2_5_p95"}
    a = a.sort_values(["by", "scope"]).reset_index(drop=True)
    b = b.sort_values(["by", "scope"]).reset_index(drop=True)
    wrong = 0 if list(a["scope"]) == list(b["scope"]) else 1
    def differ(what, ours, theirs, tolerance=0.0):
        nonlocal wrong
        x, y = pd.to_numeric(ours, errors="coerce").astype(float), pd.to_numeric(theirs, errors="coerce").astype(float)
        bad = ((x - y).abs() > tolerance) | (x.isna() != y.isna())
        if bad.any():
            wrong += int(bad.sum())
            print(f"{what}: {int(bad.sum())} of {len(bad)} differ, first {a['by'][bad.idxmax()]} {a['scope'][bad.idxmax()]}: {x[bad.idxmax()]} / {y[bad.idxmax()]}")
    for column in ("valid_days", "good_days"):
        differ(column, a[column], b[column])
    for i in ITEMS:
        ours, unit = names.get(i, i), 10 if i == "co" else 1
        differ(f"{i}_days", a[f"{ours}_days"], b[f"{i}_days"])
        differ(f"{i}_primary", a[f"{ours}_primary_days"], b[f"{i}_primary"])
        differ(f"{i}_mean", a[f"{ours}_mean"], b[f"{i}_mean"] / unit, 1e-6)
        differ(f"{i}_p", a[percentile[i]], b[f"{i}_p"] / unit, 1e-6)
        differ(f"{i}_attained", a[f"{ours}_attained"].astype("boolean").astype("Float64"), b[f"{i}_attained"].astype("boolean").astype("Float64"))
    print(f"{len(a)} rows compared, {wrong} values differ")
    return 1 if wrong else 0


if __name__ == "__main__":
    command, *arguments = sys.argv[1:]
    if command == "rewrite":
        rewrite(arguments[0], arguments[1], *(arguments[2:] + ["pyarrow", "snappy"][len(arguments) - 2:]))
    elif command == "compare":
        sys.exit(compare(*arguments))
    else:
        os.environ.setdefault("POLARS_MAX_THREADS", "2")
        # The time of the engine's own work, without starting Python and importing the library.
        __import__({"scan": "duckdb"}.get(command, command))
        start = time.perf_counter()
        {"duckdb": run_duckdb, "polars": run_polars, "pandas": run_pandas, "scan": run_scan}[command](*arguments)
        print(f"{command} {time.perf_counter() - start:.4f}")
        with open("/proc/self/status") as status:
            peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
        print(f"memory_peak_mb {peak / 1024:.1f}")
