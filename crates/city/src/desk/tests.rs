//! Versions, steps and signatures of reports, as people go through them.

use figure::Snapshot;
use jiff::Timestamp;
use message::Language;

use super::{Desk, DeskError, Done, State, Taking};

fn taking<'a>(by: &'a str, version: u32, note: &'a str, key: &'a str) -> Taking<'a> {
    Taking {
        report: "work-report",
        version,
        by,
        at: Timestamp::UNIX_EPOCH,
        snapshot: Snapshot { known_at: 7, lake: None, pack: [0x0f, 0x3c, 0x21, 0xab] },
        note,
        key,
    }
}

fn desk() -> (tempfile::TempDir, Desk) {
    let folder = tempfile::tempdir().expect("a directory");
    let desk = Desk::at(folder.path().join("reports"));
    (folder, desk)
}

#[test]
fn a_report_goes_from_hand_to_hand() {
    let (_folder, desk) = desk();
    assert_eq!(desk.standing("work-report").expect("standing").state(), State::Template);
    desk.save(&taking("anna", 0, "", "a"), "one").expect("saved");
    desk.save(&taking("anna", 1, "", "b"), "two").expect("saved");
    assert!(matches!(desk.review(&taking("anna", 2, "", "")), Err(DeskError::SamePerson)));
    assert!(matches!(desk.review(&taking("bert", 1, "", "")), Err(DeskError::Stale { latest: 2 })));
    assert!(matches!(desk.give_back(&taking("bert", 2, " ", "")), Err(DeskError::NoReason)));
    desk.review(&taking("bert", 2, "", "c")).expect("reviewed");
    let files = [("md", b"text".to_vec())];
    let edition = (Language::Simplified, None, true);
    assert!(matches!(desk.sign(&taking("anna", 2, "", ""), edition, &files), Err(DeskError::SamePerson)));
    let step = desk.sign(&taking("carla", 2, "", "d"), edition, &files).expect("signed");
    let standing = desk.standing("work-report").expect("standing");
    assert_eq!((standing.state(), standing.version(), step.done), (State::Signed, 2, Done::Signed));
    assert_eq!(desk.file("work-report", &step, "md").expect("the file"), b"text");
    assert_eq!(desk.text("work-report", 1).expect("the text"), "one");
    assert_eq!(desk.reports().expect("keys"), ["work-report"]);
    // The next version begins anew, and what was signed stays.
    desk.save(&taking("anna", 2, "", "e"), "three").expect("saved");
    let standing = desk.standing("work-report").expect("standing");
    assert_eq!((standing.state(), standing.signed().count()), (State::Drafted, 1));
}

#[test]
fn nobody_overwrites_and_a_repeated_request_counts_once() {
    let (_folder, desk) = desk();
    let first = desk.save(&taking("anna", 0, "", "k"), "one").expect("saved");
    let again = desk.save(&taking("anna", 0, "", "k"), "one").expect("the same");
    assert_eq!(first, again);
    assert!(matches!(desk.save(&taking("bert", 0, "", "l"), "other"), Err(DeskError::Stale { latest: 1 })));
    assert_eq!(desk.text("work-report", 1).expect("the text"), "one");
}

#[test]
fn a_file_that_was_touched_is_not_given_out() {
    let (folder, desk) = desk();
    desk.save(&taking("anna", 0, "", ""), "one").expect("saved");
    desk.review(&taking("bert", 1, "", "")).expect("reviewed");
    let edition = (Language::Simplified, None, true);
    let step = desk.sign(&taking("bert", 1, "", ""), edition, &[("md", b"text".to_vec())]).expect("signed");
    std::fs::write(folder.path().join("reports/work-report/signed/00003/report.md"), b"else")
        .expect("written");
    assert!(matches!(desk.file("work-report", &step, "md"), Err(DeskError::Damaged)));
}

#[test]
fn a_key_that_is_no_name_is_no_report() {
    let (_folder, desk) = desk();
    for key in ["", "..", "../x", "a/b", "a\\b", "a.b", "ö", &"a".repeat(101)] {
        assert!(matches!(desk.standing(key), Err(DeskError::Unknown)), "{key}");
    }
}
