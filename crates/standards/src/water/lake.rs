//! Lakes and reservoirs: the mean over points, after the time mean at each (环办〔2011〕22号).

use super::{Mean, Sample, Settings};

/// The sample that stands for a lake: each point's samples are averaged first, then the points. So a point
/// that was sampled more often than another does not count for more.
///
/// Large lakes may be judged by zone: give the points of one zone. Points without any value are left out.
pub fn lake_sample(points: &[Vec<Sample>], settings: &Settings) -> Sample {
    let means: Vec<Sample> = points.iter().map(|samples| Mean::of(samples, settings)).collect();
    Mean::of(&means, settings)
}

#[cfg(test)]
mod tests {
    use super::lake_sample;
    use crate::water::{Item, ONE, Sample, Settings};

    #[test]
    fn time_comes_before_space() {
        let sample = |value| Sample::EMPTY.with(Item::Cod, value * ONE);
        // (10 + 20 + 30)/3 = 20 at one point, 40 at the other: 30, and not (10 + 20 + 30 + 40)/4 = 25.
        let points = vec![vec![sample(10), sample(20), sample(30)], vec![sample(40)], vec![]];
        assert_eq!(lake_sample(&points, &Settings::default()).get(Item::Cod), Some(30 * ONE));
    }
}
