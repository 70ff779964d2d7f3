//! Lines and rings cut to a square.

use crate::world::Point;

/// The parts of a line that lie between `low` and `high` in both directions (Liang and Barsky, segment by segment).
pub(crate) fn line(points: &[Point], low: i64, high: i64) -> Vec<Vec<Point>> {
    let mut parts = Vec::new();
    let mut part: Vec<Point> = Vec::new();
    for pair in points.windows(2) {
        let (from, to) = (pair[0], pair[1]);
        let Some((entry, exit)) = inside(from, to, low, high) else {
            finish(&mut part, &mut parts);
            continue;
        };
        if entry > 0.0 {
            finish(&mut part, &mut parts);
        }
        if part.is_empty() {
            part.push(between(from, to, entry, low, high));
        }
        let end = between(from, to, exit, low, high);
        if part.last() != Some(&end) {
            part.push(end);
        }
        if exit < 1.0 {
            finish(&mut part, &mut parts);
        }
    }
    finish(&mut part, &mut parts);
    parts
}

fn finish(part: &mut Vec<Point>, parts: &mut Vec<Vec<Point>>) {
    let done = std::mem::take(part);
    if done.len() >= 2 {
        parts.push(done);
    }
}

/// From which share of a segment to which it lies in the square.
fn inside(from: Point, to: Point, low: i64, high: i64) -> Option<(f64, f64)> {
    let (mut entry, mut exit) = (0.0f64, 1.0f64);
    for (start, end) in [(from.0, to.0), (from.1, to.1)] {
        let step = (end - start) as f64;
        // Once for the lower edge, once for the upper: how fast it is left, how far it is away.
        for (speed, room) in [(-step, (start - low) as f64), (step, (high - start) as f64)] {
            if speed == 0.0 {
                if room < 0.0 {
                    return None;
                }
            } else if speed < 0.0 {
                entry = entry.max(room / speed);
            } else {
                exit = exit.min(room / speed);
            }
        }
    }
    (entry <= exit).then_some((entry, exit))
}

fn between(from: Point, to: Point, share: f64, low: i64, high: i64) -> Point {
    let at = |start: i64, end: i64| {
        if share >= 1.0 {
            return end;
        }
        (start as f64 + share * (end - start) as f64).round().clamp(low as f64, high as f64) as i64
    };
    (at(from.0, to.0), at(from.1, to.1))
}

/// The part of a ring between `low` and `high` in both directions (Sutherland and Hodgman). The ring does not
/// repeat its first point, neither here nor in the answer; what lies outside is drawn along the edge.
pub(crate) fn ring(points: Vec<Point>, low: i64, high: i64) -> Vec<Point> {
    let fits = |at: i64| (low..=high).contains(&at);
    if points.iter().all(|at| fits(at.0) && fits(at.1)) {
        return points;
    }
    let mut ring = points;
    for (upright, edge, above) in
        [(true, low, true), (true, high, false), (false, low, true), (false, high, false)]
    {
        ring = half(&ring, upright, edge, above);
    }
    ring
}

/// The part of a ring on one side of an edge.
fn half(points: &[Point], upright: bool, edge: i64, above: bool) -> Vec<Point> {
    let key = |at: Point| if upright { at.0 } else { at.1 };
    let keeps = |at: Point| if above { key(at) >= edge } else { key(at) <= edge };
    let mut kept = Vec::with_capacity(points.len() + 4);
    let Some(mut before) = points.last().copied() else { return kept };
    for at in points.iter().copied() {
        if keeps(at) != keeps(before) {
            let share = (edge - key(before)) as f64 / (key(at) - key(before)) as f64;
            let cross = |start: i64, end: i64| (start as f64 + share * (end - start) as f64).round() as i64;
            kept.push(if upright { (edge, cross(before.1, at.1)) } else { (cross(before.0, at.0), edge) });
        }
        if keeps(at) {
            kept.push(at);
        }
        before = at;
    }
    kept
}

/// A ring without repeated points and without spikes; empty if no surface is left.
pub(crate) fn clean(points: Vec<Point>) -> Vec<Point> {
    let mut ring: Vec<Point> = Vec::with_capacity(points.len());
    for at in points {
        push(&mut ring, at);
    }
    // The same where the end meets the beginning.
    let mut start = 0;
    while ring.len() - start >= 3 {
        let (end, before) = (ring[ring.len() - 1], ring[ring.len() - 2]);
        if end == ring[start] || before == ring[start] {
            ring.pop();
        } else if end == ring[start + 1] {
            start += 1;
        } else {
            break;
        }
    }
    ring.drain(..start);
    if ring.len() < 3 || surface(&ring) == 0 { Vec::new() } else { ring }
}

fn push(ring: &mut Vec<Point>, at: Point) {
    match ring.as_slice() {
        [.., end] if *end == at => {}
        [.., before, _] if *before == at => {
            ring.pop();
        }
        _ => ring.push(at),
    }
}

/// Twice the surface by the surveyor's formula: positive if the ring runs clockwise on a screen, whose second
/// coordinate grows downwards.
pub(crate) fn surface(ring: &[Point]) -> i128 {
    let Some(mut before) = ring.last().copied() else { return 0 };
    let mut sum = 0i128;
    for at in ring.iter().copied() {
        sum += i128::from(before.0) * i128::from(at.1) - i128::from(at.0) * i128::from(before.1);
        before = at;
    }
    sum
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_line_is_cut_where_it_leaves_and_comes_back() {
        let parts = line(&[(-10, 5), (5, 5), (20, 5), (20, 8), (-10, 8)], 0, 10);
        assert_eq!(parts, [vec![(0, 5), (5, 5), (10, 5)], vec![(10, 8), (0, 8)]]);
        assert!(line(&[(-10, -10), (-5, 30)], 0, 10).is_empty());
        assert_eq!(line(&[(1, 1), (9, 9)], 0, 10), [vec![(1, 1), (9, 9)]]);
    }

    #[test]
    fn a_ring_is_cut_along_the_edge() {
        let cut = clean(ring(vec![(-5, -5), (5, -5), (5, 5), (-5, 5)], 0, 10));
        assert_eq!(surface(&cut), 50);
        assert!(clean(ring(vec![(20, 20), (30, 20), (30, 30)], 0, 10)).is_empty());
        // The square lies wholly inside the ring.
        assert_eq!(surface(&clean(ring(vec![(-99, -99), (99, -99), (99, 99), (-99, 99)], 0, 10))), 200);
    }

    #[test]
    fn spikes_and_repetitions_are_taken_off() {
        assert_eq!(
            clean(vec![(0, 0), (0, 0), (9, 0), (9, 9), (20, 9), (9, 9), (0, 0)]),
            [(0, 0), (9, 0), (9, 9)]
        );
        assert!(clean(vec![(0, 0), (5, 0), (0, 0)]).is_empty());
        assert!(clean(vec![]).is_empty());
        assert_eq!(clean(vec![(30, 0), (0, 0), (9, 0), (9, 9), (0, 9), (0, 0)]).len(), 4);
    }

    proptest! {
        #[test]
        fn nothing_is_left_outside_and_surfaces_only_shrink(
            points in prop::collection::vec((-5000i64..5000, -5000i64..5000), 0..30)
        ) {
            let cut = clean(ring(points.clone(), -100, 1000));
            let fits = |at: &Point| (-100..=1000).contains(&at.0) && (-100..=1000).contains(&at.1);
            prop_assert!(cut.iter().all(fits));
            for part in line(&points, -100, 1000) {
                prop_assert!(part.len() >= 2 && part.iter().all(fits));
            }
        }

        #[test]
        fn far_coordinates_do_no_harm(points in prop::collection::vec((-(1i64 << 33)..1 << 33, -(1i64 << 33)..1 << 33), 0..10)) {
            let _ = clean(ring(points.clone(), -128, 4224));
            let _ = line(&points, -128, 4224);
            let _ = surface(&points);
        }
    }
}
