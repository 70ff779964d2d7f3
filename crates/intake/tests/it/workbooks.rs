//! Real workbooks: written by rust_xlsxwriter and, where Python has it, by openpyxl.

use std::process::Command;

use insta::assert_snapshot;
use intake::{template, template_with_units};
use message::Language;
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};

use crate::city::{City, options, pack};

fn workbook(fill: impl FnOnce(&mut Workbook)) -> Vec<u8> {
    let mut workbook = Workbook::new();
    fill(&mut workbook);
    workbook.save_to_buffer().expect("a workbook")
}

#[test]
fn cells_keep_their_kinds() {
    let bytes = workbook(|book| {
        book.add_worksheet().set_name("说明页").expect("a name").write(0, 0, "请看下一页").expect("a cell");
        let sheet = book.add_worksheet();
        sheet.set_name("码头").expect("a name");
        for (column, heading) in
            ["码头名称", "泊位数", "长度", "建成日期", "对外开放", "填报单位", "生效日期"].iter().enumerate()
        {
            sheet.write(1, column as u16, *heading).expect("a cell");
        }
        sheet.write(0, 0, "二〇二二年码头台账").expect("a cell");
        let day = Format::new().set_num_format("yyyy/m/d");
        let date = ExcelDateTime::from_ymd(2022, 5, 4).expect("a day");
        sheet.write(3, 0, "=1+1").expect("a cell");
        sheet.write(3, 1, 12).expect("a cell");
        sheet.write(3, 2, 0.1 + 0.2).expect("a cell");
        sheet.write_datetime_with_format(3, 3, &date, &day).expect("a cell");
        sheet.write(3, 4, true).expect("a cell");
        sheet.write(3, 5, "U1").expect("a cell");
        sheet.write_datetime_with_format(3, 6, &date, &day).expect("a cell");
        sheet.write(4, 0, 110_101).expect("a cell");
        sheet.write(4, 1, Formula::new("=1+2").set_result("3")).expect("a cell");
        sheet.write(4, 2, "1.5公里").expect("a cell");
        sheet.write(4, 3, 20_220_504).expect("a cell");
        sheet.write(4, 4, "√").expect("a cell");
        sheet.write(4, 5, "U1").expect("a cell");
        sheet.write(4, 6, "2022年5月4日").expect("a cell");
    });
    assert_snapshot!(City::new().docks("a.xlsx", &bytes), @r#"
    create 2
    8 create docks #8 2022-05-04 unit=U1 state=operating berths=12 built="2022-05-04" length="0.300" name="=1+1" open=true
    9 create docks #9 2022-05-04 unit=U1 state=operating berths=3 built="2022-05-04" length="1500.000" name="110101" open=true
    "#);
}

#[test]
fn cells_that_cannot_be_meant_are_named() {
    let bytes = workbook(|book| {
        let sheet = book.add_worksheet();
        for (column, heading) in
            ["码头名称", "泊位数", "长度", "建成日期", "填报单位", "生效日期"].iter().enumerate()
        {
            sheet.write(0, column as u16, *heading).expect("a cell");
        }
        let day = Format::new().set_num_format("yyyy-mm-dd hh:mm");
        let moment =
            ExcelDateTime::from_ymd(2022, 5, 4).and_then(|day| day.and_hms(13, 20, 0)).expect("a time");
        sheet.write_datetime_with_format(1, 0, &moment, &day).expect("a cell");
        sheet.write(1, 1, 1.5).expect("a cell");
        sheet.write(1, 2, 1.0005).expect("a cell");
        sheet.write_datetime_with_format(1, 3, &moment, &day).expect("a cell");
        sheet.write(1, 4, 1).expect("a cell");
        sheet.write(1, 5, 2022).expect("a cell");
        sheet.write(2, 0, 1234567890123456789_f64).expect("a cell");
        sheet.write(2, 1, Formula::new("=NA()").set_result("#N/A")).expect("a cell");
        sheet.write(2, 2, 1.00005).expect("a cell");
        sheet.write(2, 4, "U1").expect("a cell");
        sheet.write(2, 5, "2022-01-01").expect("a cell");
        sheet.write(2, 9, "stray").expect("a cell");
    });
    assert_snapshot!(City::new().docks("a.xlsx", &bytes), @r#"
    the file has 10 faults; nothing was entered
    Sheet1!A2 “码头名称”: Excel has turned this text into a date; format the cell as text and type it again (found “2022-05-04 13:20”)
    Sheet1!B2 “泊位数”: wanted a whole number from 1 to 200 (found “1.5”)
    Sheet1!C2 “长度”: at most 3 decimals; nothing is rounded away, so give the number as it should be (found “1.0005”)
    Sheet1!D2 “建成日期”: wanted a day without a time of day (found “2022-05-04 13:20”)
    Sheet1!E2 “填报单位”: there is no such unit (found “1”)
    Sheet1!F2 “生效日期”: not a date; write it as 2022-05-04 (found “2022”)
    Sheet1!J3: there is no heading above this cell (found “stray”)
    Sheet1!A3 “码头名称”: Excel keeps 15 digits, the rest is lost; format the cell as text and type it again (found “1234567890123460000”)
    Sheet1!B3 “泊位数”: the cell holds an error, or a formula without a computed result; recalculate and save, or type the value (found “#N/A”)
    Sheet1!C3 “长度”: at most 3 decimals; nothing is rounded away, so give the number as it should be (found “1.00005”)
    "#);
}

fn units() -> Vec<(String, String)> {
    [("U1", "交通局"), ("U2", "水务局")].map(|(code, name)| (code.to_owned(), name.to_owned())).into()
}

#[test]
fn a_template_imports_as_it_is_filled_in() {
    for language in [Language::Simplified, Language::Traditional, Language::English] {
        let bytes = template_with_units(pack(), "docks", &units(), language).expect("a template");
        assert_eq!(
            bytes,
            template_with_units(pack(), "docks", &units(), language).expect("a template"),
            "same bytes"
        );
        // The example row is passed over, so an unfilled template has no rows.
        assert_eq!(City::new().docks("a.xlsx", &bytes), "the file has no rows of data\n");
    }
    for register in ["units", "volunteers", "enterprises"] {
        let bytes = template_with_units(pack(), register, &[], Language::Simplified).expect("a template");
        assert_eq!(
            City::new().shown(register, "a.xlsx", &bytes, &options()),
            "the file has no rows of data\n"
        );
    }
    let city = City::new();
    assert!(template(pack(), &city.ledger, "dock", Language::English).is_err());
    let with_units = template(pack(), &city.ledger, "docks", Language::English).expect("a template");
    assert_eq!(city.docks("a.xlsx", &with_units), "the file has no rows of data\n");
}

fn python(script: &str, arguments: &[&str]) -> Option<String> {
    let found = Command::new("python3").args(["-c", "import openpyxl"]).output().ok()?;
    if !found.status.success() {
        println!("skipped: python3 has no openpyxl");
        return None;
    }
    let output = Command::new("python3").arg("-c").arg(script).args(arguments).output().ok()?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
fn a_template_filled_in_by_openpyxl_imports() {
    let city = City::new();
    let bytes = template_with_units(pack(), "docks", &units(), Language::Simplified).expect("a template");
    let path = city.write("t.xlsx", &bytes);
    let filled = city.folder.path().join("filled.xlsx");
    let script = r#"
import sys, datetime, openpyxl
book = openpyxl.load_workbook(sys.argv[1])
sheet = book["码头"]
headings = [cell.value for cell in sheet[1]]
print(headings)
print(sheet.freeze_panes, sorted({check.type for check in sheet.data_validations.dataValidation}))
print([name for name in book.sheetnames if book[name].sheet_state == "hidden"])
row = {"码头名称*": "望江", "泊位数(个)": 3, "长度(米)": 12.5, "建成日期": datetime.date(2022, 5, 4), "岸别": "左岸",
       "对外开放": "是", "填报单位*": "U1 交通局", "生效日期*": datetime.datetime(2022, 6, 1), "状态": "运营中"}
for heading, value in row.items():
    sheet.cell(row=3, column=headings.index(heading) + 1, value=value)
book.save(sys.argv[2])
"#;
    let Some(shown) = python(script, &[&path.to_string_lossy(), &filled.to_string_lossy()]) else { return };
    assert_snapshot!(shown, @r#"
    ['序号', '码头名称*', '泊位数(个)', '长度(米)', '建成日期', '岸别', '对外开放', '经营企业', '责任支部', '岸线', '填报单位*', '生效日期*', '状态', '佐证', '说明']
    B2 ['date', 'decimal', 'list', 'textLength', 'whole']
    []
    "#);
    let bytes = std::fs::read(&filled).expect("a file");
    assert_snapshot!(city.docks("filled2.xlsx", &bytes), @r#"
    create 1
    8 create docks #8 2022-06-01 unit=U1 state=operating bank="left" berths=3 built="2022-05-04" length="12.500" name="望江" open=true
    "#);
}

#[test]
fn a_workbook_by_openpyxl_imports() {
    let city = City::new();
    let path = city.folder.path().join("o.xlsx");
    let script = r#"
import sys, datetime, openpyxl
book = openpyxl.Workbook()
sheet = book.active
sheet.append(["码头名称", "泊位数", "建成日期", "填报单位", "生效日期"])
for number in range(3):
    sheet.append([f"码头{number}", number + 1, datetime.date(2020, 1, 1 + number), "U1", "2022-01-01"])
sheet.append(["公式", "=1+1", None, "U1", "2022-01-01"])
book.save(sys.argv[1])
"#;
    if python(script, &[&path.to_string_lossy()]).is_none() {
        return;
    }
    let bytes = std::fs::read(&path).expect("a file");
    // openpyxl saves no computed results: the formula is a fault, and nothing enters.
    assert_snapshot!(city.docks("o2.xlsx", &bytes), @r#"
    the file has 1 fault; nothing was entered
    Sheet!B5 “泊位数”: the cell holds an error, or a formula without a computed result; recalculate and save, or type the value (found “=…”)
    "#);
}

/// Slow, so only in the long form.
#[test]
fn libreoffice_opens_a_template() {
    if std::env::var("QINGYUAN_LONG").is_err() {
        return;
    }
    let city = City::new();
    let bytes = template(pack(), &city.ledger, "docks", Language::Simplified).expect("a template");
    let path = city.write("t.xlsx", &bytes);
    let profile = format!("-env:UserInstallation=file://{}/profile", city.folder.path().display());
    let output = Command::new("soffice")
        .args([
            &profile,
            "--headless",
            "--convert-to",
            "csv:Text - txt - csv (StarCalc):44,34,76",
            "--outdir",
        ])
        .arg(city.folder.path())
        .arg(&path)
        .output();
    let Ok(output) = output else {
        println!("skipped: there is no soffice");
        return;
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let csv = std::fs::read_to_string(city.folder.path().join("t.csv")).expect("a file");
    assert!(csv.starts_with("序号,码头名称*,泊位数(个),长度(米),"), "{csv}");
    assert!(csv.contains("示例,"), "{csv}");
}
