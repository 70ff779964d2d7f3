"""The peer of the import benchmark: pandas with openpyxl, the same rows, the same checks.

Usage: import_peer.py make FILE.xlsx ROWS    writes the workbook
       import_peer.py check FILE.xlsx ROWS   reads and validates it, prints the seconds

The checks are those of the register in crates/intake/examples/import_rows.rs: required values, lengths, uniqueness,
choices, ranges, decimals, days, yes or no, and units that exist. They are vectorised: what a careful user of pandas
would write. Start-up and imports are not counted, as they are not counted on our side.
"""

import datetime
import random
import sys
import time

HEADINGS = ["合同编号", "合同名称", "类别", "成交额", "参与人数", "签订日期", "已认定登记", "填报单位", "生效日期", "说明"]
KINDS = ["技术开发", "技术转让", "技术服务"]


def make(path, rows):
    import openpyxl

    random.seed(20221231)
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("技术合同")
    sheet.append(HEADINGS)
    first = datetime.date(2016, 1, 1)
    for row in range(rows):
        signed = first + datetime.timedelta(days=random.randrange(2500))
        sheet.append([
            f"HT{row:08d}", f"第{row}号技术合同", random.choice(KINDS), round(random.random() * 1e7, 2),
            random.randrange(1, 200), signed, random.choice(["是", "否"]), f"U{random.randrange(1, 87):03d}",
            signed.isoformat(), "合成数据" if row % 3 == 0 else None,
        ])
    book.save(path)


def check(path, rows):
    import openpyxl  # noqa: F401  (pandas would import it inside the measured time)
    import pandas

    units = {f"U{number:03d}" for number in range(1, 87)} | {f"单位{number:03d}" for number in range(1, 87)}
    began = time.perf_counter()
    table = pandas.read_excel(path, engine="openpyxl")
    faults = []

    def fault(mask, column, wanted):
        for row in table.index[mask]:
            faults.append((row + 2, column, table.at[row, column], wanted))

    unknown = [column for column in table.columns if column not in HEADINGS]
    faults += [(1, column, column, "no such column") for column in unknown]
    for column in ["合同编号", "合同名称", "类别", "签订日期", "填报单位", "生效日期"]:
        fault(table[column].isna(), column, "required")
    number, title = table["合同编号"].astype(str).str.strip(), table["合同名称"].astype(str).str.strip()
    fault(number.str.len() > 40, "合同编号", "at most 40 characters")
    fault(title.str.len() > 60, "合同名称", "at most 60 characters")
    fault(number.duplicated(), "合同编号", "unique")
    fault(~table["类别"].isin(KINDS + ["development", "transfer", "service"]), "类别", "one of the list")
    amount = pandas.to_numeric(table["成交额"], errors="coerce")
    fault(amount.isna() & table["成交额"].notna(), "成交额", "a number")
    fault((amount < 0) | (amount > 1e11), "成交额", "in range")
    fault((amount.round(2) - amount).abs() > 1e-9, "成交额", "at most 2 decimals")
    people = pandas.to_numeric(table["参与人数"], errors="coerce")
    fault((people < 1) | (people > 10000) | (people % 1 != 0), "参与人数", "a whole number in range")
    signed = pandas.to_datetime(table["签订日期"], errors="coerce")
    fault(signed.isna() | (signed < "2000-01-01") | (signed > "2030-12-31"), "签订日期", "a day in range")
    fault(~table["已认定登记"].isin(["是", "否"]) & table["已认定登记"].notna(), "已认定登记", "yes or no")
    fault(~table["填报单位"].isin(units), "填报单位", "a unit")
    fault(pandas.to_datetime(table["生效日期"], errors="coerce").isna(), "生效日期", "a day")
    note = table["说明"].dropna().astype(str)
    faults += [(row + 2, "说明", "", "at most 500 characters") for row in note.index[note.str.len() > 500]]
    seconds = time.perf_counter() - began
    assert not faults and len(table) == rows, faults[:5]
    print(f"{seconds:.3f}")


if __name__ == "__main__":
    {"make": make, "check": check}[sys.argv[1]](sys.argv[2], int(sys.argv[3]))
