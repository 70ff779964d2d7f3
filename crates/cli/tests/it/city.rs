//! A city in a temporary directory, driven through the binary.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// A city that goes away with the test.
pub struct City {
    dir: TempDir,
}

/// What a command printed.
pub struct Printed {
    pub status: i32,
    pub out: String,
    pub err: String,
}

impl City {
    /// A city with the pack of Jiangcheng, three units and two districts.
    pub fn founded() -> Self {
        let city = Self { dir: TempDir::new().expect("a temporary directory") };
        let pack = repository().join("packs/jiangcheng");
        city.ok(&["found", &city.home(), "--pack", &pack.to_string_lossy()]);
        let units = city.file(
            "units.csv",
            "code,name,level,parent\nC,江城市,市,\nU001,市水务局,单位,C\nU002,市港航局,单位,C\nU003,市生态局,单位,C\n"
                .as_bytes(),
        );
        city.ok(&[
            "import",
            "units",
            &units,
            "--effective",
            "2010-01-01",
            "--owner",
            "C",
            "--home",
            &city.home(),
        ]);
        city
    }

    /// An empty directory, for a city that a command founds itself.
    pub fn nowhere() -> Self {
        Self { dir: TempDir::new().expect("a temporary directory") }
    }

    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    pub fn home(&self) -> String {
        self.path().join("city").to_string_lossy().into_owned()
    }

    /// Writes a file beside the city and returns its path.
    pub fn file(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.path().join(name);
        std::fs::write(&path, bytes).expect("the temporary directory is writable");
        path.to_string_lossy().into_owned()
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_qingyuan"));
        command.args(arguments).env("QINGYUAN_LANG", "en").current_dir(self.path());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Printed {
        Printed::of(&self.command(arguments).output().expect("the binary starts"))
    }

    /// Runs a command that must succeed and returns what it printed.
    pub fn ok(&self, arguments: &[&str]) -> String {
        let printed = self.run(arguments);
        assert_eq!(printed.status, 0, "{arguments:?}\n{}{}", printed.out, printed.err);
        printed.out
    }

    /// A command on this city that must succeed.
    pub fn at_home(&self, arguments: &[&str]) -> String {
        self.ok(&[arguments, &["--home", &self.home()]].concat())
    }

    /// A command on this city, whatever becomes of it.
    pub fn try_at_home(&self, arguments: &[&str]) -> Printed {
        self.run(&[arguments, &["--home", &self.home()]].concat())
    }

    /// One figure's value, as JSON prints it.
    pub fn figure(&self, arguments: &[&str]) -> serde_json::Value {
        let out = self.at_home(&[&["figures", "--format", "json"], arguments].concat());
        let document: serde_json::Value = serde_json::from_str(&out).expect("JSON");
        document["figures"][0].clone()
    }

    /// The number of entries in the book.
    pub fn size(&self) -> u64 {
        let figure = self.figure(&["organisation.units", "--period", "2022"]);
        figure["known_at"].as_u64().expect("a number")
    }
}

impl Printed {
    pub fn of(output: &Output) -> Self {
        Self {
            status: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// The root of the checkout.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .expect("the crate lies two levels down")
        .to_owned()
}

/// Whether the long forms were asked for.
pub fn long() -> bool {
    std::env::var_os("QINGYUAN_LONG").is_some()
}
