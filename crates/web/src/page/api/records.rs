//! `/api/v1/registers/{register}/records` and `/api/v1/records/{id}`: records as they stand on a day.

use jiff::civil::Date;
use message::text;
use serde::{Deserialize, Serialize};
use shelf::{At, By, Filter, Presence, Query as Question, Reading, Sort, Test};
use utoipa::{IntoParams, ToSchema};

use access::Action;

use super::shown::RecordView;
use super::take::{Json, Limit, Path, Query};
use crate::fault::Fault;
use crate::page::registers::rights;
use crate::visitor::Visitor;
use crate::when;

/// The longest search.
const MOST_WORDS: usize = 200;

/// Records of a register.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RecordList {
    /// The records of this page.
    pub items: Vec<RecordView>,
    /// How many there are in all.
    pub total: usize,
    /// The cursor of the next page; `null` on the last.
    pub next: Option<String>,
    /// How many entries of the book this shows.
    pub known: u64,
}

/// What can be asked of a list, for the document. It is read by [`question`], since `filter` may occur more than once.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "it only describes")]
pub struct Asked {
    /// Words that must all occur in the record's texts, and in the names of what it refers to.
    #[param(max_length = 200)]
    q: Option<String>,
    /// A condition, `column:test:value`; may occur more than once, and all must hold. Columns are fields by key and
    /// `@state`, `@owner`, `@recorded`, `@effective`, `@status`, `@author`, `@record`. Tests: `is:a|b` (one of these),
    /// `has:text`, `from:least`, `to:greatest`, `empty:`, `filled:`. Example: `berths:from:5`.
    filter: Option<Vec<String>>,
    /// The column to sort by, `-` before it for the greatest first. `-@record` unless given.
    sort: Option<String>,
    /// The day as of which records are shown; today unless given.
    #[param(format = Date)]
    day: Option<String>,
    /// `entered` shows what waits for verification too, `counted` only what figures count.
    #[param(pattern = "^(entered|counted)$")]
    reading: Option<String>,
    /// `present`, `all` (with those withdrawn), `withdrawn`, `upcoming`.
    #[param(pattern = "^(present|all|withdrawn|upcoming)$")]
    presence: Option<String>,
    /// The code of a unit: only its records and those of the units below it on the day.
    owner: Option<String>,
    /// The fields that are wanted, by key and divided by commas; all unless given.
    columns: Option<String>,
    /// Where the page begins: `next` of the page before.
    cursor: Option<String>,
    /// How many at most; 100 unless given.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u32>,
}

/// Records of a register as they stand on a day: filtered, sorted, page by page.
#[utoipa::path(
    get,
    path = "/api/v1/registers/{register}/records",
    tag = "records",
    operation_id = "list_records",
    params(("register" = String, Path, description = "The register's key, such as `docks`"), Asked),
    responses((status = 200, description = "A page of the list", body = RecordList))
)]
pub async fn list(
    visitor: Visitor,
    Path(key): Path<String>,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Json<RecordList>, Fault> {
    visitor.now.pack.register(&key).ok_or(Fault::NotFound)?;
    visitor.require_anywhere(Action::View, Some(&key))?;
    let (question, branch) = question(&visitor, &key, pairs)?;
    let now = visitor.now.clone();
    let app = visitor.app.clone();
    let list = app
        .work(move |_| {
            let units = now.shelf.units(question.day).map_err(fault)?;
            let seen = rights::owners(&visitor, Action::View, &key)?;
            let within = branch.map(|branch| units.downward(&branch));
            let owners = match (seen, within) {
                (Some(seen), Some(mut within)) => {
                    within.retain(|code| seen.contains(code));
                    Some(within)
                }
                (seen, within) => seen.or(within),
            };
            let question = Question { owners, ..question };
            let page = now.shelf.list(&question).map_err(fault)?;
            let items =
                page.rows.iter().map(|row| RecordView::of(&key, row, &page.columns, &units)).collect();
            Ok(RecordList { items, total: page.total, next: page.next, known: page.known })
        })
        .await?;
    Ok(Json(list))
}

/// Reads the query. Also the branch that is asked for, which only the tree can tell.
fn question(
    visitor: &Visitor,
    key: &str,
    pairs: Vec<(String, String)>,
) -> Result<(Question, Option<String>), Fault> {
    let mut question = Question {
        language: visitor.language,
        limit: Limit::default().get(),
        ..Question::new(key, when::today())
    };
    let mut branch = None;
    let wrong = Fault::parameter;
    for (name, value) in pairs {
        match name.as_str() {
            "q" if value.chars().count() > MOST_WORDS => return Err(wrong(&name, &value)),
            "q" => question.search = value,
            "filter" => question.filters.push(filter(&value).ok_or_else(|| wrong(&name, &value))?),
            "sort" => {
                let (descending, column) = match value.strip_prefix('-') {
                    Some(column) => (true, column),
                    None => (false, value.as_str()),
                };
                question.sort = Sort { by: By::parse(column), descending };
            }
            "day" => question.day = day(&value).ok_or_else(|| wrong(&name, &value))?,
            "reading" => {
                question.reading = match value.as_str() {
                    "entered" => Reading::Entered,
                    "counted" => Reading::Counted,
                    _ => return Err(wrong(&name, &value)),
                };
            }
            "presence" => {
                question.presence = match value.as_str() {
                    "present" => Presence::Present,
                    "all" => Presence::All,
                    "withdrawn" => Presence::Withdrawn,
                    "upcoming" => Presence::Upcoming,
                    _ => return Err(wrong(&name, &value)),
                };
            }
            "owner" => branch = Some(value),
            "columns" => question.columns = Some(value.split(',').map(str::to_owned).collect()),
            "cursor" => question.at = At::After(value),
            "limit" => {
                let limit = value.parse::<u32>().ok().and_then(|number| Limit::try_from(number).ok());
                question.limit = limit.ok_or_else(|| wrong(&name, &value))?.get();
            }
            _ => {
                let name: String = name.chars().take(60).collect();
                return Err(Fault::Bad(text!("没有查询参数 {name}。", "There is no parameter `{name}`.")));
            }
        }
    }
    Ok((question, branch))
}

/// A day as `2026-03-01`, and nothing else that could be read as one.
pub fn day(text: &str) -> Option<Date> {
    let date: Date = text.parse().ok()?;
    (date.to_string() == text).then_some(date)
}

/// `berths:from:5`.
fn filter(text: &str) -> Option<Filter> {
    let (column, rest) = text.split_once(':')?;
    let (test, value) = rest.split_once(':').unwrap_or((rest, ""));
    let test = match test {
        "is" => Test::OneOf(value.split('|').map(str::to_owned).collect()),
        "has" => Test::Contains(value.to_owned()),
        "from" => Test::Range { from: Some(value.to_owned()), to: None },
        "to" => Test::Range { from: None, to: Some(value.to_owned()) },
        "empty" => Test::Empty,
        "filled" => Test::Filled,
        _ => return None,
    };
    Some(Filter { column: By::parse(column), test })
}

fn fault(error: shelf::ShelfError) -> Fault {
    if error.is_asked_wrongly() { Fault::Bad(error.text()) } else { Fault::internal(error) }
}

/// As of which day.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OnDay {
    /// The day as of which it is shown; today unless given.
    #[param(format = Date)]
    day: Option<String>,
}

impl OnDay {
    /// The day.
    pub fn day(&self) -> Result<Date, Fault> {
        let Some(text) = &self.day else { return Ok(when::today()) };
        let shown: String = text.chars().take(60).collect();
        day(text).ok_or_else(|| {
            Fault::Bad(text!("`{shown}` 不是日期。", "`{shown}` is no day such as 2026-03-01."))
        })
    }
}

/// One record as it stands on a day.
#[utoipa::path(
    get,
    path = "/api/v1/records/{id}",
    tag = "records",
    operation_id = "get_record",
    params(("id" = u64, Path, description = "The record's number"), OnDay),
    responses((status = 200, description = "The record", body = RecordView))
)]
pub async fn one(
    visitor: Visitor,
    Path(id): Path<u64>,
    Query(on): Query<OnDay>,
) -> Result<Json<RecordView>, Fault> {
    let day = on.day()?;
    let app = visitor.app.clone();
    app.work(move |_| {
        let found = super::shown::Found::today(&visitor.now, id, visitor.language)?;
        visitor.require(Action::View, &found.resource())?;
        let shelf = &visitor.now.shelf;
        let key = &found.register.key;
        let row = shelf.record(key, found.row.record, day, visitor.language).map_err(fault)?;
        let row = row.ok_or(Fault::NotFound)?;
        let columns: Vec<String> = found.register.fields.iter().map(|field| field.key.clone()).collect();
        let units = shelf.units(day).map_err(fault)?;
        Ok(Json(RecordView::of(key, &row, &columns, &units)))
    })
    .await
}

#[cfg(test)]
mod tests {
    use shelf::Test;

    use super::{day, filter};

    #[test]
    fn a_condition_is_read() {
        let check = |text: &str, expected: Option<(&str, Test)>| {
            let found = filter(text).map(|filter| (filter.column.to_string(), filter.test));
            assert_eq!(found, expected.map(|(column, test)| (column.to_owned(), test)), "{text}");
        };
        check("bank:is:left|right", Some(("bank", Test::OneOf(vec!["left".to_owned(), "right".to_owned()]))));
        check("name:has:a:b", Some(("name", Test::Contains("a:b".to_owned()))));
        check("berths:from:5", Some(("berths", Test::Range { from: Some("5".to_owned()), to: None })));
        check("@owner:empty", Some(("@owner", Test::Empty)));
        check("@owner:filled:", Some(("@owner", Test::Filled)));
        check("berths", None);
        check("berths:like:5", None);
    }

    #[test]
    fn a_day_is_written_in_one_way() {
        assert!(day("2026-03-01").is_some());
        for wrong in ["2026-3-1", "20260301", "2026-02-30", "2026-03-01T00:00", "", "0000-00-00"] {
            assert_eq!(day(wrong), None, "{wrong}");
        }
    }
}
