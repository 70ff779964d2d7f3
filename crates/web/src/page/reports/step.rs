//! Review and return: somebody else has read it.

use std::sync::Arc;

use access::Action;
use axum::Form as Posted;
use axum::extract::Path;
use city::desk::{Desk, DeskError, Step, Taking};
use jiff::Timestamp;
use message::{Text, text};
use serde::Deserialize;

use super::render::{desk, desk_fault, present};
use super::{may, require};
use crate::fault::{Answer, Fault};
use crate::visitor::{Visitor, no_right};

/// What a step's form carries.
#[derive(Deserialize)]
pub struct StepForm {
    /// The version that was looked at.
    version: u32,
    /// The idempotency key.
    #[serde(default)]
    key: String,
    /// Why it is returned.
    #[serde(default)]
    note: String,
}

/// `POST /reports/{key}/review`.
pub async fn review(
    visitor: Visitor,
    Path(report): Path<String>,
    Posted(posted): Posted<StepForm>,
) -> Answer {
    require(&visitor, Action::WriteReport)?;
    let step = take(&visitor, &report, posted, |desk, taking| desk.review(taking)).await?;
    let version = step.version;
    Ok(visitor.lead_to(
        &format!("/reports/{report}"),
        &text!("第 {version} 稿复核通过", "Version {version} reviewed"),
    ))
}

/// `POST /reports/{key}/return`: by who may write or sign.
pub async fn give_back(
    visitor: Visitor,
    Path(report): Path<String>,
    Posted(posted): Posted<StepForm>,
) -> Answer {
    if !may(&visitor, Action::WriteReport) && !may(&visitor, Action::SignReport) {
        return Err(no_right(Action::WriteReport));
    }
    if posted.note.chars().count() > 500 {
        let words = Text::new("理由最多 500 字", "a reason has at most 500 characters");
        return Err(Fault::Refused { text: words.clone(), fields: vec![("note".to_owned(), words)] });
    }
    let step = take(&visitor, &report, posted, |desk, taking| desk.give_back(taking)).await?;
    let version = step.version;
    Ok(visitor.lead_to(
        &format!("/reports/{report}"),
        &text!("第 {version} 稿已退回", "Version {version} returned"),
    ))
}

async fn take(
    visitor: &Visitor,
    report: &str,
    posted: StepForm,
    step: fn(&Desk, &Taking<'_>) -> Result<Step, DeskError>,
) -> Result<Step, Fault> {
    let (now, report, by) = (Arc::clone(&visitor.now), report.to_owned(), visitor.actor().to_owned());
    let work = move |_: &crate::app::App| {
        let taking = Taking {
            report: &report,
            version: posted.version,
            by: &by,
            at: Timestamp::now(),
            snapshot: present(&now)?,
            note: &posted.note,
            key: &posted.key,
        };
        step(&desk(&now), &taking).map_err(desk_fault)
    };
    visitor.app.work(work).await
}
