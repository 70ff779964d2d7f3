//! The layout: skip link, rail, bar with search and switches, breadcrumb, heading with the one primary action,
//! notices, body, foot. A page says what it is and gives its body; everything else comes from the [`Frame`].

use maud::{DOCTYPE, Markup, Render, html};
use message::{Language, Text};

use super::{Frame, Icon, Notice, Section, Speak, asset, w};
use crate::visitor::Theme;

/// A page: what it is called and where it belongs.
#[derive(Clone, Debug)]
pub struct Page {
    title: Text,
    lead: Option<Text>,
    section: Section,
    crumbs: Vec<(Text, String)>,
    actions: Vec<Markup>,
    scripts: Vec<&'static str>,
    styles: Vec<&'static str>,
    wide: bool,
    bare: bool,
    menus: bool,
    state: Option<Markup>,
}

impl Page {
    /// A page with its heading. The section is marked in the rail and is the first crumb.
    pub fn new(section: Section, title: impl Into<Text>) -> Self {
        Self {
            title: title.into(),
            lead: None,
            section,
            crumbs: Vec::new(),
            actions: Vec::new(),
            scripts: Vec::new(),
            styles: Vec::new(),
            wide: false,
            bare: false,
            menus: true,
            state: None,
        }
    }

    /// One line under the heading that says what the page is for.
    #[must_use]
    pub fn lead(mut self, lead: impl Into<Text>) -> Self {
        self.lead = Some(lead.into());
        self
    }

    /// A page between the section and this one, with its address. The section and the page itself come by themselves.
    #[must_use]
    pub fn crumb(mut self, label: impl Into<Text>, address: impl Into<String>) -> Self {
        self.crumbs.push((label.into(), address.into()));
        self
    }

    /// A control right of the heading; the first should be the one primary action.
    #[must_use]
    pub fn action(mut self, action: impl Render) -> Self {
        self.actions.push(action.render());
        self
    }

    /// The state of the thing that the page shows, beside the heading (a [`Badge`](super::Badge)).
    #[must_use]
    pub fn state(mut self, badge: impl Render) -> Self {
        self.state = Some(badge.render());
        self
    }

    /// An ES module of `assets/` for this page only: `.script("map.js")`.
    #[must_use]
    pub fn script(mut self, name: &'static str) -> Self {
        self.scripts.push(name);
        self
    }

    /// A style sheet of `assets/` for this page only, after the common one.
    #[must_use]
    pub fn style(mut self, name: &'static str) -> Self {
        self.styles.push(name);
        self
    }

    /// Uses the whole width: lists with many columns, the map, the report editor.
    #[must_use]
    pub fn wide(mut self) -> Self {
        self.wide = true;
        self
    }

    /// Without rail and search, in a narrow column: sign-in, errors before sign-in.
    #[must_use]
    pub fn bare(mut self) -> Self {
        self.bare = true;
        self
    }

    /// Without the menus of language and account, whose forms need a visitor: a page that is kept on the device.
    #[must_use]
    pub fn without_menus(mut self) -> Self {
        self.menus = false;
        self
    }

    /// The whole document.
    pub fn render(&self, frame: &Frame, body: impl Render) -> Markup {
        let l = frame.language;
        let bare = self.bare || frame.sections.is_empty();
        html! {
            (DOCTYPE)
            html lang=(l.tag()) data-theme=(frame.theme.key()) {
                (self.head(frame))
                body.bare[bare].narrow[self.bare].wide[self.wide] {
                    a.skip href="#main" { (l.t("跳到正文", "Skip to the content")) }
                    @if !bare { (rail(frame, self.section)) }
                    (bar(frame, bare, self.menus))
                    (above(frame))
                    main #main tabindex="-1" {
                        (self.trail(l, bare))
                        (self.heading(l))
                        (body)
                    }
                    (foot(frame))
                    @if !bare { (thumb_bar(frame, self.section)) }
                }
            }
        }
    }

    fn head(&self, frame: &Frame) -> Markup {
        let l = frame.language;
        html! {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content=(match frame.theme {
                    Theme::Auto => "light dark", Theme::Light => "light", Theme::Dark => "dark",
                });
                meta name="referrer" content="same-origin";
                title { (l.say(&self.title)) " – " (l.t("清源", "Qingyuan")) }
                link rel="icon" type="image/svg+xml" href=(asset("mark.svg"));
                link rel="stylesheet" href=(asset("app.css"));
                @for style in &self.styles { link rel="stylesheet" href=(asset(style)); }
                script type="module" src=(asset("app.js")) {}
                @for script in &self.scripts { script type="module" src=(asset(script)) {} }
            }
        }
    }

    fn trail(&self, l: Language, bare: bool) -> Markup {
        // Who has not signed in has no overview: only what lies above the page itself is named.
        if self.section == Section::Overview || bare && self.crumbs.is_empty() {
            return html! {};
        }
        html! {
            nav.crumbs aria-label=(l.t("所在位置", "Breadcrumb")) {
                ol {
                    @if !bare { li { a href="/" { (l.say(&Section::Overview.label())) } } }
                    @if self.section != Section::None && !(self.crumbs.is_empty() && self.is_section_page(l)) {
                        li { a href=(self.section.path()) { (l.say(&self.section.label())) } }
                    }
                    @for (label, address) in &self.crumbs { li { a href=(address) { (l.say(label)) } } }
                    li aria-current="page" { (l.say(&self.title)) }
                }
            }
        }
    }

    /// The page of the section itself, which would otherwise stand in its breadcrumb twice.
    fn is_section_page(&self, l: Language) -> bool {
        l.say(&self.title) == l.say(&self.section.label())
    }

    fn heading(&self, l: Language) -> Markup {
        html! {
            div.heading {
                div.heading-words {
                    h1 { (l.say(&self.title)) @if let Some(state) = &self.state { " " (state) } }
                    @if let Some(lead) = &self.lead { p.lead { (l.say(lead)) } }
                }
                @if !self.actions.is_empty() {
                    div.actions { @for action in &self.actions { (action) } }
                }
            }
        }
    }
}

/// The rail. On a phone it is a popover that the thumb bar's last button opens; a browser that knows no popovers
/// shows it below the content.
fn rail(frame: &Frame, current: Section) -> Markup {
    let l = frame.language;
    html! {
        nav #rail.rail popover="auto" aria-label=(l.t("主导航", "Main")) {
            a.brand href="/" {
                (Icon::Mark)
                span { b { (l.t("清源", "Qingyuan")) } @if let Some(city) = &frame.city { small { (l.say(city)) } } }
            }
            ul {
                @for &section in &frame.sections {
                    li { (rail_link(frame, section, current)) }
                }
            }
        }
    }
}

fn rail_link(frame: &Frame, section: Section, current: Section) -> Markup {
    let l = frame.language;
    let waiting = frame.waiting.filter(|&count| section == Section::Inbox && count > 0);
    html! {
        a href=(section.path()) aria-current=[(section == current).then_some("page")] {
            (section.icon())
            span { (l.say(&section.label())) }
            @if let Some(count) = waiting {
                span.count { (if count > 999 { "999+".to_owned() } else { count.to_string() })
                    span.unseen { (l.t(" 件待办", " waiting")) } }
            }
        }
    }
}

/// The bar at the foot of a phone's screen: four sections under the thumb and the menu with all of them.
fn thumb_bar(frame: &Frame, current: Section) -> Markup {
    const FIRST: [Section; 5] =
        [Section::Inbox, Section::Registers, Section::Figures, Section::Map, Section::Reports];
    let l = frame.language;
    html! {
        nav.thumb aria-label=(l.t("常用", "Shortcuts")) {
            @for section in FIRST.into_iter().filter(|section| frame.sections.contains(section)).take(4) {
                (rail_link(frame, section, current))
            }
            button type="button" popovertarget="rail" { (Icon::Menu) span { (l.t("菜单", "Menu")) } }
        }
    }
}

fn bar(frame: &Frame, bare: bool, menus: bool) -> Markup {
    let l = frame.language;
    html! {
        header.bar {
            @if bare {
                a.brand href="/" {
                    (Icon::Mark)
                    span { b { (l.t("清源", "Qingyuan")) } @if let Some(city) = &frame.city { small { (l.say(city)) } } }
                }
            } @else {
                form.find role="search" action="/search" method="get" {
                    label.unseen for="find" { (l.t("搜索台账、记录、指标、单位、汇报", "Search registers, records, figures, units, reports")) }
                    (Icon::Search)
                    input #find type="search" name="q" autocomplete="off" maxlength="200"
                        placeholder=(l.t("搜索", "Search")) data-suggest="/search/suggest" data-key="/";
                    kbd aria-hidden="true" { "/" }
                }
            }
            @if menus {
                div.bar-end {
                    (display_menu(frame))
                    (account_menu(frame))
                }
            }
        }
    }
}

/// Language and theme: one form, one button each, remembered by the server.
fn display_menu(frame: &Frame) -> Markup {
    let l = frame.language;
    let back = if frame.path.is_empty() { "/" } else { &frame.path };
    // Each language is named in itself, so that who cannot read the page can still leave it.
    let languages = [
        (Language::Simplified, "简体中文"),
        (Language::Traditional, "繁體中文"),
        (Language::English, "English"),
    ];
    let themes = [
        (Theme::Auto, w("随系统", "System")),
        (Theme::Light, w("浅色", "Light")),
        (Theme::Dark, w("深色", "Dark")),
    ];
    html! {
        details.menu data-menu {
            summary { (Icon::Globe) span { (l.t("语言与显示", "Language and display")) } }
            form method="post" action="/preferences" {
                (frame.csrf_field())
                input type="hidden" name="back" value=(back);
                fieldset {
                    legend { (l.t("语言", "Language")) }
                    @for (language, name) in languages {
                        button name="language" value=(language.tag()) lang=(language.tag())
                            aria-pressed=(if language == l { "true" } else { "false" }) { (name) }
                    }
                }
                fieldset {
                    legend { (l.t("颜色", "Colours")) }
                    @for (theme, name) in themes {
                        button name="theme" value=(theme.key())
                            aria-pressed=(if theme == frame.theme { "true" } else { "false" }) {
                            (l.say(&name))
                        }
                    }
                }
            }
        }
    }
}

fn account_menu(frame: &Frame) -> Markup {
    let l = frame.language;
    match &frame.signed_in {
        Some(name) => html! {
            details.menu data-menu {
                summary { (Icon::User) span { (name) } }
                div {
                    a href="/me" { (l.t("我的账户", "My account")) }
                    form method="post" action="/sign-out" {
                        (frame.csrf_field())
                        button { (l.t("退出登录", "Sign out")) }
                    }
                }
            }
        },
        // Where one signs in, one is not led there.
        None if frame.path.starts_with("/sign-in") => html! {},
        None => html! { a.button href="/sign-in" { (l.t("登录", "Sign in")) } },
    }
}

/// Everything that is said above a page whatever page it is.
fn above(frame: &Frame) -> Markup {
    let l = frame.language;
    html! {
        // A region of its own: what stands outside of all of them is passed over by who goes from region to region.
        section.above aria-label=(l.t("提示", "Notices")) {
            @if let Some(text) = &frame.synthetic { p.synthetic { (Icon::Info) span { (l.say(text)) } } }
            @if let Some(text) = &frame.read_only {
                p.read-only { (Icon::Lock) span { b { (l.t("只读", "Read only")) } " " (l.say(text)) } }
            }
            div #offline hidden {
                p.read-only { (Icon::Offline) span {
                    (l.t("网络已断开。可以继续填写，草稿保存在本机；连接恢复后再提交。",
                         "No connection. You can go on typing, drafts stay on this device; submit when the connection is back."))
                } }
            }
            @if let Some(text) = &frame.notice { (Notice::good(l, text).announced()) }
        }
    }
}

fn foot(frame: &Frame) -> Markup {
    let l = frame.language;
    html! {
        footer.foot {
            @if let Some(snapshot) = &frame.snapshot { span.snapshot { (Icon::Link) (l.say(snapshot)) } }
            span { (l.say(&w("清源：一本账，算得清，查得到", "Qingyuan: one book, every figure computed and traced"))) }
        }
    }
}
