//! The hours of the noise points in 2022, made so that their days and nights come to what the report states.
//!
//! A day's hours are always the same differences from its level, in an order of their own; the mean energy of those
//! differences is nought, so a level of whole tenths of dB is the day's Ld itself, and no logarithm is taken here.

use jiff::ToSpan;
use jiff::civil::date;

use super::points::NOISE;
use super::{Sample, Span, midnight};
use crate::random::Random;

/// The year, and its days.
const YEAR: i16 = 2022;
const DAYS: usize = 365;

/// Of a thousand days, and of a thousand nights, so many are within the limits; rounded to one, exactly.
const ATTAINED: [i64; 2] = [982, 925];

/// The mean of all points' Ld, and of their Ln, in tenths of dB(A).
const MEANS: [i64; 2] = [562, 471];

/// The differences of the hours from the level: from six in the morning, and from ten in the evening.
const DAY: [i64; 16] = [-22, 2, 14, 12, 6, 2, -4, -10, -6, 0, 4, 8, 12, 0, -12, -28];
const NIGHT: [i64; 8] = [20, 6, 0, -12, -18, -14, -4, 8];

/// So much below its limit is a night that is not whole, in tenths of dB: it is within, whether it is judged or not.
const QUIET: i64 = 30;

/// A point that was without current for some days: the point, the first day of the year, the last one.
const OUTAGES: [(&str, usize, usize); 2] = [("Z009", 163, 171), ("Z013", 40, 42)];

/// The levels of a point's days, or of its nights.
type Levels = Vec<[i64; DAYS]>;

/// All rows of the year.
pub(crate) fn hours(seed: u64) -> Vec<Sample> {
    let mut random = Random::new(seed, "noise hours");
    let levels = [0, 1].map(|part| levels(&mut random, part));
    let mut samples = Vec::with_capacity(NOISE.len() * DAYS * 24);
    for (point, station) in NOISE.iter().enumerate() {
        let mut tell = |day: usize, hour: i64, level: i64| {
            if is_there(point, day) {
                let begun = midnight(date(YEAR, 1, 1).saturating_add((day as i64).days()));
                let (seconds, micro) = (begun + hour * 3600, level * 100_000);
                samples.push(Sample {
                    station: station.code,
                    item: "leq",
                    span: Span::Hour,
                    seconds,
                    micro,
                    flag: "N",
                });
            }
        };
        // The hours after midnight belong to the night that began the day before; the first of the year to none of it.
        for (hour, difference) in (0..6).zip(&NIGHT[2..]) {
            tell(0, hour, station.area.limits()[1] - QUIET + difference);
        }
        for (day, (day_level, night_level)) in levels[0][point].iter().zip(&levels[1][point]).enumerate() {
            let (mut by_day, mut by_night) = (DAY, NIGHT);
            disorder(&mut random, &mut by_day);
            disorder(&mut random, &mut by_night);
            // An hour that is as loud as the whole may be missing without a difference.
            let missing = random.chance(20);
            let told = |difference: &i64| !(missing && *difference == 0);
            for (hour, difference) in (6..).zip(by_day).filter(|(_, difference)| told(difference)) {
                tell(day, hour, day_level + difference);
            }
            for (hour, difference) in (22..).zip(by_night).filter(|(_, difference)| told(difference)) {
                tell(day + hour as usize / 24, hour % 24, night_level + difference);
            }
        }
    }
    samples
}

/// Whether a point tells anything of a day.
fn is_there(point: usize, day: usize) -> bool {
    let is_out = |(code, first, last): &(&str, usize, usize)| {
        *code == NOISE[point].code && (*first..=*last).contains(&day)
    };
    day < DAYS && !OUTAGES.iter().any(is_out)
}

/// Whether the day (or the whole night that begins on it) was heard.
fn is_whole(part: usize, point: usize, day: usize) -> bool {
    is_there(point, day) && is_there(point, day + part)
}

/// The levels of all points' days (or nights): so many above the limit as wanted, and the mean as wanted.
fn levels(random: &mut Random, part: usize) -> Levels {
    let limit = |point: usize| NOISE[point].area.limits()[part];
    let mut levels: Levels = (0..NOISE.len())
        .map(|point| {
            let mut drift = 0;
            [0; DAYS].map(|_: i64| {
                drift = (drift * 7 + random.between(-30, 30) * 5) / 10;
                limit(point) - NOISE[point].below[part] + drift
            })
        })
        .collect();
    let mut all: Vec<(usize, usize)> =
        (0..NOISE.len()).flat_map(|point| (0..DAYS).map(move |day| (point, day))).collect();
    for &(point, day) in all.iter().filter(|(point, day)| !is_whole(part, *point, *day)) {
        levels[point][day] = limit(point) - QUIET;
    }
    all.retain(|&(point, day)| is_whole(part, point, day));
    all.sort_by_key(|&(point, day)| (limit(point) - levels[point][day], point, day));
    let count = all.len() as i64;
    let above = (count - (count * ATTAINED[part] + 500) / 1000) as usize;
    for (rank, &(point, day)) in all.iter().enumerate() {
        let level = &mut levels[point][day];
        *level = if rank < above {
            (*level).max(limit(point) + random.between(3, 12))
        } else {
            (*level).min(limit(point) - random.between(1, 9))
        };
    }
    let mut missing = MEANS[part] * count - all.iter().map(|&(point, day)| levels[point][day]).sum::<i64>();
    // Every pass moves most of them by a tenth; nothing is moved over a limit.
    for _ in 0..100 {
        for &(point, day) in &all {
            let (level, step) = (levels[point][day], missing.signum());
            if (level + step > limit(point)) == (level > limit(point)) {
                levels[point][day] += step;
                missing -= step;
            }
        }
    }
    levels
}

/// Swaps neighbours now and then.
fn disorder(random: &mut Random, hours: &mut [i64]) {
    for at in 1..hours.len() {
        if random.chance(450) {
            hours.swap(at - 1, at);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{NIGHT, NOISE, YEAR, hours, is_whole};
    use crate::monitoring::midnight;
    use jiff::civil::date;

    /// The level whose energy is the mean of the hours'.
    fn level(hours: &[i64]) -> f64 {
        let energy: f64 = hours.iter().map(|tenths| 10_f64.powf(*tenths as f64 / 100.0)).sum();
        100.0 * (energy / hours.len() as f64).log10()
    }

    #[test]
    fn the_differences_have_no_energy_of_their_own() {
        assert!(level(&super::DAY).abs() < 0.1, "{}", level(&super::DAY));
        assert!(level(&NIGHT).abs() < 0.1, "{}", level(&NIGHT));
    }

    #[test]
    fn days_and_nights_are_as_the_report_states() {
        for seed in [1, 7, 2022] {
            let mut parts: BTreeMap<(usize, usize, usize), Vec<i64>> = BTreeMap::new();
            let first = midnight(date(YEAR, 1, 1));
            for sample in hours(seed) {
                let point = NOISE.iter().position(|point| point.code == sample.station).expect("a point");
                // A night is of the date on which it began.
                let second = sample.seconds - first;
                let hour = second.rem_euclid(86_400) / 3600;
                let part = usize::from(!(6..22).contains(&hour));
                let Ok(day) =
                    usize::try_from((second - if hour < 6 { 86_400 } else { 0 }).div_euclid(86_400))
                else {
                    continue;
                };
                parts.entry((part, point, day)).or_default().push(sample.micro / 100_000);
            }
            for (part, (attained, mean)) in [("98.2", "56.2"), ("92.5", "47.1")].into_iter().enumerate() {
                let levels: Vec<(i64, i64)> = parts
                    .iter()
                    .filter(|((one, point, day), _)| *one == part && is_whole(part, *point, *day))
                    .map(|((_, point, _), hours)| {
                        let rounded = level(hours).round();
                        assert!((level(hours) - rounded).abs() < 0.2, "{hours:?} is between two tenths");
                        (rounded as i64, NOISE[*point].area.limits()[part])
                    })
                    .collect();
                let within = levels.iter().filter(|(level, limit)| level <= limit).count() as f64;
                assert_eq!(format!("{:.1}", within * 100.0 / levels.len() as f64), attained, "{seed}");
                let sum: i64 = levels.iter().map(|(level, _)| level).sum();
                assert_eq!(format!("{:.1}", sum as f64 / levels.len() as f64 / 10.0), mean, "{seed}");
            }
        }
    }
}
