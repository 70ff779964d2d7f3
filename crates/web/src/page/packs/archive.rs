//! A pack's zip → its files, in memory. Nothing of it touches the disk before it is checked.

use std::io::{Cursor, Read};

use message::{Text, text};
use zip::ZipArchive;

/// What a pack may come to when it is unpacked.
const MOST_BYTES: u64 = 16 << 20;
const MOST_FILES: usize = 10_000;

/// The TOML, Markdown and policy files of a pack. A folder around all of them is left away.
pub(super) fn files(bytes: &[u8]) -> Result<Vec<(String, String)>, Text> {
    let no_zip = |_| text!("这不是 zip 文件。", "This is no zip file.");
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(no_zip)?;
    if archive.len() > MOST_FILES {
        return Err(text!("文件超过 {MOST_FILES} 个。", "There are more than {MOST_FILES} files."));
    }
    let mut files = Vec::new();
    let mut left = MOST_BYTES;
    for number in 0..archive.len() {
        let mut file =
            archive.by_index(number).map_err(|_| text!("zip 文件已损坏。", "The zip file is damaged."))?;
        let unnamed = |_| text!("有文件名无法读取。", "A file's name cannot be read.");
        let name = file.name().map_err(unnamed)?.into_owned();
        let is_text = [".toml", ".md", ".cedar"].iter().any(|end| name.ends_with(end));
        if !file.is_file() || !is_text || is_archivers_own(&name) {
            continue;
        }
        if !is_plain(&name) {
            let shown: String = name.chars().filter(|c| !c.is_control()).take(80).collect();
            return Err(text!("文件名 `{shown}` 不能使用。", "The name `{shown}` cannot be used."));
        }
        let mut bytes = Vec::new();
        // One byte more than is allowed tells a file that is too large, whatever its head says.
        let read = file.by_ref().take(left + 1).read_to_end(&mut bytes);
        if read.is_err() {
            return Err(text!("zip 文件已损坏。", "The zip file is damaged."));
        }
        let length = bytes.len() as u64;
        if length > left {
            return Err(text!("城市包解开后超过 16 MB。", "Unpacked, the pack is larger than 16 MB."));
        }
        left -= length;
        let text =
            String::from_utf8(bytes).map_err(|_| text!("`{name}` 不是 UTF-8。", "`{name}` is not UTF-8."))?;
        files.push((name, text));
    }
    Ok(without_folder(files))
}

/// What an archiver adds for itself, and what is hidden.
fn is_archivers_own(name: &str) -> bool {
    name.split('/').any(|part| part == "__MACOSX" || part.starts_with('.') && part != "..")
}

/// A path that leads nowhere else: names divided by slashes.
fn is_plain(name: &str) -> bool {
    let fits = |part: &str| {
        (1..=120).contains(&part.len())
            && part != ".."
            && part.chars().all(|c| c.is_alphanumeric() || "-_. ".contains(c))
    };
    name.split('/').all(fits)
}

/// `jiangcheng/pack.toml` is `pack.toml` where everything lies in `jiangcheng`.
fn without_folder(files: Vec<(String, String)>) -> Vec<(String, String)> {
    let folder = files.iter().find_map(|(name, _)| name.strip_suffix("pack.toml"));
    let folder = folder.filter(|folder| !folder.is_empty()).map(str::to_owned);
    match folder {
        Some(folder) if files.iter().all(|(name, _)| name.starts_with(&folder)) => {
            files.into_iter().map(|(name, text)| (name[folder.len()..].to_owned(), text)).collect()
        }
        _ => files,
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::files;

    fn zipped(names: &[&str]) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for name in names {
            let options = zip::write::SimpleFileOptions::default();
            writer.start_file(*name, options).expect("begun");
            writer.write_all(name.as_bytes()).expect("written");
        }
        writer.finish().expect("finished").into_inner()
    }

    fn check(names: &[&str], expected: &[&str]) {
        let found = files(&zipped(names)).expect("a pack");
        let found: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_pack_is_unpacked_with_or_without_its_folder() {
        let plain = ["pack.toml", "registers/docks.toml", "policies/roles.cedar"];
        check(&plain, &plain);
        let inside =
            ["city/pack.toml", "city/registers/docks.toml", "city/policies/roles.cedar", "__MACOSX/x.toml"];
        check(&inside, &plain);
        check(&["pack.toml", "map.png", ".git/config.toml"], &["pack.toml"]);
    }

    #[test]
    fn no_name_leads_out() {
        for name in [
            "../pack.toml",
            "a/../../pack.toml",
            "/etc/pack.toml",
            "a\\..\\pack.toml",
            "c:pack.toml",
            "a//b.toml",
        ] {
            assert!(files(&zipped(&[name])).is_err(), "{name}");
        }
        assert!(files(b"PK no zip").is_err());
    }
}
