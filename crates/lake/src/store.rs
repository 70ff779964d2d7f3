//! The local disk as an object store that keeps what it was given, also through a power cut.
//!
//! `object_store`'s own `LocalFileSystem` leaves it to the system when bytes reach the disk. A Delta commit whose name is
//! there and whose bytes are not is a broken table, and rows that were acknowledged must not vanish with the cache. So
//! here everything is written beside its place, synced, put into its place, and the directory is synced.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::ops::Range;
use std::path::{Path as FilePath, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore, PutMode,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, RenameOptions, Result, UploadPart,
};

/// The local disk; paths are those from the root directory.
#[derive(Debug)]
pub(crate) struct DurableDisk(LocalFileSystem);

impl DurableDisk {
    pub(crate) fn new() -> DurableDisk {
        DurableDisk(LocalFileSystem::new())
    }
}

impl fmt::Display for DurableDisk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DurableDisk({})", self.0)
    }
}

#[async_trait]
impl ObjectStore for DurableDisk {
    async fn put_opts(&self, location: &Path, payload: PutPayload, opts: PutOptions) -> Result<PutResult> {
        let create = match opts.mode {
            PutMode::Create => true,
            PutMode::Overwrite => false,
            PutMode::Update(_) => return self.0.put_opts(location, payload, opts).await,
        };
        let path = self.0.path_to_filesystem(location)?;
        let name = path.display().to_string();
        let written = tokio::task::spawn_blocking(move || put(&path, &payload, create)).await;
        match written.map_err(|error| generic(io::Error::other(error)))? {
            Ok(()) => Ok(PutResult { e_tag: None, version: None }),
            Err(error) if create && error.kind() == ErrorKind::AlreadyExists => {
                Err(Error::AlreadyExists { path: name, source: Box::new(error) })
            }
            Err(error) => Err(generic(io::Error::new(error.kind(), format!("`{name}`: {error}")))),
        }
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        _opts: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        let path = self.0.path_to_filesystem(location)?;
        Ok(Box::new(Upload { path, parts: Vec::new() }))
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        self.0.get_opts(location, options).await
    }

    async fn get_ranges(&self, location: &Path, ranges: &[Range<u64>]) -> Result<Vec<Bytes>> {
        self.0.get_ranges(location, ranges).await
    }

    fn delete_stream(&self, locations: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        self.0.delete_stream(locations)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.0.list(prefix)
    }

    fn list_with_offset(
        &self,
        prefix: Option<&Path>,
        offset: &Path,
    ) -> BoxStream<'static, Result<ObjectMeta>> {
        self.0.list_with_offset(prefix, offset)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.0.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.0.copy_opts(from, to, options).await
    }

    async fn rename_opts(&self, from: &Path, to: &Path, options: RenameOptions) -> Result<()> {
        self.0.rename_opts(from, to, options).await
    }
}

fn generic(error: io::Error) -> Error {
    Error::Generic { store: "DurableDisk", source: Box::new(error) }
}

fn put(path: &FilePath, payload: &PutPayload, create: bool) -> io::Result<()> {
    let (stage, mut file) = stage(path)?;
    let written = payload.iter().try_for_each(|bytes| file.write_all(bytes)).and_then(|()| file.sync_all());
    drop(file);
    let placed =
        written.and_then(|()| if create { fs::hard_link(&stage, path) } else { fs::rename(&stage, path) });
    if create || placed.is_err() {
        let _ = fs::remove_file(&stage);
    }
    placed?;
    path.parent().map_or(Ok(()), sync_dir)
}

/// A file beside the path, in a directory that is made if need be. The name ends like `LocalFileSystem`'s own stages
/// (`#1`), which no listing shows.
fn stage(path: &FilePath) -> io::Result<(PathBuf, File)> {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    loop {
        // The process is part of the number, so that two writers never share a stage.
        let number =
            u64::from(std::process::id()) << 24 | (NUMBER.fetch_add(1, Ordering::Relaxed) & 0xff_ffff);
        let mut stage = path.as_os_str().to_owned();
        stage.push(format!("#{number}"));
        let stage = PathBuf::from(stage);
        match File::options().write(true).create_new(true).open(&stage) {
            Ok(file) => return Ok((stage, file)),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) if error.kind() == ErrorKind::NotFound => {
                path.parent().map_or(Ok(()), create_dirs)?;
            }
            Err(error) => return Err(error),
        }
    }
}

/// Makes a directory and its ancestors, durably.
pub(crate) fn create_dirs(dir: &FilePath) -> io::Result<()> {
    if dir.is_dir() {
        return Ok(());
    }
    let parent = dir.parent();
    parent.map_or(Ok(()), create_dirs)?;
    match fs::create_dir(dir) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    parent.map_or(Ok(()), sync_dir)
}

/// Makes the names in a directory durable.
pub(crate) fn sync_dir(dir: &FilePath) -> io::Result<()> {
    let dir = if dir.as_os_str().is_empty() { FilePath::new(".") } else { dir };
    File::open(dir)?.sync_all()
}

/// Parts are kept until the end: what is uploaded here are checkpoints of the log, which fit memory anyway.
#[derive(Debug)]
struct Upload {
    path: PathBuf,
    parts: Vec<Bytes>,
}

#[async_trait]
impl MultipartUpload for Upload {
    fn put_part(&mut self, data: PutPayload) -> UploadPart {
        self.parts.extend(data);
        Box::pin(async { Ok(()) })
    }

    async fn complete(&mut self) -> Result<PutResult> {
        let (path, parts) = (self.path.clone(), std::mem::take(&mut self.parts));
        let payload = PutPayload::from_iter(parts);
        let written = tokio::task::spawn_blocking(move || put(&path, &payload, false)).await;
        written.map_err(|error| generic(io::Error::other(error)))?.map_err(generic)?;
        Ok(PutResult { e_tag: None, version: None })
    }

    async fn abort(&mut self) -> Result<()> {
        self.parts.clear();
        Ok(())
    }
}
