//! Evidence files.

use std::fs;
use std::io::{self, Read};

use ledger::{EvidenceHash, Ledger};

use super::common::{City, clock};

#[test]
fn a_file_is_kept_once_under_its_hash() {
    let city = City::found();
    let hash = city.ledger.put_evidence(&mut &b"abc"[..]).unwrap();
    assert_eq!(hash.to_string(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_eq!(hash.to_string().parse(), Ok(hash));
    let path = city.ledger.evidence_path(&hash).unwrap().unwrap();
    assert!(path.ends_with("evidence/ba/7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
    assert_eq!(fs::read(&path).unwrap(), b"abc");
    fs::write(&path, b"abd").unwrap();
    assert_eq!(city.ledger.put_evidence(&mut &b"abc"[..]).unwrap(), hash);
    assert_eq!(fs::read(&path).unwrap(), b"abc"); // Mended.
    assert_eq!(city.ledger.evidence_path(&EvidenceHash([0; 32])).unwrap(), None);
}

#[test]
fn an_interrupted_upload_leaves_nothing() {
    struct Breaking(u32);
    impl Read for Breaking {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.0 += 1;
            if self.0 > 3 { Err(io::Error::other("connection lost")) } else { Ok(buffer.len()) }
        }
    }
    let city = City::found();
    let error = city.ledger.put_evidence(&mut Breaking(0)).unwrap_err().to_string();
    assert!(error.contains("connection lost"), "{error}");
    assert_eq!(fs::read_dir(city.home().join("evidence")).unwrap().count(), 0);

    // Killed in the middle: swept away when the book is next opened for writing.
    let home = city.home();
    drop(city.ledger);
    fs::write(home.join("evidence/.tmp-1-1"), b"half").unwrap();
    Ledger::open(&home, clock()).unwrap();
    assert_eq!(fs::read_dir(home.join("evidence")).unwrap().count(), 0);
}

#[test]
fn only_hashes_are_hashes() {
    for text in ["", "ba78", &"g".repeat(64), &"A".repeat(64), &"é".repeat(32), &"a".repeat(65)] {
        assert!(text.parse::<EvidenceHash>().is_err(), "{text}");
    }
}
