//! Whole numbers whose sum is right.

/// Moves the values as little as may be until they add up to `total`, none below its floor; `first` is the one to be
/// moved first. The floors must not add up to more than the total.
pub(crate) fn settle(values: &mut [i64], floors: &[i64], total: i64, first: usize) {
    for (value, floor) in values.iter_mut().zip(floors) {
        *value = (*value).max(*floor);
    }
    let count = values.len() as i64;
    let mut missing = total - values.iter().sum::<i64>();
    while missing != 0 && count > 0 {
        let (before, step) = (missing, (missing.abs() / count).max(1));
        for place in 0..values.len() {
            let at = (first + place) % values.len();
            let moved = (values[at] + step.min(missing.abs()) * missing.signum()).max(floors[at]);
            missing -= moved - values[at];
            values[at] = moved;
        }
        if missing == before {
            break;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::settle;

    #[test]
    fn the_sum_is_right_and_no_value_is_below_its_floor() {
        let check = |values: &[i64], floors: &[i64], total: i64, expected: &[i64]| {
            let mut settled = values.to_vec();
            settle(&mut settled, floors, total, 1);
            assert_eq!(settled, expected, "{values:?} to {total}");
        };
        check(&[10, 20, 30], &[1, 1, 1], 60, &[10, 20, 30]);
        check(&[10, 20, 30], &[1, 1, 1], 62, &[10, 21, 31]);
        check(&[10, 20, 30], &[1, 1, 1], 160, &[43, 54, 63]);
        check(&[10, 20, 30], &[1, 1, 1], 6, &[1, 1, 4]);
        check(&[1, 1, 9], &[1, 1, 1], 3, &[1, 1, 1]);
        check(&[0, 0], &[5, 1], 7, &[5, 2]);
        check(&[], &[], 7, &[]);
    }
}
