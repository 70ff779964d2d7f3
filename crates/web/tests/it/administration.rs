//! Administration in a browser: units, pack, book.

use std::io::Write as _;
use std::time::{Duration, Instant};

use super::http::blocking::Response;
use super::http::blocking::multipart::{Form, Part};
use super::stage::{PASSPHRASE, Person, Stage, pack_dir};

/// The zip of the demo city's pack, with one file changed.
fn zipped(path: &str, change: impl Fn(String) -> String) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in pack::read_dir(&pack_dir()).expect("the pack is there") {
        let text = if name == path { change(text) } else { text };
        writer
            .start_file(format!("jiangcheng/{name}"), zip::write::SimpleFileOptions::default())
            .expect("begun");
        writer.write_all(text.as_bytes()).expect("written");
    }
    writer.finish().expect("finished").into_inner()
}

fn send(person: &Person, what: &str, bytes: Vec<u8>) -> Response {
    let form = Form::new()
        .text("csrf", person.fresh_csrf())
        .part("pack", Part::bytes(bytes).file_name("pack.zip"))
        .text("do", what.to_owned());
    person
        .client()
        .post(person.url("/admin/pack"))
        .header("accept", "text/html")
        .multipart(form)
        .send()
        .expect("an answer")
}

#[test]
fn a_broken_pack_never_replaces_a_good_one_and_a_good_one_needs_no_restart() {
    let stage = Stage::open();
    let admin = stage.signed_in("administrator", &[("administrator", None)]);
    let digest = || city::packs::digest_name(stage.app.now().pack.short_digest());
    let before = digest();
    assert!(admin.page("/admin/pack").contains(&before));

    let broken = |text: String| text.replace("Role::\"clerk\"", "Role::\"clreck\"");
    let refused = send(&admin, "adopt", zipped("policies/roles.cedar", broken));
    assert_eq!(refused.status(), 422);
    let page = refused.text().expect("text");
    assert!(page.contains("clreck") && page.contains("policies/roles.cedar:"), "{page}");
    assert_eq!(digest(), before);

    let renamed = |text: String| text.replace("zh = \"江城\"", "zh = \"江之城\"");
    let checked = send(&admin, "check", zipped("pack.toml", renamed));
    assert_eq!((checked.status().as_u16(), digest()), (200, before.clone()));
    let adopted = send(&admin, "adopt", zipped("pack.toml", renamed));
    assert!(adopted.status() == 303 || adopted.status() == 200, "{}", adopted.status());
    assert_ne!(digest(), before);
    assert_eq!(stage.app.now().pack.label.simplified, "江之城");
    // What is entered from now on is judged by it, and the old one can be put in force again.
    assert_eq!(stage.app.scribe.pack().digest, stage.app.now().pack.digest);
    let form = Form::new()
        .text("csrf", admin.fresh_csrf())
        .text("kept", before.clone())
        .text("do", "adopt".to_owned());
    let back =
        admin.client().post(admin.url("/admin/pack")).header("accept", "text/html").multipart(form).send();
    let back = back.expect("an answer").status();
    assert!(back == 303 || back == 200, "{back}");
    assert_eq!(digest(), before);
    // No other folder of the server can be named.
    let form = Form::new()
        .text("csrf", admin.fresh_csrf())
        .text("incoming", "../packs".to_owned())
        .text("do", "check".to_owned());
    let elsewhere = admin.client().post(admin.url("/admin/pack")).multipart(form).send().expect("an answer");
    assert_eq!(elsewhere.status(), 422);
}

#[test]
fn a_unit_is_moved_from_a_day_on() {
    let stage = Stage::open();
    let admin = stage.signed_in("administrator", &[("administrator", None)]);
    let today = web::when::today();
    let units = stage.app.now().shelf.units(today).expect("units");
    let branch =
        units.iter().find(|unit| unit.level == "branch" && !unit.dissolved).expect("a branch").clone();
    let before = branch.parent.clone().expect("a parent");
    let after = units
        .iter()
        .find(|unit| unit.level == "unit" && !unit.dissolved && unit.code != before)
        .expect("another unit")
        .code
        .clone();
    let tree = admin.page("/admin/units");
    assert!(tree.contains(&before));
    let address = format!("/admin/units/{}", branch.code);
    assert!(admin.page(&address).contains("划转"));
    let asked = format!("{address}/change?what=move&to={after}&on={today}&note=test");
    let preview = admin.page(&asked);
    assert!(preview.contains(&after) && preview.contains("确认入账"), "{preview}");
    let (_, key) = preview.split_once("name=\"key\" value=\"").expect("a key");
    let key = key.split('"').next().expect("a value").to_owned();
    let on = today.to_string();
    let fields = [
        ("what", "move"),
        ("to", after.as_str()),
        ("on", on.as_str()),
        ("note", "test"),
        ("key", key.as_str()),
    ];
    let size = stage.app.book.size().expect("a size");
    let done = admin.post(&format!("{address}/change"), &fields);
    assert_eq!(done.status(), 303, "{}", done.text().unwrap_or_default());
    // Sent twice by a nervous finger, it is entered once.
    assert_eq!(admin.post(&format!("{address}/change"), &fields).status(), 303);
    assert_eq!(stage.app.book.size().expect("a size"), size + 1);
    let shelf = &stage.app.now().shelf;
    let parent =
        |day| shelf.units(day).expect("units").get(&branch.code).and_then(|unit| unit.parent.clone());
    assert_eq!(parent(today), Some(after));
    assert_eq!(parent(today.yesterday().expect("a day")), Some(before));
    // Nonsense is refused in words.
    let refused = admin.get(&format!("{address}/change?what=move&to=NOWHERE&on={today}"));
    assert!(refused.status() == 422 || refused.status() == 403, "{}", refused.status());
    // A unit's own administrator re-organises nothing of another unit.
    let own = stage.signed_in("own", &[("administrator", Some("NOWHERE"))]);
    assert_eq!(own.get(&asked).status(), 403);
}

/// Waits until the page of the book says it.
fn until(admin: &Person, words: &str) -> String {
    let begun = Instant::now();
    loop {
        let page = admin.page("/admin/book");
        if page.contains(words) {
            return page;
        }
        assert!(begun.elapsed() < Duration::from_secs(120), "{page}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn the_book_is_verified_and_copied() {
    let stage = Stage::open();
    let admin = stage.signed_in("administrator", &[("administrator", None)]);
    assert_eq!(admin.post("/admin/book/verify", &[]).status(), 303);
    until(&admin, "与签名一致");
    assert_eq!(admin.post("/admin/book/backup", &[]).status(), 303);
    let page = until(&admin, "已备份并核对");
    let (_, address) = page.split_once("/admin/book/backups/").expect("a download");
    let name = address.split('"').next().expect("a name").to_owned();
    let response = admin.get(&format!("/admin/book/backups/{name}"));
    assert_eq!(response.status(), 200);
    let bytes = response.bytes().expect("the copy");
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes.to_vec())).expect("a zip");
    let folder = tempfile::tempdir().expect("a directory");
    archive.extract(folder.path()).expect("unpacked");
    let copy = ledger::Ledger::read(folder.path()).expect("a book");
    assert!(copy.verify(&mut |_, _| {}).expect("verified").is_empty());
    assert!(!folder.path().join("keys/book.key").exists() && folder.path().join("accounts.db").exists());
    assert_eq!(admin.get("/admin/book/backups/..%2F..%2Fcity.toml").status(), 404);
    assert_eq!(admin.get("/admin/book/backups/..%2Fbook.zip").status(), 404);
    let note = admin.page("/admin/book/checkpoint");
    assert!(copy.confirm(&note).is_ok() || note.contains(copy.origin()));
}

#[test]
fn a_backup_of_the_browser_restored_is_the_city_with_its_accounts() {
    let stage = Stage::open();
    let admin = stage.signed_in("administrator", &[("administrator", None)]);
    let provider = "[provider]\nissuer = \"http://127.0.0.1:9\"\nclient_id = \"qingyuan\"\nclient_secret_file = \"keys/provider.secret\"\n";
    std::fs::write(stage.home().join("sign-in.toml"), provider).expect("written");
    std::fs::write(stage.home().join("keys/provider.secret"), "not for everybody").expect("written");
    let open = tempfile::tempdir().expect("a directory");
    let open = open.path().join("copy");
    let city = &stage.app.now().city;
    let options = ledger::CopyOptions { with_keys: false };
    city::backup::backup(city, &|_| Ok(()), &open, options).expect("a copy without keys");
    assert!(!open.join("sign-in.toml").exists() && !open.join("keys/provider.secret").exists());

    assert_eq!(admin.post("/admin/book/backup", &[("keys", "true")]).status(), 303);
    until(&admin, "已备份并核对");
    let from = only(&stage.home().join("backups"));
    let folder = tempfile::tempdir().expect("a directory");
    let home = folder.path().join("restored");
    let copied = city::backup::restore(&from, &home).expect("restored");
    assert_eq!(copied.entries, stage.app.book.size().expect("a size"));
    for key in ["accounts.db", "sign-in.toml", "keys/accounts.key", "keys/book.key", "keys/provider.secret"] {
        let (was, is) = (stage.home().join(key), home.join(key));
        assert!(was.is_file() && is.is_file(), "{key}");
    }
    drop(stage);

    let restored = Stage::open_with(|settings| web::Settings { home: home.clone(), ..settings });
    let person = restored.anybody();
    assert!(person.page("/sign-in").contains("统一身份认证"), "the city signs in where it did before");
    let wrong = person.post("/sign-in", &[("name", "administrator"), ("password", "not this one")]);
    assert_eq!(wrong.status(), 422);
    let right = person.post("/sign-in", &[("name", "administrator"), ("password", PASSPHRASE)]);
    assert_eq!(right.status(), 303);
    assert!(person.page("/admin/accounts").contains("administrator"));
    // The key came along: what was sealed can be read, and the trail goes on where it ended.
    let report = restored.app.accounts.verify_audit().expect("read");
    assert!(report.fault.is_none() && report.events > 0, "{report:?}");
}

#[test]
fn a_copy_in_the_making_is_no_copy() {
    let stage = Stage::open();
    let admin = stage.signed_in("administrator", &[("administrator", None)]);
    let broken = stage.home().join("backups/20260101-000000");
    stage.app.book.backup(&broken, ledger::CopyOptions { with_keys: false }).expect("the book's part");
    assert!(!admin.page("/admin/book").contains("20260101-000000"));
    let home = tempfile::tempdir().expect("a directory");
    let restored = city::backup::restore(&broken, &home.path().join("restored"));
    assert!(matches!(restored, Err(city::CityError::NoCity { .. })), "{restored:?}");
    assert!(!home.path().join("restored").exists());

    let city = &stage.app.now().city;
    let full = || Err(message::text!("磁盘已满", "the disk is full"));
    let to = home.path().join("copy");
    let copied = city::backup::backup(city, &|_| full(), &to, ledger::CopyOptions { with_keys: false });
    assert!(matches!(copied, Err(city::CityError::Accounts(_))), "{copied:?}");
    assert!(!to.exists(), "what breaks off leaves nothing that looks like a copy");
}

/// The one folder in a folder.
fn only(at: &std::path::Path) -> std::path::PathBuf {
    let entries = std::fs::read_dir(at).expect("a directory").map(|entry| entry.expect("an entry").path());
    let folders: Vec<_> = entries.filter(|path| path.is_dir()).collect();
    assert_eq!(folders.len(), 1, "{folders:?}");
    folders.into_iter().next().expect("a folder")
}

#[test]
fn no_file_of_a_pack_is_written_outside_of_the_city() {
    let stage = Stage::open();
    for path in ["../../out.md", "/tmp/qingyuan-out.md", "a/../../../out.md"] {
        let mut files = pack::read_dir(&pack_dir()).expect("the pack is there");
        files.push((path.to_owned(), "text".to_owned()));
        assert!(stage.app.now().city.adopt_files(files).is_err(), "{path}");
    }
    assert!(!stage.home().join("out.md").exists() && !stage.home().join("packs/out.md").exists());
    assert!(!std::path::Path::new("/tmp/qingyuan-out.md").exists());
}
