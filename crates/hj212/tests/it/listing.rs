//! The listing of frames found in public code and logs, where it is at hand: all right ones are taken, all wrong ones
//! refused for the reason that its comments give.

use std::path::PathBuf;

use hj212::{Frames, Reason, Settings};

fn shared() -> PathBuf {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    std::env::var_os("QINGYUAN_SHARED").map_or_else(|| root.join("../shared"), PathBuf::from)
}

#[test]
fn frames_from_the_field() {
    let path = shared().join("data/hj212/frames.txt");
    let Ok(listing) = std::fs::read(&path) else {
        println!("skipped: {} is not there", path.display());
        return;
    };
    let text = String::from_utf8(listing.clone()).expect("text");
    let lines: Vec<&str> = text.lines().collect();
    let mut right = 0;
    let mut wrong = Vec::new();
    for outcome in Frames::of(&listing, Settings::LISTING) {
        let line = match outcome {
            Ok(frame) => {
                right += 1;
                assert!(frame.read().is_ok());
                frame.line
            }
            Err(refused) => {
                wrong.push(refused.reason.to_string());
                refused.line
            }
        };
        // The comment above the frame says what is true of it.
        let comment =
            lines[..line as usize - 1].iter().rev().find(|line| line.starts_with("# ")).expect("a comment");
        match outcome {
            Ok(_) => assert!(comment.ends_with("| length_ok | crc_ok"), "{comment}"),
            Err(refused) => {
                let Reason::Crc { expected, .. } = refused.reason else { panic!("{}", refused.reason) };
                assert!(
                    comment.contains(&format!("CRC_MISMATCH(hj212 crc16 gives {expected:04X})")),
                    "{comment}"
                );
            }
        }
    }
    assert_eq!((right, wrong.len()), (26, 5));
    assert_eq!(
        wrong,
        [
            "the CRC should be 5CC0, found 7580",
            "the CRC should be 3C00, found 4980",
            "the CRC should be 2D00, found 1100",
            "the CRC should be D801, found 2800",
            "the CRC should be C841, found 7865 (which is the CRC of Modbus, low byte first)",
        ]
    );
}
