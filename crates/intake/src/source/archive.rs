//! Measures an XLSX archive before any reader touches it.
//!
//! Declared sizes can lie, so every part that a workbook's reader may open is inflated once, into nothing, while
//! counting; what it would keep in memory is bounded by [`super::markup::Scanner`].

use std::fs::File;
use std::io::{BufReader, Read};

use message::{Text, text};
use zip::ZipArchive;
use zip::result::ZipError;

use super::markup::Scanner;
use crate::error::IntakeError;

/// The most parts that an archive may have.
const MAX_PARTS: usize = 20_000;

/// The most bytes that a worksheet may inflate to; a sheet of a million rows and thirty columns has about 2 GB.
const MAX_SHEET: u64 = 4 << 30;

/// Beyond this size a part that shrinks more than [`MAX_RATIO`]-fold is called a bomb; real sheets shrink 5- to 50-fold.
const RATIO_FROM: u64 = 64 << 20;
const MAX_RATIO: u64 = 400;

/// The most bytes of a part that the reader keeps whole.
fn limit_of(name: &str) -> u64 {
    let name = name.rsplit('/').next().unwrap_or(name).to_ascii_lowercase();
    if name.starts_with("sharedstrings") {
        512 << 20
    } else if name.starts_with("styles") {
        8 << 20
    } else if name.ends_with(".rels") || name.starts_with("workbook") || name.starts_with("[content_types]") {
        4 << 20
    } else {
        MAX_SHEET
    }
}

/// Refuses what is not a workbook, is damaged, or would cost too much.
pub(super) fn check(file: &File) -> Result<(), IntakeError> {
    let refuse = |text: Text| IntakeError::File(text);
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(|error| refuse(damaged(&error)))?;
    if archive.len() > MAX_PARTS {
        return Err(refuse(text!("压缩包内文件过多", "the archive has too many parts")));
    }
    let mut has_workbook = false;
    for index in 0..archive.len() {
        let part = archive.by_index_raw(index).map_err(|error| refuse(damaged(&error)))?;
        let name = part.name().map_err(|error| refuse(damaged(&error)))?.into_owned();
        let (declared, packed, encrypted) = (part.size(), part.compressed_size(), part.encrypted());
        let safe = part.enclosed_name().is_some()
            && !name.contains('\\')
            && !name.split('/').any(|step| step == "..");
        drop(part);
        if !safe {
            return Err(refuse(text!(
                "压缩包内有越出目录的文件名“{name}”，可能是恶意文件",
                "the archive has a part named `{name}` that leads out of its folder, which may be an attack"
            )));
        }
        if encrypted {
            return Err(refuse(text!(
                "压缩包已加密；请去除密码",
                "the archive is encrypted; remove the password"
            )));
        }
        has_workbook |= name.eq_ignore_ascii_case("xl/workbook.xml") || name.ends_with("workbook.xml");
        let lower = name.to_ascii_lowercase();
        if !lower.ends_with(".xml") && !lower.ends_with(".rels") {
            // Pictures and the like are never opened.
            continue;
        }
        let limit = limit_of(&name);
        let bomb = || {
            text!(
                "“{name}”解压后过大，可能是压缩炸弹",
                "`{name}` inflates to more than a workbook may hold; it may be a zip bomb"
            )
        };
        if declared > limit || (declared > RATIO_FROM && declared / packed.max(1) > MAX_RATIO) {
            return Err(refuse(bomb()));
        }
        let mut part = archive.by_index(index).map_err(|error| refuse(damaged(&error)))?;
        let mut scanner = Scanner::new();
        let mut buffer = vec![0; 64 << 10];
        let mut inflated = 0;
        loop {
            let count = part
                .read(&mut buffer)
                .map_err(|error| refuse(text!("“{name}”已损坏：{error}", "`{name}` is damaged: {error}")))?;
            if count == 0 {
                break;
            }
            inflated += count as u64;
            if inflated > limit || (inflated > RATIO_FROM && inflated / packed.max(1) > MAX_RATIO) {
                return Err(refuse(bomb()));
            }
            scanner.scan(&buffer[..count]).map_err(|fault| {
                let (chinese, english) = (fault.simplified, fault.english);
                refuse(text!("“{name}”：{chinese}", "`{name}`: {english}"))
            })?;
        }
    }
    if !has_workbook {
        return Err(refuse(text!(
            "压缩包内没有工作簿，不是 XLSX 文件",
            "the archive holds no workbook; it is not an XLSX file"
        )));
    }
    Ok(())
}

/// What the library says of an archive helps nobody who has a workbook; only what cannot be mended by sending it again is
/// told apart.
fn damaged(error: &ZipError) -> Text {
    match error {
        ZipError::UnsupportedArchive(_) => text!(
            "工作簿加密，或用不支持的方式压缩；请用 Excel 打开并另存为 .xlsx",
            "the workbook is encrypted, or compressed in a way that is not supported; open it in Excel and save it as .xlsx"
        ),
        _ => text!(
            "不是完整的 Excel 工作簿：文件已损坏，或传送中被截断；请重新传送，或用 Excel 打开并另存为 .xlsx",
            "this is no whole Excel workbook: it is damaged, or was cut short on its way; send it again, or open it in Excel and save it as .xlsx"
        ),
    }
}
