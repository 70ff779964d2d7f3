//! What was sent, read within bounds: an upload, a pasted text, a period, a day.

use axum::extract::Multipart;
use axum::extract::multipart::Field;
use city::checking::Spoken;
use document::Document;
use figure::Period;
use jiff::civil::Date;
use message::{Text, text};

use crate::fault::Fault;
use crate::when;

/// The largest file that is read here, in bytes. The command line reads larger ones.
pub const MOST_FILE: usize = 20 << 20;
/// The largest body: a file, a text and their names.
pub const MOST_BODY: usize = MOST_FILE + MOST_TEXT + (64 << 10);
/// The longest text, in bytes: some three hundred pages.
pub const MOST_TEXT: usize = 1 << 20;

/// What the form carried.
#[derive(Default)]
pub struct Sent {
    /// The file's name, as the browser says it; empty where none was chosen.
    pub name: String,
    /// The file.
    pub bytes: Vec<u8>,
    /// The pasted text.
    pub text: String,
    /// As typed.
    pub period: String,
    /// As typed.
    pub as_of: String,
}

/// What is wrong with what was sent: the field and the words.
pub type Wrong = (&'static str, Text);

impl Sent {
    /// Reads the parts of a form, none of them beyond its bound.
    pub async fn read(mut form: Multipart) -> Result<Self, Fault> {
        let mut sent = Self::default();
        while let Some(field) = form.next_field().await.map_err(broken)? {
            match field.name().unwrap_or_default() {
                "file" => {
                    sent.name = base_name(field.file_name().unwrap_or_default());
                    sent.bytes = bounded(field, MOST_FILE).await?;
                }
                "text" => sent.text = words(bounded(field, MOST_TEXT).await?)?,
                "period" => sent.period = words(bounded(field, 100).await?)?,
                "as_of" => sent.as_of = words(bounded(field, 100).await?)?,
                _ => drop(bounded(field, 64 << 10).await?),
            }
        }
        Ok(sent)
    }

    /// The document, or what is wrong.
    pub fn document(&self) -> Result<Document, Wrong> {
        // A browser sends a file field that was left alone too: without a name.
        if self.bytes.is_empty() && self.text.trim().is_empty() && !self.name.is_empty() {
            let name = &self.name;
            return Err(("file", text!("“{name}”是空文件", "“{name}” is an empty file")));
        }
        let (field, name, bytes) = match (self.bytes.is_empty(), self.text.trim().is_empty()) {
            (true, true) => {
                return Err(("file", Text::new("请选择文件，或粘贴文字", "choose a file, or paste a text")));
            }
            (true, false) => ("text", "", self.text.as_bytes()),
            (false, _) => ("file", self.name.as_str(), self.bytes.as_slice()),
        };
        read(name, bytes).map_err(|words| (field, words))
    }

    /// What the text speaks of, or what is wrong.
    pub fn spoken(&self) -> Result<Spoken, Wrong> {
        spoken(&self.period, &self.as_of)
    }
}

/// A document within the bounds of this page.
pub fn read(name: &str, bytes: &[u8]) -> Result<Document, Text> {
    let document = document::read(name, bytes).map_err(|error| error.text())?;
    if document.text.trim().is_empty() {
        return Err(Text::new("文件中没有文字", "there is no text in the file"));
    }
    if document.text.len() > MOST_TEXT {
        let most = MOST_TEXT / 3 / 10_000;
        return Err(text!(
            "全文超过约 {most} 万字，请分开核验，或使用命令行 qingyuan check",
            "the text has more than about {most}0,000 characters: check it in parts, or with `qingyuan check`"
        ));
    }
    Ok(document)
}

/// The period and the day that were typed; empty is not said.
pub fn spoken(period: &str, as_of: &str) -> Result<Spoken, Wrong> {
    let (period, as_of) = (period.trim(), as_of.trim());
    let wrong_period =
        || Text::new("期间写作 2022、2022-Q3 或 2022-05", "a period is 2022, 2022-Q3 or 2022-05");
    let wrong_day = || Text::new("日期写作 2022-12-31", "a day is 2022-12-31");
    let period: Option<Period> = match period {
        "" => None,
        typed => Some(typed.parse().map_err(|_| ("period", wrong_period()))?),
    };
    let as_of: Option<Date> = match as_of {
        "" => None,
        typed => Some(typed.parse().map_err(|_| ("as_of", wrong_day()))?),
    };
    Ok(Spoken { period, as_of, today: when::today() })
}

/// The last part of a path, without what a header or a page could stumble over.
fn base_name(path: &str) -> String {
    let name = path.rsplit(['/', '\\']).next().unwrap_or_default();
    name.chars().filter(|character| !character.is_control()).take(120).collect()
}

async fn bounded(mut field: Field<'_>, most: usize) -> Result<Vec<u8>, Fault> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(broken)? {
        if bytes.len() + chunk.len() > most {
            return Err(Fault::TooLarge(most));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

fn words(bytes: Vec<u8>) -> Result<String, Fault> {
    String::from_utf8(bytes).map_err(|_| Fault::Bad(Text::new("文字须为 UTF-8", "text has to be UTF-8")))
}

/// The body ended early, is no multipart form, or is larger than the route allows.
fn broken(error: axum::extract::multipart::MultipartError) -> Fault {
    if error.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE {
        return Fault::TooLarge(MOST_BODY);
    }
    Fault::Bad(Text::new("上传没有完成，请重试", "the upload was not complete; try again"))
}

#[cfg(test)]
mod tests {
    use super::{base_name, spoken};

    #[test]
    fn a_name_is_a_name_and_no_path() {
        fn check(path: &str, expected: &str) {
            assert_eq!(base_name(path), expected);
        }
        check("C:\\文件\\报告.docx", "报告.docx");
        check("../../etc/passwd", "passwd");
        check("a\r\nb.txt", "ab.txt");
    }

    #[test]
    fn periods_and_days_are_read_or_refused_at_their_field() {
        assert!(spoken("", " ").expect("nothing said").period.is_none());
        assert!(spoken("2022", "2022-12-31").expect("said").period.is_some());
        assert_eq!(spoken("last year", "").expect_err("refused").0, "period");
        assert_eq!(spoken("2022", "31.12.2022").expect_err("refused").0, "as_of");
    }
}
