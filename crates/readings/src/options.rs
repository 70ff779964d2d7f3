//! What the user declares of the files.

/// Which clock the labels show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Zone {
    /// UTC+8, the civil time of the whole country. The default: labels without an offset are local.
    #[default]
    Local,
    /// UTC.
    Utc,
}

/// Whether a label names the beginning or the end of its hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hours {
    /// 01:00 is 01:00–02:00.
    Begin,
    /// 01:00 is 00:00–01:00, and 24:00 is the last hour of its day.
    End,
}

impl Hours {
    /// The key of the option: `begin` or `end`.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Begin => "begin",
            Self::End => "end",
        }
    }
}

/// How to read the files; the default understands the known layouts as they are.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// `(role or item, column)`: `("pm2_5", "细颗粒物1h")`, `("station", "编号")`. What is mapped is taken from this
    /// column, whatever the known names say.
    pub map: Vec<(String, String)>,
    /// The clock of labels that carry no offset.
    pub zone: Zone,
    /// Beginning or end; `None` takes the default of the file's [`Profile`](crate::Profile).
    pub hours: Option<Hours>,
    /// The city of rows that name none.
    pub city: Option<String>,
    /// The station of rows that name none (a file of one station).
    pub station: Option<String>,
    /// The rows are measurements of moments or of other spans, not of hours: labels are taken as they are,
    /// and need not be full hours.
    pub moments: bool,
}
