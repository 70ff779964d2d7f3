//! Damaged frames by the hundred thousand: no panic, no wrong frame taken, nothing passed over in silence.

use super::material::{Chance, keep_promises, some_settings, some_stream};

/// About 50,000 streams of up to five frames; with `QINGYUAN_LONG=1`, over a million frames.
#[test]
fn damaged_frames_break_no_promise() {
    let streams = if std::env::var_os("QINGYUAN_LONG").is_some() { 500_000 } else { 17_000 };
    let (mut taken, mut refused) = (0, 0);
    for seed in 0..streams {
        let mut chance = Chance(seed);
        let stream = some_stream(&mut chance);
        let settings = some_settings(&mut chance);
        let (right, wrong) = keep_promises(&stream, settings, &mut chance);
        taken += right;
        refused += wrong;
    }
    println!("{streams} streams: {taken} frames taken, {refused} pieces refused");
    assert!(taken > streams / 2 && refused > streams / 2, "the damage is neither none nor total");
}
