//! The same DOCX, with comments at some places of its text.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use quick_xml::events::Event;

use super::cut::{Cut, Sheet};
use super::package::{Package, relations_name};
use super::parts::{self, Parts};
use super::xml::{attribute, each_event, escape};
use crate::{DocumentError, Format, Large, MOST_PART, Remark, sniff};

const RELATIONS: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
const TYPES: &str = "http://schemas.openxmlformats.org/package/2006/content-types";
const CONTENT: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.comments+xml";

/// The names of one of the two dialects of Office Open XML.
#[derive(Clone, Copy)]
struct Dialect {
    /// The namespace of the mark-up.
    word: &'static str,
    /// The kind of the relation to the comments.
    kind: &'static str,
}

const TRANSITIONAL: Dialect = Dialect {
    word: "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    kind: "http://schemas.openxmlformats.org/officeDocument/2006/relationships/comments",
};
const STRICT: Dialect = Dialect {
    word: "http://purl.oclc.org/ooxml/wordprocessingml/main",
    kind: "http://purl.oclc.org/ooxml/officeDocument/relationships/comments",
};

/// The same DOCX file with a Word comment for each remark, in its order.
///
/// The places are those of the text that [`crate::read`] gives. Comments that are there stay; all parts but the body,
/// the comments and what names them are copied as they lie. The comments bear no date: there is no clock here.
///
/// A place in a text box, a formula or a note is marked at the run that holds or calls it; one that is out of the
/// text, at the text's end.
pub fn comment_docx(bytes: &[u8], remarks: &[Remark], author: &str) -> Result<Vec<u8>, DocumentError> {
    if sniff::sniff("", bytes)? != Format::Docx {
        return Err(DocumentError::NotDocx("it is no zip file".to_owned()));
    }
    let mut package = Package::open(bytes)?;
    let parts = Parts::read(&mut package)?;
    let walked = parts::walk(&parts, true)?;
    let (main, xml) = &parts.main;
    let head = &xml[..xml.floor_char_boundary(1 << 14)];
    let dialect = if head.contains(STRICT.word) { STRICT } else { TRANSITIONAL };
    // The marks name their namespace themselves where the document does not bind the usual prefix to it.
    let binding = format!(" xmlns:w=\"{}\"", dialect.word);
    let bound = head.split("body").next().is_some_and(|root| root.contains(binding.trim_start()));
    let binding = if bound { "" } else { &binding };

    let relations = package.relations(main)?;
    let existing =
        relations.iter().find(|relation| relation.kind == "comments").map(|part| part.target.clone());
    let name = existing.clone().unwrap_or_else(|| free_name(&package, main));
    let old = if package.has(&name) { package.part(&name)? } else { empty_comments(dialect) };

    let ids = free_ids(main, xml, &name, &old, remarks.len())?;
    let sheet = Sheet::new(xml, &walked);
    let mut marks: BTreeMap<usize, Marks> = BTreeMap::new();
    let mut comments = String::new();
    for (remark, id) in remarks.iter().zip(ids) {
        let text = &walked.document.text;
        let start = text.floor_char_boundary(remark.bytes.start.min(text.len()));
        let end = text.floor_char_boundary(remark.bytes.end.min(text.len())).max(start);
        let Some((from, to)) = sheet.cuts(&(start..end)) else { continue };
        place(&mut marks, binding, from, to, id);
        comment(&mut comments, dialect, id, author, &remark.comment);
    }

    let mut changed = BTreeMap::new();
    changed.insert(main.clone(), marked(main, xml, &marks)?);
    changed.insert(name.clone(), insert_last(&name, &old, &comments)?);
    if existing.is_none() {
        let part = relations_name(main);
        let old = if package.has(&part) {
            package.part(&part)?
        } else {
            format!("<Relationships xmlns=\"{RELATIONS}\"/>")
        };
        let taken: BTreeSet<&str> = relations.iter().map(|relation| relation.id.as_str()).collect();
        let id = (1..)
            .map(|n| format!("rIdComments{n}"))
            .find(|id| !taken.contains(id.as_str()) && !old.contains(id));
        let relation = format!(
            "<Relationship xmlns=\"{RELATIONS}\" Id=\"{}\" Type=\"{}\" Target=\"/{}\"/>",
            id.unwrap_or_default(),
            dialect.kind,
            escape(&name)
        );
        changed.insert(part.clone(), insert_last(&part, &old, &relation)?);
    }
    let part = "[Content_Types].xml";
    let types = package.part(part)?;
    if !names_type(part, &types, &name)? {
        let line = format!(
            "<Override xmlns=\"{TYPES}\" PartName=\"/{}\" ContentType=\"{CONTENT}\"/>",
            escape(&name)
        );
        changed.insert(part.to_owned(), insert_last(part, &types, &line)?);
    }
    package.with(changed)
}

/// The marks at one place of the mark-up.
struct Marks {
    cut: Cut,
    ends: String,
    points: String,
    starts: String,
}

impl Marks {
    fn at(marks: &mut BTreeMap<usize, Self>, cut: Cut) -> &mut Self {
        let empty = String::new;
        marks.entry(cut.at).or_insert_with(|| Self { cut, ends: empty(), points: empty(), starts: empty() })
    }
}

/// Notes the marks of a comment at its cuts.
fn place(marks: &mut BTreeMap<usize, Marks>, binding: &str, from: Cut, to: Cut, id: u32) {
    let start = format!("<w:commentRangeStart{binding} w:id=\"{id}\"/>");
    let end = format!(
        "<w:commentRangeEnd{binding} w:id=\"{id}\"/><w:r{binding}><w:commentReference w:id=\"{id}\"/></w:r>"
    );
    if from.at == to.at {
        let points = &mut Marks::at(marks, from).points;
        points.push_str(&start);
        points.push_str(&end);
    } else {
        Marks::at(marks, from).starts.push_str(&start);
        Marks::at(marks, to).ends.push_str(&end);
    }
}

/// The main part with the marks in it.
fn marked(part: &str, xml: &str, marks: &BTreeMap<usize, Marks>) -> Result<String, DocumentError> {
    let mut inserts: BTreeMap<usize, String> = BTreeMap::new();
    for (at, marks) in marks {
        let Marks { cut, ends, points, starts } = marks;
        if let Some(preserve) = cut.preserve {
            inserts.insert(preserve, " xml:space=\"preserve\"".to_owned());
        }
        inserts.insert(*at, [cut.before.as_str(), ends, points, starts, &cut.after].concat());
    }
    let length = xml.len() + inserts.values().map(String::len).sum::<usize>();
    if length > 2 * MOST_PART {
        return Err(DocumentError::TooLarge { what: Large::Part(part.to_owned()), most: MOST_PART >> 19 });
    }
    let mut out = String::with_capacity(length);
    let mut done = 0;
    for (at, insert) in &inserts {
        out.push_str(xml.get(done..*at).unwrap_or_default());
        out.push_str(insert);
        done = *at;
    }
    out.push_str(xml.get(done..).unwrap_or_default());
    Ok(out)
}

/// A comment: a paragraph a line.
fn comment(out: &mut String, dialect: Dialect, id: u32, author: &str, text: &str) {
    let author = author.trim();
    let initials: String = author.chars().take(2).collect();
    let _ = write!(
        out,
        "<w:comment xmlns:w=\"{}\" w:id=\"{id}\" w:author=\"{}\" w:initials=\"{}\">",
        dialect.word,
        escape(author),
        escape(&initials)
    );
    let mut lines = text.lines();
    let first = lines.next().unwrap_or_default();
    let _ = write!(
        out,
        "<w:p><w:r><w:annotationRef/></w:r><w:r><w:t xml:space=\"preserve\">{}</w:t></w:r></w:p>",
        escape(first)
    );
    for line in lines {
        let _ = write!(out, "<w:p><w:r><w:t xml:space=\"preserve\">{}</w:t></w:r></w:p>", escape(line));
    }
    out.push_str("</w:comment>");
}

fn empty_comments(dialect: Dialect) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<w:comments xmlns:w=\"{}\"/>",
        dialect.word
    )
}

/// A name for the part of comments that no part has.
fn free_name(package: &Package<'_>, main: &str) -> String {
    let folder = main.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
    let taken: BTreeSet<String> = package.names().map(|name| name.to_lowercase()).collect();
    let names = std::iter::once(format!("{folder}comments.xml"));
    let mut names = names.chain((1..).map(|n| format!("{folder}comments{n}.xml")));
    names.find(|name| !taken.contains(&name.to_lowercase())).unwrap_or_default()
}

/// Numbers that no comment has: past the largest, or where that is as large as can be, the smallest that are free.
fn free_ids(
    main: &str,
    xml: &str,
    name: &str,
    comments: &str,
    many: usize,
) -> Result<impl Iterator<Item = u32> + use<>, DocumentError> {
    let mut taken = BTreeSet::new();
    for (part, text) in [(main, xml), (name, comments)] {
        each_event(part, text, |event, _| {
            if let Event::Start(element) | Event::Empty(element) = event
                && matches!(
                    element.local_name().as_ref(),
                    "comment" | "commentRangeStart" | "commentRangeEnd" | "commentReference"
                )
                && let Some(id) = attribute(element, "id").and_then(|id| id.parse::<u32>().ok())
            {
                taken.insert(id);
            }
            Ok(())
        })?;
    }
    let past = taken.last().map_or(0, |last| last.saturating_add(1));
    let room = (i32::MAX.unsigned_abs()).saturating_sub(past) as usize >= many;
    let from = if room { past } else { 0 };
    Ok((from..).filter(move |id| !taken.contains(id)))
}

/// Whether the list of types names a part.
fn names_type(part: &str, types: &str, name: &str) -> Result<bool, DocumentError> {
    let mut found = false;
    each_event(part, types, |event, _| {
        if let Event::Start(element) | Event::Empty(element) = event
            && element.local_name().as_ref() == "Override"
        {
            let named = attribute(element, "PartName");
            found |= named.is_some_and(|named| named.trim_start_matches('/').eq_ignore_ascii_case(name));
        }
        Ok(())
    })?;
    Ok(found)
}

/// A part with mark-up added as the last of its outermost element.
fn insert_last(part: &str, text: &str, insert: &str) -> Result<String, DocumentError> {
    let mut depth = 0_usize;
    let mut out = None;
    each_event(part, text, |event, place| {
        match event {
            Event::Start(_) => depth += 1,
            Event::End(_) => {
                depth = depth.saturating_sub(1);
                if depth == 0 && out.is_none() {
                    out = Some([&text[..place.start], insert, &text[place.start..]].concat());
                }
            }
            Event::Empty(element) if depth == 0 && out.is_none() => {
                let tag = text[place.clone()].trim_end_matches('>').trim_end_matches('/');
                let close = format!("</{}>", element.name().as_ref());
                out = Some([&text[..place.start], tag, ">", insert, &close, &text[place.end..]].concat());
            }
            _ => {}
        }
        Ok(())
    })?;
    out.ok_or_else(|| DocumentError::Broken { part: part.to_owned(), reason: "it is empty".to_owned() })
}
