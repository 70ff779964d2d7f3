//! Formulas over indicators.

use pack::{Definition, Formula, Operator, Pack};

use crate::error::FigureError;
use crate::ratio::Ratio;

/// The value of a formula; nothing where a part has none or a divisor is zero.
pub fn value(formula: &Formula, part: &dyn Fn(&str) -> Option<Ratio>) -> Option<Ratio> {
    match formula {
        Formula::Number(number) => Some(Ratio::of(*number)),
        Formula::Indicator(key) => part(key),
        Formula::Binary(left, operator, right) => {
            let (left, right) = (value(left, part)?, value(right, part)?);
            match operator {
                Operator::Add => Some(left.add(&right)),
                Operator::Subtract => Some(left.subtract(&right)),
                Operator::Multiply => Some(left.multiply(&right)),
                Operator::Divide => left.divide(&right),
            }
        }
    }
}

/// The indicators with rows that an indicator rests on, each once, in the order of the formula.
pub fn leaves<'a>(pack: &'a Pack, key: &str) -> Result<Vec<&'a pack::Indicator>, FigureError> {
    let mut found = Vec::new();
    collect(pack, key, &mut Vec::new(), &mut found)?;
    Ok(found)
}

fn collect<'a>(
    pack: &'a Pack,
    key: &str,
    path: &mut Vec<String>,
    found: &mut Vec<&'a pack::Indicator>,
) -> Result<(), FigureError> {
    let indicator = pack
        .indicator(key)
        .ok_or_else(|| FigureError::UnknownIndicator { key: key.to_owned(), near: None })?;
    // `pack` refuses cycles; a pack that was put together by hand shall not hang us either.
    if path.iter().any(|above| above == key) {
        return Err(FigureError::Cycle { indicator: key.to_owned() });
    }
    match &indicator.definition {
        Definition::Rows { .. } => {
            if !found.iter().any(|known| known.key == indicator.key) {
                found.push(indicator);
            }
        }
        Definition::Formula(formula) => {
            path.push(key.to_owned());
            let mut parts = Vec::new();
            indicators(formula, &mut parts);
            for part in parts {
                collect(pack, part, path, found)?;
            }
            path.pop();
        }
    }
    Ok(())
}

/// The indicators that a formula names, in its order.
pub fn indicators<'f>(formula: &'f Formula, found: &mut Vec<&'f str>) {
    match formula {
        Formula::Number(_) => {}
        Formula::Indicator(key) => found.push(key),
        Formula::Binary(left, _, right) => {
            indicators(left, found);
            indicators(right, found);
        }
    }
}
