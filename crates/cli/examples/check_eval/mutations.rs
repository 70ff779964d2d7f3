//! Everything that is done to a printed number, one change at a time.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use crate::printed::{MEASURE_WORDS, Printed, UNITS, chinese, full_width, in_chinese};

impl Printed {
    /// Everything that is done to a number, one at a time.
    pub fn mutations(&self) -> Vec<(&'static str, Self)> {
        let mut all = self.other_numbers();
        all.extend(self.other_units());
        all.extend(self.other_words());
        all.extend(self.same_said_otherwise());
        let mut seen = BTreeSet::new();
        all.retain(|(_, one)| one != self && seen.insert(one.print()));
        all
    }

    fn with(&self, digits: String) -> Self {
        Self { digits, ..self.clone() }
    }

    fn other_numbers(&self) -> Vec<(&'static str, Self)> {
        let mut all = Vec::new();
        let Some((number, place)) = self.number() else { return all };
        let written = |number: Decimal| match chinese(&self.digits) {
            Some(_) => in_chinese(number),
            None => {
                let mut number = number;
                number.rescale(place.scale());
                Some(number.to_string())
            }
        };
        let mut add = |kind, number| all.extend(written(number).map(|digits| (kind, self.with(digits))));
        add("+1 in the last place", number + place);
        add("−1 in the last place", number - place);
        add("+10 %", number * Decimal::new(11, 1));
        add("−10 %", number * Decimal::new(9, 1));
        add("×10", number * Decimal::TEN);
        if !self.multiplier.is_empty() {
            let whole = (number * self.multiplied() + Decimal::ONE).normalize();
            all.push(("+1 as a whole number", Self { multiplier: "", ..self.with(whole.to_string()) }));
        }
        let digits: Vec<char> = self.digits.chars().collect();
        let places: Vec<usize> = (0..digits.len()).filter(|&at| digits[at].is_ascii_digit()).collect();
        for pair in places.windows(2) {
            let mut swapped = digits.clone();
            swapped.swap(pair[0], pair[1]);
            if swapped != digits && (swapped[0] != '0' || swapped.get(1) == Some(&'.')) {
                all.push(("neighbouring digits swapped", self.with(swapped.into_iter().collect())));
            }
        }
        all
    }

    fn other_units(&self) -> Vec<(&'static str, Self)> {
        let in_unit = |unit: &str| Self { unit: unit.to_owned(), ..self.clone() };
        let mut all = Vec::new();
        let foreign: &[&str] = match self.unit.as_str() {
            "公里" => &["公頃", "個", "億元"],
            "畝" | "公頃" | "平方米" => &["公里", "個", "元"],
            "元" => &["公里", "家"],
            "城" => &[],
            "天" => &["公里", "元"],
            _ => &["公里", "元", "%"],
        };
        all.extend(foreign.iter().map(|unit| ("unit of another kind", in_unit(unit))));
        let same = UNITS.iter().filter(|(from, ..)| *from == self.unit);
        all.extend(same.map(|(_, to, _)| ("another unit of the kind", in_unit(to))));
        if !self.multiplier.is_empty() {
            all.push(("multiplier dropped", Self { multiplier: "", ..self.clone() }));
            let other = if self.multiplier == "萬" { "億" } else { "萬" };
            all.push(("multiplier replaced", Self { multiplier: other, ..self.clone() }));
        } else {
            all.push(("multiplier added", Self { multiplier: "萬", ..self.clone() }));
        }
        all
    }

    fn other_words(&self) -> Vec<(&'static str, Self)> {
        let with = |word, odd| Self { word, odd, ..self.clone() };
        let mut all = Vec::new();
        if self.unit == "城" {
            return all;
        }
        if !self.odd.is_empty() {
            all.push(("word dropped", with(self.word, "")));
            all.extend(["近", "不足", "約", "超"].map(|word| ("word replaced", with(word, ""))));
        } else if ["近", "突破"].contains(&self.word) {
            all.push(("word dropped", with("", "")));
            all.extend(["近", "超", "突破", "不足", "約"].map(|word| ("word replaced", with(word, ""))));
        } else if self.word.is_empty() {
            all.extend(
                ["近", "超", "突破", "不足", "約", "不少於"].map(|word| ("word added", with(word, ""))),
            );
            all.push(("word added", with("", "餘")));
        }
        all
    }

    /// The same value in other characters or units: true statements that must stay supported.
    fn same_said_otherwise(&self) -> Vec<(&'static str, Self)> {
        let mut all = Vec::new();
        let Some((number, _)) = self.number() else { return all };
        if chinese(&self.digits).is_none() {
            let wide = self.digits.chars().map(full_width).collect();
            all.push(("full-width digits", self.with(wide)));
        }
        let grouped = (self.digits.len() > 3 && !self.digits.contains('.')).then(|| {
            let (thousands, rest) = self.digits.split_at(self.digits.len() - 3);
            format!("{thousands},{rest}")
        });
        all.extend(grouped.map(|digits| ("thousands comma", self.with(digits))));
        if !self.multiplier.is_empty() && self.odd.is_empty() {
            let whole = (number * self.multiplied()).normalize();
            all.push(("multiplied out", Self { multiplier: "", ..self.with(whole.to_string()) }));
        }
        let words = MEASURE_WORDS.iter().filter(|(from, _)| *from == self.unit);
        all.extend(
            words.map(|(_, to)| ("another measure word", Self { unit: (*to).to_owned(), ..self.clone() })),
        );
        for (_, to, (times, parts)) in UNITS.iter().filter(|(from, ..)| *from == self.unit) {
            let value = number * self.multiplied() * Decimal::from(*parts) / Decimal::from(*times);
            let value = value.normalize();
            if value.scale() <= 2 && !self.print().contains('達') {
                let digits = value.to_string();
                all.push((
                    "same value in another unit",
                    Self { multiplier: "", unit: (*to).to_owned(), ..self.with(digits) },
                ));
            }
        }
        all
    }
}
