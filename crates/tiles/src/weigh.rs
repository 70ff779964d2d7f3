//! What a vertex is worth: the simplification of Douglas and Peucker, done once for all zooms.
//!
//! Each vertex gets the square of the distance at which it would be left out. A tile then keeps the vertices that
//! are worth more than its tolerance: one comparison a vertex. A vertex is never worth more than the one that its
//! part was split at, so a coarser line is always a selection of a finer one.

use crate::world::Spot;

/// A line is weighed in runs of so many points, since the work may grow with the square of a run; the ends of
/// runs are always kept, one point in a thousand.
const RUN: usize = 1024;

/// The worth of each point of a line or of a closed ring. The ends are worth more than anything.
pub(crate) fn weigh(points: &[Spot]) -> Vec<f32> {
    let mut worth = vec![0.0; points.len()];
    let Some(last) = points.len().checked_sub(1) else { return worth };
    let mut waiting: Vec<(usize, usize, f32)> = Vec::new();
    let mut from = 0;
    worth[0] = f32::INFINITY;
    while from < last {
        let to = (from + RUN).min(last);
        worth[to] = f32::INFINITY;
        waiting.push((from, to, f32::INFINITY));
        while let Some((from, to, most)) = waiting.pop() {
            let farthest = (from + 1..to)
                .map(|at| (square_distance(points[at], points[from], points[to]), at))
                .reduce(|best, other| if other.0 > best.0 { other } else { best });
            let Some((distance, at)) = farthest else { continue };
            worth[at] = (distance as f32).min(most);
            waiting.push((from, at, worth[at]));
            waiting.push((at, to, worth[at]));
        }
        from = to;
    }
    worth
}

/// The square of the distance from a point to a segment.
fn square_distance(at: Spot, from: Spot, to: Spot) -> f64 {
    let real = |spot: Spot| (f64::from(spot.0), f64::from(spot.1));
    let ((x, y), (ax, ay), (bx, by)) = (real(at), real(from), real(to));
    let (dx, dy) = (bx - ax, by - ay);
    let length = dx * dx + dy * dy;
    let share = if length > 0.0 { (((x - ax) * dx + (y - ay) * dy) / length).clamp(0.0, 1.0) } else { 0.0 };
    let (ex, ey) = (x - ax - share * dx, y - ay - share * dy);
    ex * ex + ey * ey
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_corner_is_worth_more_than_a_wiggle() {
        let worth = weigh(&[(0, 0), (50, 1), (100, 0), (100, 100), (100, 200)]);
        assert!(worth[0].is_infinite() && worth[4].is_infinite());
        assert!(worth[2] > worth[1] && worth[1] > worth[3], "{worth:?}");
        assert_eq!(worth[3], 0.0);
    }

    #[test]
    fn few_and_equal_points_are_weighed_too() {
        assert!(weigh(&[]).is_empty());
        assert_eq!(weigh(&[(1, 1)]).len(), 1);
        assert_eq!(weigh(&[(1, 1); 5]).iter().filter(|worth| worth.is_infinite()).count(), 2);
        assert_eq!(weigh(&vec![(1, 1); 3000]).iter().filter(|worth| worth.is_infinite()).count(), 4);
    }
}
