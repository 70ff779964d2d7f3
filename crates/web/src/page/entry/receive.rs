//! A form with files: fields are kept as typed, files stream into the evidence store, nothing is held in memory whole.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::Multipart;
use axum::extract::multipart::Field;
use futures::{Stream, StreamExt};
use geodesy::Geometry;
use ledger::EvidenceHash;
use message::Text;
use tokio::sync::mpsc;

use super::Typed;
use crate::app::App;
use crate::fault::Fault;
use crate::page::evidence::{Sniffed, sniff};
use crate::visitor::Visitor;

/// The most bytes of a piece of evidence.
const MOST_FILE: u64 = 50 << 20;
/// The most files of one form.
const MOST_FILES: usize = 20;
/// The most bytes of a field that is no file.
const MOST_FIELD: usize = 1 << 20;
/// The bytes by which a file's type is known.
const HEAD: usize = 512;

/// What a form has brought.
pub(crate) struct Received {
    pub(crate) typed: Typed,
    /// Fields whose files were refused, and why; the others are among `@kept` of what was typed.
    pub(crate) refused: Vec<(String, Text)>,
}

impl Received {
    /// What is wrong with the files, by field.
    pub(crate) fn faults(&self, visitor: &Visitor) -> BTreeMap<String, String> {
        self.refused.iter().map(|(field, text)| (field.clone(), visitor.say(text))).collect()
    }
}

/// Reads a form with files. Evidence is in the store when this returns, also if the form will be refused: so what was
/// uploaded need not be uploaded again.
pub(crate) async fn receive(app: &Arc<App>, mut form: Multipart) -> Result<Received, Fault> {
    let (mut typed, mut refused, mut files) = (Typed::default(), Vec::new(), 0);
    while let Some(field) = form.next_field().await.map_err(broken)? {
        let name = field.name().unwrap_or_default().to_owned();
        let file_name = field.file_name().map(plain_name);
        match file_name {
            None => {
                let bytes = whole(field, MOST_FIELD).await?;
                typed.add(name, String::from_utf8_lossy(&bytes).into_owned());
            }
            // A file control in which nothing was chosen.
            Some(file) if file.is_empty() => {}
            Some(file) if name == "@evidence" => {
                files += 1;
                if files > MOST_FILES {
                    return Err(Fault::Bad(message::text!(
                        "一次最多 {MOST_FILES} 份佐证",
                        "at most {MOST_FILES} files at once"
                    )));
                }
                let mut chunks = chunks(field);
                match store(app, &mut chunks, &file).await? {
                    Ok(hash) => typed.add("@kept".to_owned(), format!("{hash} {file}")),
                    Err(text) => refused.push((name, text)),
                }
            }
            Some(file) => match name.strip_suffix(".geojson") {
                Some(key) => {
                    let bytes = whole(field, MOST_FIELD).await?;
                    match shape_of(&bytes) {
                        Ok(wkt) => typed.set(key, wkt),
                        Err(why) => {
                            let text = Text::new(
                                format!("“{file}”：{}", why.simplified),
                                format!("`{file}`: {}", why.english),
                            );
                            refused.push((key.to_owned(), text));
                        }
                    }
                }
                None => {
                    return Err(Fault::Bad(message::text!(
                        "没有文件项 `{name}`",
                        "there is no file field `{name}`"
                    )));
                }
            },
        }
    }
    Ok(Received { typed, refused })
}

/// The last part of a name, as it may stand in a page and in a download.
fn plain_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    last.chars().filter(|letter| !letter.is_control()).take(100).collect()
}

/// A field in memory, up to a size.
pub(super) async fn whole(mut field: Field<'_>, most: usize) -> Result<Vec<u8>, Fault> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(broken)? {
        if bytes.len() + chunk.len() > most {
            return Err(Fault::TooLarge(most));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// A field's bytes as they come.
fn chunks(field: Field<'_>) -> std::pin::Pin<Box<dyn Stream<Item = Result<Bytes, Fault>> + Send + '_>> {
    Box::pin(futures::stream::unfold(field, |mut field| async {
        let chunk = field.chunk().await.map_err(broken).transpose()?;
        Some((chunk, field))
    }))
}

/// Streams a file into the evidence store, or says why it is not taken.
pub(super) async fn store(
    app: &Arc<App>,
    chunks: &mut (impl Stream<Item = Result<Bytes, Fault>> + Unpin),
    name: &str,
) -> Result<Result<EvidenceHash, Text>, Fault> {
    // A file smaller than a head has come to its end before its rest is asked for.
    let mut chunks = chunks.fuse();
    let mut head = Vec::new();
    while head.len() < HEAD {
        match chunks.next().await.transpose()? {
            Some(chunk) => head.extend_from_slice(&chunk),
            None => break,
        }
    }
    let refusal = match sniff(&head) {
        _ if head.is_empty() => Some(message::text!("“{name}”是空文件", "`{name}` is empty")),
        Sniffed { welcome: true, .. } => None,
        Sniffed { .. } => Some(message::text!(
            "“{name}”的类型不受理；请上传图片、PDF、Word 或 Excel",
            "`{name}` is of a type that is not taken; upload a picture, PDF, Word or Excel"
        )),
    };
    let (give, take) = mpsc::channel::<Bytes>(4);
    let book = Arc::clone(&app.book);
    let stored = tokio::task::spawn_blocking(move || {
        book.put_evidence(&mut Incoming { take, chunk: Bytes::new(), whole: false })
    });
    let mut size = head.len() as u64;
    let mut refusal = refusal;
    if refusal.is_none() {
        // If the store fails, what is sent goes nowhere; the failure is told below.
        let _ = give.send(Bytes::from(head)).await;
    }
    // A refused file is read to its end, so that the fields behind it are still understood.
    while let Some(chunk) = chunks.next().await.transpose()? {
        size += chunk.len() as u64;
        if size > MOST_FILE && refusal.is_none() {
            let most = MOST_FILE >> 20;
            refusal = Some(message::text!("“{name}”超过 {most} MB", "`{name}` has more than {most} MB"));
        }
        if refusal.is_none() && !chunk.is_empty() {
            let _ = give.send(chunk).await;
        }
    }
    if refusal.is_none() {
        let _ = give.send(Bytes::new()).await;
    }
    drop(give);
    let stored = stored.await.map_err(Fault::internal)?;
    Ok(match refusal {
        Some(text) => Err(text),
        None => Ok(stored?),
    })
}

/// Chunks as they come in, as a reader reads. An empty one is the end: a file whose sender went away before it is an
/// error, and the store keeps nothing of it.
struct Incoming {
    take: mpsc::Receiver<Bytes>,
    chunk: Bytes,
    whole: bool,
}

impl Read for Incoming {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.whole {
            return Ok(0);
        }
        if self.chunk.is_empty() {
            self.chunk = self.take.blocking_recv().ok_or(io::ErrorKind::UnexpectedEof)?;
            self.whole = self.chunk.is_empty();
        }
        let length = into.len().min(self.chunk.len());
        into[..length].copy_from_slice(&self.chunk.split_to(length));
        Ok(length)
    }
}

/// The shape of a GeoJSON file: a geometry, a feature, or a collection of one.
fn shape_of(bytes: &[u8]) -> Result<String, Text> {
    let value: serde_json::Value = serde_json::from_slice(bytes).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        message::text!(
            "不是有效的 GeoJSON，第 {line} 行第 {column} 列起无法读取",
            "is no GeoJSON: it cannot be read from line {line}, column {column} on"
        )
    })?;
    let of = |value: &serde_json::Value| value.get("geometry").cloned();
    let geometry = match value.get("features").and_then(|features| features.as_array()) {
        Some(features) => match features.as_slice() {
            [feature] => of(feature),
            many => {
                let count = many.len();
                return Err(message::text!(
                    "含 {count} 个要素，应当只有一个",
                    "has {count} features; one is wanted"
                ));
            }
        },
        None => of(&value).or(Some(value)),
    };
    let geometry = Geometry::from_geojson(&geometry.unwrap_or_default())
        .map_err(|fault| intake::geometry_fault(&fault))?;
    Ok(geometry.to_wkt())
}

pub(super) fn broken(error: axum::extract::multipart::MultipartError) -> Fault {
    if error.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE {
        return Fault::TooLarge(super::MOST_UPLOAD);
    }
    Fault::Bad(Text::new(
        "上传中断或内容不完整，请重试",
        "the upload broke off or is not complete; send it again",
    ))
}

#[cfg(test)]
mod tests {
    use super::{plain_name, shape_of};

    #[test]
    fn a_shape_comes_from_a_file_of_one() {
        let point = r#"{"type":"Point","coordinates":[114.3,30.6]}"#;
        let feature = format!(r#"{{"type":"Feature","properties":{{}},"geometry":{point}}}"#);
        for text in [
            point.to_owned(),
            feature.clone(),
            format!(r#"{{"type":"FeatureCollection","features":[{feature}]}}"#),
        ] {
            let shape = shape_of(text.as_bytes()).expect("a shape");
            assert_eq!(shape, "POINT(114.3000000 30.6000000)");
        }
        assert!(
            shape_of(br#"{"features":[]}"#).is_err() && shape_of(b"{").is_err() && shape_of(b"7").is_err()
        );
    }

    #[test]
    fn a_name_is_only_its_last_part() {
        assert_eq!(plain_name("C:\\x\\..\\照片\n.jpg"), "照片.jpg");
        assert_eq!(plain_name("../../etc/passwd"), "passwd");
    }
}
