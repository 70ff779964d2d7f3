//! States, each designed: badges of things, notices on a page, and what a page shows instead of its content.

use maud::{Markup, Render, html};
use message::Language;

use super::{Icon, Label, Speak, Words, w};

/// What a state means for the reader. Colour never says it alone: icon and word stand beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// No judgement.
    Neutral,
    /// For information.
    Info,
    /// Done, verified, on track.
    Good,
    /// At risk, waiting for too long.
    Warn,
    /// Missed, wrong, refused.
    Bad,
}

impl Tone {
    fn class(self) -> &'static str {
        match self {
            Self::Neutral => "neutral",
            Self::Info => "info",
            Self::Good => "good",
            Self::Warn => "warn",
            Self::Bad => "bad",
        }
    }
}

/// The state of a thing: icon, word, colour.
#[derive(Clone, Debug)]
pub struct Badge {
    words: String,
    tone: Tone,
    icon: Icon,
    title: Option<String>,
}

impl Badge {
    /// Any state.
    pub fn new(l: Language, tone: Tone, icon: Icon, words: impl Words) -> Self {
        Self { words: l.say(&words).into_owned(), tone, icon, title: None }
    }

    /// A life-cycle state of the pack (operating, closed …), which is no judgement.
    pub fn state(l: Language, words: impl Words) -> Self {
        Self::new(l, Tone::Neutral, Icon::Dot, words)
    }

    /// 已核验.
    pub fn verified(l: Language) -> Self {
        Self::new(l, Tone::Good, Icon::Tick, w("已核验", "Verified"))
    }

    /// 待核验.
    pub fn pending(l: Language) -> Self {
        Self::new(l, Tone::Warn, Icon::Clock, w("待核验", "Awaiting verification"))
    }

    /// 已退回.
    pub fn returned(l: Language) -> Self {
        Self::new(l, Tone::Bad, Icon::Return, w("已退回", "Returned"))
    }

    /// 已撤回.
    pub fn withdrawn(l: Language) -> Self {
        Self::new(l, Tone::Neutral, Icon::Dash, w("已撤回", "Withdrawn"))
    }

    /// A target is met.
    pub fn met(l: Language) -> Self {
        Self::new(l, Tone::Good, Icon::Tick, w("已完成", "Met"))
    }

    /// A target is on track.
    pub fn on_track(l: Language) -> Self {
        Self::new(l, Tone::Good, Icon::Next, w("按期推进", "On track"))
    }

    /// A target is at risk.
    pub fn at_risk(l: Language) -> Self {
        Self::new(l, Tone::Warn, Icon::Warning, w("有风险", "At risk"))
    }

    /// A target is missed.
    pub fn missed(l: Language) -> Self {
        Self::new(l, Tone::Bad, Icon::Cross, w("未完成", "Missed"))
    }

    /// More, shown when the pointer rests on it. Nothing that one must know.
    #[must_use]
    pub fn title(mut self, l: Language, words: impl Words) -> Self {
        self.title = Some(l.say(&words).into_owned());
        self
    }
}

impl Render for Badge {
    fn render(&self) -> Markup {
        html! { span.badge.(self.tone.class()) title=[&self.title] { (self.icon) span { (self.words) } } }
    }
}

/// Something said on a page.
#[derive(Clone, Debug)]
pub struct Notice {
    tone: Tone,
    icon: Icon,
    title: String,
    body: Option<Markup>,
    announced: bool,
}

impl Notice {
    /// For information.
    pub fn info(l: Language, title: impl Words) -> Self {
        Self::new(l, Tone::Info, Icon::Info, &title)
    }

    /// It worked.
    pub fn good(l: Language, title: impl Words) -> Self {
        Self::new(l, Tone::Good, Icon::Tick, &title)
    }

    /// Look here before you go on.
    pub fn warn(l: Language, title: impl Words) -> Self {
        Self::new(l, Tone::Warn, Icon::Warning, &title)
    }

    /// It did not work. For a form use [`error_summary`](super::error_summary).
    pub fn bad(l: Language, title: impl Words) -> Self {
        Self::new(l, Tone::Bad, Icon::Fault, &title)
    }

    /// The visitor may look, but not change, and why.
    pub fn read_only(l: Language, why: impl Words) -> Self {
        let title = w("只读", "Read only");
        Self::new(l, Tone::Neutral, Icon::Lock, &title).body(html! { (l.say(&why)) })
    }

    /// Only a part of the data is there: how complete it is.
    pub fn partial(l: Language, how: impl Words) -> Self {
        let title = w("数据不完整", "The data are not complete");
        Self::new(l, Tone::Warn, Icon::Warning, &title).body(html! { (l.say(&how)) })
    }

    fn new(l: Language, tone: Tone, icon: Icon, title: &impl Words) -> Self {
        Self { tone, icon, title: l.say(title).into_owned(), body: None, announced: false }
    }

    /// More under the title.
    #[must_use]
    pub fn body(mut self, body: impl Render) -> Self {
        self.body = Some(body.render());
        self
    }

    /// Read out by screen readers when the page opens: for what has just happened.
    #[must_use]
    pub fn announced(mut self) -> Self {
        self.announced = true;
        self
    }
}

impl Render for Notice {
    fn render(&self) -> Markup {
        html! {
            div.notice.(self.tone.class()) role=[self.announced.then_some("status")] {
                (self.icon)
                div { p.notice-title { (self.title) } @if let Some(body) = &self.body { div { (body) } } }
            }
        }
    }
}

/// Nothing is here yet: what would be here, how to begin, and (if the visitor may) the button that begins.
pub fn empty(l: Language, what: impl Words, how: impl Words, action: Option<Markup>) -> Markup {
    html! {
        div.empty {
            p.empty-title { (l.say(&what)) }
            p { (l.say(&how)) }
            @if let Some(action) = action { div.actions { (action) } }
        }
    }
}

/// The body of an error page: what happened is the page's title; here why, how to mend it, and the code with the
/// number of the request, by which an administrator finds it in the log.
pub fn trouble(l: Language, why: impl Words, code: &str, request: &str, ways: Markup) -> Markup {
    html! {
        div.trouble {
            p { (l.say(&why)) }
            div.actions { (ways) }
            p.trouble-code {
                (l.t("代码", "Code")) " " code { (code) }
                @if !request.is_empty() { " · " (l.t("编号", "Number")) " " code { (request) } }
            }
        }
    }
}

/// No right: what is missing and who can give it.
pub fn no_right(l: Language, what: impl Words, who: impl Words) -> Markup {
    let title = w("没有权限", "You may not do this");
    Notice::new(l, Tone::Neutral, Icon::Lock, &title)
        .body(html! { p { (l.say(&what)) } p { (l.say(&who)) } })
        .render()
}

/// Lines in the place of rows that a script is fetching: as high as what will come, so that nothing jumps.
pub fn skeleton(l: Language, rows: usize) -> Markup {
    html! {
        div.skeleton role="status" {
            span.unseen { (l.t("正在载入", "Loading")) }
            @for _ in 0..rows { span aria-hidden="true" {} }
        }
    }
}

/// How far something is. `done` of `all` in the unit of the words; without `all` it only says that it goes on.
pub fn progress(l: Language, words: impl Words, done: u64, all: Option<u64>) -> Markup {
    let words = l.say(&words);
    html! {
        div.progress role="status" {
            span { (words) @if let Some(all) = all { " " span.number { (super::grouped(done)) " / " (super::grouped(all)) } } }
            @match all {
                Some(all) => progress max=(all) value=(done.min(all)) aria-label=(words) {},
                None => progress aria-label=(words) {},
            }
        }
    }
}

/// What signs mean, for maps and tables: a colour or an icon and a word each.
pub fn legend(l: Language, items: &[(&str, Label)]) -> Markup {
    html! {
        ul.legend {
            @for (colour, words) in items {
                li {
                    svg width="12" height="12" aria-hidden="true" { rect width="12" height="12" rx="2" fill=(colour) {} }
                    (l.say(words))
                }
            }
        }
    }
}
