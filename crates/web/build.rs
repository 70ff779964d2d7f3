//! Fetches the map's renderer from npm, as the lock file pins it, into the build folder: no such file is in the repository.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

const FILES: [&str; 2] = ["package.json", "package-lock.json"];
const WANTED: &str = "node_modules/maplibre-gl/dist/maplibre-gl.mjs";

fn main() {
    let assets = Path::new(&variable("CARGO_MANIFEST_DIR")).join("assets");
    let there: PathBuf = Path::new(&variable("OUT_DIR")).join("npm");
    for file in FILES {
        println!("cargo::rerun-if-changed={}", assets.join(file).display());
    }
    fs::create_dir_all(&there).unwrap_or_else(|error| panic!("{}: {error}", there.display()));
    let mut changed = !there.join(WANTED).exists();
    for file in FILES {
        let wanted = fs::read(assets.join(file)).unwrap_or_else(|error| panic!("assets/{file}: {error}"));
        if fs::read(there.join(file)).ok().as_ref() != Some(&wanted) {
            fs::write(there.join(file), wanted).unwrap_or_else(|error| panic!("{file}: {error}"));
            changed = true;
        }
    }
    if changed {
        let outcome = Command::new("npm")
            .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
            .current_dir(&there)
            .output();
        match outcome {
            Ok(output) if output.status.success() => {}
            Ok(output) => panic!("`npm ci` failed:\n{}", String::from_utf8_lossy(&output.stderr)),
            Err(error) => {
                panic!("`npm ci` could not be started ({error}): Node with npm is needed to build the map")
            }
        }
    }
}

fn variable(name: &str) -> String {
    env::var(name).unwrap_or_else(|error| panic!("{name}: {error}"))
}
