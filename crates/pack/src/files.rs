//! Which file of a pack is what.

use crate::syntax::{INDICATORS, ORGANISATION, PACK, PLAN, PUBLIC, REGISTER, Table};

/// A kind of file in a pack, known by its path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FileKind {
    /// `pack.toml`.
    Pack,
    /// `organisation.toml`.
    Organisation,
    /// `registers/KEY.toml`.
    Register,
    /// `indicators/*.toml`.
    Indicators,
    /// `plan/*.toml`.
    Plan,
    /// `reports/KEY.md`.
    Report,
    /// `policies/*.cedar`.
    Policies,
    /// `public.toml`.
    Public,
}

impl FileKind {
    /// The kinds that are TOML, each with a JSON Schema of its own.
    pub const TOML: [Self; 6] =
        [Self::Pack, Self::Organisation, Self::Register, Self::Indicators, Self::Plan, Self::Public];

    /// What the file of this path is, if the pack reads it.
    pub fn of(path: &str) -> Option<Self> {
        let (directory, file) = path.split_once('/').unwrap_or(("", path));
        if file.contains('/') || file.starts_with('.') {
            return None;
        }
        match (directory, file.rsplit_once('.')?.1) {
            ("", _) if file == "pack.toml" => Some(Self::Pack),
            ("", _) if file == "organisation.toml" => Some(Self::Organisation),
            ("", _) if file == "public.toml" => Some(Self::Public),
            ("registers", "toml") => Some(Self::Register),
            ("indicators", "toml") => Some(Self::Indicators),
            ("plan", "toml") => Some(Self::Plan),
            ("reports", "md") => Some(Self::Report),
            ("policies", "cedar") => Some(Self::Policies),
            _ => None,
        }
    }

    /// `pack`, `organisation`, `register`, `indicators`, `plan`, `report`, `policies`, `public`: the stem of the
    /// schema's file, for kinds that have one.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pack => "pack",
            Self::Organisation => "organisation",
            Self::Register => "register",
            Self::Indicators => "indicators",
            Self::Plan => "plan",
            Self::Report => "report",
            Self::Policies => "policies",
            Self::Public => "public",
        }
    }

    /// Where files of this kind lie, as editors match paths.
    pub fn glob(self) -> &'static str {
        match self {
            Self::Pack => "pack.toml",
            Self::Organisation => "organisation.toml",
            Self::Register => "registers/*.toml",
            Self::Indicators => "indicators/*.toml",
            Self::Plan => "plan/*.toml",
            Self::Report => "reports/*.md",
            Self::Policies => "policies/*.cedar",
            Self::Public => "public.toml",
        }
    }

    /// The file's keys; reports and policies have none.
    pub(crate) fn table(self) -> Option<&'static Table> {
        match self {
            Self::Pack => Some(&PACK),
            Self::Organisation => Some(&ORGANISATION),
            Self::Register => Some(&REGISTER),
            Self::Indicators => Some(&INDICATORS),
            Self::Plan => Some(&PLAN),
            Self::Public => Some(&PUBLIC),
            Self::Report | Self::Policies => None,
        }
    }
}

/// `docks` of `registers/docks.toml`.
pub(crate) fn stem(path: &str) -> &str {
    let file = path.rsplit_once('/').map_or(path, |(_, file)| file);
    file.rsplit_once('.').map_or(file, |(stem, _)| stem)
}
