//! Lengths and areas that follow from the record's geometry.
//!
//! Why it exists: where there is a shape, its measure is not a matter of opinion: it is taken from the shape, and a
//! value entered by hand must agree with it and gives way to it.

use geodesy::Geometry;
use ledger::Value;
use message::text;
use pack::FieldKind;
use quantity::fixed;
use rust_decimal::Decimal;

use super::Judge;
use crate::current::ValueRef;
use crate::read::{Stated, measured};

impl Judge<'_, '_> {
    /// Takes measures from the geometry, and compares them with what was entered by hand.
    pub(super) fn measure(&mut self, stated: &mut [Stated], current: Option<&[ValueRef<'_>]>) {
        let rules = &self.loaded.rules;
        let (Some(place), false) = (rules.geometry, rules.measured.is_empty()) else { return };
        let by_hand = rules.measured.iter().any(|(field, _)| stated[*field] != Stated::Nothing);
        let shape = match (&stated[place], current.map(|values| values[place])) {
            (Stated::Value(Value::Text(wkt)), _) => Geometry::parse_wkt(wkt),
            // The shape in the book has been measured before; again only to compare it with the hand's value.
            (Stated::Nothing, Some(ValueRef::Text(wkt))) if by_hand => Geometry::parse_wkt(wkt),
            _ => return,
        };
        let Ok(shape) = shape else { return };
        for (field, measure) in &rules.measured {
            let FieldKind::Decimal { decimals, unit, min, max, .. } = &rules.register.fields[*field].kind
            else {
                continue;
            };
            let Some(exact) = measured(&shape, *measure, rules.units[*field].as_ref(), *decimals) else {
                continue;
            };
            let key = &rules.register.fields[*field].key;
            if let Stated::Value(Value::Text(hand)) = &stated[*field]
                && let Ok(hand_value) = hand.parse::<Decimal>()
                && (hand_value - exact).abs() * Decimal::ONE_HUNDRED > exact.abs()
            {
                let found = hand.clone();
                self.fault(
                    key,
                    &found,
                    text!(
                        "手工填写的值与图形量算值 {exact} {unit} 相差超过1%；请改正或留空",
                        "the value differs by more than 1 % from {exact} {unit}, measured of the geometry; correct it or leave it empty"
                    ),
                );
            } else if exact < *min || exact > *max {
                self.fault(
                    key,
                    &exact.to_string(),
                    text!(
                        "图形量算值超出{min}至{max}{unit}的范围",
                        "the value measured of the geometry is outside {min} to {max} {unit}"
                    ),
                );
            } else {
                stated[*field] = Stated::Value(Value::Text(fixed(exact, u32::from(*decimals))));
            }
        }
    }
}
