//! What other programs make of a commented file. Skipped, with a line that says so, where they are not installed.

use std::path::{Path, PathBuf};
use std::process::Command;

use document::Remark;

use crate::writer::{WORD, main_part, package, paragraph, run};

/// A folder of its own under the system's temporary folder, empty.
fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("qingyuan-document-{}-{name}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// A file with comments in every kind of place.
fn commented() -> Vec<u8> {
    let control = format!(
        "<w:sdt><w:sdtPr><w:tag w:val=\"x\"/></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>",
        run("188个")
    );
    let table = format!(
        "<w:tbl><w:tblPr/><w:tblGrid><w:gridCol w:w=\"2000\"/><w:gridCol w:w=\"2000\"/></w:tblGrid><w:tr><w:tc>{}</w:tc><w:tc>{}</w:tc></w:tr></w:tbl>",
        paragraph("2022年"),
        paragraph("189个")
    );
    let body = format!(
        "<w:p>{}{}{}{control}{}<w:r><w:footnoteReference w:id=\"1\"/></w:r></w:p>{table}{}",
        run("码头由原来的5"),
        run("80余"),
        run("个缩减为"),
        run("。"),
        paragraph("末段。")
    );
    let notes = format!(
        "<w:footnotes xmlns:w=\"{WORD}\"><w:footnote w:id=\"1\">{}</w:footnote></w:footnotes>",
        paragraph("脚注3个")
    );
    let bytes = package(&main_part(&body), &[("footnotes", "word/footnotes.xml", &notes)]);
    let text = document::read("a.docx", &bytes).unwrap().text;
    let remarks: Vec<Remark> = ["580余个", "188个", "189个", "为188个。\n2022", "脚注3个"]
        .iter()
        .map(|what| {
            let at = text.find(what).unwrap();
            Remark {
                bytes: at..at + what.len(),
                comment: format!("关于 {}\n第二行", what.replace('\n', "|")),
            }
        })
        .collect();
    document::comment_docx(&bytes, &remarks, "清源").unwrap()
}

#[test]
fn python_docx_reads_the_comments() {
    let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    let own = home.join(".cache/qingyuan/python/bin/python");
    let python = if own.exists() { own } else { PathBuf::from("python3") };
    let ready = Command::new(&python).args(["-c", "import docx; docx.document.Document.comments"]).output();
    if !ready.is_ok_and(|output| output.status.success()) {
        println!("skipped: there is no python-docx of 1.2 or later");
        return;
    }
    let folder = folder("python");
    let file = folder.join("a.docx");
    std::fs::write(&file, commented()).unwrap();
    let script = "import docx,sys\nd=docx.Document(sys.argv[1])\nfor c in d.comments: print(c.comment_id, c.author, c.text.replace('\\n','/'))\nprint(d.paragraphs[0].text)";
    let output = Command::new(&python)
        .arg("-c")
        .arg(script)
        .arg(&file)
        .env("PYTHONIOENCODING", "utf-8")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let _ = std::fs::remove_dir_all(&folder);
    insta::assert_snapshot!(text, @r"
    0 清源 关于 580余个/第二行
    1 清源 关于 188个/第二行
    2 清源 关于 189个/第二行
    3 清源 关于 为188个。|2022/第二行
    4 清源 关于 脚注3个/第二行
    码头由原来的580余个缩减为。
    ");
}

#[test]
fn libreoffice_opens_the_file_and_keeps_the_comments() {
    let folder = folder("office");
    let file = folder.join("a.docx");
    std::fs::write(&file, commented()).unwrap();
    let profile = format!("-env:UserInstallation=file://{}", folder.join("profile").display());
    let convert = |to: &str| {
        let mut command = Command::new("soffice");
        command
            .arg(&profile)
            .args(["--headless", "--convert-to", to, "--outdir"])
            .arg(folder.join("out"))
            .arg(&file);
        command.output().is_ok_and(|output| output.status.success())
    };
    let opened = |name: &str| Path::new(&folder.join("out").join(name)).exists();
    if !(convert("docx") && opened("a.docx")) {
        println!("skipped: there is no LibreOffice (soffice)");
        let _ = std::fs::remove_dir_all(&folder);
        return;
    }
    let bytes = std::fs::read(folder.join("out/a.docx")).unwrap();
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes.as_slice())).unwrap();
    let mut comments = String::new();
    std::io::Read::read_to_string(&mut archive.by_name("word/comments.xml").unwrap(), &mut comments).unwrap();
    let document = document::read("a.docx", &bytes).unwrap();
    let _ = std::fs::remove_dir_all(&folder);
    assert_eq!(comments.matches("<w:comment ").count(), 5);
    assert!(
        document.text.starts_with("码头由原来的580余个缩减为188个。\n2022年\t189个\n末段。"),
        "{}",
        document.text
    );
}
