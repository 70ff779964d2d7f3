//! The form: a file or a text, the period it speaks of.

use std::time::Instant;

use axum::extract::Multipart;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use document::Format;

use super::kept::{self, Checked};
use super::read::{Sent, Wrong};
use super::{Question, answer};
use crate::fault::Answer;
use crate::ui::*;
use crate::visitor::Visitor;

/// `GET /check`.
pub async fn form(visitor: Visitor) -> Answer {
    Ok(page(&visitor, &Sent::default(), None))
}

/// `POST /check`.
pub async fn check(visitor: Visitor, form: Multipart) -> Answer {
    let sent = Sent::read(form).await?;
    let begun = Instant::now();
    let (sent, read) = tokio::task::spawn_blocking(move || {
        let read = sent.document().and_then(|document| Ok((document, sent.spoken()?)));
        (sent, read)
    })
    .await
    .map_err(crate::fault::Fault::internal)?;
    let (document, spoken) = match read {
        Ok(read) => read,
        Err(wrong) => {
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&visitor, &sent, Some(wrong))).into_response());
        }
    };
    let Sent { name, bytes, .. } = sent;
    let name = match name.is_empty() || bytes.is_empty() {
        true => visitor.language.t("粘贴的文字", "Pasted text").to_owned(),
        false => name,
    };
    let docx = matches!(document::format(&name, &bytes), Ok(Format::Docx)).then_some(bytes);
    let answered = answer(&visitor, Question { document, spoken }).await?;
    let checked =
        Checked { name, docx, outcome: answered.outcome, known_at: answered.known_at, took: begun.elapsed() };
    let id = kept::keep(&visitor, checked)?;
    Ok(Redirect::to(&format!("/check/{id}")).into_response())
}

fn page(visitor: &Visitor, sent: &Sent, wrong: Option<Wrong>) -> Response {
    let l = visitor.language;
    let said =
        |field: &str| wrong.as_ref().filter(|(at, _)| *at == field).map(|(_, words)| visitor.say(words));
    let faults: Vec<(String, String)> =
        wrong.iter().map(|(field, words)| ((*field).to_owned(), visitor.say(words))).collect();
    let upload = Upload::new(l, "file", w("文件", "File"))
        .accept(".docx,.html,.htm,.md,.txt")
        .help(
            l,
            w(
                "DOCX、HTML、Markdown 或纯文本，最大 20 MB",
                "DOCX, HTML, Markdown or plain text, at most 20 MB",
            ),
        )
        .error(said("file"));
    let text = Field::lines(l, "text", w("或粘贴文字", "Or paste a text"), 8)
        .value(sent.text.clone())
        .error(said("text"));
    let period = Field::text(l, "period", w("所述期间", "Period spoken of"))
        .value(sent.period.clone())
        .help(
            l,
            w(
                "如 2022、2022-Q3；不填则取文中提得最多的年份",
                "such as 2022 or 2022-Q3; else the year that the text names most often",
            ),
        )
        .width(10)
        .error(said("period"));
    let as_of = Field::date(l, "as_of", w("截止日期", "As of"))
        .value(sent.as_of.clone())
        .help(l, w("不填则为期末", "else the last day of the period"))
        .error(said("as_of"));
    let button = Button::primary(l, w("核验", "Check"))
        .busy(l, w("正在逐个核对文中的数据表述", "Holding each number of the text against the book"));
    let form = Form::new("/check").files().render(
        &visitor.frame(),
        html! {
            (error_summary(l, &faults))
            (upload)
            (text)
            details.check-more open[said("period").is_some() || said("as_of").is_some()] {
                summary { (l.t("期间与日期", "Period and date")) }
                (period)
                (as_of)
            }
            div.actions { (button) }
        },
    );
    let kept = kept::list(visitor);
    let body = html! {
        (form)
        p.small-print {
            (l.t(
                "文件只在内存中保留，供您本次登录查看：退出登录、一小时未查看或服务重启后即消失，不写入磁盘和日志。",
                "The document stays in memory for this session only: it is gone when you sign out, an hour after you last looked at it, or with a restart. It is never written to disk or log.",
            ))
        }
        @if !kept.is_empty() {
            h2 { (l.t("本次登录已核验", "Checked in this session")) }
            ul.places {
                @for (id, checked) in &kept {
                    li {
                        a href={ "/check/" (id) } { (checked.name) }
                        p { (l.say(&city::checking::summary(&checked.outcome))) }
                    }
                }
            }
        }
    };
    let lead = w(
        "任何材料中的数据表述，与账本逐一核对；文内各数之间也互相核对",
        "Every number of any document, held against the book and against the other numbers in it",
    );
    visitor.page(Page::new(Section::Check, w("核验", "Check")).lead(lead).style("check.css"), body)
}
