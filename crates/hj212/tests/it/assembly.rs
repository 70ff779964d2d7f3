//! Split uploads come together in any order, once.

use std::time::Duration;

use hj212::{Assembled, Assembler, Limits, Segment};
use proptest::prelude::*;

fn part(number: u16, of: u16, value: u32) -> String {
    format!(
        "QN=2026030108000000{number};ST=22;CN=2051;MN=A;Flag=7;PNUM={of};PNO={number};CP=&&DataTime=20260301075000;a{number}-Avg={value}&&"
    )
}

fn push(assembler: &mut Assembler, segment: &str, second: u64) -> Assembled {
    assembler.push(&Segment::of(segment), Duration::from_secs(second))
}

#[test]
fn a_set_its_repeats_and_its_correction() {
    let mut assembler = Assembler::new(Limits::default());
    assert_eq!(push(&mut assembler, "ST=22;CN=2011;MN=A;CP=&&&&", 0), Assembled::Whole);
    assert_eq!(push(&mut assembler, &part(2, 2, 5), 0), Assembled::Waiting { have: 1, of: 2 });
    assert_eq!(push(&mut assembler, &part(2, 2, 5), 1), Assembled::Repeat);
    // Another QN, the same data: the same part.
    assert_eq!(push(&mut assembler, &part(2, 2, 5).replacen("QN=2026", "QN=2027", 1), 1), Assembled::Repeat);
    let both = vec![part(1, 2, 4), part(2, 2, 5)];
    assert_eq!(push(&mut assembler, &part(1, 2, 4), 2), Assembled::Complete(both));
    assert_eq!(push(&mut assembler, &part(1, 2, 4), 3), Assembled::Repeat);
    assert_eq!(push(&mut assembler, &part(2, 2, 5), 3), Assembled::Repeat);
    // The upload is sent again with another value.
    assert_eq!(push(&mut assembler, &part(1, 2, 6), 4), Assembled::Waiting { have: 1, of: 2 });
    let corrected = vec![part(1, 2, 6), part(2, 2, 5)];
    assert_eq!(push(&mut assembler, &part(2, 2, 5), 4), Assembled::Complete(corrected));
}

#[test]
fn an_incomplete_set_is_given_up_and_told() {
    let mut assembler = Assembler::new(Limits { timeout: Duration::from_secs(30), ..Limits::default() });
    push(&mut assembler, &part(1, 3, 4), 0);
    push(&mut assembler, &part(3, 3, 4), 10);
    assert_eq!(assembler.expire(Duration::from_secs(29)), []);
    let given_up = assembler.expire(Duration::from_secs(30));
    assert_eq!(given_up.len(), 1);
    assert_eq!(given_up[0].parts.iter().map(|(part, _)| *part).collect::<Vec<_>>(), [1, 3]);
    assert_eq!((&*given_up[0].key.mn, given_up[0].key.parts), ("A", 3));
    assert_eq!(assembler.kept(), 0);
    assert_eq!(push(&mut assembler, &part(2, 3, 4), 31), Assembled::Waiting { have: 1, of: 3 });
    // A complete set is forgotten in silence.
    push(&mut assembler, &part(1, 3, 4), 31);
    push(&mut assembler, &part(3, 3, 4), 31);
    assert_eq!(assembler.expire(Duration::from_secs(100)), []);
    assert_eq!(assembler.kept(), 0);
}

#[test]
fn memory_is_bounded() {
    let limits = Limits { timeout: Duration::from_secs(30), most_sets: 4, most_bytes: 2000 };
    let mut assembler = Assembler::new(limits);
    for device in 0..1000 {
        push(&mut assembler, &part(1, 2, 0).replace("MN=A", &format!("MN={device}")), 0);
        assert!(assembler.kept() <= limits.most_bytes);
    }
    let given_up = assembler.expire(Duration::from_secs(1));
    assert_eq!(given_up.len(), 4, "the latest reports are kept");
    assert_eq!(given_up[3].key.mn, "995");
    // One set larger than all that may be kept.
    for number in 1..100 {
        push(&mut assembler, &part(number, 9999, 0), 2);
        assert!(assembler.kept() <= limits.most_bytes);
    }
}

proptest! {
    #[test]
    fn any_order_with_any_repeats_comes_together_once(order in proptest::collection::vec(1u16..=5, 5..60)) {
        let mut assembler = Assembler::new(Limits::default());
        let mut complete = 0;
        for number in order.iter().copied().chain(1..=5) {
            if let Assembled::Complete(parts) = push(&mut assembler, &part(number, 5, 7), 0) {
                complete += 1;
                prop_assert_eq!(parts, (1..=5).map(|number| part(number, 5, 7)).collect::<Vec<_>>());
            }
        }
        prop_assert_eq!(complete, 1);
    }
}
