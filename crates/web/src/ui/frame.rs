//! What the layout must know about the visitor and the city: filled once a request by `Visitor`, read by
//! [`Page::render`](super::Page::render).

use message::{Language, Text};

use super::{Icon, Label, w};
use crate::visitor::Theme;

/// A section of the application: one item of the left rail. The order is the rail's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    /// 总览, `/`.
    Overview,
    /// 待办, `/inbox`.
    Inbox,
    /// 台账, `/registers`.
    Registers,
    /// 指标, `/figures`.
    Figures,
    /// 计划, `/plan`.
    Plan,
    /// 地图, `/map`.
    Map,
    /// 监测, `/monitoring`.
    Monitoring,
    /// 汇报, `/reports`.
    Reports,
    /// 核验, `/check`.
    Check,
    /// 管理, `/admin`.
    Admin,
    /// No item: the visitor's own account, sign-in, the public page, errors.
    None,
}

impl Section {
    /// Every item of the rail.
    pub const RAIL: [Self; 10] = [
        Self::Overview,
        Self::Inbox,
        Self::Registers,
        Self::Figures,
        Self::Plan,
        Self::Map,
        Self::Monitoring,
        Self::Reports,
        Self::Check,
        Self::Admin,
    ];

    /// What stands in the rail.
    pub fn label(self) -> Label {
        match self {
            Self::Overview => w("总览", "Overview"),
            Self::Inbox => w("待办", "To do"),
            Self::Registers => w("台账", "Registers"),
            Self::Figures => w("指标", "Figures"),
            Self::Plan => w("计划", "Plan"),
            Self::Map => w("地图", "Map"),
            Self::Monitoring => w("监测", "Monitoring"),
            Self::Reports => w("汇报", "Reports"),
            Self::Check => w("核验", "Check"),
            Self::Admin => w("管理", "Administration"),
            Self::None => w("其他", "Other"),
        }
    }

    /// Where it lives.
    pub fn path(self) -> &'static str {
        match self {
            Self::Overview | Self::None => "/",
            Self::Inbox => "/inbox",
            Self::Registers => "/registers",
            Self::Figures => "/figures",
            Self::Plan => "/plan",
            Self::Map => "/map",
            Self::Monitoring => "/monitoring",
            Self::Reports => "/reports",
            Self::Check => "/check",
            Self::Admin => "/admin",
        }
    }

    /// The icon beside the word.
    pub fn icon(self) -> Icon {
        match self {
            Self::Overview | Self::None => Icon::Overview,
            Self::Inbox => Icon::Inbox,
            Self::Registers => Icon::Registers,
            Self::Figures => Icon::Figures,
            Self::Plan => Icon::Plan,
            Self::Map => Icon::Map,
            Self::Monitoring => Icon::Monitoring,
            Self::Reports => Icon::Reports,
            Self::Check => Icon::Check,
            Self::Admin => Icon::Admin,
        }
    }
}

/// The visitor and the city, as far as the layout shows them.
#[derive(Clone, Debug, Default)]
pub struct Frame {
    /// The language of the page.
    pub language: Language,
    /// Light, dark or as the system says.
    pub theme: Theme,
    /// The name of who is signed in.
    pub signed_in: Option<String>,
    /// The token that every POST carries.
    pub csrf: String,
    /// Path and query of this page, where the language and theme switches come back to. Empty for a page that
    /// answers a POST (they then come back to the overview).
    pub path: String,
    /// The sections that the visitor may open, in the rail's order. Empty: no rail at all (sign-in, public page).
    pub sections: Vec<Section>,
    /// How many things wait for the visitor, for the badge at 待办.
    pub waiting: Option<u64>,
    /// The city's name.
    pub city: Option<Text>,
    /// What happened just now, said once after a redirect (“已提交核验”).
    pub notice: Option<Text>,
    /// Said above every page where the book holds made-up data.
    pub synthetic: Option<Text>,
    /// Said above every page while nothing may be written (maintenance, a full disk), with the reason.
    pub read_only: Option<Text>,
    /// The snapshot that the page's figures are pinned to, for the foot: “快照 1119446 · 2026-11-23 17:00”.
    pub snapshot: Option<Text>,
}

impl Frame {
    /// A hidden field with the token; every `<form method="post">` needs it. `ui::Form` adds it by itself.
    pub fn csrf_field(&self) -> maud::Markup {
        maud::html! { input type="hidden" name="csrf" value=(self.csrf); }
    }
}
