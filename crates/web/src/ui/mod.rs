//! The look of the application: a page's layout and its components, as functions from data to [`maud::Markup`].
//!
//! A page module gathers a view, then draws it with what is here; nothing in this module knows a book, a pack or a
//! database. Data goes in as it is shown (values already rounded and formatted by `figure`, labels as
//! [`Words`]), markup comes out. There is no inline style, no inline script and no `style=""` anywhere: the policy
//! of the server forbids them. Whatever a component needs beyond HTML is a class in `assets/app.css` and a `data-`
//! attribute that `assets/app.js` understands; every component works without the script.
//!
//! # Writing a page
//!
//! `l` is the visitor's language. Literals are `w("中文", "English")`, or `l.t("中文", "English")` inside `html!`; texts
//! with data are `message::text!`. Builders take `l` first and are spliced like any value: `(Button::primary(l, …))`.
//!
//! ```ignore
//! use maud::html;
//! use crate::ui::*;
//!
//! fn docks(visitor: &Visitor, view: &List) -> Markup {
//!     let frame = visitor.frame();
//!     let l = frame.language;
//!     let table = Table::new(l, w("码头", "Docks"), vec![
//!         Column::new(l, w("名称", "Name")).sort("?sort=-name", Some(Order::Ascending)),
//!         Column::number(l, w("泊位数", "Berths")).unit(l, w("个", "berths")),
//!         Column::new(l, w("状态", "State")),
//!     ])
//!     .cards()
//!     .rows(view.rows.iter().map(|row| {
//!         Row::new(vec![html! { (row.name) }, html! { (row.berths) }, Badge::state(l, &row.state).render()])
//!             .to(format!("/records/{}", row.id))
//!     }));
//!     Page::new(Section::Registers, w("码头", "Docks"))
//!         .lead(w("沿江码头及其关停、搬迁", "Docks on both rivers, with those closed and moved"))
//!         .action(Button::primary(l, w("新增码头", "Add a dock")).icon(Icon::Plus).to("/registers/docks/enter"))
//!         .wide()
//!         .render(&frame, html! {
//!             (FilterBar::new("/registers/docks")
//!                 .field(Field::search(l, "q", w("关键字", "Words")).value(&view.q).inline())
//!                 .render(l))
//!             @if view.rows.is_empty() {
//!                 (empty(l, w("没有符合条件的码头", "No dock fits"), w("减少筛选条件后再试", "Try fewer filters"), None))
//!             } @else {
//!                 (table)
//!                 (Pager::new(view.first, view.last, view.total).next(view.next.clone()).render(l))
//!             }
//!         })
//! }
//! ```
//!
//! Rules: one primary action a page; a computed number is always a [`FigureLink`], a typed one never; a state is
//! always a [`Badge`]; a destructive step leads to a page with [`Confirm`]; messages after a redirect come through
//! [`Frame::notice`]; there are no pop-up messages.

mod action;
mod diff;
mod field;
mod form;
mod frame;
mod icon;
mod list;
mod map;
mod nav;
mod number;
mod page;
mod state;
mod table;
mod trouble;
mod words;

pub use crate::assets::url as asset;
pub use action::{Button, Confirm, keys};
pub use diff::{Diff, inline_diff};
pub use field::{Choice, Field};
pub use form::{Form, Upload, error_summary, field_id};
pub use frame::{Frame, Section};
pub use icon::Icon;
pub use list::{Event, Facts, Node, code_block, sql_block, timeline, tree};
pub use map::{MapEdit, MapShow};
pub(crate) use map::{map_attributes, words as map_words};
pub use maud::{Markup, PreEscaped, Render, html};
pub use nav::{FilterBar, Pager, Tabs};
pub use number::{Chart, FigureLink, Stat, date_in_words, grouped, measured, stats};
pub use page::Page;
pub use state::{Badge, Notice, Tone, empty, legend, no_right, progress, skeleton, trouble};
pub use table::{Column, Order, Row, Table};
pub use trouble::fault_page;
pub use words::{Label, Speak, Words, w};
