//! The outcomes do not depend on where the stream is cut, and garbage between frames costs no frame.

use hj212::{Frames, Settings};
use proptest::prelude::*;

use super::material::{Chance, RIGHT, Told, framed, in_pieces, some_settings, some_stream, told};

fn whole(stream: &[u8], settings: Settings) -> Vec<Told> {
    Frames::of(stream, settings).map(told).collect()
}

#[test]
fn every_single_cut_of_a_stream() {
    let mut stream = b"noise".to_vec();
    for frame in RIGHT {
        stream.extend_from_slice(frame.as_bytes());
    }
    stream.extend_from_slice(&RIGHT[0].as_bytes()[..77]);
    stream.extend_from_slice(RIGHT[8].replace("94", "95").as_bytes());
    stream.extend_from_slice(RIGHT[9].replace("1B00", "1B01").as_bytes());
    let expected = whole(&stream, Settings::default());
    assert_eq!(expected.iter().filter(|one| one.key == "ok").count(), RIGHT.len());
    for cut in 1..stream.len() {
        let mut sizes = [cut, stream.len()].into_iter();
        let found = in_pieces(&stream, Settings::default(), &mut || sizes.next().unwrap_or(1));
        assert_eq!(found, expected, "cut at {cut}");
    }
    assert_eq!(in_pieces(&stream, Settings::default(), &mut || 1), expected, "byte by byte");
}

/// A broken frame is refused as soon as the next one's head is there, not only when its length is filled: on an open
/// line the rest may come a minute later.
#[test]
fn a_truncated_frame_does_not_hold_up_the_next() {
    let mut decoder = hj212::Decoder::new(Settings::default());
    decoder.feed(&RIGHT[5].as_bytes()[..50]);
    decoder.feed(RIGHT[0].as_bytes());
    let keys: Vec<&str> = std::iter::from_fn(|| decoder.next_outcome().map(|one| told(one).key)).collect();
    assert_eq!(keys, ["truncated", "ok"]);
}

proptest! {
    #[test]
    fn any_cuts_of_any_stream(seed: u64, sizes in proptest::collection::vec(1usize..300, 1..40)) {
        let mut chance = Chance(seed);
        let stream = some_stream(&mut chance);
        let settings = some_settings(&mut chance);
        let mut sizes = sizes.iter().cycle();
        let found = in_pieces(&stream, settings, &mut || *sizes.next().unwrap_or(&1));
        prop_assert_eq!(found, whole(&stream, settings));
    }

    #[test]
    fn garbage_between_frames_costs_none(
        segments in proptest::collection::vec("[A-Za-z0-9=;,.&汉江 -]{0,300}", 1..8),
        // Without `#` and digits there is nothing in it that could be the head of a frame.
        garbage in proptest::collection::vec("[^#0-9]{0,60}", 8),
    ) {
        let mut stream = Vec::new();
        for (segment, garbage) in segments.iter().zip(&garbage) {
            stream.extend_from_slice(garbage.as_bytes());
            stream.extend_from_slice(&framed(segment.as_bytes()));
        }
        let found: Vec<Vec<u8>> =
            whole(&stream, Settings::default()).into_iter().filter(|one| one.key == "ok").map(|one| one.bytes).collect();
        let expected: Vec<Vec<u8>> = segments.iter().map(|segment| segment.clone().into_bytes()).collect();
        prop_assert_eq!(found, expected);
    }
}
