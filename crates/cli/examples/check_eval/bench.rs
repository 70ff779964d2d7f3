//! The program under test: a copy of a city, the report, and what one check of a text comes to.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Command;

use rust_decimal::Decimal;
use serde_json::Value;

use crate::PERIOD;

pub type Outcome<T> = Result<T, Box<dyn Error>>;

/// A city, a report, and what is found missing.
pub struct Bench {
    pub binary: PathBuf,
    /// A copy of the city, which may be changed.
    pub city: PathBuf,
    pub room: PathBuf,
    pub text: String,
    pub unmet: Vec<String>,
    pub count: usize,
}

/// One text, checked.
#[derive(Clone, Debug)]
pub struct Checked {
    pub claims: Vec<Claim>,
    /// The places of each inconsistency, and what it says.
    pub alarms: Vec<(Vec<(usize, usize)>, String)>,
    /// Why the text could not be checked.
    pub failure: Option<String>,
}

#[derive(Clone, Debug)]
pub struct Claim {
    pub start: usize,
    pub end: usize,
    pub indicator: String,
    pub verdict: String,
    pub stated: String,
    pub figure: String,
    pub reason: String,
}

impl Bench {
    /// Runs the program on the city: status, what it printed, what it told.
    pub fn run(&self, arguments: &[String]) -> Outcome<(i32, String, String)> {
        self.run_at(&self.city, arguments)
    }

    fn run_at(&self, city: &Path, arguments: &[String]) -> Outcome<(i32, String, String)> {
        let mut command = Command::new(&self.binary);
        command.args(arguments).arg("--home").arg(city).env("QINGYUAN_LANG", "en");
        let output = command.output()?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ok((output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr)))
    }

    /// What it printed on the city; an error unless it succeeded.
    pub fn ok(&self, arguments: &[String]) -> Outcome<String> {
        self.ok_at(&self.city, arguments)
    }

    /// The same on another city.
    pub fn ok_at(&self, city: &Path, arguments: &[String]) -> Outcome<String> {
        match self.run_at(city, arguments)? {
            (0, out, _) => Ok(out),
            (status, out, err) => Err(format!("{arguments:?}: status {status}\n{out}{err}").into()),
        }
    }

    /// Checks many texts, in calls of many files each.
    pub fn check(&mut self, texts: &[String]) -> Outcome<Vec<Checked>> {
        let bytes: Vec<Vec<u8>> = texts.iter().map(|text| text.clone().into_bytes()).collect();
        self.check_files(&bytes, "txt")
    }

    pub fn check_files(&mut self, files: &[Vec<u8>], extension: &str) -> Outcome<Vec<Checked>> {
        let mut checked = Vec::new();
        for files in files.chunks(200) {
            self.count += 1;
            let dir = self.room.join(format!("call-{}", self.count));
            std::fs::create_dir(&dir)?;
            let mut arguments: Vec<String> =
                ["check", "--format", "json", "--period", PERIOD].map(str::to_owned).to_vec();
            let mut names = Vec::new();
            // Of one file alone the line names no file: an empty companion makes it two.
            let companion = (files.len() == 1).then(|| b"\n".to_vec());
            for (index, bytes) in files.iter().chain(&companion).enumerate() {
                let file =
                    dir.join(format!("{index:04}.{}", if index < files.len() { extension } else { "txt" }));
                std::fs::write(&file, bytes)?;
                names.push(file.to_string_lossy().into_owned());
            }
            arguments.extend(names.iter().cloned());
            let (_, out, err) = self.run(&arguments)?;
            let mut lines: BTreeMap<String, Checked> = BTreeMap::new();
            for line in out.lines() {
                let line: Value = serde_json::from_str(line)?;
                lines.insert(text_of(&line["file"]), read(&line));
            }
            for name in names.iter().take(files.len()) {
                let failed = || Checked {
                    claims: Vec::new(),
                    alarms: Vec::new(),
                    failure: Some(err.lines().next().unwrap_or("no line printed").to_owned()),
                };
                checked.push(lines.remove(name).unwrap_or_else(failed));
            }
            std::fs::remove_dir_all(&dir)?;
        }
        Ok(checked)
    }

    /// Every figure of the period, by its indicator: value and identity.
    pub fn figures(&self) -> Outcome<BTreeMap<String, (Decimal, String)>> {
        let arguments = ["figures", "--period", PERIOD, "--format", "json"].map(str::to_owned);
        let all: Value = serde_json::from_str(&self.ok(&arguments)?)?;
        let mut figures = BTreeMap::new();
        for one in all["figures"].as_array().into_iter().flatten() {
            if let Some(value) = exact(one) {
                figures.insert(text_of(&one["indicator"]), (value, text_of(&one["id"])));
            }
        }
        Ok(figures)
    }

    /// An indicator's values at the ends of the years before.
    pub fn before(&self, indicator: &str) -> Outcome<Vec<Decimal>> {
        let mut values = Vec::new();
        for year in 2010..2022 {
            let arguments =
                ["figures", indicator, "--period", &year.to_string(), "--format", "json"].map(str::to_owned);
            let all: Value = serde_json::from_str(&self.ok(&arguments)?)?;
            values.extend(exact(&all["figures"][0]).filter(|_| all["figures"][0]["rows"].as_u64() > Some(0)));
        }
        Ok(values)
    }

    /// Demands something, and says what.
    pub fn demand(&mut self, met: bool, what: String) {
        if !met {
            self.unmet.push(what);
        }
    }
}

pub fn last_line(out: &str, err: &str) -> String {
    let told = if err.trim().is_empty() { out } else { err };
    told.lines().rfind(|line| !line.trim().is_empty()).unwrap_or_default().trim().to_owned()
}

pub fn text_of(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn exact(figure: &Value) -> Option<Decimal> {
    figure["exact"].as_str()?.parse().ok()
}

fn read(line: &Value) -> Checked {
    let place = |one: &Value| {
        let number = |key: &str| one[key].as_u64().unwrap_or(u64::MAX) as usize;
        (number("start"), number("end"))
    };
    let claim = |one: &Value| {
        let (start, end) = place(one);
        Claim {
            start,
            end,
            indicator: text_of(&one["indicator"]),
            verdict: text_of(&one["verdict"]),
            stated: text_of(&one["stated"]),
            figure: text_of(&one["figure"]),
            reason: text_of(&one["reason"]),
        }
    };
    let alarm = |one: &Value| {
        let places = one["places"].as_array().into_iter().flatten().map(place).collect();
        (places, format!("{}: {}", text_of(&one["rule"]), text_of(&one["explanation"])))
    };
    Checked {
        claims: line["claims"].as_array().into_iter().flatten().map(claim).collect(),
        alarms: line["inconsistencies"].as_array().into_iter().flatten().map(alarm).collect(),
        failure: None,
    }
}

pub fn copy(from: &Path, to: &Path) -> Outcome<()> {
    std::fs::create_dir(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        match entry.file_type()?.is_dir() {
            true => copy(&entry.path(), &target)?,
            false => {
                std::fs::copy(entry.path(), &target)?;
            }
        }
    }
    Ok(())
}
