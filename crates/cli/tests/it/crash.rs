//! Killed and starved: whatever happens to an import, a batch is in the book whole or not at all.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::city::{City, Printed, long};

const ROWS: u64 = 2_000;

/// A sheet of districts with codes of their own: no references, no verification, one entry a row.
fn sheet(round: u64) -> Vec<u8> {
    let mut text = String::from("区代码,名称,所属镇,填报单位,生效日期\n");
    for row in 0..ROWS {
        text.push_str(&format!("{round:03x}{row:04},第{round}轮{row}区,north,C,2015-01-01\n"));
    }
    text.into_bytes()
}

/// How many districts the book holds, whether or not they count.
fn districts(city: &City) -> u64 {
    city.at_home(&["record", "list", "districts", "--count"]).trim().parse().expect("a number")
}

/// Splitmix64: moments that differ from run to run of the loop, not from run to run of the test.
fn random(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

fn sound(city: &City) {
    let printed = city.try_at_home(&["verify"]);
    assert_eq!(printed.status, 0, "{}{}", printed.out, printed.err);
}

#[test]
fn an_import_killed_at_any_moment_enters_whole_or_not_at_all() {
    let city = City::founded();
    let rounds = if long() { 200 } else { 12 };
    let begun = Instant::now();
    let first = city.file("first.csv", &sheet(0));
    city.at_home(&["import", "districts", &first]);
    let usual = begun.elapsed();
    let (mut state, mut entered, mut killed) = (2022, ROWS, 0);
    for round in 1..=rounds {
        let file = city.file("round.csv", &sheet(round));
        let arguments = ["import", "districts", &file, "--home", &city.home()];
        let mut child =
            city.command(&arguments).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it starts");
        std::thread::sleep(Duration::from_micros(
            random(&mut state) % (usual.as_micros() as u64 * 5 / 4).max(1),
        ));
        child.kill().expect("it can be killed");
        let output = child.wait_with_output().expect("it ended");
        let acknowledged = String::from_utf8_lossy(&output.stdout).contains("created");
        killed += u64::from(!output.status.success());
        let now = districts(&city);
        assert!(
            now == entered || now == entered + ROWS,
            "round {round}: half a batch, {} of {ROWS} rows",
            now - entered
        );
        assert!(!acknowledged || now == entered + ROWS, "round {round}: acknowledged, but not stored");
        // The same request again: whatever became of the first, the batch is in the book once.
        city.ok(&arguments);
        entered += ROWS;
        assert_eq!(districts(&city), entered, "round {round}: the retry doubled or lost rows");
        if round % 10 == 0 {
            sound(&city);
        }
    }
    sound(&city);
    assert!(killed > 0, "no round was killed in time");
}

#[test]
fn a_full_disk_enters_nothing_and_the_book_goes_on() {
    let city = City::founded();
    let before = districts(&city);
    let mut refused = 0;
    // A limit on the size of files stands in for the disk's end: each write beyond it fails, wherever it comes.
    for blocks in (0..1_600).step_by(if long() { 20 } else { 160 }) {
        let file = city.file("full.csv", &sheet(1_000 + blocks));
        let limited = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
        let output = Command::new("sh")
            .args([
                "-c",
                &limited,
                env!("CARGO_BIN_EXE_qingyuan"),
                "import",
                "districts",
                &file,
                "--home",
                &city.home(),
            ])
            .env("QINGYUAN_LANG", "en")
            .output()
            .expect("sh starts");
        let printed = Printed::of(&output);
        let now = districts(&city);
        if printed.status == 0 {
            assert_eq!((now - before) % ROWS, 0, "half a batch");
        } else {
            refused += 1;
            assert!(printed.err.contains("error"), "{}", printed.err);
        }
        city.at_home(&["import", "districts", &file]);
        assert_eq!(districts(&city), if printed.status == 0 { now } else { now + ROWS });
    }
    assert!(refused > 0, "the limit never struck");
    sound(&city);
}

#[test]
fn a_flipped_byte_in_an_evidence_file_is_named() {
    let city = City::founded();
    let photo = city.file("photo.txt", b"the gate before it was rebuilt");
    let hash = city.at_home(&["evidence", &photo]);
    let hash = hash.trim();
    let sheet = city.file(
        "d.csv",
        "区代码,名称,所属镇,填报单位,生效日期,佐证\nD1,一区,north,C,2015-01-01,photo.txt\n".as_bytes(),
    );
    city.at_home(&["import", "districts", &sheet]);
    sound(&city);
    let stored = city.path().join("city/evidence").join(&hash[..2]).join(&hash[2..]);
    let mut bytes = std::fs::read(&stored).expect("the evidence is stored by its hash");
    bytes[4] ^= 1;
    let mut permissions = std::fs::metadata(&stored).expect("it exists").permissions();
    #[expect(clippy::permissions_set_readonly_false, reason = "a temporary file of this test")]
    permissions.set_readonly(false);
    std::fs::set_permissions(&stored, permissions).expect("ours");
    std::fs::write(&stored, bytes).expect("writable");
    let printed = city.try_at_home(&["verify"]);
    assert_eq!(printed.status, 1);
    assert!(printed.out.contains(&hash[..12]), "{}", printed.out);
}
