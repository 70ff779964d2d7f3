//! Why a document is not read.

use message::Text;

/// Why a document is not read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// A file of no bytes.
    #[error("the file is empty")]
    Empty,
    /// A file without a character to read: blank, or nothing but pictures.
    #[error("no text; images are not read")]
    NoText,
    /// More than is read.
    #[error("{what} is larger than {most} MB")]
    TooLarge {
        /// The file, its text or a part of it.
        what: Large,
        /// The bound.
        most: usize,
    },
    /// More cells than any table of a report has.
    #[error("the tables have more than {0} cells")]
    TooManyCells(usize),
    /// Mark-up nested more deeply than any program writes.
    #[error("the part `{part}` is nested more than {most} deep")]
    TooDeep {
        /// The part.
        part: String,
        /// The bound.
        most: usize,
    },
    /// A file of a kind that is not read.
    #[error("{0} is not read")]
    Other(Other),
    /// A file that a password protects.
    #[error("the document is protected by a password")]
    Encrypted,
    /// A file that claims to be DOCX and is none.
    #[error("this is no DOCX file: {0}")]
    NotDocx(String),
    /// A DOCX file that is damaged.
    #[error("the DOCX file is damaged, in `{part}`: {reason}")]
    Broken {
        /// The part, or the zip file itself.
        part: String,
        /// What the parser says.
        reason: String,
    },
    /// A text in no encoding that is read, or in several.
    #[error(
        "the text is UTF-8 up to byte {utf8} and GB18030 up to byte {gb18030}: it is neither, or both are mixed"
    )]
    Encoding {
        /// The first byte that is not UTF-8, counted from 0.
        utf8: usize,
        /// The first byte that is not GB18030, counted from 0.
        gb18030: usize,
    },
    /// A text that begins with the mark of an encoding and does not keep to it.
    #[error("the text says that it is {encoding}; from byte {offset} it is not")]
    NotAsMarked {
        /// `UTF-8` or `UTF-16`.
        encoding: &'static str,
        /// The first byte that is wrong, counted from 0.
        offset: usize,
    },
    /// A page in a named encoding that is not read.
    #[error("the page is in {0}; UTF-8, GB18030 and UTF-16 are read")]
    OtherEncoding(String),
    /// Bytes that no text has.
    #[error("byte {0} is zero: this is no text")]
    NotText(usize),
}

/// What is too large.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Large {
    /// The file.
    File,
    /// The text in it.
    Text,
    /// A part of the package.
    Part(String),
}

/// Kinds of files that are told apart only to say what they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Other {
    /// A Word or WPS document of before 2007.
    OldWord,
    /// Another Office file of before 2007.
    OldOffice,
    /// PDF.
    Pdf,
    /// A picture.
    Image,
    /// An Excel workbook.
    Xlsx,
    /// A PowerPoint presentation.
    Pptx,
    /// OpenDocument.
    OpenDocument,
    /// OFD (GB/T 33190).
    Ofd,
    /// Rich text.
    Rtf,
    /// A zip file that is no document, or another archive.
    Archive,
}

impl std::fmt::Display for Large {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File => f.write_str("the file"),
            Self::Text => f.write_str("the text"),
            Self::Part(part) => write!(f, "the part `{part}`"),
        }
    }
}

impl std::fmt::Display for Other {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.names().1)
    }
}

impl Other {
    /// What it is called.
    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::OldWord => ("旧版 Word 文档（.doc、.wps）", "an old Word document (.doc, .wps)"),
            Self::OldOffice => ("旧版 Office 文件", "an old Office file"),
            Self::Pdf => ("PDF 文件", "a PDF file"),
            Self::Image => ("图片", "a picture"),
            Self::Xlsx => ("Excel 工作簿", "an Excel workbook"),
            Self::Pptx => ("PowerPoint 演示文稿", "a PowerPoint presentation"),
            Self::OpenDocument => ("OpenDocument 文件", "an OpenDocument file"),
            Self::Ofd => ("OFD 版式文件", "an OFD file"),
            Self::Rtf => ("RTF 文件", "an RTF file"),
            Self::Archive => ("压缩包", "an archive"),
        }
    }

    /// What to do with it.
    fn mend(self) -> (&'static str, &'static str) {
        match self {
            Self::OldWord | Self::OldOffice | Self::OpenDocument | Self::Rtf => {
                ("请用 Word 或 WPS 另存为 .docx", "save it as .docx in Word or WPS")
            }
            Self::Archive => ("请解压后逐个提交文档", "unpack it and give the documents in it"),
            Self::Pdf | Self::Image | Self::Xlsx | Self::Pptx | Self::Ofd => {
                ("请提供 .docx、.html、.md 或 .txt 原文", "give the original as .docx, .html, .md or .txt")
            }
        }
    }
}

impl DocumentError {
    /// What to tell the user.
    pub fn text(&self) -> Text {
        match self {
            Self::Empty => Text::new("文件是空的", "the file is empty"),
            Self::NoText => Text::new("文件中没有文字；图片不读", "no text; images are not read"),
            Self::TooLarge { what, most } => {
                let chinese = match what {
                    Large::File => "文件".to_owned(),
                    Large::Text => "文字".to_owned(),
                    Large::Part(part) => format!("文件中的 `{part}`"),
                };
                message::text!("{chinese}超过 {most} MB", "{what} is larger than {most} MB")
            }
            Self::TooManyCells(most) => {
                message::text!("表格单元格超过 {most} 个", "the tables have more than {most} cells")
            }
            Self::TooDeep { part, most } => message::text!(
                "文件中的 `{part}` 嵌套超过 {most} 层",
                "the part `{part}` is nested more than {most} deep"
            ),
            Self::Other(other) => {
                let ((what, english), (mend, mend_english)) = (other.names(), other.mend());
                message::text!(
                    "这是{what}，不能读取；{mend}",
                    "this is {english}, which is not read; {mend_english}"
                )
            }
            Self::Encrypted => Text::new(
                "文档有密码保护；请取消密码后再提交",
                "the document is protected by a password; take the protection off first",
            ),
            Self::NotDocx(_) => Text::new("这不是 DOCX 文件", "this is no DOCX file"),
            Self::Broken { part, .. } => message::text!(
                "DOCX 文件已损坏（`{part}`）；请用 Word 或 WPS 打开后重新保存",
                "the DOCX file is damaged (`{part}`); open it in Word or WPS and save it again"
            ),
            Self::Encoding { utf8, gb18030 } => message::text!(
                "文字编码有误或混用：第 {utf8} 字节起不是 UTF-8，第 {gb18030} 字节起不是 GB18030（从 0 计）",
                "the encoding is wrong or mixed: not UTF-8 from byte {utf8}, not GB18030 from byte {gb18030} (counted from 0)"
            ),
            Self::NotAsMarked { encoding, offset } => message::text!(
                "文件开头标明是 {encoding}，但第 {offset} 字节起不是（从 0 计）",
                "the text is marked as {encoding}; from byte {offset} (counted from 0) it is not"
            ),
            Self::OtherEncoding(label) => message::text!(
                "网页编码是 {label}；只读 UTF-8、GB18030 和 UTF-16",
                "the page is in {label}; UTF-8, GB18030 and UTF-16 are read"
            ),
            Self::NotText(offset) => message::text!(
                "第 {offset} 字节是零（从 0 计）：这不是文本文件",
                "byte {offset} (counted from 0) is zero: this is no text"
            ),
        }
    }
}
