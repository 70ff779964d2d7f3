//! A list's address → what is asked of the shelf, and back: each link of a list is its address with one thing changed.
//!
//! ```text
//! q=words  state=open&state=closed  status=pending  unit=U012  present=all  reading=counted  day=2022-12-31
//! FIELD=value (one of)  FIELD.has=text  FIELD.from=1  FIELD.to=9  FIELD.empty=yes
//! sort=-built  columns=name.berths.@state  rows=50  page=3 | after=cursor | before=cursor
//! ```

use access::Action;
use axum::http::{HeaderMap, HeaderValue};
use jiff::civil::Date;
use message::{Language, text};
use pack::{Field, FieldKind, Register};
use shelf::{At, By, Filter, Presence, Query, Reading, Sort, Status, Test};

use super::{fault, rights};
use crate::cookies;
use crate::fault::Fault;
use crate::visitor::Visitor;
use crate::when;

/// How many rows a page has unless somebody chose.
const ROWS: usize = 50;

/// What is asked.
pub struct Asked {
    /// The address's own pairs, to make other addresses of.
    pairs: Vec<(String, String)>,
    /// The register's key.
    register: String,
    /// The shown columns, by name; fields by key, others with `@`.
    pub columns: Vec<String>,
    /// Whether the visitor chose them in this address.
    pub chosen: bool,
    /// The question, without the owners that rights allow.
    pub query: Query,
    /// The unit whose branch is shown.
    pub unit: Option<String>,
}

/// What a list shows when nothing else is asked for.
pub(super) fn plain(register: &str, language: Language) -> Query {
    Query { limit: ROWS, language, ..Query::new(register, when::today()) }
}

impl Asked {
    /// Reads an address and the columns that were chosen earlier.
    pub fn read(
        visitor: &Visitor,
        register: &Register,
        pairs: Vec<(String, String)>,
        headers: &HeaderMap,
    ) -> Result<Self, Fault> {
        let mut query = plain(&register.key, visitor.language);
        let pairs: Vec<(String, String)> =
            pairs.into_iter().filter(|(_, value)| !value.trim().is_empty()).collect();
        let mut columns = None;
        let mut unit = None;
        let mut one_of: Vec<(By, Vec<String>)> = Vec::new();
        let mut between: Vec<(By, Option<String>, Option<String>)> = Vec::new();
        let wrong =
            |name: &str| Fault::Bad(text!("地址中的参数 {name} 不对。", "`{name}` in the address is wrong."));
        for (name, value) in &pairs {
            let value = value.trim().to_owned();
            match name.as_str() {
                "q" => query.search = value,
                "unit" => unit = Some(value),
                "present" => {
                    query.presence = match value.as_str() {
                        "all" => Presence::All,
                        "withdrawn" => Presence::Withdrawn,
                        "upcoming" => Presence::Upcoming,
                        _ => Presence::Present,
                    };
                }
                "reading" => {
                    query.reading = if value == "counted" { Reading::Counted } else { Reading::Entered }
                }
                "day" => query.day = day(&value).ok_or_else(|| wrong(name))?,
                "sort" => {
                    let (descending, by) =
                        value.strip_prefix('-').map_or((false, value.as_str()), |by| (true, by));
                    query.sort = Sort { by: By::parse(by), descending };
                }
                "columns" => columns = Some(value),
                // A form of boxes sends each column alone.
                "column" => {
                    let columns = columns.get_or_insert_with(String::new);
                    if !columns.is_empty() {
                        columns.push('.');
                    }
                    columns.push_str(&value);
                }
                "rows" => {
                    query.limit = value
                        .parse()
                        .ok()
                        .filter(|rows| (1..=500).contains(rows))
                        .ok_or_else(|| wrong(name))?
                }
                "page" => {
                    let page: usize =
                        value.parse().ok().filter(|page| *page > 0).ok_or_else(|| wrong(name))?;
                    query.at = At::Row((page - 1).saturating_mul(query.limit));
                }
                "after" => query.at = At::After(value),
                "before" => query.at = At::Before(value),
                "state" => add(&mut one_of, By::State, value),
                "status" => add(&mut one_of, By::Status, value),
                "author" => add(&mut one_of, By::Author, value),
                "do" | "said" => {}
                other => {
                    let (key, test) = other.split_once('.').unwrap_or((other, ""));
                    let column = match By::parse(key) {
                        By::Field(key) if register.field(&key).is_none() => return Err(wrong(name)),
                        column => column,
                    };
                    match test {
                        "" => add(&mut one_of, column, value),
                        "has" => query.filters.push(Filter { column, test: Test::Contains(value) }),
                        "from" | "to" => {
                            let range = match between.iter_mut().find(|(known, ..)| *known == column) {
                                Some(range) => range,
                                None => {
                                    between.push((column, None, None));
                                    let last = between.len() - 1;
                                    &mut between[last]
                                }
                            };
                            if test == "from" { range.1 = Some(value) } else { range.2 = Some(value) }
                        }
                        "empty" => {
                            let test = if value == "no" { Test::Filled } else { Test::Empty };
                            query.filters.push(Filter { column, test });
                        }
                        _ => return Err(wrong(name)),
                    }
                }
            }
        }
        query
            .filters
            .extend(one_of.into_iter().map(|(column, values)| Filter { column, test: Test::OneOf(values) }));
        query.filters.extend(
            between.into_iter().map(|(column, from, to)| Filter { column, test: Test::Range { from, to } }),
        );
        let chosen = columns.is_some();
        let remembered = || cookies::get(headers, &cookie(&register.key)).map(str::to_owned);
        let known = |name: &&str| match By::parse(name) {
            By::Field(key) => register.field(&key).is_some(),
            _ => name.starts_with('@'),
        };
        let mut columns: Vec<String> = columns
            .or_else(remembered)
            .unwrap_or_default()
            .split('.')
            .filter(known)
            .map(str::to_owned)
            .collect();
        if columns.is_empty() {
            columns = usual(register);
        }
        query.columns = Some(columns.iter().filter(|name| !name.starts_with('@')).cloned().collect());
        Ok(Self { pairs, register: register.key.clone(), columns, chosen, query, unit })
    }

    /// Narrows the question to what the visitor may see, or may take away as a file. Looks at the book.
    pub fn allow(&mut self, visitor: &Visitor, action: Action) -> Result<(), Fault> {
        let mut owners = rights::owners(visitor, Action::View, &self.register)?;
        if action != Action::View {
            owners = narrowed(owners, rights::owners(visitor, action, &self.register)?);
        }
        if let Some(unit) = &self.unit {
            let branch = visitor.now.shelf.units(self.query.day).map_err(fault)?.downward(unit);
            owners = narrowed(owners, Some(branch));
        }
        self.query.owners = owners;
        Ok(())
    }

    /// The list's address with some parameters set anew (or left out, where there is no value). The place in the list
    /// is left out unless it is set: what is filtered or sorted anew begins anew.
    pub fn address(&self, set: &[(&str, Option<String>)]) -> String {
        self.address_of("", set)
    }

    /// The same for a file of the list.
    pub fn address_of(&self, file: &str, set: &[(&str, Option<String>)]) -> String {
        const PLACE: [&str; 3] = ["page", "after", "before"];
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in &self.pairs {
            if !PLACE.contains(&name.as_str()) && !set.iter().any(|(other, _)| other == name) {
                query.append_pair(name, value);
            }
        }
        for (name, value) in set {
            if let Some(value) = value {
                query.append_pair(name, value);
            }
        }
        let query = query.finish();
        let register = &self.register;
        if query.is_empty() {
            format!("/registers/{register}{file}")
        } else {
            format!("/registers/{register}{file}?{query}")
        }
    }

    /// The values of a parameter.
    pub fn values(&self, name: &str) -> Vec<String> {
        self.pairs
            .iter()
            .filter(|(known, _)| known == name)
            .map(|(_, value)| value.trim().to_owned())
            .collect()
    }

    /// The first value of a parameter, or nothing.
    pub fn value(&self, name: &str) -> String {
        self.values(name).into_iter().next().unwrap_or_default()
    }

    /// The pairs that stay when other columns are chosen.
    pub fn kept(&self) -> impl Iterator<Item = &(String, String)> {
        const CHANGED: [&str; 5] = ["columns", "column", "page", "after", "before"];
        self.pairs.iter().filter(|(name, _)| !CHANGED.contains(&name.as_str()))
    }

    /// Every pair of the address.
    pub fn pairs(&self) -> &[(String, String)] {
        &self.pairs
    }

    /// Remembers the chosen columns of this register in this browser.
    pub fn remember(&self, behind_tls: bool) -> Option<HeaderValue> {
        let secure = if behind_tls { "; Secure" } else { "" };
        let (name, columns, register) = (cookie(&self.register), self.columns.join("."), &self.register);
        let cookie = format!(
            "{name}={columns}; Path=/registers/{register}; Max-Age=31536000; HttpOnly; SameSite=Lax{secure}"
        );
        self.chosen.then(|| HeaderValue::from_str(&cookie).ok()).flatten()
    }
}

fn cookie(register: &str) -> String {
    format!("qingyuan-columns-{register}")
}

fn add(lists: &mut Vec<(By, Vec<String>)>, column: By, value: String) {
    match lists.iter_mut().find(|(known, _)| *known == column) {
        Some((_, values)) => values.push(value),
        None => lists.push((column, vec![value])),
    }
}

fn narrowed(owners: Option<Vec<String>>, to: Option<Vec<String>>) -> Option<Vec<String>> {
    match (owners, to) {
        (None, other) | (other, None) => other,
        (Some(owners), Some(to)) => Some(owners.into_iter().filter(|owner| to.contains(owner)).collect()),
    }
}

fn day(text: &str) -> Option<Date> {
    let date: Date = text.parse().ok()?;
    (date.to_string() == text).then_some(date)
}

/// What a list shows until somebody chooses: the first fields, where the record stands, whose it is.
fn usual(register: &Register) -> Vec<String> {
    const FIELDS: usize = 7;
    let plain = |field: &&Field| !matches!(field.kind, FieldKind::Geometry { .. });
    let mut columns: Vec<String> =
        register.fields.iter().filter(plain).take(FIELDS).map(|field| field.key.clone()).collect();
    if register.states.len() > 1 {
        columns.insert(1.min(columns.len()), "@state".to_owned());
    }
    columns.push("@owner".to_owned());
    if register.needs_verification {
        columns.push("@status".to_owned());
    }
    columns
}

/// What a filter's values may be.
pub fn statuses(register: &Register) -> Vec<Status> {
    if register.needs_verification {
        vec![Status::Pending, Status::Returned, Status::Verified]
    } else {
        vec![Status::Entered, Status::Verified]
    }
}
