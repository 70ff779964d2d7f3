//! Which build of the program this is.

use std::fs;

/// What tells this very program from every other build of it, older or newer; none where the system cannot say.
///
/// The file that runs is asked, not the sources it was made of: whoever replaces it, by whatever means, gets another
/// identity, whether or not anybody thought of a version number. Copying or touching it does so too, and then figures
/// that were kept are computed once more.
pub fn identity() -> Option<String> {
    // On Linux this is the file that was started, even if another one lies in its place by now.
    let running = fs::metadata("/proc/self/exe").or_else(|_| fs::metadata(std::env::current_exe()?)).ok()?;
    let modified = running.modified().ok()?.duration_since(std::time::UNIX_EPOCH).ok()?;
    let version = env!("CARGO_PKG_VERSION");
    Some(format!("{version} {} {} {}", running.len(), modified.as_nanos(), place(&running)))
}

/// What changes even where a file of the same length and date takes another's place.
#[cfg(unix)]
fn place(file: &fs::Metadata) -> String {
    use std::os::unix::fs::MetadataExt;
    format!("{} {} {}", file.ino(), file.ctime(), file.ctime_nsec())
}

#[cfg(not(unix))]
fn place(file: &fs::Metadata) -> String {
    format!("{:?}", file.created().ok())
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_program_knows_itself() {
        let identity = super::identity();
        assert!(identity.is_some());
        assert_eq!(identity, super::identity());
    }
}
