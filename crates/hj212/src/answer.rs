//! Answers, in the form of the edition that the other side speaks.

use crate::encode::around;
use crate::flag::{Flag, Version};
use crate::frame::MOST_SEGMENT;
use crate::segment::Segment;

/// What a centre answers to a device's upload or notice, if the device wants an answer: 9014 to data, 9013 to a notice.
/// `None` where none is wanted or due (answers are not answered).
///
/// Send it only when what it acknowledges is durably stored.
pub fn answer_to(segment: &Segment<'_>) -> Option<Vec<u8>> {
    let command = segment.cn?;
    if !segment.wants_answer() || is_answer(command) {
        return None;
    }
    let answer = if is_notice(command) { "9013" } else { "9014" };
    Some(match segment.version() {
        Version::V2005 if answer == "9014" => {
            let mut data = quoted_qn(segment);
            data.push_str(&format!(
                "CN={command};PNO={};PNUM={};",
                segment.pno.unwrap_or("1"),
                segment.pnum.unwrap_or("1")
            ));
            around_short(format!("ST=91;CN=9014;CP=&&{data}&&"))?
        }
        Version::V2005 => around_short(in_2005(segment, answer, &quoted_qn(segment)))?,
        version => around_short(in_2017(segment, version, answer, ""))?,
    })
}

/// What a device answers to a request at once: 9011 with QnRtn (1 = ready; see [`codes`](crate::codes)).
pub fn request_answer(segment: &Segment<'_>, qn_return: u16) -> Option<Vec<u8>> {
    reply(segment, "9011", &format!("QnRtn={qn_return}"))
}

/// What a device answers when a request is carried out: 9012 with ExeRtn (1 = done; see [`codes`](crate::codes)).
pub fn execution_result(segment: &Segment<'_>, execution_return: u16) -> Option<Vec<u8>> {
    reply(segment, "9012", &format!("ExeRtn={execution_return}"))
}

fn reply(segment: &Segment<'_>, answer: &str, data: &str) -> Option<Vec<u8>> {
    if is_answer(segment.cn?) {
        return None;
    }
    around_short(match segment.version() {
        Version::V2005 => in_2005(segment, answer, &(quoted_qn(segment) + data)),
        version => in_2017(segment, version, answer, data),
    })
}

/// The QN in front echoes the request's; `Flag` names the edition and wants no answer.
fn in_2017(segment: &Segment<'_>, version: Version, answer: &str, data: &str) -> String {
    let mut text = String::new();
    if let Some(qn) = segment.qn {
        text.push_str(&format!("QN={qn};"));
    }
    text.push_str(&format!("ST=91;CN={answer};"));
    echo(&mut text, segment);
    text.push_str(&format!("Flag={};CP=&&{data}&&", Flag::new(version, false, false).0));
    text
}

/// The QN stands inside the data area.
fn in_2005(segment: &Segment<'_>, answer: &str, data: &str) -> String {
    let mut text = format!("ST=91;CN={answer};");
    echo(&mut text, segment);
    text.push_str(&format!("Flag=0;CP=&&{data}&&"));
    text
}

fn echo(text: &mut String, segment: &Segment<'_>) {
    for (name, value) in [("PW", segment.pw), ("MN", segment.mn)] {
        if let Some(value) = value {
            text.push_str(&format!("{name}={value};"));
        }
    }
}

fn quoted_qn(segment: &Segment<'_>) -> String {
    segment.qn.or_else(|| segment.value("QN")).map(|qn| format!("QN={qn};")).unwrap_or_default()
}

/// Echoed fields may be anything; what would be no clean frame is not sent.
fn around_short(segment: String) -> Option<Vec<u8>> {
    let clean =
        segment.len() <= MOST_SEGMENT && !segment.chars().any(char::is_control) && !segment.contains("##");
    clean.then(|| around(&segment))
}

fn is_answer(command: &str) -> bool {
    matches!(command, "9011" | "9012" | "9013" | "9014" | "9021")
}

/// Commands that the standard calls notices: answered by 9013.
fn is_notice(command: &str) -> bool {
    matches!(command, "1013" | "2012" | "2022" | "9015")
}
