//! What is put in comes out, as it was known.

use insta::assert_snapshot;
use lake::{Compaction, Kind, Lake, LakeError, Measurement, Micro, Options, Query, Receipt, Span};

use super::common::{City, air, data_files, hour, lines, row};

#[test]
fn a_correction_holds_from_its_batch_on() {
    let City { dir, lake } = City::found();
    assert_eq!(lake.version().unwrap(), 0);
    assert_eq!(lines(&lake, &air()), [""; 0]);
    let first = [row("B", "so2", 1, Some(7)), row("A", "so2", 0, Some(5)), row("A", "co", 0, None)];
    assert_eq!(lake.append("1", Kind::Air, &first).unwrap(), Receipt { batch: 1, rows: 3, repeated: false });
    let second = [row("A", "so2", 0, Some(6)), row("A", "so2", 0, Some(4)), row("A", "so2", 800, Some(9))];
    assert_eq!(lake.append("2", Kind::Air, &second).unwrap().batch, 2);
    // Another kind and another span are other rows.
    lake.append("3", Kind::Water, &[row("A", "so2", 0, Some(1))]).unwrap();
    lake.append("4", Kind::Air, &[Measurement { span: Span::Day, ..row("A", "so2", 0, Some(2)) }]).unwrap();

    let now = ["A co 0 - #1", "A so2 0 4 #2", "A so2 800 9 #2", "B so2 1 7 #1"];
    let then = ["A co 0 - #1", "A so2 0 5 #1", "B so2 1 7 #1"];
    let check = |lake: &Lake| {
        assert_eq!(lines(lake, &air()), now);
        assert_eq!(lines(lake, &Query { known_at: Some(1), ..air() }), then);
        assert_eq!(lines(lake, &Query { known_at: Some(0), ..air() }), [""; 0]);
        let some = |words: &[&str]| Some(words.iter().map(|word| (*word).to_owned()).collect());
        assert_eq!(lines(lake, &Query { stations: some(&["A", "C"]), ..air() }), now[..3]);
        assert_eq!(lines(lake, &Query { stations: some(&[]), ..air() }), [""; 0]);
        assert_eq!(lines(lake, &Query { items: some(&["co"]), ..air() }), now[..1]);
        assert_eq!(lines(lake, &Query { from: hour(0), to: hour(1), ..air() }), now[..2]);
        assert_eq!(lines(lake, &Query { from: hour(1), to: hour(800), ..air() }), now[3..]);
        assert!(matches!(
            lake.read(&Query { known_at: Some(5), ..air() }, &mut |_| Ok(())),
            Err(LakeError::Future { asked: 5, last: 4 })
        ));
        let history = lake.history("A", "so2", Span::Hour, hour(0)).unwrap();
        let told = history
            .iter()
            .map(|version| format!("{} {} {}", version.kind.key(), version.batch, version.value.unwrap()));
        assert_eq!(told.collect::<Vec<_>>(), ["air 1 5", "air 2 6", "air 2 4", "water 3 1"]);
        assert_eq!(lake.verify(&mut |_, _| {}).unwrap(), []);
    };
    check(&lake);
    // Rows of a correction stand in files of their own until they are merged; then the replaced files wait.
    assert_eq!(lake.compact().unwrap(), Compaction { merged: 2, written: 1, deleted: 0 });
    check(&lake);
    assert_eq!(data_files(dir.path()).len(), 6);
    let options = Options { keep_replaced_seconds: 0, ..Options::default() };
    drop(lake);
    std::thread::sleep(std::time::Duration::from_millis(5));
    let lake = Lake::open(dir.path()).unwrap().with(options);
    assert_eq!(lake.compact().unwrap(), Compaction { merged: 0, written: 0, deleted: 2 });
    assert_eq!(data_files(dir.path()).len(), 4);
    check(&lake);
}

#[test]
fn a_key_counts_once() {
    let City { dir: _dir, lake } = City::found();
    let rows = [row("A", "so2", 0, Some(5)), row("A", "so2", 1, Some(6))];
    let receipt = lake.append("file", Kind::Air, &rows).unwrap();
    assert_eq!(lake.append("file", Kind::Air, &rows).unwrap(), Receipt { repeated: true, ..receipt });
    for (kind, rows) in [(Kind::Air, &rows[..1]), (Kind::Water, &rows), (Kind::Air, &[])] {
        let again = lake.append("file", kind, rows);
        assert!(matches!(again, Err(LakeError::KeyReused { batch: 1, .. })), "{again:?}");
    }
    // In pieces or not is the same.
    let mut import = lake.import("file").unwrap();
    import.add(Kind::Air, &rows[..1]).unwrap();
    import.add(Kind::Air, &rows[1..]).unwrap();
    assert_eq!(import.commit().unwrap(), Receipt { repeated: true, ..receipt });
    // What is not committed never was.
    let mut import = lake.import("other").unwrap();
    import.add(Kind::Air, &rows).unwrap();
    drop(import);
    assert_eq!(lake.append("none", Kind::Air, &[]).unwrap(), Receipt { batch: 2, rows: 0, repeated: false });
    assert_eq!(lake.version().unwrap(), 2);
    assert_eq!(lines(&lake, &air()).len(), 2);
    assert!(matches!(lake.append("", Kind::Air, &rows), Err(LakeError::Key)));
}

#[test]
fn bad_rows_are_named_and_nothing_enters() {
    let City { dir: _dir, lake } = City::found();
    let good = row("A", "so2", 0, Some(5));
    let check = |bad: Measurement, expected: &str| {
        let rows = [good.clone(), bad];
        let spool = lake.spool().unwrap();
        let spooled = spool.store(Kind::Air, rows.to_vec()).unwrap_err();
        let appended = lake.append("x", Kind::Air, &rows).unwrap_err();
        assert_eq!(appended.to_string(), format!("row 1: {expected}"));
        assert_eq!(spooled.to_string(), appended.to_string());
        assert!(appended.text().simplified.starts_with("第2行："));
    };
    let name = "must be 1 to 100 bytes without control characters";
    check(Measurement { station: String::new(), ..good.clone() }, &format!("`station` {name}"));
    check(Measurement { item: "a\nb".into(), ..good.clone() }, &format!("`item` {name}"));
    check(
        Measurement { flag: "f".repeat(101), ..good.clone() },
        "`flag` must be at most 100 bytes without control characters",
    );
    check(
        Measurement { value: Some(Micro(i64::MIN)), ..good.clone() },
        "the value -9223372036854.775808 is too great",
    );
    check(Measurement { time: jiff::Timestamp::MIN, ..good.clone() }, "the time is out of range");
    assert_eq!(lake.version().unwrap(), 0);
    assert_eq!(lake.flush().unwrap(), 0);
}

#[test]
fn extremes_come_back_exactly() {
    let City { dir: _dir, lake } = City::found();
    let values = [Some(Micro::MAX), Some(Micro(-Micro::MAX.0)), Some(Micro(0)), Some(Micro(-1)), None];
    let times = [
        "0001-01-01T00:00:00Z",
        "1969-12-31T23:59:59.999999Z",
        "2024-02-29T15:59:59Z",
        "2024-02-29T16:00:00Z",
        "9998-12-31T23:59:59Z",
    ];
    let rows: Vec<_> = values
        .into_iter()
        .zip(times)
        .map(|(value, time)| Measurement {
            station: "四方站".into(),
            item: "pm2_5".into(),
            span: Span::Moment,
            time: time.parse().unwrap(),
            value,
            flag: String::new(),
            source: "文件 1.csv".into(),
        })
        .collect();
    lake.append("k", Kind::Other, &rows).unwrap();
    let mut seen = Vec::new();
    lake.read(&Query::all(Kind::Other, Span::Moment), &mut |batch| {
        seen.extend(lake::rows(&batch)?.map(|row| {
            assert_eq!((row.station, row.flag, row.source), ("四方站", "", "文件 1.csv"));
            (row.time, row.value)
        }));
        Ok(())
    })
    .unwrap();
    assert_eq!(seen, rows.iter().map(|row| (row.time, row.value)).collect::<Vec<_>>());
    for row in &rows {
        assert_eq!(lake.history("四方站", "pm2_5", Span::Moment, row.time).unwrap().len(), 1);
    }
    assert_eq!(lake.verify(&mut |_, _| {}).unwrap(), []);
    let months: Vec<_> = lake.info().unwrap().partitions.into_iter().map(|part| part.month).collect();
    assert_eq!(months, ["0001-01", "1970-01", "2024-02", "2024-03", "9999-01"]);
}

#[test]
fn the_spool_is_read_once_it_is_flushed() {
    let City { dir, lake } = City::found();
    let spool = lake.spool().unwrap();
    spool.store(Kind::Air, vec![row("A", "so2", 0, Some(5)), row("A", "so2", 900, Some(6))]).unwrap();
    spool.store(Kind::Noise, vec![row("N", "leq", 0, Some(50))]).unwrap();
    assert_eq!(lines(&lake, &air()), [""; 0]);
    assert_eq!(lake.info().unwrap().spool_segments, 1);
    assert_eq!(lake.flush().unwrap(), 3);
    assert_eq!(lake.flush().unwrap(), 0);
    spool.store(Kind::Air, vec![row("A", "so2", 0, Some(7))]).unwrap();
    assert_eq!(lake.version().unwrap(), 1);
    assert_eq!(lines(&lake, &air()), ["A so2 0 5 #1", "A so2 900 6 #1"]);
    // Who opens it next finds what was not flushed.
    let other = Lake::open(dir.path()).unwrap();
    assert!(matches!(other.spool(), Err(LakeError::Locked { pid: Some(_), .. })));
    assert!(matches!(other.flush(), Err(LakeError::Locked { .. })));
    drop((spool, lake));
    let _spool = other.spool().unwrap();
    assert_eq!(lines(&other, &air()), ["A so2 0 7 #2", "A so2 900 6 #1"]);
    assert_eq!(lines(&other, &Query { known_at: Some(1), ..air() })[0], "A so2 0 5 #1");
    assert_eq!(other.info().unwrap().spool_segments, 0);
}

#[test]
fn damage_is_found_and_named() {
    let City { dir, lake } = City::found();
    for number in 0..3 {
        lake.append(&number.to_string(), Kind::Air, &[row("A", "so2", number * 800, Some(5))]).unwrap();
    }
    let files = data_files(dir.path());
    std::fs::remove_file(&files[0]).unwrap();
    let mut bytes = std::fs::read(&files[1]).unwrap();
    bytes[10] ^= 1;
    std::fs::write(&files[1], &bytes).unwrap();
    bytes.pop();
    std::fs::write(&files[2], &bytes).unwrap();
    let lake = Lake::open(dir.path()).unwrap();
    let faults = lake.verify(&mut |_, _| {}).unwrap();
    let told: Vec<_> = faults
        .iter()
        .map(|fault| format!("{}: {}", &fault.file[..32], fault.what.english.split(':').next().unwrap()))
        .collect();
    assert_snapshot!(told.join("\n"), @"
    kind=air/span=hour/month=2026-01: it cannot be read
    kind=air/span=hour/month=2026-02: its bytes are not those that were written
    kind=air/span=hour/month=2026-03: it has 1751 bytes, the log says 1752
    ");
    // Reading says so as well, and does not give less than there is.
    assert!(lake.read(&air(), &mut |_| Ok(())).is_err());
}

#[test]
fn a_damaged_segment_is_set_aside_and_the_rest_is_kept() {
    let City { dir, lake } = City::found();
    let spool = lake.spool().unwrap();
    for at in 0..5 {
        spool.store(Kind::Air, vec![row("A", "so2", at, Some(5))]).unwrap();
    }
    drop((spool, lake));
    let segment = std::fs::read_dir(dir.path().join("lake/spool")).unwrap().next().unwrap().unwrap().path();
    let mut bytes = std::fs::read(&segment).unwrap();
    let middle = 16 + 2 * (bytes.len() - 16) / 5 + 20;
    bytes[middle] ^= 1;
    std::fs::write(&segment, bytes).unwrap();
    let lake = Lake::open(dir.path()).unwrap();
    assert_eq!(lake.verify(&mut |_, _| {}).unwrap().len(), 1);
    assert_eq!(lake.flush().unwrap(), 4);
    assert_eq!(lines(&lake, &air()), ["A so2 0 5 #1", "A so2 1 5 #1", "A so2 3 5 #1", "A so2 4 5 #1"]);
    let faults = lake.verify(&mut |_, _| {}).unwrap();
    assert_snapshot!(format!("{}: {}", faults[0].file, faults[0].what), @"spool/0000000000000000.damaged: a part of this segment could not be read; the rest is in the table");
}

#[test]
fn no_lake_is_told_and_nothing_is_made() {
    let dir = tempfile::tempdir().unwrap();
    assert!(matches!(Lake::open(dir.path()), Err(LakeError::None(_))));
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
    drop(Lake::found(dir.path()).unwrap());
    assert!(matches!(Lake::found(dir.path()), Err(LakeError::Exists(_))));
    Lake::open(dir.path()).unwrap();
}

#[test]
fn large_appends_are_cut_into_files_and_merged_again() {
    let City { dir: _dir, lake } = City::found();
    let lake = lake.with(Options { file_rows: 1000, merge_files: 4, ..Options::default() });
    // Every station has more rows than a file: a station is never cut.
    for day in 0..9 {
        let rows: Vec<_> = (0..40)
            .flat_map(|station| (0..24).map(move |at| (station, day * 24 + at)))
            .flat_map(|(station, at)| {
                ["co", "o3", "so2"].map(|item| row(&format!("S{station:02}"), item, at, Some(at)))
            })
            .collect();
        lake.append(&day.to_string(), Kind::Air, &rows).unwrap();
    }
    let all = lines(&lake, &air());
    assert_eq!(all.len(), 40 * 24 * 9 * 3);
    assert!(all.is_sorted_by_key(|line| {
        let mut words = line.split(' ');
        (
            words.next().unwrap().to_owned(),
            words.next().unwrap().to_owned(),
            words.next().unwrap().parse::<i64>().unwrap(),
        )
    }));
    assert_eq!(lake.info().unwrap().partitions[0].files, 27);
    // The nine files that are not full are merged: 12 stations of 648 rows each, two to a file.
    assert_eq!(lake.maintain().unwrap(), Compaction { merged: 9, written: 6, deleted: 0 });
    assert_eq!(lake.maintain().unwrap(), Compaction::default());
    assert_eq!(lines(&lake, &air()), all);
    // Those six are what they would be again, so they stay.
    assert_eq!(lake.compact().unwrap(), Compaction { merged: 18, written: 14, deleted: 0 });
    assert_eq!(lake.info().unwrap().partitions[0].files, 20);
    assert_eq!(lake.compact().unwrap(), Compaction::default());
    assert_eq!(lines(&lake, &air()), all);
    assert_eq!(lake.verify(&mut |_, _| {}).unwrap(), []);
}

#[test]
fn it_may_be_used_and_dropped_inside_a_runtime() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().unwrap();
    runtime.block_on(async {
        let City { dir, lake } = City::found();
        lake.append("1", Kind::Air, &[row("A", "so2", 0, Some(5))]).unwrap();
        assert_eq!(lines(&lake, &air()), ["A so2 0 5 #1"]);
        drop(lake);
        drop(dir);
    });
}

#[test]
fn a_copy_made_while_rows_come_in_is_whole() {
    let City { dir: _dir, lake } = City::found();
    lake.append("1", Kind::Air, &[row("A", "so2", 0, Some(5)), row("B", "so2", 1, Some(7))]).unwrap();
    let spool = lake.spool().unwrap();
    spool.store(Kind::Air, vec![row("A", "so2", 1, Some(6))]).unwrap();
    let backup = tempfile::tempdir().unwrap();
    let copied = std::thread::scope(|scope| {
        let busy = scope.spawn(|| {
            for number in 2..40 {
                spool.store(Kind::Air, vec![row("C", "so2", number, Some(number))]).unwrap();
                lake.flush().unwrap();
                lake.compact().unwrap();
            }
        });
        let copied = lake.backup(backup.path()).unwrap();
        busy.join().unwrap();
        copied
    });
    assert_eq!(copied.faults, []);
    let copy = Lake::open(backup.path()).unwrap();
    assert_eq!(copy.version().unwrap(), copied.batches);
    // What stood in the spool when the copy began is in it, once.
    copy.flush().unwrap();
    let told = lines(&copy, &Query { stations: Some(vec!["A".to_owned(), "B".to_owned()]), ..air() });
    let values: Vec<&str> =
        told.iter().filter_map(|line| line.rsplit_once(' ')).map(|(row, _)| row).collect();
    assert_eq!(values, ["A so2 0 5", "A so2 1 6", "B so2 1 7"]);
    assert_eq!(copy.verify(&mut |_, _| {}).unwrap(), []);
    assert!(matches!(lake.backup(backup.path()), Err(LakeError::Exists(_))));
}
