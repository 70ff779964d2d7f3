//! `air daily`, `air monthly`, `air annual`.

use clap::{Args, ValueEnum};
use evaluation::tables::{days_of, periods_of};
use evaluation::{Evaluation, Head, Kind, Scope, Span};
use message::{Language, text};

use super::input::{EditionChoice, Input};
use super::print::Output;
use crate::failure::Failure;
use crate::output::say;

/// Whose evaluation.
#[derive(Args)]
pub struct ScopeChoice {
    /// 按站点、城市或两者；缺省有城市时按城市 | by station, by city or both; by default by city where there is one
    #[arg(long, value_enum)]
    by: Option<By>,
    /// 只输出这个站点或城市，可多次 | only this station or city; may be repeated
    #[arg(long, value_name = "NAME")]
    scope: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum By {
    /// Stations.
    Station,
    /// Cities.
    City,
    /// Stations, then cities.
    Both,
}

impl ScopeChoice {
    /// The scopes that are asked for.
    pub fn of(&self, evaluation: &Evaluation) -> Result<Vec<Scope>, Failure> {
        let has_city = evaluation.cities().len() > 0;
        let by = self.by.unwrap_or(if has_city { By::City } else { By::Station });
        if by == By::City && !has_city {
            return Err(Failure::refused(text!(
                "文件没有城市列；请用 --city 指明城市，或用 --by station",
                "the files name no city; name it with --city, or evaluate --by station"
            )));
        }
        let mut scopes = match by {
            By::Station => evaluation.scopes(Kind::Station),
            By::City => evaluation.scopes(Kind::City),
            By::Both => evaluation.all_scopes(),
        };
        if !self.scope.is_empty() {
            for name in &self.scope {
                let known: Vec<&str> = scopes.iter().map(|scope| evaluation.name(*scope)).collect();
                if !known.contains(&name.as_str()) {
                    let near = message::did_you_mean(name, known.iter().copied())
                        .or(known.first().copied())
                        .unwrap_or("");
                    return Err(Failure::refused(text!(
                        "没有“{name}”；例如有“{near}”",
                        "there is no `{name}`; there is for example `{near}`"
                    )));
                }
            }
            scopes.retain(|scope| self.scope.iter().any(|name| name == evaluation.name(*scope)));
        }
        Ok(scopes)
    }
}

/// The arguments of `air daily`.
#[derive(Args)]
pub struct Daily {
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    edition: EditionChoice,
    #[command(flatten)]
    scope: ScopeChoice,
    #[command(flatten)]
    output: Output,
}

impl Daily {
    /// Prints a row for each scope, edition and day.
    pub fn run(self, language: Language) -> Result<(), Failure> {
        let evaluation = self.input.evaluate(language)?;
        let scopes = self.scope.of(&evaluation)?;
        let tables = self
            .edition
            .judges()
            .into_iter()
            .map(|judge| days_of(&evaluation, judge, Head::Scope, &scopes, self.output.scale()))
            .collect::<Result<Vec<_>, _>>()
            .map_err(Failure::broken)?;
        let shown = [
            "scope",
            "date",
            "edition",
            "so2",
            "no2",
            "pm10",
            "pm2_5",
            "co",
            "o3_8h",
            "aqi",
            "level",
            "primary_pollutants",
        ];
        self.output.print(&tables, &shown, language)
    }
}

/// The arguments of `air monthly` and `air annual`.
#[derive(Args)]
pub struct Periodic {
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    edition: EditionChoice,
    #[command(flatten)]
    scope: ScopeChoice,
    #[command(flatten)]
    output: Output,
}

impl Periodic {
    /// Prints a row for each scope, edition and period.
    pub fn run(self, span: Span, language: Language) -> Result<(), Failure> {
        let evaluation = self.input.evaluate(language)?;
        let scopes = self.scope.of(&evaluation)?;
        let threads = self.input.threads();
        let statistics = evaluation.statistics_of(&scopes, span, threads);
        let mut tables = Vec::new();
        let mut refused = 0;
        for judge in self.edition.judges() {
            let judged = evaluation.judge(&statistics, judge, threads);
            refused = judged.iter().filter(|one| one.attains().is_none()).count();
            let table = periods_of(&evaluation, &statistics, &judged, Head::Scope, self.output.scale());
            tables.push(table.map_err(Failure::broken)?);
        }
        let shown = [
            "scope",
            "year",
            "month",
            "edition",
            "valid_days",
            "good_days",
            "good_share",
            "so2_mean",
            "no2_mean",
            "pm10_mean",
            "pm2_5_mean",
            "co_p95",
            "o3_8h_p90",
            "composite_index",
            "attained",
        ];
        self.output.print(&tables, &shown, language)?;
        if refused > 0 {
            say(
                &text!(
                    "{refused}行因有效天数不足不作达标评价（原因见 --format csv 的 …_refused 列）；所列均值只是现有数据的均值",
                    "{refused} rows are not judged, since valid days are too few (see the columns …_refused of --format csv); their means are only of what there is"
                ),
                language,
            );
        }
        Ok(())
    }
}
