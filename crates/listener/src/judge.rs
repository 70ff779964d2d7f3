//! What a frame with data says, judged by its station: rows to store, and what has to be kept apart.
//!
//! Pure: no clock, no state. What is absent: a guess. A value whose time, number, unit or range is in doubt is kept
//! apart with the reason, never made plausible.

use hj212::Segment;
use jiff::Timestamp;
use lake::{Measurement, Span};
use serde::Serialize;

use crate::config::{ItemMapping, StationConfig, Unmapped};
use crate::time::{self, TimeFault};
use crate::value::exact;

/// The span of a command that brings measurements.
pub(crate) fn span_of(cn: &str) -> Option<Span> {
    match cn {
        "2011" => Some(Span::Moment),
        "2051" => Some(Span::Minute),
        "2061" => Some(Span::Hour),
        "2031" => Some(Span::Day),
        _ => None,
    }
}

/// A frame's data, judged.
#[derive(Debug, Default)]
pub(crate) struct Judged {
    /// The start of the interval, if it can be true.
    pub(crate) start: Option<Timestamp>,
    pub(crate) rows: Vec<Measurement>,
    /// For each row, which of the station's mappings it came by.
    pub(crate) mapped: Vec<usize>,
    /// At most one JSON line.
    pub(crate) apart: Option<String>,
    /// The reasons in it.
    pub(crate) reasons: Vec<&'static str>,
    pub(crate) unmapped: Vec<String>,
    pub(crate) rounded: u64,
}

/// The line for what is kept apart: enough to put it right by hand, and no password.
#[derive(Serialize)]
struct Line<'a> {
    received: Timestamp,
    station: &'a str,
    mn: &'a str,
    cn: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    data_time: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cp: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    values: Vec<Value<'a>>,
}

#[derive(Serialize)]
struct Value<'a> {
    code: &'a str,
    field: &'a str,
    value: Option<&'a str>,
    flag: &'a str,
    reason: &'static str,
}

/// Judges a frame with data of this span.
pub(crate) fn judge(segment: &Segment<'_>, span: Span, station: &StationConfig, now: Timestamp) -> Judged {
    let data_time = segment.value("DataTime");
    let start = data_time.ok_or(TimeFault::Missing).and_then(|text| {
        let start = time::read(text)?;
        time::judge(span, start, now, &station.tolerance)?;
        Ok(start)
    });
    match start {
        Ok(start) => values(segment, span, start, station, now),
        Err(fault) => whole_apart(segment, fault.key(), station, now),
    }
}

/// Keeps a whole frame apart.
pub(crate) fn whole_apart(
    segment: &Segment<'_>,
    reason: &'static str,
    station: &StationConfig,
    now: Timestamp,
) -> Judged {
    let line = Line {
        received: now,
        station: &station.code,
        mn: &station.mn,
        cn: segment.cn.unwrap_or_default(),
        data_time: segment.value("DataTime"),
        reason: Some(reason),
        cp: segment.cp,
        values: Vec::new(),
    };
    Judged { apart: Some(json(&line)), reasons: vec![reason], ..Judged::default() }
}

fn json(line: &Line<'_>) -> String {
    serde_json::to_string(line).expect("texts and timestamps are JSON")
}

fn values(
    segment: &Segment<'_>,
    span: Span,
    start: Timestamp,
    station: &StationConfig,
    now: Timestamp,
) -> Judged {
    let items: Vec<_> = segment.items().filter(|item| !item.field.is_empty()).collect();
    let mut judged = Judged { start: Some(start), ..Judged::default() };
    let mut apart = Vec::new();
    let mut near = 0;
    for (at, item) in items.iter().enumerate() {
        if matches!(item.field, "Flag" | "EFlag" | "SampleTime" | "Info" | "SN") {
            continue;
        }
        // A flag stands beside its value, after it in every example; but any order is taken.
        let flag = items[at..]
            .iter()
            .chain(&items[..at])
            .find(|other| other.field == "Flag" && other.code == item.code)
            .and_then(|flag| flag.value)
            .unwrap_or_default();
        let mut put_apart = |reason| {
            apart.push(Value { code: item.code, field: item.field, value: item.value, flag, reason });
        };
        let Some(index) = find(&station.items, near, item.code, item.field, span) else {
            if is_main(item.field) && !station.items.iter().any(|mapping| mapping.code == item.code) {
                judged.unmapped.push(item.code.chars().take(32).collect());
                if station.unmapped == Unmapped::Keep {
                    put_apart("unmapped");
                }
            }
            continue;
        };
        near = index + 1;
        let mapping = &station.items[index];
        if judged.rows.iter().any(|row| row.item == mapping.item) {
            put_apart("repeated-item");
            continue;
        }
        if flag.len() > 16 || flag.chars().any(char::is_control) {
            put_apart("flag-bad");
            continue;
        }
        let value = match item.value.filter(|value| !value.is_empty()) {
            None if flag.is_empty() => {
                put_apart("value-missing");
                continue;
            }
            None => None,
            Some(text) => match exact(text, mapping.factor) {
                None => {
                    put_apart("value-bad");
                    continue;
                }
                Some(exact) => {
                    let range = mapping.plausible.as_ref();
                    if range.is_some_and(|(low, high)| exact.value < *low || exact.value > *high) {
                        put_apart("implausible");
                        continue;
                    }
                    judged.rounded += u64::from(exact.rounded);
                    Some(exact.value)
                }
            },
        };
        judged.mapped.push(index);
        judged.rows.push(Measurement {
            station: station.code.clone(),
            item: mapping.item.clone(),
            span,
            time: start,
            value,
            flag: flag.to_owned(),
            source: station.source(),
        });
    }
    if !apart.is_empty() {
        judged.reasons = apart.iter().map(|value| value.reason).collect();
        judged.apart = Some(json(&Line {
            received: now,
            station: &station.code,
            mn: &station.mn,
            cn: segment.cn.unwrap_or_default(),
            data_time: segment.value("DataTime"),
            reason: None,
            cp: None,
            values: apart,
        }));
    }
    judged
}

/// The mapping of a code and field; a frame's items mostly come in the order of the mapping, so the search begins there.
fn find(items: &[ItemMapping], near: usize, code: &str, field: &str, span: Span) -> Option<usize> {
    let near = near.min(items.len());
    let fits = |index: &usize| {
        let mapping = &items[*index];
        mapping.code == code
            && match &mapping.field {
                Some(named) => named == field,
                None => is_usual(code, field, span),
            }
    };
    // One that names the field goes before one that takes the usual field.
    let all = || (near..items.len()).chain(0..near).filter(fits);
    let first = all().next()?;
    if items[first].field.is_some() {
        return Some(first);
    }
    Some(all().find(|&index| items[index].field.is_some()).unwrap_or(first))
}

/// The field that is meant where a mapping names none.
fn is_usual(code: &str, field: &str, span: Span) -> bool {
    match (span, code) {
        (Span::Moment, _) => field == "Rtd",
        (Span::Day, "Ld") => matches!(field, "Data" | "DayData"),
        (Span::Day, "Ln") => matches!(field, "Data" | "NightData"),
        _ => matches!(field, "Avg" | "Data"),
    }
}

/// Whether a field is a value of its own, and not a detail of one (Min, Max, Cou, Zs…).
fn is_main(field: &str) -> bool {
    matches!(field, "Rtd" | "Avg" | "Data" | "DayData" | "NightData")
}

#[cfg(test)]
mod tests {
    use super::{judge, span_of};
    use crate::config::{StationConfig, known_items};
    use hj212::Segment;
    use insta::assert_snapshot;
    use lake::Kind;

    fn check(kind: Kind, cn: &str, data: &str) -> String {
        let unit = |code: &str| match code.as_bytes() {
            [b'a', b'3', ..] => Some("ng/m³".to_owned()),
            [b'a', b'2' | b'0', ..] if !code.starts_with("a01") => Some("mg/m³".to_owned()),
            _ => None,
        };
        let station = StationConfig::new("M1", "S1", kind, known_items(kind, &unit).expect("known units"));
        let text = format!("ST=22;CN={cn};PW=123456;MN=M1;Flag=5;CP=&&{data}&&");
        let now = "2026-03-01T00:00:05Z".parse().expect("a timestamp");
        let judged = judge(&Segment::of(&text), span_of(cn).expect("data"), &station, now);
        let mut lines: Vec<String> = judged
            .rows
            .iter()
            .map(|row| {
                let value = row.value.map_or("-".to_owned(), |value| value.to_string());
                format!("{} {} {} {} {value} [{}]", row.station, row.item, row.span.key(), row.time, row.flag)
            })
            .collect();
        lines.extend(judged.apart);
        lines.join("\n")
    }

    #[test]
    fn values_come_in_the_items_unit_with_their_flags() {
        assert_snapshot!(check(
            Kind::Air, "2061",
            "DataTime=20260301070000;a34004-Avg=35100.5,a34004-Flag=N;a21026-Flag=D,a21026-Avg=0.006;a21005-Min=1,\
             a21005-Avg=0.6;a05024-Avg=,a05024-Flag=C"
        ), @"
        S1 pm2_5 hour 2026-02-28T23:00:00Z 35.1005 [N]
        S1 so2 hour 2026-02-28T23:00:00Z 6 [D]
        S1 co hour 2026-02-28T23:00:00Z 0.6 []
        S1 o3 hour 2026-02-28T23:00:00Z - [C]
        ");
    }

    #[test]
    fn what_is_in_doubt_is_kept_apart() {
        assert_snapshot!(check(
            Kind::Air, "2061",
            "DataTime=20260301070000;a34004-Avg=99000000,a34004-Flag=N;a34002-Avg=--;a21026-Avg=;a99999-Avg=1;\
             a21004-Avg=0.01;a21004-Avg=0.02;a21005-Avg=1,a21005-Flag=AAAAAAAAAAAAAAAAAAAAAA"
        ), @r#"
        S1 no2 hour 2026-02-28T23:00:00Z 10 []
        {"received":"2026-03-01T00:00:05Z","station":"S1","mn":"M1","cn":"2061","data_time":"20260301070000","values":[{"code":"a34004","field":"Avg","value":"99000000","flag":"N","reason":"implausible"},{"code":"a34002","field":"Avg","value":"--","flag":"","reason":"value-bad"},{"code":"a21026","field":"Avg","value":"","flag":"","reason":"value-missing"},{"code":"a99999","field":"Avg","value":"1","flag":"","reason":"unmapped"},{"code":"a21004","field":"Avg","value":"0.02","flag":"","reason":"repeated-item"},{"code":"a21005","field":"Avg","value":"1","flag":"AAAAAAAAAAAAAAAAAAAAAA","reason":"flag-bad"}]}
        "#);
        assert_snapshot!(check(Kind::Air, "2061", "DataTime=20260301240000;a34004-Avg=1"), @r#"{"received":"2026-03-01T00:00:05Z","station":"S1","mn":"M1","cn":"2061","data_time":"20260301240000","reason":"time-invalid","cp":"DataTime=20260301240000;a34004-Avg=1"}"#);
        assert_snapshot!(check(Kind::Air, "2011", "a34004-Rtd=1"), @r#"{"received":"2026-03-01T00:00:05Z","station":"S1","mn":"M1","cn":"2011","reason":"time-missing","cp":"a34004-Rtd=1"}"#);
    }

    #[test]
    fn noise_of_a_day_is_its_day_and_its_night() {
        assert_snapshot!(check(
            Kind::Noise, "2031",
            "DataTime=20260228000000;Leq-Data=54.3,Leq-Flag=N;Ld-DayData=56;Ln-NightData=45.5;L5-DayData=60;L5-NightData=50"
        ), @"
        S1 leq day 2026-02-27T16:00:00Z 54.3 [N]
        S1 ld day 2026-02-27T16:00:00Z 56 []
        S1 ln day 2026-02-27T16:00:00Z 45.5 []
        ");
        assert_snapshot!(check(Kind::Noise, "2011", "DataTime=20260301080000;LA-Rtd=50.1,LA-Flag=N"), @"S1 la moment 2026-03-01T00:00:00Z 50.1 [N]");
    }
}
