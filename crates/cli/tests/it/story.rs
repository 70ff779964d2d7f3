//! One dock, from the clerk's sheet to the proof in an auditor's hands.

use super::city::City;

const DOCKS: &str = "\
码头名称,河流,岸别,所在区,用途,泊位数,填报单位,生效日期
望江1号,长江,左岸,D01,货运,2,市港航局,2012-03-01
望江2号,长江,右岸,D01,客运,3,市港航局,2014-05-06
望江3号,汉江,左岸,D02,货运,1,市水务局,2015-07-08
";

fn with_docks() -> City {
    let city = City::founded();
    let districts =
        city.file("districts.csv", "区代码,名称,所属镇\nD01,一区,north\nD02,二区,north\n".as_bytes());
    let printed = city.try_at_home(&[
        "import",
        "districts",
        &districts,
        "--effective",
        "2010-01-01",
        "--owner",
        "C",
        "--verify",
        "--role",
        "verifier",
    ]);
    assert_eq!(printed.status, 0, "{}{}", printed.out, printed.err);
    let docks = city.file("docks.csv", DOCKS.as_bytes());
    city.at_home(&["import", "docks", &docks]);
    city
}

fn value(city: &City, arguments: &[&str]) -> String {
    let figure = city.figure(arguments);
    format!("{} ({} pending)", figure["value"].as_str().unwrap_or("-"), figure["pending"])
}

#[test]
fn a_record_counts_once_it_is_verified_and_the_past_stays_as_it_was_told() {
    let city = with_docks();
    let operating = ["docks.operating", "--period", "2022"];
    assert_eq!(value(&city, &operating), "0 (3 pending)");

    let records = city.at_home(&["record", "list", "docks"]);
    let ids: Vec<&str> = records.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(ids.len(), 3, "{records}");
    for id in &ids {
        city.at_home(&["record", "verify", id, "--role", "verifier"]);
    }
    assert_eq!(value(&city, &operating), "3 (0 pending)");
    assert_eq!(value(&city, &["docks.operating", "--period", "2014"]), "2 (0 pending)");
    assert_eq!(value(&city, &["docks.operating", "--period", "2022", "--of", "bank=left"]), "2 (0 pending)");
    let pinned = city.figure(&operating)["id"].as_str().expect("an identity").to_owned();

    // A dock closes: evidence is asked for, the state machine is kept, the closing is pending until verified.
    let refused = city.try_at_home(&["record", "advance", ids[0], "closed", "--on", "2021-06-30"]);
    assert_eq!(refused.status, 1, "{}{}", refused.out, refused.err);
    assert!(refused.err.contains("evidence"), "{}", refused.err);
    let photo = city.file("closed.txt", b"the dock is closed");
    city.at_home(&["record", "advance", ids[0], "closed", "--on", "2021-06-30", "--evidence", &photo]);
    city.at_home(&["record", "verify", ids[0], "--role", "verifier"]);
    assert_eq!(value(&city, &operating), "2 (0 pending)");
    assert_eq!(value(&city, &["docks.operating", "--period", "2020"]), "3 (0 pending)");

    // What was said then is still what was said then; the difference names its entries.
    let traced: serde_json::Value =
        serde_json::from_str(&city.at_home(&["trace", &pinned, "--format", "json"])).expect("JSON");
    assert_eq!((&traced["value"], &traced["proven"]), (&"3".into(), &true.into()));
    let difference: serde_json::Value =
        serde_json::from_str(&city.at_home(&["diff", &pinned, "--format", "json"])).expect("JSON");
    assert_eq!((&difference["then"]["value"], &difference["now"]["value"]), (&"3".into(), &"2".into()));
    let kinds: Vec<_> =
        difference["entries"].as_array().expect("entries").iter().map(|one| one["kind"].clone()).collect();
    assert_eq!(kinds, ["advance", "verify"]);

    // The proof is checked with the public key alone.
    let proof = city.at_home(&["prove", ids[0]]);
    let file = city.file("proof.txt", proof.as_bytes());
    let key = std::fs::read_to_string(city.path().join("city/keys/book.pub")).expect("the public key");
    let told = city.ok(&["check-proof", &file, "--key", &key]);
    assert!(told.contains("the proof holds"), "{told}");
    let forged = city.file("forged.txt", proof.replace("closed", "opened").as_bytes());
    assert_eq!(city.run(&["check-proof", &forged, "--key", &key]).status, 1);

    let told = city.at_home(&["verify"]);
    assert!(told.contains("the book is sound"), "{told}");
}

#[test]
fn a_file_imported_twice_changes_nothing_and_a_mended_row_amends() {
    let city = with_docks();
    let size = city.size();
    let docks = city.file("docks.csv", DOCKS.as_bytes());
    let told = city.at_home(&["import", "docks", &docks]);
    assert!(told.contains("imported before"), "{told}");
    let same = city.file("again.csv", format!("{DOCKS}\n").as_bytes());
    city.at_home(&["import", "docks", &same]);
    assert_eq!(city.size(), size);

    let mended = city.file("mended.csv", DOCKS.replace("客运,3", "客运,4").as_bytes());
    let told = city.at_home(&["import", "docks", &mended]);
    assert!(told.contains("1 amended") && told.contains("2 unchanged"), "{told}");
    assert_eq!(city.size(), size + 1);
}

#[test]
fn every_fault_of_a_file_is_told_at_once_and_nothing_enters() {
    let city = with_docks();
    let size = city.size();
    let faulty = city.file(
        "faulty.csv",
        "码头名称,河流,岸别,所在区,用途,泊位数,填报单位,生效日期\n新1号,黄河,左岸,D01,货运,2,市港航局,2012-03-01\n新2号,长江,右岸,D09,客运,三百,市港航局,2014-13-06\n"
            .as_bytes(),
    );
    let printed = city.try_at_home(&["import", "docks", &faulty]);
    assert_eq!(printed.status, 1);
    let cells: Vec<&str> = printed.out.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(cells, ["B2", "D3", "F3", "H3"], "{}", printed.out);
    assert_eq!(city.size(), size);
}

#[test]
fn a_second_writer_is_refused_and_a_backup_restores() {
    let city = with_docks();
    let lock = std::fs::File::open(city.path().join("city/writer.lock")).expect("the lock file");
    lock.lock().expect("nobody writes now");
    let docks = city.file("more.csv", DOCKS.replace("望江", "江望").as_bytes());
    let refused = city.try_at_home(&["import", "docks", &docks]);
    assert_eq!(refused.status, 1, "{}", refused.err);
    assert!(refused.err.contains("another process"), "{}", refused.err);

    // While somebody writes, the city can be read and backed up.
    let backup = city.path().join("backup").to_string_lossy().into_owned();
    city.at_home(&["backup", &backup]);
    drop(lock);
    let restored = city.path().join("restored").to_string_lossy().into_owned();
    city.ok(&["restore", &backup, &restored]);
    let told = city.ok(&["verify", "--home", &restored]);
    assert!(told.contains("the book is sound"), "{told}");
    let arguments = ["figures", "docks.operating", "--period", "2022", "--format", "csv", "--home"];
    assert_eq!(city.ok(&[&arguments[..], &[&restored]].concat()), city.at_home(&arguments[..6]));
}

#[test]
fn a_merged_unit_keeps_its_past_figures() {
    let city = with_docks();
    for line in city.at_home(&["record", "list", "docks"]).lines() {
        let id = line.split_whitespace().next().expect("an id");
        city.at_home(&["record", "verify", id, "--role", "verifier"]);
    }
    let by_unit = |period: &str| {
        let out = city.at_home(&[
            "figures",
            "docks.operating",
            "--by",
            "unit",
            "--period",
            period,
            "--format",
            "json",
        ]);
        let document: serde_json::Value = serde_json::from_str(&out).expect("JSON");
        let figures = document["figures"].as_array().expect("figures").clone();
        figures
            .iter()
            .map(|one| {
                format!(
                    "{}={}",
                    one["scope"]["unit"].as_str().unwrap_or("-"),
                    one["value"].as_str().unwrap_or("-")
                )
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(by_unit("2022"), ["U001=1", "U002=2"]);
    city.at_home(&["unit", "merge", "U002", "--into", "U001", "--on", "2023-07-01"]);
    assert_eq!(by_unit("2022"), ["U001=1", "U002=2"]);
    assert_eq!(by_unit("2023"), ["U001=3"]);
}

#[test]
fn a_person_is_erased_and_the_proof_still_holds() {
    let city = with_docks();
    let sheet = city.file(
        "volunteers.csv",
        "志愿者姓名,志愿者手机,所在区,注册日期,填报单位,生效日期\n张三,13800000000,D01,2022-03-01,U001,2022-03-01\n".as_bytes(),
    );
    city.at_home(&["import", "volunteers", &sheet]);
    let listed = city.at_home(&["record", "list", "volunteers"]);
    let record = listed.split_whitespace().next().expect("a record");
    let shown = city.at_home(&["record", "show", record]);
    assert!(!shown.contains("138"), "personal data in the book: {shown}");
    let at = shown.find("p-").expect("a pseudonym");
    let pseudonym = &shown[at..at + 18];
    assert!(city.at_home(&["person", "show", pseudonym]).contains("13800000000"));
    let proof = city.file("proof.txt", city.at_home(&["prove", record]).as_bytes());

    city.at_home(&["person", "erase", pseudonym]);
    assert_eq!(city.try_at_home(&["person", "show", pseudonym]).status, 1);
    for file in ["book.db", "book.db-wal"] {
        let bytes = std::fs::read(city.path().join("city").join(file)).unwrap_or_default();
        assert!(!bytes.windows(11).any(|window| window == b"13800000000"), "{file} still holds the number");
    }
    let key = std::fs::read_to_string(city.path().join("city/keys/book.pub")).expect("the public key");
    assert!(city.ok(&["check-proof", &proof, "--key", &key]).contains("the proof holds"));
    assert!(city.at_home(&["verify"]).contains("the book is sound"));
}
