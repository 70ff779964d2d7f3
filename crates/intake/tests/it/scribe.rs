//! The scribe: many callers, one book; what is acknowledged, refused, repeated, in conflict.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use insta::assert_snapshot;
use intake::{
    Act, Action, Answer, Change, Entered, Form, ImportOptions, Job, NewUnit, OwnerGuard, Question, RawValue,
    Refusal, Reorganisation, Scribe, Work,
};
use jiff::civil::date;
use ledger::{EntryNumber, Ledger, RecordId, SystemClock, Value};
use message::Language;
use tempfile::TempDir;

use crate::city::{City, founding, pack};

/// A city whose book only a scribe writes in.
struct Office {
    folder: TempDir,
    ledger: Arc<Ledger>,
    scribe: Scribe,
}

impl Office {
    fn open() -> Office {
        let City { folder, ledger } = City::new();
        let ledger = Arc::new(ledger);
        let scribe = Scribe::start(Arc::clone(&ledger), Arc::new(pack().clone())).expect("starts");
        Office { folder, ledger, scribe }
    }

    /// Ends the scribe and the book, and begins both anew.
    fn restart(self) -> Office {
        let Office { folder, ledger, scribe } = self;
        scribe.stop();
        drop((scribe, ledger));
        let ledger = Ledger::open(&folder.path().join("home"), Arc::new(SystemClock)).expect("opens");
        let ledger = Arc::new(ledger);
        let scribe = Scribe::start(Arc::clone(&ledger), Arc::new(pack().clone())).expect("starts");
        Office { folder, ledger, scribe }
    }

    fn enter(&self, key: &str, work: Work) -> Answer {
        self.scribe.enter(job(key, work))
    }

    fn dock(&self, name: &str) -> RecordId {
        self.enter(&format!("dock-{:x}", name.chars().map(u32::from).sum::<u32>()), create(name))
            .expect("enters")
            .records[0]
    }
}

pub fn job(key: &str, work: Work) -> Job {
    Job { actor: "wang".to_owned(), roles: vec!["clerk".to_owned()], key: key.to_owned(), guard: None, work }
}

pub fn form(values: &[(&str, &str)]) -> Form {
    let values = values.iter().map(|(key, value)| ((*key).to_owned(), RawValue::from((*value).to_owned())));
    Form { values: values.collect(), effective: Some(date(2022, 1, 1)), ..Form::default() }
}

pub fn dock(name: &str) -> Form {
    Form { owner: Some("U1".to_owned()), ..form(&[("name", name), ("berths", "3")]) }
}

pub fn create(name: &str) -> Work {
    Work::Create { register: "docks".to_owned(), form: dock(name) }
}

fn amend(record: RecordId, base: u64, berths: &str) -> Work {
    Work::Amend { record, base: EntryNumber(base), form: form(&[("berths", berths)]) }
}

fn act(record: RecordId, base: u64, action: Action, note: &str) -> Work {
    let note = (!note.is_empty()).then(|| note.to_owned());
    Work::act(record, EntryNumber(base), Act { note, ..Act::new(action, date(2022, 2, 1)) })
}

fn shown(answer: &Answer) -> String {
    match answer {
        Ok(Entered { entries, size, repeated, records, refused, .. }) => {
            let entries = entries.map(|(first, count)| format!("{first}+{count}"));
            let records: Vec<_> = records.iter().map(|record| format!("#{record}")).collect();
            let mut out = format!("{} of {size} {}", entries.unwrap_or("nothing".into()), records.join(" "));
            for (place, refusal) in refused {
                out += &format!("; {place}: {}", shown(&Err(refusal.clone())));
            }
            if *repeated { out + " repeated" } else { out }
        }
        Err(Refusal::Faults(faults)) => {
            let faults: Vec<_> = faults.iter().map(|fault| format!("{fault}")).collect();
            faults.join("; ")
        }
        Err(Refusal::Several(several)) => {
            let all: Vec<_> =
                several.iter().map(|(place, one)| format!("{place}: {}", shown(&Err(one.clone())))).collect();
            all.join("\n")
        }
        Err(Refusal::Stale(conflict)) => format!(
            "stale: {} by {} {:?} → {} by {} {:?}, {} since",
            conflict.base.number,
            conflict.base.actor,
            conflict.base.fields["berths"],
            conflict.current.number,
            conflict.current.actor,
            conflict.current.fields["berths"],
            conflict.since.len(),
        ),
        Err(other) => other.text().in_language(Language::English).into_owned(),
    }
}

#[test]
fn a_record_lives_through_the_scribe() {
    let office = Office::open();
    assert_snapshot!(shown(&office.enter("1", create("一"))), @"8+1 of 9 #8");
    let record = RecordId(8);
    assert_snapshot!(shown(&office.enter("2", amend(record, 8, "4"))), @"9+1 of 10 #8");
    assert_snapshot!(shown(&office.enter("3", amend(record, 9, "4"))), @"nothing of 10 #8");
    assert_snapshot!(shown(&office.enter("4", act(record, 9, Action::Verify, ""))), @"10+1 of 11 #8");
    assert_snapshot!(shown(&office.enter("5", act(record, 10, Action::Verify, ""))), @"@record: there is nothing to verify");
    assert_snapshot!(shown(&office.enter("6", act(record, 10, Action::Withdraw, ""))), @"@note: a remark must say why");
    assert_snapshot!(shown(&office.enter("7", act(record, 10, Action::Withdraw, "重复登记"))), @"11+1 of 12 #8");
    assert_snapshot!(shown(&office.enter("8", amend(record, 11, "5"))), @"@record: record #8 is withdrawn");
    assert_snapshot!(shown(&office.enter("9", amend(RecordId(77), 77, "5"))), @"there is no record #77");
    assert_eq!(office.scribe.size(), 12);
    // A record that begins elsewhere than in the first state takes two entries that name each other.
    let closed = Form {
        state: Some("已关停".into()),
        evidence: vec![office.ledger.put_evidence(&mut b"photo".as_slice()).expect("stores")],
        ..dock("二")
    };
    let work = Work::Create { register: "docks".into(), form: closed };
    assert_snapshot!(shown(&office.enter("10", work)), @"12+2 of 14 #12");
}

#[test]
fn faults_are_told_by_field_and_by_row() {
    let office = Office::open();
    office.dock("一");
    let wrong = Form { owner: Some("U9".into()), ..form(&[("name", "一"), ("berths", "many")]) };
    assert_snapshot!(
        shown(&office.enter("a", Work::Create { register: "docks".into(), form: wrong.clone() })),
        @"berths: wanted a whole number from 1 to 200; name: this is already in record #8; @owner: there is no such unit"
    );
    let forms = vec![dock("二"), wrong, dock("二"), dock("三")];
    let size = office.ledger.size().expect("a size");
    assert_snapshot!(
        shown(&office.enter("b", Work::Rows { register: "docks".into(), forms })),
        @"
    1: berths: wanted a whole number from 1 to 200; name: this is already in record #8; @owner: there is no such unit
    2: name: this is the same record as row 1
    "
    );
    assert_eq!(office.ledger.size().expect("a size"), size);
    let forms = vec![dock("二"), dock("三")];
    assert_snapshot!(shown(&office.enter("b", Work::Rows { register: "docks".into(), forms })), @"9+2 of 11 #9 #10");
    assert_snapshot!(shown(&office.enter("no/slash", create("四"))), @"a submission key has 1 to 80 letters, digits, `-`, `_`, `.`");
    assert_snapshot!(shown(&office.enter("c", Work::Create { register: "ducks".into(), form: dock("四") })), @"there is no register `ducks`");
    let nobody = Job { roles: Vec::new(), ..job("d", act(RecordId(8), 8, Action::Verify, "")) };
    assert_snapshot!(shown(&office.scribe.enter(nobody)), @"there is no role `` in the pack");
}

#[test]
fn the_second_who_changes_a_record_sees_both_versions() {
    let office = Office::open();
    let record = office.dock("一");
    office.scribe.enter(Job { actor: "li".into(), ..job("x", amend(record, 8, "7")) }).expect("enters");
    assert_snapshot!(shown(&office.enter("y", amend(record, 8, "5"))), @"stale: 8 by wang Whole(3) → 9 by li Whole(7), 1 since");
    assert_snapshot!(shown(&office.enter("z", act(record, 8, Action::Verify, ""))), @"stale: 8 by wang Whole(3) → 9 by li Whole(7), 1 since");
    assert_snapshot!(shown(&office.enter("y", amend(record, 9, "5"))), @"10+1 of 11 #8");
}

#[test]
fn several_acts_enter_together_or_each_on_its_own() {
    let office = Office::open();
    let (one, two) = (office.dock("一"), office.dock("二"));
    let verify =
        |record: RecordId, base| (record, EntryNumber(base), Act::new(Action::Verify, date(2022, 2, 1)));
    let acts = vec![verify(one, one.0), verify(two, 0), verify(one, one.0)];
    let all = |acts: &Vec<_>, together| Work::Acts { acts: acts.clone(), together };
    assert_snapshot!(shown(&office.enter("a", all(&acts, true))), @"
    1: there is no record #9
    2: @record: the record is listed twice
    ");
    let own = office.enter("b", all(&acts, false));
    assert_snapshot!(shown(&own), @"10+1 of 11 #8; 1: there is no record #9; 2: @record: the record is listed twice");
    assert_snapshot!(shown(&office.enter("b", all(&acts, false))), @"10+1 of 11 #8; 1: there is no record #9; 2: @record: the record is listed twice repeated");
    // After a restart the book tells what was done; why the rest was not is no longer known.
    let office = office.restart();
    assert_snapshot!(shown(&office.enter("b", all(&acts, false))), @"10+1 of 11 #8; 1: this was not done when it was first submitted; 2: this was not done when it was first submitted repeated");
    assert_snapshot!(shown(&office.enter("b", all(&vec![verify(two, two.0)], true))), @"this submission key was used for another submission; reload the page and try again");
    assert_snapshot!(shown(&office.enter("c", all(&vec![verify(two, two.0)], true))), @"11+1 of 12 #9");
}

#[test]
fn a_job_sent_again_is_entered_once_even_after_a_restart() {
    let mut office = Office::open();
    let volunteer = |phone: &str| {
        let person = RawValue::Person { name: "赵青".into(), phone: phone.to_owned().into() };
        let mut form =
            Form { owner: Some("U1".to_owned()), ..form(&[("volunteer_no", "V1"), ("hours", "1.5")]) };
        form.values.push(("volunteer".to_owned(), person));
        Work::Create { register: "volunteers".into(), form }
    };
    let evidence = office.ledger.put_evidence(&mut b"photo".as_slice()).expect("stores");
    let close = Form {
        evidence: vec![evidence],
        state: Some("closed".into()),
        note: Some(" 已关 ".into()),
        ..form(&[("berths", "9")])
    };
    let line = "LINESTRING(114.3 30.5,114.4 30.5)";
    let jobs = [
        ("one", create("一")),
        ("two", Work::Rows { register: "docks".into(), forms: vec![dock("二"), dock("三")] }),
        ("amend", amend(RecordId(8), 8, "4")),
        (
            "clear",
            Work::Amend {
                record: RecordId(8),
                base: EntryNumber(11),
                form: form(&[("berths", "（清空）"), ("geometry", line), ("length", "9590")]),
            },
        ),
        ("verify", act(RecordId(9), 9, Action::Verify, "")),
        ("close", Work::Amend { record: RecordId(10), base: EntryNumber(10), form: close }),
        ("person", volunteer("13800000001")),
    ];
    let first: Vec<Entered> =
        jobs.iter().map(|(key, work)| office.enter(key, work.clone()).expect("enters")).collect();
    assert_eq!(first.last().map(|last| last.size), Some(17));
    for _ in 0..2 {
        for ((key, work), first) in jobs.iter().zip(&first) {
            let again = office.enter(key, work.clone());
            assert_eq!(again.as_ref(), Ok(&Entered { repeated: true, ..first.clone() }), "{key}");
            // The same key is another actor's own.
            let other = Job { actor: "li".into(), ..job(key, work.clone()) };
            assert!(!matches!(office.scribe.enter(other), Err(Refusal::KeyReused)), "{key}");
        }
        for (index, (key, _)) in jobs.iter().enumerate() {
            for (other, (_, work)) in jobs.iter().enumerate().filter(|(other, _)| *other != index) {
                assert_eq!(office.enter(key, work.clone()), Err(Refusal::KeyReused), "{key} {other}");
            }
        }
        for (key, work) in [
            ("one", create("十")),
            ("two", Work::Rows { register: "docks".into(), forms: vec![dock("二")] }),
            ("amend", amend(RecordId(8), 8, "5")),
            ("amend", amend(RecordId(8), 9, "4")),
            ("verify", act(RecordId(9), 9, Action::Verify, "好")),
            ("person", volunteer("13800000002")),
        ] {
            assert_eq!(office.enter(key, work), Err(Refusal::KeyReused), "{key}");
        }
        office = office.restart();
    }
    // Records of another actor's jobs are his; none of ours came twice.
    assert_eq!(office.ledger.verify(&mut |_, _| {}).expect("verifies"), []);
}

#[test]
fn a_person_who_is_the_same_changes_nothing() {
    let office = Office::open();
    let person = |phone: &str| {
        ("volunteer".to_owned(), RawValue::Person { name: "赵青".into(), phone: phone.to_owned().into() })
    };
    let mut new = Form { owner: Some("U1".into()), ..form(&[("volunteer_no", "V1")]) };
    new.values.push(person("13800000001"));
    let debug = format!("{:?}", job("k", Work::Create { register: "volunteers".into(), form: new.clone() }));
    assert!(!debug.contains("赵青") && !debug.contains("138"), "{debug}");
    let entered =
        office.enter("a", Work::Create { register: "volunteers".into(), form: new }).expect("enters");
    let change = |phone: &str| {
        let form = Form { values: vec![person(phone)], ..form(&[]) };
        Work::Amend { record: entered.records[0], base: EntryNumber(8), form }
    };
    assert_snapshot!(shown(&office.enter("b", change("13800000001"))), @"nothing of 9 #8");
    assert_snapshot!(shown(&office.enter("c", change("13800000002"))), @"9+1 of 10 #8");
    let Value::Text(pseudonym) =
        &office.ledger.entry(EntryNumber(9)).expect("reads").expect("is").fields["volunteer"]
    else {
        panic!("a pseudonym");
    };
    let pseudonym = ledger::Pseudonym::parse(pseudonym).expect("a pseudonym");
    assert!(office.scribe.person(&pseudonym).expect("reads").expect("is").contains("13800000002"));
    assert!(office.scribe.erase_person(&pseudonym).expect("erases"));
    assert_eq!(office.scribe.person(&pseudonym).expect("reads"), None);
}

#[test]
fn a_guard_is_asked_of_what_a_record_was_and_of_what_it_becomes() {
    let office = Office::open();
    let record = office.dock("一");
    let guarded = |key: &str, unit: &'static str, work| Job {
        guard: Some(OwnerGuard::new(move |code| code == unit)),
        ..job(key, work)
    };
    let of = |name: &str| Work::Create {
        register: "docks".into(),
        form: Form { owner: Some("交通局".into()), ..dock(name) },
    };
    assert_snapshot!(shown(&office.scribe.enter(guarded("a", "U2", of("二")))), @"@owner: you have no right to act for this unit");
    assert_snapshot!(shown(&office.scribe.enter(guarded("b", "U1", of("二")))), @"9+1 of 10 #9");
    let give =
        Work::Amend { record, base: EntryNumber(8), form: Form { owner: Some("U2".into()), ..form(&[]) } };
    assert_snapshot!(shown(&office.scribe.enter(guarded("c", "U1", give.clone()))), @"@owner: you have no right to act for this unit");
    assert_snapshot!(shown(&office.scribe.enter(guarded("d", "U2", give))), @"@owner: you have no right to act for this unit");
    assert_snapshot!(shown(&office.scribe.enter(guarded("e", "U2", act(record, 8, Action::Verify, "")))), @"@owner: you have no right to act for this unit");
    let file = office.folder.path().join("docks.csv");
    std::fs::write(&file, "码头名称,填报单位,生效日期\n五,U1,2022-01-01\n六,U2,2022-01-01\n")
        .expect("writes");
    let options = ImportOptions {
        guard: Some(OwnerGuard::new(|code| code == "U1")),
        ..ImportOptions::new("x", "clerk")
    };
    let work =
        Work::Import { register: "docks".into(), file: file.clone(), options: Box::new(options.clone()) };
    let Err(Refusal::Cells(faults)) = office.enter("f", work) else { panic!("faults") };
    assert_eq!((faults.total, faults.listed[0].row, faults.listed[0].column.as_str()), (1, 3, "B"));
    assert!(office.scribe.try_import("docks", &file, &options, &mut |_, _| {}).is_err());
}

#[test]
fn files_and_reorganisations_enter_in_their_turn() {
    let office = Office::open();
    let file = office.folder.path().join("docks.csv");
    std::fs::write(&file, "码头名称,填报单位\n五,U1\n六,U2\n").expect("writes");
    let import =
        || Work::Import { register: "docks".into(), file: file.clone(), options: Box::new(founding()) };
    let outcome =
        office.scribe.try_import("docks", &file, &founding(), &mut |_, _| {}).expect("is faultless");
    assert_eq!((outcome.creates, outcome.entries), (2, None));
    let entered = office.enter("a", import()).expect("enters");
    assert_eq!((entered.entries, entered.repeated), (Some((EntryNumber(8), 2)), false));
    assert!(office.enter("a", import()).expect("enters").repeated);
    let office = office.restart();
    assert!(office.enter("other", import()).expect("enters").repeated);
    let split = |unit: &str| Work::Reorganise {
        what: Reorganisation::Split {
            unit: unit.into(),
            new: vec![NewUnit { code: "U3".into(), name: "港航局".into(), level: None, parent: None }],
            successor: None,
            records: vec![(RecordId(8), "U3".into())],
            children: Vec::new(),
        },
        on: date(2023, 1, 1),
        note: None,
    };
    assert_snapshot!(shown(&office.enter("r", split("U1"))), @"10+2 of 12 ");
    assert_snapshot!(shown(&office.enter("r", split("U1"))), @"10+2 of 12  repeated");
    let office = office.restart();
    assert_snapshot!(shown(&office.enter("r", split("U1"))), @"10+2 of 12  repeated");
    assert_snapshot!(shown(&office.enter("s", split("U1"))), @"the unit code U3 is in use");
    // The book follows: the new unit can own at once.
    let work = Work::Create {
        register: "docks".into(),
        form: Form { owner: Some("港航局".into()), effective: Some(date(2023, 2, 1)), ..dock("七") },
    };
    assert_snapshot!(shown(&office.enter("t", work)), @"12+1 of 13 #12");
    let units = office.scribe.look(&["docks"], |book| book.units_listed().len()).expect("looks");
    assert_eq!(units, 7);
}

#[test]
fn checking_judges_by_the_same_rule_and_enters_nothing() {
    let office = Office::open();
    office.dock("一");
    let question = |record, forms| Question {
        register: "docks".into(),
        record,
        roles: vec!["clerk".into()],
        guard: None,
        forms,
    };
    let mut line = dock("三");
    line.values.push(("geometry".into(), RawValue::from("LINESTRING(114.3 30.5,114.4 30.5)".to_owned())));
    let checked =
        office.scribe.check(question(None, vec![dock("一"), dock("二"), dock("二"), line])).expect("checks");
    let faults: Vec<_> = checked
        .iter()
        .map(|one| one.faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))
        .collect();
    assert_snapshot!(faults.join("\n"), @"
    name: this is already in record #8

    name: this is the same record as row 2
    ");
    assert_eq!(checked[1].change, Some(Change::Create));
    assert_snapshot!(format!("{:?}", checked[3].fields["length"]), @r#"Text("9599.892")"#);
    let checked = office
        .scribe
        .check(question(Some(RecordId(8)), vec![form(&[("berths", "3")]), form(&[("berths", "0")])]))
        .expect("checks");
    assert_eq!((checked[0].change, checked[1].faults.len()), (Some(Change::Unchanged), 1));
    assert_eq!(
        office.scribe.check(question(Some(RecordId(99)), vec![dock("x")])),
        Err(Refusal::NoRecord(RecordId(99)))
    );
    assert_eq!(office.ledger.size().expect("a size"), 9);
}

#[test]
fn many_callers_race_and_each_name_is_taken_once() {
    let office = Office::open();
    let grown = Arc::new(AtomicU64::new(0));
    let seen = Arc::clone(&grown);
    office.scribe.on_growth(move |size| {
        seen.fetch_max(size, Ordering::SeqCst);
    });
    let answers: Vec<(String, Answer)> = std::thread::scope(|scope| {
        let callers: Vec<_> = (0..16)
            .map(|caller| {
                let scribe = office.scribe.clone();
                scope.spawn(move || {
                    let turn = |turn: usize| {
                        let name = format!("码头{}", (caller + turn) % 20);
                        let key = format!("{caller}-{turn}");
                        // Everybody sends twice, as an impatient hand does.
                        let (first, second) =
                            (scribe.enter(job(&key, create(&name))), scribe.enter(job(&key, create(&name))));
                        assert_eq!(first.is_ok(), second.is_ok());
                        (name, first)
                    };
                    (0..20).map(turn).collect::<Vec<_>>()
                })
            })
            .collect();
        callers.into_iter().flat_map(|caller| caller.join().expect("no panic")).collect()
    });
    for name in (0..20).map(|number| format!("码头{number}")) {
        let winners = answers.iter().filter(|(of, answer)| *of == name && answer.is_ok()).count();
        assert_eq!(winners, 1, "{name}");
    }
    assert!(answers.iter().all(|(_, answer)| matches!(answer, Ok(_) | Err(Refusal::Faults(_)))));
    assert_eq!((office.ledger.size().expect("a size"), grown.load(Ordering::SeqCst)), (28, 28));
    assert_eq!(office.ledger.verify(&mut |_, _| {}).expect("verifies"), []);
}

#[test]
fn changes_of_one_record_race_and_one_wins_each_version() {
    let office = Office::open();
    let record = office.dock("一");
    let wins: usize = std::thread::scope(|scope| {
        let callers: Vec<_> = (0..8)
            .map(|caller| {
                let scribe = office.scribe.clone();
                scope.spawn(move || {
                    let (mut base, mut wins) = (record.0, 0);
                    for turn in 0..10 {
                        let berths = format!("{}", 10 + caller * 10 + turn);
                        match scribe.enter(job(&format!("{caller}-{turn}"), amend(record, base, &berths))) {
                            Ok(entered) => {
                                base = entered.entries.expect("a change").0.0;
                                wins += 1;
                            }
                            Err(Refusal::Stale(conflict)) => base = conflict.current.number.0,
                            Err(other) => panic!("{other:?}"),
                        }
                    }
                    wins
                })
            })
            .collect();
        callers.into_iter().map(|caller| caller.join().expect("no panic")).sum()
    });
    assert_eq!(office.ledger.history(record).expect("reads").len(), 1 + wins);
}

#[test]
fn a_pack_is_replaced_between_two_jobs() {
    let office = Office::open();
    let mut new = pack().clone();
    let docks = new.registers.iter_mut().find(|register| register.key == "docks").expect("docks");
    docks.fields.iter_mut().find(|field| field.key == "bank").expect("bank").required = true;
    let (give, take) = mpsc::channel();
    for index in 0..5 {
        let give = give.clone();
        office.scribe.submit(job(&index.to_string(), create(&format!("旧{index}"))), move |answer| {
            drop(give.send(answer))
        });
    }
    office.scribe.reload(Arc::new(new)).expect("reloads");
    // What came before the pack was answered by the old one.
    assert!((0..5).all(|_| take.try_recv().expect("answered").is_ok()));
    assert_snapshot!(shown(&office.enter("new", create("新"))), @"bank: this is required");
    assert!(office.enter("0", create("旧0")).expect("known").repeated);
    assert!(
        office
            .scribe
            .pack()
            .register("docks")
            .expect("docks")
            .fields
            .iter()
            .any(|field| field.key == "bank" && field.required)
    );
}

#[test]
fn stopping_answers_everybody() {
    let office = Office::open();
    let (give, take) = mpsc::channel();
    for index in 0..50 {
        let give = give.clone();
        office.scribe.submit(job(&index.to_string(), create(&format!("{index}"))), move |answer| {
            drop(give.send(answer))
        });
    }
    drop(give);
    office.scribe.stop();
    assert_eq!(take.iter().filter(Result::is_ok).count(), 50);
    assert_eq!(office.enter("late", create("晚")), Err(Refusal::Stopped));
    assert!(matches!(office.scribe.look(&[], |_| ()), Err(Refusal::Stopped)));
    assert!(matches!(office.scribe.reload(Arc::new(pack().clone())), Err(Refusal::Stopped)));
    office.scribe.stop();
}

#[test]
fn the_book_follows_whoever_else_writes() {
    let office = Office::open();
    let record = office.dock("一");
    let file = office.folder.path().join("docks.csv");
    std::fs::write(&file, "码头名称,填报单位,泊位数\n二,U1,1\n一,U1,9\n").expect("writes");
    let options = ImportOptions { effective: Some(date(2022, 3, 1)), ..founding() };
    intake::import(pack(), &office.ledger, "docks", &file, &options, &mut |_, _| {}).expect("enters");
    assert!(matches!(office.enter("a", create("二")), Err(Refusal::Faults(_))));
    assert_snapshot!(shown(&office.enter("b", amend(record, 8, "5"))), @"stale: 8 by wang Whole(3) → 10 by clerk@example Whole(9), 1 since");
    assert_eq!(office.scribe.wait_beyond(10, Duration::from_secs(9)), 11);
    assert_eq!(office.scribe.wait_beyond(11, Duration::from_millis(1)), 11);
}
