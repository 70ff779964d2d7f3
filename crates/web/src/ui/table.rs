//! Data tables: 32 px rows, numbers right-aligned with their unit once in the heading, headings that stay, one link
//! a row. On a phone a table becomes a list of cards by the same markup.

use maud::{Markup, Render, html};
use message::Language;

use super::{Icon, Speak, Words};

/// Which way a column is sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Smallest first.
    Ascending,
    /// Largest first.
    Descending,
}

/// A column.
#[derive(Clone, Debug)]
pub struct Column {
    label: String,
    unit: Option<String>,
    /// The unit as it stands in the heading, in brackets.
    unit_head: Option<String>,
    number: bool,
    sort: Option<(String, Option<Order>)>,
    hidden_label: bool,
    least: bool,
}

impl Column {
    /// A column of words.
    pub fn new(l: Language, label: impl Words) -> Self {
        Self {
            label: l.say(&label).into_owned(),
            unit: None,
            unit_head: None,
            number: false,
            sort: None,
            hidden_label: false,
            least: false,
        }
    }

    /// A column of numbers: right-aligned.
    pub fn number(l: Language, label: impl Words) -> Self {
        Self { number: true, ..Self::new(l, label) }
    }

    /// The unit of all its numbers.
    #[must_use]
    pub fn unit(mut self, l: Language, unit: impl Words) -> Self {
        let unit = l.say(&unit).into_owned();
        // English has no word for some: a heading then has none.
        if unit.is_empty() {
            return self;
        }
        self.unit_head =
            Some(if l == Language::English { format!(" ({unit})") } else { format!("（{unit}）") });
        self.unit = Some(unit);
        self
    }

    /// Can be sorted: the address of the list in the order that comes next, and the order that it is in now.
    #[must_use]
    pub fn sort(mut self, address: impl Into<String>, now: Option<Order>) -> Self {
        self.sort = Some((address.into(), now));
        self
    }

    /// The label is for screen readers only (a column of buttons).
    #[must_use]
    pub fn hidden_label(mut self) -> Self {
        self.hidden_label = true;
        self
    }

    /// Left out on a phone.
    #[must_use]
    pub fn least(mut self) -> Self {
        self.least = true;
        self
    }
}

/// A row.
#[derive(Clone, Debug)]
pub struct Row {
    cells: Vec<Markup>,
    address: Option<String>,
    select: Option<(String, String)>,
    muted: bool,
}

impl Row {
    /// Its cells, as many as there are columns. Anything that maud can draw: `html! { … }`, a string, a component.
    pub fn new(cells: Vec<Markup>) -> Self {
        Self { cells, address: None, select: None, muted: false }
    }

    /// Where the row leads: its first cell becomes the link, the whole row can be clicked.
    #[must_use]
    pub fn to(mut self, address: impl Into<String>) -> Self {
        self.address = Some(address.into());
        self
    }

    /// The value that its box sends, and what the box is called (the record's name).
    #[must_use]
    pub fn select(mut self, value: impl Into<String>, name: impl Into<String>) -> Self {
        self.select = Some((value.into(), name.into()));
        self
    }

    /// Less ink: withdrawn, not counted.
    #[must_use]
    pub fn muted(mut self, muted: bool) -> Self {
        self.muted = muted;
        self
    }
}

/// A table.
pub struct Table {
    caption: String,
    columns: Vec<Column>,
    rows: Vec<Row>,
    total: Option<Row>,
    select: Option<(String, Option<String>, String)>,
    show_caption: bool,
    wide: bool,
    cards: bool,
    row_heads: bool,
}

impl Table {
    /// What it is a table of (read by screen readers; shown with `.titled()`), and its columns.
    pub fn new(l: Language, caption: impl Words, columns: Vec<Column>) -> Self {
        Self {
            caption: l.say(&caption).into_owned(),
            columns,
            rows: Vec::new(),
            total: None,
            select: None,
            show_caption: false,
            wide: false,
            cards: false,
            row_heads: true,
        }
    }

    /// One more row.
    #[must_use]
    pub fn row(mut self, row: Row) -> Self {
        self.rows.push(row);
        self
    }

    /// More rows.
    #[must_use]
    pub fn rows(mut self, rows: impl IntoIterator<Item = Row>) -> Self {
        self.rows.extend(rows);
        self
    }

    /// The row of totals at the foot.
    #[must_use]
    pub fn total(mut self, row: Row) -> Self {
        self.total = Some(row);
        self
    }

    /// Shows the caption above.
    #[must_use]
    pub fn titled(mut self) -> Self {
        self.show_caption = true;
        self
    }

    /// More columns than fit: it scrolls inside its own frame, with heading row and first column standing still.
    #[must_use]
    pub fn wide(mut self) -> Self {
        self.wide = true;
        self
    }

    /// On a phone each row becomes a card with the headings as labels. Else it scrolls sideways there.
    #[must_use]
    pub fn cards(mut self) -> Self {
        self.cards = true;
        self
    }

    /// The first column is data like the others, not the name of the row.
    #[must_use]
    pub fn plain_first(mut self) -> Self {
        self.row_heads = false;
        self
    }

    /// A box before each row that has a `select`: the name of the boxes, and the id of the form they belong to (none if
    /// the table stands inside it). One more box in the head ticks them all.
    #[must_use]
    pub fn selectable(mut self, l: Language, name: impl Into<String>, form: Option<String>) -> Self {
        self.select = Some((name.into(), form, l.t("全选", "Select all").to_owned()));
        self
    }

    /// A role, where the style makes cards of the table: `display: block` would take it away.
    fn role(&self, role: &'static str) -> Option<&'static str> {
        self.cards.then_some(role)
    }

    fn head(&self) -> Markup {
        html! {
            thead { tr role=[self.role("row")] {
                @if let Some((name, _, all)) = &self.select {
                    th.select scope="col" role=[self.role("columnheader")] {
                        input type="checkbox" data-all=(name) aria-label=(all) hidden;
                        span.unseen { (all) }
                    }
                }
                @for column in &self.columns {
                    th.number[column.number].least[column.least] scope="col" role=[self.role("columnheader")]
                        aria-sort=[column.sort.as_ref().and_then(|(_, now)| now.map(word))] {
                        @if let Some((address, now)) = &column.sort {
                            a.sort href=(address) { (heading(column))
                                @match now {
                                    Some(Order::Ascending) => (Icon::Up),
                                    Some(Order::Descending) => (Icon::Down),
                                    None => {},
                                }
                            }
                        } @else { (heading(column)) }
                    }
                }
            } }
        }
    }

    fn body_row(&self, row: &Row) -> Markup {
        html! {
            tr.muted[row.muted] role=[self.role("row")] data-row[row.address.is_some()] {
                @if let Some((name, form, _)) = &self.select {
                    td.select role=[self.role("cell")] {
                        @if let Some((value, of)) = &row.select {
                            input type="checkbox" name=(name) value=(value) form=[form] aria-label=(of);
                        }
                    }
                }
                @for (place, column) in self.columns.iter().enumerate() {
                    @let cell = row.cells.get(place);
                    @let inner = html! {
                        @match &row.address {
                            Some(address) if place == 0 => a href=(address) { @if let Some(cell) = cell { (cell) } },
                            _ => { @if let Some(cell) = cell { (cell) } },
                        }
                    };
                    @if place == 0 && self.row_heads {
                        th.number[column.number] scope="row" role=[self.role("rowheader")] { (inner) }
                    } @else {
                        td.number[column.number].least[column.least] role=[self.role("cell")] data-label=[self.cards.then_some(&column.label)]
                            data-unit=[column.unit.as_ref().filter(|_| self.cards)] { (inner) }
                    }
                }
            }
        }
    }
}

impl Render for Table {
    fn render(&self) -> Markup {
        let table = html! {
            table.table.cards[self.cards].wide[self.wide] role=[self.role("table")] data-rows {
                caption.unseen[!self.show_caption] { (self.caption) }
                (self.head())
                tbody role=[self.role("rowgroup")] { @for row in &self.rows { (self.body_row(row)) } }
                @if let Some(total) = &self.total { tfoot role=[self.role("rowgroup")] { (self.body_row(total)) } }
            }
        };
        html! {
            // A frame that scrolls must be reachable by keyboard, and named.
            div.scroll.wide[self.wide].cards[self.cards] tabindex="0" role="region" aria-label=(self.caption) { (table) }
        }
    }
}

fn heading(column: &Column) -> Markup {
    html! {
        span.unseen[column.hidden_label] { (column.label) }
        @if let Some(unit) = &column.unit_head { span.unit { (unit) } }
    }
}

fn word(order: Order) -> &'static str {
    match order {
        Order::Ascending => "ascending",
        Order::Descending => "descending",
    }
}

#[cfg(test)]
mod tests {
    use super::{Column, Order, Row, Table};
    use crate::ui::{icon::without_icons, w};
    use maud::{Render, html};
    use message::Language;

    #[test]
    fn a_table_names_its_columns_rows_and_order() {
        let l = Language::English;
        let table = Table::new(
            l,
            w("码头", "Docks"),
            vec![
                Column::new(l, w("名称", "Name")).sort("?sort=-name", Some(Order::Ascending)),
                Column::number(l, w("泊位", "Berths")).unit(l, w("个", "berths")),
            ],
        )
        .row(Row::new(vec![html! { "望江1号" }, html! { "2" }]).to("/records/1"));
        insta::assert_snapshot!(
            without_icons(&table.render().into_string()),
            @r##"<div class="scroll" tabindex="0" role="region" aria-label="Docks"><table class="table" data-rows><caption class="unseen">Docks</caption><thead><tr><th class="" scope="col" aria-sort="ascending"><a class="sort" href="?sort=-name"><span class="">Name</span></a></th><th class="number" scope="col"><span class="">Berths</span><span class="unit"> (berths)</span></th></tr></thead><tbody><tr class="" data-row><th class="" scope="row"><a href="/records/1">望江1号</a></th><td class="number">2</td></tr></tbody></table></div>"##
        );
    }
}
