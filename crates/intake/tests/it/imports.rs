//! CSV and GeoJSON in, entries or faults out.

use insta::assert_snapshot;
use intake::ImportOptions;
use jiff::civil::date;

use crate::city::{City, options};

fn check(csv: &str) -> String {
    City::new().docks("docks.csv", csv.as_bytes())
}

#[test]
fn a_table_becomes_entries() {
    assert_snapshot!(check(
        "序号,码头名称*,泊位数（个）,长度(米),建成日期,岸别,对外开放,经营企业,责任支部,填报单位,生效日期,说明\n\
         示例,某码头,x,x,x,x,x,x,x,x,x,x\n\
         1,望江码头,12,\"1,234.5\",2022年5月4日,左岸,是,长江航运,B11,交通局,2022-06-01,新建\n\
         2,=南岸,３,0.5公里,2022/5/4,right,×,#7,第二支部,U2,2022.6.2,\n"
    ), @r#"
    create 2
    8 create docks #8 2022-06-01 unit=U1 state=operating note=新建 bank="left" berths=12 built="2022-05-04" enterprise=6 length="1234.500" name="望江码头" open=true team="B11"
    9 create docks #9 2022-06-02 unit=U2 state=operating bank="right" berths=3 built="2022-05-04" enterprise=7 length="500.000" name="=南岸" open=false team="B12"
    "#);
}

#[test]
fn headings_are_understood_in_three_languages() {
    assert_snapshot!(check("碼頭名稱,Berths,bank,長度(公里),填報單位,Effective date\n一,2,左岸,1.2,U1,2022-01-01\n"), @r#"
    create 1
    8 create docks #8 2022-01-01 unit=U1 state=operating bank="left" berths=2 length="1200.000" name="一"
    "#);
    assert_snapshot!(check("码头名字,泊位数(公里),泊位数,岸别,岸别,,填报单位,生效日期\n一,2,2,左岸,左岸,x,U1,2022-01-01\n"), @r#"
    the file has 5 faults; nothing was entered
    A1 “码头名字”: there is no such column; did you mean “码头名称”?
    B1 “泊位数(公里)”: “公里” cannot be converted to 个
    E1 “岸别”: this is the same as column D
    row 1 “码头名称”: this column is missing (it identifies the records)
    F2: there is no heading above this cell (found “x”)
    "#);
    assert_snapshot!(check("泊位数\n2\n3\n"), @r#"
    the file has 3 faults; nothing was entered
    row 1 “码头名称”: this column is missing (it identifies the records)
    row 1 “填报单位”: this column is missing (the owner unit is required; first needed in row 2)
    row 1 “生效日期”: this column is missing (the effective date is required; first needed in row 2)
    "#);
}

#[test]
fn every_fault_is_named_with_its_cell() {
    assert_snapshot!(check(
        "码头名称,泊位数,长度,建成日期,岸别,对外开放,经营企业,责任支部,岸线,填报单位,生效日期,状态\n\
         ,0,1.2345,2022-02-30,中岸,maybe,无名公司,第一支部,POINT(1 2),环保局,2022-01-01,已沉没\n\
         二,1.5,12公斤,1949-10-01,左 岸,,#999,U1,\"LINESTRING(30.5 114.3,30.6 114.4)\",第一支部,昨天,已搬迁\n\
         三\u{200b},\"1,23\",-1,,,,,,LINESTRING(114 30),U1,2022-01-01,已关停\n\
         四,2,,,,,,,,U1,2022-01-01,\n\
         四,2,,,,,,,,U1,2022-01-01,\n\
         超过二十个字的码头名称超过二十个字的码头名称,,,,,,,,,U1,2022-01-01,\n"
    ), @r#"
    the file has 28 faults; nothing was entered
    row 1 “佐证”: this column is missing (this change of state needs evidence; first needed in row 4)
    A2 “码头名称”: this is required
    B2 “泊位数”: wanted a whole number from 1 to 200 (found “0”)
    C2 “长度”: at most 3 decimals; nothing is rounded away, so give the number as it should be (found “1.2345”)
    D2 “建成日期”: there is no such day in the calendar (found “2022-02-30”)
    E2 “岸别”: wanted one of: Left bank, Right bank; did you mean “左岸”? (found “中岸”)
    F2 “对外开放”: wanted yes or no (found “maybe”)
    G2 “经营企业”: there is no such record in “Enterprises” (found “无名公司”)
    H2 “责任支部”: 2 units have this name; give the unit's code (B11、B21 …) (found “第一支部”)
    I2 “岸线”: wanted a line, such as LINESTRING(114.3 30.5,114.4 30.5) (found “POINT(1 2)”)
    J2 “填报单位”: there is no such unit (found “环保局”)
    L2 “状态”: there is no such state; wanted one of: Operating, Closed, Moved (found “已沉没”)
    B3 “泊位数”: wanted a whole number from 1 to 200 (found “1.5”)
    C3 “长度”: “公斤” cannot be converted to 米 (found “12公斤”)
    D3 “建成日期”: wanted a date from 1950-01-01 to 2030-12-31, such as 2022-05-04 (found “1949-10-01”)
    E3 “岸别”: wanted one of: Left bank, Right bank; did you mean “左岸”? (found “左 岸”)
    G3 “经营企业”: there is no record #999 in “Enterprises” (found “#999”)
    H3 “责任支部”: 交通局 (U1) is of the level `unit`; wanted `branch` (found “U1”)
    I3 “岸线”: 30.5000000 114.3000000 is not a longitude and a latitude; were longitude and latitude exchanged? (found “LINESTRING(30.5 114.3,30.6 114.4)”)
    J3 “填报单位”: 2 units have this name; give the unit's code (B11、B21 …) (found “第一支部”)
    K3 “生效日期”: not a date; write it as 2022-05-04 (found “昨天”)
    L3 “状态”: “Clerk” may not move a record to “Moved”; that is for: Verifier (found “已搬迁”)
    A4 “码头名称”: the text contains the invisible character U+200B; remove it (found “三␣”)
    B4 “泊位数”: wanted a whole number from 1 to 200 (found “1,23”)
    C4 “长度”: wanted a number from 0 to 100000 米 with at most 3 decimals (found “-1”)
    I4 “岸线”: a line needs at least 2 places (found “LINESTRING(114 30)”)
    A6 “码头名称”: this is the same record as row 5 (found “…”)
    A7 “码头名称”: wanted at most 20 characters; it has 22 (found “超过二十个字的码头名称超过二十个字的码头名称”)
    "#);
}

#[test]
fn columns_that_are_missing_are_named_once() {
    assert_snapshot!(check("码头名称\n一\n二\n三\n"), @r#"
    the file has 2 faults; nothing was entered
    row 1 “填报单位”: this column is missing (the owner unit is required; first needed in row 2)
    row 1 “生效日期”: this column is missing (the effective date is required; first needed in row 2)
    "#);
    assert_snapshot!(City::new().shown("volunteers", "v.csv", "编号,填报单位,生效日期\n1,U1,2022-01-01\n2,U1,2022-01-01\n".as_bytes(), &options()), @r#"
    the file has 1 fault; nothing was entered
    row 1 “志愿者”: this column is missing (this is required; first needed in row 2)
    "#);
}

#[test]
fn importing_again_changes_nothing() {
    let city = City::new();
    let first = "码头名称,泊位数,填报单位,生效日期\n一,2,U1,2022-01-01\n二,3,U1,2022-01-01\n";
    assert_snapshot!(city.docks("a.csv", first.as_bytes()), @r#"
    create 2
    8 create docks #8 2022-01-01 unit=U1 state=operating berths=2 name="一"
    9 create docks #9 2022-01-01 unit=U1 state=operating berths=3 name="二"
    "#);
    // The same file: known by its key.
    assert_snapshot!(city.docks("b.csv", first.as_bytes()), @"repeated");
    // The same content in another file: known by comparing.
    assert_snapshot!(city.docks("c.csv", first.replace("填报单位", "所属单位").as_bytes()), @"unchanged 2");
    // One value differs, one row is new.
    let second =
        "码头名称,泊位数,填报单位,生效日期\n一,2,U1,2022-02-01\n二,4,U2,2022-02-01\n三,5,U1,2022-02-01\n";
    assert_snapshot!(city.docks("d.csv", second.as_bytes()), @r#"
    create 1, amend 1, unchanged 1
    10 create docks #10 2022-02-01 unit=U1 state=operating berths=5 name="三"
    11 amend docks #9 2022-02-01 unit=U2 berths=4
    "#);
    // An earlier change would hide behind the later one.
    assert_snapshot!(city.docks("e.csv", "码头名称,泊位数,填报单位,生效日期\n二,9,,2022-01-15\n".as_bytes()), @r#"
    the file has 1 fault; nothing was entered
    D2 “生效日期”: the record already has values that hold from 2022-02-01 (entry 11) and would hide an earlier change; use a date from 2022-02-01 on (found “2022-01-15”)
    "#);
    // Blank is not stated; a clear wish clears; what is required is not cleared.
    assert_snapshot!(city.docks("f.csv", "码头名称,泊位数,生效日期\n一,,2022-03-01\n二,（清空）,2022-03-01\n".as_bytes()), @r#"
    amend 1, unchanged 1
    12 amend docks #9 2022-03-01 berths=null
    "#);
}

#[test]
fn a_state_is_reached_by_its_transition() {
    let city = City::new();
    city.write("close.pdf", b"evidence");
    assert_snapshot!(city.docks(
        "a.csv",
        "码头名称,状态,佐证,填报单位,生效日期\n\
         一,已关停,close.pdf,U1,2022-01-01\n二,运营中,,U1,2022-01-01\n".as_bytes()
    ), @r#"
    create 2, advance 1
    8 create docks #8 2022-01-01 unit=U1 state=operating name="一" evidence×1
    9 create docks #9 2022-01-01 unit=U1 state=operating name="二"
    10 advance docks #8 2022-01-01 state=closed evidence×1
    "#);
    assert_snapshot!(city.docks(
        "b.csv",
        "码头名称,状态,佐证,生效日期\n\
         一,运营中,,2022-02-01\n二,closed,,2022-02-01\n三,已搬迁,missing.pdf;../home/book.db；/etc/passwd,2022-02-01\n".as_bytes()
    ), @r#"
    the file has 5 faults; nothing was entered
    row 1 “填报单位”: this column is missing (the owner unit is required; first needed in row 4)
    B2 “状态”: a record may not move from “Closed” to “Operating” (found “运营中”)
    C3 “佐证”: this change of state needs evidence
    B4 “状态”: “Clerk” may not move a record to “Moved”; that is for: Verifier (found “已搬迁”)
    C4 “佐证”: there is no evidence file `missing.pdf` (found “missing.pdf;../home/book.db；/etc/passwd”)
    "#);
    assert_snapshot!(city.docks("c.csv", "码头名称,状态,佐证,生效日期\n二,已关停,close.pdf；close.pdf,2022-02-01\n".as_bytes()), @r#"
    advance 1
    11 advance docks #9 2022-02-01 state=closed evidence×2
    "#);
}

#[test]
fn a_link_does_not_lead_out_of_the_folder() {
    let city = City::new();
    let outside = tempfile::tempdir().expect("a folder");
    std::fs::write(outside.path().join("secret"), "secret").expect("a file");
    #[cfg(unix)]
    std::os::unix::fs::symlink(outside.path().join("secret"), city.folder.path().join("link"))
        .expect("a link");
    #[cfg(unix)]
    assert_snapshot!(city.docks("a.csv", "码头名称,佐证,填报单位,生效日期\n一,link,U1,2022-01-01\n".as_bytes()), @r#"
    the file has 1 fault; nothing was entered
    B2 “佐证”: evidence must lie in the folder of the imported file: `link` (found “link”)
    "#);
}

#[test]
fn lengths_are_measured_of_the_geometry() {
    let city = City::new();
    let line = "\"LINESTRING(114.3 30.5,114.4 30.5)\"";
    assert_snapshot!(city.docks(
        "a.csv",
        format!("码头名称,长度(公里),岸线,填报单位,生效日期\n一,,{line},U1,2022-01-01\n二,9.6,{line},U1,2022-01-01\n三,2,,U1,2022-01-01\n").as_bytes()
    ), @r#"
    create 3
    8 create docks #8 2022-01-01 unit=U1 state=operating geometry="LINESTRING(114.3000000 30.5000000,114.4000000 30.5000000)" length="9599.892" name="一"
    9 create docks #9 2022-01-01 unit=U1 state=operating geometry="LINESTRING(114.3000000 30.5000000,114.4000000 30.5000000)" length="9599.892" name="二"
    10 create docks #10 2022-01-01 unit=U1 state=operating length="2000.000" name="三"
    "#);
    assert_snapshot!(city.docks("b.csv", format!("码头名称,长度(公里),岸线,填报单位,生效日期\n四,9.4,{line},U1,2022-01-01\n").as_bytes()), @r#"
    the file has 1 fault; nothing was entered
    B2 “长度(公里)”: the value differs by more than 1 % from 9599.892 米, measured of the geometry; correct it or leave it empty (found “9400.000”)
    "#);
    assert_snapshot!(city.docks("c.csv", "码头名称,长度,生效日期\n一,9700,2022-02-01\n二,9599,2022-02-01\n".as_bytes()), @r#"
    the file has 1 fault; nothing was entered
    B2 “长度”: the value differs by more than 1 % from 9599.892 米, measured of the geometry; correct it or leave it empty (found “9700.000”)
    "#);
}

#[test]
fn encodings_and_separators_make_no_difference() {
    let csv = "码头名称,泊位数,填报单位,生效日期\n望江码头㐀,2,交通局,2022-01-01\n";
    let (gb, _, _) = encoding_rs::GB18030.encode(csv);
    let expected = City::new().docks("a.csv", csv.as_bytes());
    assert_snapshot!(expected, @r#"
    create 1
    8 create docks #8 2022-01-01 unit=U1 state=operating berths=2 name="望江码头㐀"
    "#);
    let city = City::new();
    assert_eq!(city.docks("a.csv", &gb), expected);
    assert_eq!(City::new().docks("a.csv", format!("\u{feff}{csv}").as_bytes()), expected);
    assert_eq!(City::new().docks("a.csv", csv.replace(',', "\t").as_bytes()), expected);
    assert_eq!(City::new().docks("a.csv", csv.replace(',', ";").replace('\n', "\r\n").as_bytes()), expected);
    assert_eq!(City::new().docks("a.csv", csv.replace('\n', "\r").as_bytes()), expected);
    assert_eq!(City::new().docks("a.csv", format!("码头台账\n\n{csv}\n\n").as_bytes()), expected);
}

#[test]
fn rows_are_numbered_as_excel_shows_them() {
    assert_snapshot!(check("码头台账\n\n码头名称,说明,填报单位,生效日期\n\n一,\"两\n行\",U1,2022-01-01\r\n\r\n二,x,U9,2022-01-01"), @r#"
    the file has 2 faults; nothing was entered
    B5 “说明”: wanted a remark of at most 500 characters on one line (found “两␣行”)
    C7 “填报单位”: there is no such unit (found “U9”)
    "#);
    assert_snapshot!(check("码头名称,填报单位,生效日期\n一,U1\n二,U1,2022-01-01,x\n三,\"U1,2022-01-01\n"), @r#"
    the file has 6 faults; nothing was entered
    row 2: this row has 2 cells; wanted 3
    C2 “生效日期”: the effective date is required
    D3: there is no heading above this cell (found “x”)
    row 4: this row has 2 cells; wanted 3
    B4 “填报单位”: there is no such unit (found “U1,2022-01-01”)
    C4 “生效日期”: the effective date is required
    "#);
}

#[test]
fn persons_become_pseudonyms() {
    let city = City::new();
    let csv = "编号,志愿者姓名,志愿者手机,时长,填报单位,生效日期\n\
               1,张三,138 0000 0000,2.5,U1,2022-01-01\n2,张三,+86 13800000000,1,U1,2022-01-01\n3,李四,13800000001,1,U1,2022-01-01\n";
    assert_snapshot!(city.shown("volunteers", "a.csv", csv.as_bytes(), &options()), @r#"
    create 3
    8 create volunteers #8 2022-01-01 unit=U1 state=active hours="2.5" volunteer=p-… volunteer_no="1"
    9 create volunteers #9 2022-01-01 unit=U1 state=active hours="1.0" volunteer=p-… volunteer_no="2"
    10 create volunteers #10 2022-01-01 unit=U1 state=active hours="1.0" volunteer=p-… volunteer_no="3"
    "#);
    // The same people again: nothing changes, whatever else the file's bytes are.
    assert_snapshot!(city.shown("volunteers", "b.csv", csv.replace("2.5", "2.50").as_bytes(), &options()), @"unchanged 3");
    let distinct: std::collections::BTreeSet<_> = pseudonyms(&city);
    assert_eq!(distinct.len(), 2);
    assert_snapshot!(city.shown("volunteers", "c.csv", "编号,志愿者姓名,志愿者手机,生效日期\n1,王五,,2022-02-01\n2,王五,电话,2022-02-01\n9,,,2022-02-01\n".as_bytes(), &options()), @r#"
    the file has 4 faults; nothing was entered
    row 1 “填报单位”: this column is missing (the owner unit is required; first needed in row 4)
    B2 “志愿者姓名”: a name without a telephone number (found “…”)
    B3 “志愿者姓名”: wanted a telephone number of 6 to 15 digits (found “…”)
    B4 “志愿者姓名”: this is required
    "#);
}

fn pseudonyms(city: &City) -> std::collections::BTreeSet<String> {
    let mut found = std::collections::BTreeSet::new();
    city.ledger
        .for_each(Some("volunteers"), 0..city.size(), &mut |number, bytes| {
            if let Some(ledger::Value::Text(person)) =
                ledger::Entry::decode(number, bytes)?.fields.get("volunteer")
            {
                found.insert(person.clone());
            }
            Ok(())
        })
        .expect("the book reads");
    found
}

#[test]
fn a_dry_run_writes_nothing() {
    let city = City::new();
    city.write("close.pdf", b"evidence");
    let csv = "码头名称,状态,佐证,填报单位,生效日期\n一,已关停,close.pdf,U1,2022-01-01\n";
    let dry = ImportOptions { dry_run: true, ..options() };
    assert_snapshot!(city.shown("docks", "a.csv", csv.as_bytes(), &dry), @"create 1, advance 1");
    assert!(
        std::fs::read_dir(city.folder.path().join("home/evidence"))
            .map_or(true, |mut files| files.next().is_none())
    );
    assert_snapshot!(city.shown("docks", "a.csv", csv.as_bytes(), &options()), @r#"
    create 1, advance 1
    8 create docks #8 2022-01-01 unit=U1 state=operating name="一" evidence×1
    9 advance docks #8 2022-01-01 state=closed evidence×1
    "#);
}

#[test]
fn options_stand_in_for_columns() {
    let city = City::new();
    let csv = "码头名称\n一\n";
    let with = ImportOptions {
        owner: Some("U1".to_owned()),
        effective: Some(date(2022, 1, 1)),
        verify: true,
        ..options()
    };
    assert_snapshot!(city.shown("docks", "a.csv", csv.as_bytes(), &with), @r#"
    create 1, verify 1
    8 create docks #8 2022-01-01 unit=U1 state=operating name="一"
    9 verify docks #8 2022-01-01
    "#);
    let other = ImportOptions { owner: Some("U2".to_owned()), ..with };
    // Another default owner does not move a record.
    assert_snapshot!(city.shown("docks", "a.csv", csv.as_bytes(), &other), @"unchanged 1");
    let nobody = ImportOptions { role: "nobody".to_owned(), ..options() };
    assert_snapshot!(city.shown("docks", "a.csv", csv.as_bytes(), &nobody), @"there is no role `nobody` in the pack");
    assert_snapshot!(city.shown("dock", "a.csv", csv.as_bytes(), &options()), @"there is no register `dock`; did you mean `docks`?");
}

#[test]
fn features_become_entries() {
    let city = City::new();
    let json = r#"{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::4490"}},"features":[
      {"type":"Feature","properties":{"码头名称":"一","泊位数":3,"填报单位":"U1","生效日期":"2022-01-01","open":true},
       "geometry":{"type":"LineString","coordinates":[[114.3,30.5],[114.4,30.5]]}},
      {"type":"Feature","properties":{"name":"二","填报单位":"U1","生效日期":"2022-01-01","berths":null},"geometry":null}]}"#;
    assert_snapshot!(city.docks("a.geojson", json.as_bytes()), @r#"
    create 2
    8 create docks #8 2022-01-01 unit=U1 state=operating berths=3 geometry="LINESTRING(114.3000000 30.5000000,114.4000000 30.5000000)" length="9599.892" name="一" open=true
    9 create docks #9 2022-01-01 unit=U1 state=operating name="二"
    "#);
    let json = r#"{"type":"FeatureCollection","features":[
      {"properties":{"name":"三","color":"red","填报单位":"U1","生效日期":"2022-01-01"},"geometry":{"type":"Point","coordinates":[114.3,30.5]}},
      {"properties":{"name":"四","color":"red","berths":[1],"填报单位":"U1","生效日期":"2022-01-01"},"geometry":{"type":"LineString","coordinates":[[30.5,114.3],[30.5,114.4]]}}]}"#;
    assert_snapshot!(city.docks("b.geojson", json.as_bytes()), @r#"
    the file has 4 faults; nothing was entered
    row 1 “color”: there is no such column; remove or rename it
    row 1 “geometry”: wanted a line, such as LINESTRING(114.3 30.5,114.4 30.5) (found “POINT(114.3000000 30.5000000)”)
    row 2 “berths”: wanted a single value (found “[1]”)
    row 2 “geometry”: 30.5 114.3 is not a longitude and a latitude; were longitude and latitude exchanged? (found “geometry”)
    "#);
    let shifted = r#"{"type":"FeatureCollection","features":[{"properties":{"name":"五","填报单位":"U1","生效日期":"2022-01-01"},
      "geometry":{"type":"LineString","coordinates":[[114.3,30.5],[114.4,30.5]]}}]}"#;
    let gcj02 = ImportOptions { gcj02: true, ..options() };
    assert_snapshot!(city.shown("docks", "c.geojson", shifted.as_bytes(), &gcj02), @r#"
    create 1
    10 create docks #10 2022-01-01 unit=U1 state=operating geometry="LINESTRING(114.2945766 30.5024580,114.3944588 30.5023080)" length="9588.364" name="五"
    "#);
    let crs = r#"{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::4547"}},"features":[]}"#;
    assert_snapshot!(city.docks("d.geojson", crs.as_bytes()), @"the coordinate system `urn:ogc:def:crs:EPSG::4547` is not supported; convert to CGCS2000 longitude and latitude (EPSG:4490)");
}

#[test]
fn the_list_of_faults_is_capped_and_the_total_told() {
    let mut csv = "码头名称,泊位数,填报单位,生效日期\n".to_owned();
    for row in 0..500 {
        csv += &format!("码头{row},x,U1,2022-01-01\n");
    }
    let few = ImportOptions { max_faults: 2, ..options() };
    assert_snapshot!(City::new().shown("docks", "a.csv", csv.as_bytes(), &few), @r#"
    the file has 500 faults (the first 2 are listed); nothing was entered
    B2 “泊位数”: wanted a whole number from 1 to 200 (found “x”)
    B3 “泊位数”: wanted a whole number from 1 to 200 (found “x”)
    "#);
}
