//! Ways through a page's content: tabs, filter bar, pager.

use maud::{Markup, Render, html};
use message::{Language, Text};

use super::{Icon, Speak, Words};

/// Views of the same thing as links; each has its own address.
pub struct Tabs {
    name: String,
    items: Vec<(String, String, bool, Option<u64>)>,
}

impl Tabs {
    /// What the views are of, for screen readers.
    pub fn new(l: Language, name: impl Words) -> Self {
        Self { name: l.say(&name).into_owned(), items: Vec::new() }
    }

    /// One view; `current` for the one that is shown.
    #[must_use]
    pub fn tab(mut self, l: Language, words: impl Words, address: impl Into<String>, current: bool) -> Self {
        self.items.push((l.say(&words).into_owned(), address.into(), current, None));
        self
    }

    /// How many things the last added view holds.
    #[must_use]
    pub fn count(mut self, count: u64) -> Self {
        if let Some(last) = self.items.last_mut() {
            last.3 = Some(count);
        }
        self
    }
}

impl Render for Tabs {
    fn render(&self) -> Markup {
        html! {
            nav.tabs aria-label=(self.name) {
                @for (words, address, current, count) in &self.items {
                    a href=(address) aria-current=[current.then_some("page")] {
                        (words) @if let Some(count) = count { span.count { (super::grouped(count)) } }
                    }
                }
            }
        }
    }
}

/// The filters of a list: a GET form, so that a filtered list has an address that can be sent to a colleague.
pub struct FilterBar {
    action: String,
    fields: Vec<Markup>,
    more: Vec<Markup>,
    hidden: Vec<(String, String)>,
    active: Vec<(String, String)>,
    reset: Option<String>,
    more_open: bool,
}

impl FilterBar {
    /// The address of the list.
    pub fn new(action: impl Into<String>) -> Self {
        Self {
            action: action.into(),
            fields: Vec::new(),
            more: Vec::new(),
            hidden: Vec::new(),
            active: Vec::new(),
            reset: None,
            more_open: false,
        }
    }

    /// A field that is always visible ([`Field`](super::Field) with `.inline()`): two or three at most.
    #[must_use]
    pub fn field(mut self, field: impl Render) -> Self {
        self.fields.push(field.render());
        self
    }

    /// A field behind “more filters”.
    #[must_use]
    pub fn more(mut self, field: impl Render) -> Self {
        self.more.push(field.render());
        self
    }

    /// Opens “more filters” (when one of them is set).
    #[must_use]
    pub fn opened(mut self, open: bool) -> Self {
        self.more_open = open;
        self
    }

    /// What stays as it is: the order, the columns.
    #[must_use]
    pub fn hidden(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.hidden.push((name.into(), value.into()));
        self
    }

    /// A filter that is set, and the address without it.
    #[must_use]
    pub fn active(mut self, l: Language, words: impl Words, without: impl Into<String>) -> Self {
        self.active.push((l.say(&words).into_owned(), without.into()));
        self
    }

    /// The address without any filter.
    #[must_use]
    pub fn reset(mut self, address: impl Into<String>) -> Self {
        self.reset = Some(address.into());
        self
    }

    /// The bar.
    pub fn render(&self, l: Language) -> Markup {
        html! {
            form.filter method="get" action=(self.action) role="search" aria-label=(l.t("筛选", "Filter")) {
                @for (name, value) in &self.hidden { input type="hidden" name=(name) value=(value); }
                div.filter-row {
                    @for field in &self.fields { (field) }
                    @if !self.more.is_empty() {
                        details.filter-more open[self.more_open] {
                            summary { (Icon::Filter) (l.t("更多条件", "More filters")) }
                            div.filter-row { @for field in &self.more { (field) } }
                        }
                    }
                    button.button { (l.t("筛选", "Filter")) }
                }
                @if !self.active.is_empty() {
                    ul.filter-active {
                        @for (words, without) in &self.active {
                            li { a href=(without) { (words) (Icon::Cross)
                                span.unseen { (l.t("，去掉此条件", ", remove this filter")) } } }
                        }
                        @if let Some(reset) = &self.reset { li { a.plain href=(reset) { (l.t("全部清除", "Clear all")) } } }
                    }
                }
            }
        }
    }
}

/// The pages of a list: what is shown of how many, and the ways on.
pub struct Pager {
    shown: Text,
    first: Option<String>,
    previous: Option<String>,
    next: Option<String>,
    last: Option<String>,
}

impl Pager {
    /// The places of the first and last thing shown, counted from 1, and how many there are.
    pub fn new(first: u64, last: u64, total: u64) -> Self {
        let (first, last, total) = (super::grouped(first), super::grouped(last), super::grouped(total));
        Self::saying(message::text!("第 {first}–{last} 条，共 {total} 条", "{first}–{last} of {total}"))
    }

    /// The same where something else than things is shown in turn.
    pub fn saying(shown: Text) -> Self {
        Self { shown, first: None, previous: None, next: None, last: None }
    }

    /// The address of the page before, if there is one.
    #[must_use]
    pub fn previous(mut self, address: Option<String>) -> Self {
        self.previous = address;
        self
    }

    /// The address of the next page, if there is one.
    #[must_use]
    pub fn next(mut self, address: Option<String>) -> Self {
        self.next = address;
        self
    }

    /// The addresses of the first and the last page.
    #[must_use]
    pub fn ends(mut self, first: Option<String>, last: Option<String>) -> Self {
        (self.first, self.last) = (first, last);
        self
    }

    /// The pager.
    pub fn render(&self, l: Language) -> Markup {
        html! {
            nav.pager aria-label=(l.t("翻页", "Pages")) {
                p.number { (l.say(&self.shown)) }
                (way(&self.first, l.t("首页", "First"), None, None))
                (way(&self.previous, l.t("上一页", "Previous"), Some(Icon::Previous), Some("prev")))
                (way(&self.next, l.t("下一页", "Next"), Some(Icon::Next), Some("next")))
                (way(&self.last, l.t("末页", "Last"), None, None))
            }
        }
    }
}

fn way(address: &Option<String>, words: &str, icon: Option<Icon>, rel: Option<&str>) -> Markup {
    html! {
        @if let Some(address) = address {
            a.button.quiet href=(address) rel=[rel] {
                @if let Some(Icon::Previous) = icon { (Icon::Previous) }
                span { (words) }
                @if let Some(Icon::Next) = icon { (Icon::Next) }
            }
        }
    }
}
