//! DOCX files as other programs read them. What is not installed is said and skipped.

use std::path::Path;
use std::process::Command;

use report::docx;

use crate::common::{document, front, tags_of};
use crate::outputs::WORK_REPORT;

#[test]
fn tags_read_back() {
    let bytes = docx(&document(&front(
        "码头{{ fig(\"docks.operating\") }}，{{ fig(\"docks.operating\", of=\"district=江城经济技术开发区（汉南区）滨江新城起步区;bank=left\") }}。\n",
    )));
    let tags = tags_of(&bytes);
    let tags: Vec<_> = tags.iter().map(|(figure, shown)| (figure.as_str(), shown.as_str())).collect();
    assert_eq!(
        tags,
        [
            ("docks.operating/2022/1003245.9f3c21ab", "188个"),
            (
                "docks.operating/2022/district=江城经济技术开发区（汉南区）滨江新城起步区/bank=left/1003245.9f3c21ab",
                "188个"
            ),
        ]
    );
}

#[test]
fn python_docx_opens_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("report.docx");
    std::fs::write(&path, docx(&document(WORK_REPORT))).expect("written");
    let script = "import sys, docx\nd = docx.Document(sys.argv[1])\nprint(len(d.tables), len(d.inline_shapes), d.paragraphs[0].text, d.core_properties.author)";
    let Some(out) = run("python3", &["-c", script, &path.to_string_lossy()]) else {
        eprintln!("skipped: python-docx is not installed");
        return;
    };
    assert_eq!(out.trim(), "3 2 关于推进沿江生态建设工作情况的汇报 江城市直机关工作委员会");
}

#[test]
fn libreoffice_saves_it_with_its_tags() {
    let folder = tempfile::tempdir().expect("a folder");
    let bytes = docx(&document(WORK_REPORT));
    let path = folder.path().join("report.docx");
    std::fs::write(&path, &bytes).expect("written");
    let profile = format!("-env:UserInstallation=file://{}", folder.path().join("profile").display());
    let saved = folder.path().join("saved");
    let arguments = [
        &profile,
        "--headless",
        "--convert-to",
        "docx",
        "--outdir",
        &saved.to_string_lossy(),
        &path.to_string_lossy(),
    ];
    if run("soffice", &arguments).is_none() || !Path::new(&saved.join("report.docx")).exists() {
        eprintln!("skipped: LibreOffice is not installed");
        return;
    }
    let again = std::fs::read(saved.join("report.docx")).expect("LibreOffice wrote it");
    assert_eq!(tags_of(&again), tags_of(&bytes));
}

/// GB/T 9704—2012: 22 lines of 28 characters, as LibreOffice lays them out.
#[test]
fn a_page_has_22_lines_of_28_characters() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("report.docx");
    let text = "一二三四五六七八九十甲乙丙丁戊己庚辛壬癸".repeat(80);
    std::fs::write(&path, docx(&document(&front(&text)))).expect("written");
    let profile = format!("-env:UserInstallation=file://{}", folder.path().join("profile").display());
    let folder_name = folder.path().to_string_lossy();
    run(
        "soffice",
        &[&profile, "--headless", "--convert-to", "pdf", "--outdir", &folder_name, &path.to_string_lossy()],
    );
    let pdf = folder.path().join("report.pdf");
    let Some(page) = run("pdftotext", &["-f", "2", "-l", "2", &pdf.to_string_lossy(), "-"]) else {
        eprintln!("skipped: LibreOffice or pdftotext is not installed");
        return;
    };
    let lines: Vec<usize> =
        page.lines().map(|line| line.chars().count()).filter(|count| *count > 10).collect();
    assert_eq!(lines, [28; 22], "{page}");
}

/// What the program prints, or nothing if it is not there or fails.
fn run(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}
