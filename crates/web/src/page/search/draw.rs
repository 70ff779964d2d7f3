//! The page of what was found.

use axum::response::Response;

use super::find::Found;
use crate::ui::{Page, Section, Speak, empty, grouped, html, w};
use crate::visitor::Visitor;

/// The field again, and what was found by kind.
pub fn page(visitor: &Visitor, words: &str, found: &Found) -> Response {
    let l = visitor.language;
    let body = html! {
        form.filter role="search" action="/search" method="get" {
            div.filter-row {
                div.field.inline.search-field {
                    label for="words" { (l.t("关键字", "Words")) }
                    span.input { input #words type="search" name="q" value=(words) maxlength="200" autocomplete="off"; }
                }
                button.button.primary { (l.t("搜索", "Search")) }
            }
        }
        @if words.trim().is_empty() {
            (empty(l, w("搜索全部内容", "Search everything"),
                w("输入台账、记录、指标、单位或汇报的名称；多个词用空格隔开。", "Type the name of a register, a record, a figure, a unit or a report; several words are divided by spaces."), None))
        } @else if found.groups.is_empty() {
            (empty(l, w("没有找到", "Nothing was found"),
                w("减少字数或换一个说法再试；编号也可以搜索。", "Try fewer or other words; codes can be searched for as well."), None))
        }
        @for group in &found.groups {
            section.found {
                h2 { (group.label) " " span.muted { (grouped(group.total)) } }
                ul.hits {
                    @for hit in &group.hits { li { a href=(hit.href) { (hit.label) } " " span.muted { (hit.note) } } }
                }
                @if let (Some(all), true) = (&group.all, group.total > group.hits.len()) {
                    p { a href=(all) { (l.t("查看全部", "See all")) " " (grouped(group.total)) } }
                }
            }
        }
    };
    let page = Page::new(Section::None, w("搜索", "Search"));
    visitor.page(page, body)
}
