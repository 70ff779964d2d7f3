//! The city's own report as DOCX, edited as a person would: exactly the edited figure is found.

use std::io::{Read, Write};
use std::process::Command;

use crate::bench::{Bench, Claim, Outcome};

impl Bench {
    pub fn documents(&mut self) -> Outcome<()> {
        let out = self.room.join("reports");
        let arguments =
            ["report", "work-report", "--format", "docx", "--out", &out.to_string_lossy()].map(str::to_owned);
        self.ok(&arguments)?;
        let written = std::fs::read(out.join("work-report.docx"))?;
        println!("\n## The city's own report, edited\n");
        self.edits("as written", &written)?;
        let again = self.room.join("again");
        let source = out.join("work-report.docx");
        let saved = Command::new("soffice")
            .args(["--headless", "--convert-to", "docx:MS Word 2007 XML", "--outdir"])
            .arg(&again)
            .arg(&source)
            .env("HOME", &self.room)
            .output();
        match saved {
            Ok(output) if output.status.success() && again.join("work-report.docx").exists() => {
                let saved = std::fs::read(again.join("work-report.docx"))?;
                self.edits("saved by LibreOffice", &saved)?;
            }
            _ => println!("saved by LibreOffice: skipped, for it is not there"),
        }
        Ok(())
    }

    fn edits(&mut self, how: &str, docx: &[u8]) -> Outcome<()> {
        let base = self.check_files(&[docx.to_vec()], "docx")?.remove(0);
        if let Some(failure) = &base.failure {
            self.unmet.push(format!("{how}: {failure}"));
        }
        let wrong: Vec<String> = base
            .claims
            .iter()
            .filter(|claim| !["supported", "unsupported"].contains(&&*claim.verdict))
            .map(|claim| format!("{} → {} {} ({})", claim.stated, claim.figure, claim.verdict, claim.reason))
            .chain(base.alarms.iter().map(|alarm| alarm.1.clone()))
            .collect();
        let unsupported =
            base.claims.iter().filter(|claim| claim.verdict == "unsupported").map(|claim| &*claim.stated);
        let tags = tags(&member(docx, "word/document.xml")?);
        println!(
            "{how}: {} tags, {} claims; unsupported: {}; wrong: {}",
            tags.len(),
            base.claims.len(),
            unsupported.collect::<Vec<_>>().join(" "),
            wrong.len()
        );
        for one in wrong {
            println!("  ✗ {one}");
            self.unmet.push(format!("{how}, unedited: {one}"));
        }
        let edited: Vec<(usize, String, Vec<u8>)> = tags
            .iter()
            .enumerate()
            .filter_map(|(index, tag)| Some((index, edit(&tag.shown)?)))
            .map(|(index, text)| Ok((index, text.clone(), replace(docx, &tags[index], &text)?)))
            .collect::<Outcome<_>>()?;
        let files: Vec<Vec<u8>> = edited.iter().map(|(_, _, bytes)| bytes.clone()).collect();
        let mut found = 0;
        for ((index, text, _), checked) in edited.iter().zip(self.check_files(&files, "docx")?) {
            let tag = &tags[*index];
            let shift = text.chars().count() as isize - tag.shown.chars().count() as isize;
            let moved: Vec<(&Claim, &Claim)> = base
                .claims
                .iter()
                .zip(&checked.claims)
                .filter(|(before, after)| {
                    (&before.verdict, &before.indicator) != (&after.verdict, &after.indicator)
                })
                .collect();
            let right = checked.claims.len() == base.claims.len()
                && matches!(moved[..], [(_, after)] if after.verdict == "contradicted" && (tag.id.is_empty() || after.figure == tag.id));
            found += usize::from(right);
            if !right {
                let moved: Vec<String> = moved
                    .iter()
                    .map(|(before, after)| {
                        format!("{} {} → {} {}", before.stated, before.verdict, after.stated, after.verdict)
                    })
                    .collect();
                let counts = (base.claims.len(), checked.claims.len());
                let what = format!(
                    "{how}, {} edited to {text} (shift {shift}) at {}: claims {counts:?}, {}",
                    tag.shown,
                    tag.id,
                    moved.join("; ")
                );
                println!("  ✗ {what}");
                self.unmet.push(what);
            }
            let strange = checked.alarms.len();
            if strange > 0 {
                println!(
                    "  {} edited to {text}: {strange} inconsistencies too: {}",
                    tag.shown, checked.alarms[0].1
                );
            }
        }
        println!("{how}: {found} of {} edited figures found, each alone", edited.len());
        self.demand(edited.len() >= 20, format!("{how}: only {} figures were edited", edited.len()));
        Ok(())
    }
}

/// A figure's tag in `word/document.xml`.
struct Tag {
    id: String,
    shown: String,
    /// Where the shown text stands, in bytes; of several runs the first.
    bytes: (usize, usize),
}

/// The tags of figures, in order. LibreOffice keeps no tags but the bookmarks around the figures, whose numbers the
/// document's own list holds; of these the identity stays unknown here.
fn tags(xml: &str) -> Vec<Tag> {
    let tagged = stretches(xml, "<w:tag w:val=\"", |_| "</w:sdt>".to_owned());
    if !tagged.is_empty() {
        return tagged;
    }
    stretches(xml, "w:name=\"_qy", |before| {
        let number =
            before.rsplit("w:id=\"").next().and_then(|rest| rest.split('"').next()).unwrap_or_default();
        format!("<w:bookmarkEnd w:id=\"{number}\"")
    })
}

/// What a mark opens, to where it ends: `end` tells how, from the text before it.
fn stretches(xml: &str, mark: &str, end: impl Fn(&str) -> String) -> Vec<Tag> {
    let mut tags = Vec::new();
    for (at, _) in xml.match_indices(mark) {
        let from = at + mark.len();
        let id = xml[from..].split('"').next().filter(|id| id.contains('/')).unwrap_or_default();
        let close = end(&xml[..at]);
        let stop = xml[from..].find(&close).map_or(xml.len(), |end| from + end);
        // The first piece of text with a digit.
        let mut here = from;
        while let Some(open) = xml[here..stop].find("<w:t").map(|open| here + open) {
            let Some(start) = xml[open..stop].find('>').map(|close| open + close + 1) else { break };
            here = start;
            if !xml[open..start].starts_with("<w:t>") && !xml[open..start].starts_with("<w:t ") {
                continue;
            }
            let Some(last) = xml[start..stop].find("</w:t>").map(|close| start + close) else { break };
            if xml[start..last].contains(|one: char| one.is_ascii_digit()) {
                tags.push(Tag {
                    id: id.to_owned(),
                    shown: xml[start..last].to_owned(),
                    bytes: (start, last),
                });
                break;
            }
        }
    }
    tags
}

/// The shown text with its first digit from 1 to 8 raised by one, which changes the value at every precision.
fn edit(shown: &str) -> Option<String> {
    let at = shown.find(|character: char| ('1'..='8').contains(&character))?;
    let digit = shown.as_bytes()[at] + 1;
    Some(format!("{}{}{}", &shown[..at], char::from(digit), &shown[at + 1..]))
}

fn member(docx: &[u8], name: &str) -> Outcome<String> {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(docx))?;
    let mut text = String::new();
    archive.by_name(name)?.read_to_string(&mut text)?;
    Ok(text)
}

/// The same document with another text at a tag.
fn replace(docx: &[u8], tag: &Tag, text: &str) -> Outcome<Vec<u8>> {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(docx))?;
    let mut written = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for index in 0..archive.len() {
        let mut file = archive.by_index(index)?;
        let name = file.name()?.into_owned();
        if name != "word/document.xml" {
            drop(file);
            written.raw_copy_file(archive.by_index(index)?)?;
            continue;
        }
        let mut xml = String::new();
        file.read_to_string(&mut xml)?;
        xml.replace_range(tag.bytes.0..tag.bytes.1, text);
        written.start_file(name, zip::write::SimpleFileOptions::default())?;
        written.write_all(xml.as_bytes())?;
    }
    Ok(written.finish()?.into_inner())
}
