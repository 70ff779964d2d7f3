//! Who asks: an account with its rights, or nobody; in which language; from where.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};

use access::{Action, Principal, Resource};
use accounts::Account;
use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::header;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use message::{Language, Text};

use crate::app::{App, InForce};
use crate::cookies;
use crate::fault::Fault;
use crate::ui::{Frame, Page, Section};

/// Light, dark, or as the system says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the system says.
    #[default]
    Auto,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// The word in cookies, forms and the page's `data-theme`.
    pub fn key(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The theme of a word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Auto, Self::Light, Self::Dark].into_iter().find(|theme| theme.key() == word)
    }
}

/// How the visitor showed who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// Not at all.
    None,
    /// A browser's session.
    Session,
    /// An API token.
    Token,
}

/// Who asks. Every handler can take one as an argument; the guard has put it there.
#[derive(Clone)]
pub struct Visitor {
    /// The account, if somebody is signed in.
    pub account: Option<Arc<Account>>,
    /// The rights of the account as `access` reads them.
    pub grants: Arc<Vec<access::Grant>>,
    /// What an API token may do, where that is less than its account may.
    pub scopes: Option<Arc<Vec<String>>>,
    /// How that was shown.
    pub proof: Proof,
    /// The session's id, for ending it.
    pub session: Option<i64>,
    /// The language of the page.
    pub language: Language,
    /// Light or dark.
    pub theme: Theme,
    /// What every form carries in its hidden field `csrf`.
    pub csrf: String,
    /// The address of the visitor, for the audit trail and limits; never for logs.
    pub from: String,
    /// Path and query of this request, to come back to.
    pub path: String,
    /// The number of this request, as in the log.
    pub request: String,
    /// What a change said that led to this page.
    pub said: Option<String>,
    /// The definitions in force when the request came, the same for the whole of it.
    pub now: Arc<InForce>,
    /// The application.
    pub app: Arc<App>,
    /// What stands for the account in the book ([`Visitor::actor`]).
    pub acts_as: String,
}

impl Visitor {
    /// Somebody as if they asked, in the language that they have chosen: for what is done for them while they are away,
    /// by exactly the rights that they would have.
    pub(crate) fn absent(app: &Arc<App>, account: Arc<Account>) -> Self {
        Self {
            grants: Arc::new(crate::guard::grants(&account)),
            scopes: None,
            proof: Proof::None,
            session: None,
            language: account.language.unwrap_or_default(),
            theme: Theme::default(),
            csrf: String::new(),
            from: String::new(),
            path: String::new(),
            request: String::new(),
            said: None,
            now: app.now(),
            app: Arc::clone(app),
            acts_as: account.actor(),
            account: Some(account),
        }
    }

    /// A text in the visitor's language.
    pub fn say(&self, text: &Text) -> String {
        text.in_language(self.language).into_owned()
    }

    /// What stands for the account in the book: the actor of entries, and who policies are asked about. It is the
    /// account's number, since the book forgets nothing and a sign-in name is often a person's. Nobody's is empty.
    pub fn actor(&self) -> &str {
        &self.acts_as
    }

    /// What people call an actor of the book: the display name where it is an account, else the actor itself (an import
    /// or a command names itself).
    pub fn name_of(&self, actor: &str) -> String {
        let account = actor.strip_prefix("account-").and_then(|id| id.parse().ok());
        let account = account.and_then(|id| self.app.accounts.account(id).ok().flatten());
        account
            .map(|account| account.display.clone())
            .filter(|name| !name.is_empty())
            .unwrap_or_else(|| actor.to_owned())
    }

    /// Who signed in, as [`Answer`](crate::fault::Answer)s need it.
    pub fn account(&self) -> Result<&Arc<Account>, Fault> {
        self.account.as_ref().ok_or(Fault::SignIn)
    }

    /// What the layout shows of the visitor and the city.
    pub fn frame(&self) -> Frame {
        let sections = self.sections();
        let waiting = if sections.contains(&Section::Inbox) { self.waiting() } else { None };
        Frame {
            language: self.language,
            theme: self.theme,
            signed_in: self.account.as_ref().map(|account| account.display.clone()),
            csrf: self.csrf.clone(),
            path: self.path.clone(),
            sections,
            waiting,
            city: Some(self.now.pack.label.clone()),
            notice: self.said.as_ref().map(Text::same),
            synthetic: self.now.city.notice(),
            read_only: None,
            snapshot: None,
        }
    }

    /// How many records wait for the visitor. Every page says it, so it is counted anew only after a change of one's
    /// own, or when the book has grown and some seconds have gone by; the inbox itself counts each time.
    fn waiting(&self) -> Option<u64> {
        const HOLDS: Duration = Duration::from_secs(10);
        let size = self.app.book.size().ok()?;
        let question = format!("waiting {} {:?}", self.actor(), self.grants);
        if let Some(known) = self.now.kept.find::<(u64, Instant, u64)>(&question)
            && (known.0 == size || self.said.is_none() && known.1.elapsed() < HOLDS)
        {
            return Some(known.2);
        }
        let count = crate::page::overview::Waiting::load(&self.app, self).ok()?.records() as u64;
        self.now.kept.put(&question, (size, Instant::now(), count), 1);
        Some(count)
    }

    /// A page for this visitor.
    pub fn page(&self, page: Page, body: impl maud::Render) -> Response {
        page.render(&self.frame(), body).into_response()
    }

    /// Leads to a page that says what was done.
    pub fn lead_to(&self, path: &str, said: &Text) -> Response {
        let said: String = self.say(said).chars().take(200).collect();
        let value = base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, said);
        let cookie = cookies::set(cookies::SAID, &value, None, self.app.settings.behind_tls);
        ([(header::SET_COOKIE, cookie)], Redirect::to(path)).into_response()
    }

    /// The items of the rail that lead anywhere for this visitor.
    fn sections(&self) -> Vec<Section> {
        let open = |section: &Section| match section {
            Section::Overview => self.account.is_some(),
            Section::Inbox => {
                let may = |action| self.may_anywhere(action, None);
                may(Action::Verify) || may(Action::Enter) || may(Action::Amend)
            }
            Section::Check => self.may_anywhere(Action::Check, None),
            Section::Admin => {
                let any = [
                    Action::ManageUnits,
                    Action::ManageAccounts,
                    Action::ManagePack,
                    Action::ReadAudit,
                    Action::Backup,
                ];
                any.into_iter().any(|action| self.may_anywhere(action, None))
            }
            Section::None => false,
            _ => self.may_anywhere(Action::View, None),
        };
        Section::RAIL.into_iter().filter(open).collect()
    }

    fn principal(&self) -> Principal<'_> {
        Principal {
            account: self.actor(),
            grants: &self.grants,
            scopes: self.scopes.as_deref().map(Vec::as_slice),
        }
    }

    /// Whether the visitor may do this to that. Nobody may do nothing: what is open needs no right.
    pub fn may(&self, action: Action, resource: &Resource<'_>) -> bool {
        self.account.is_some() && self.now.policies.decide(&self.principal(), action, resource).allowed
    }

    /// Whether there is anything of a register (or anything at all) that the visitor may do this to: for menus.
    pub fn may_anywhere(&self, action: Action, register: Option<&str>) -> bool {
        self.account.is_some() && self.now.policies.may_anywhere(&self.principal(), action, register)
    }

    /// Refuses unless the visitor may do this to that.
    pub fn require(&self, action: Action, resource: &Resource<'_>) -> Result<(), Fault> {
        if self.may(action, resource) {
            return Ok(());
        }
        Err(if self.account.is_some() { no_right(action) } else { Fault::SignIn })
    }

    /// Refuses unless the visitor may do this somewhere in the register.
    pub fn require_anywhere(&self, action: Action, register: Option<&str>) -> Result<(), Fault> {
        if self.may_anywhere(action, register) {
            return Ok(());
        }
        Err(if self.account.is_some() { no_right(action) } else { Fault::SignIn })
    }

    /// The first role of the pack by which the visitor may act on the register's records of these units: the role that
    /// transitions of state are checked against.
    pub fn role(&self, action: Action, resource: &Resource<'_>) -> Option<String> {
        self.grants.iter().find_map(|grant| {
            let alone = Principal { grants: std::slice::from_ref(grant), ..self.principal() };
            self.now.policies.decide(&alone, action, resource).allowed.then(|| grant.role.clone())
        })
    }
}

/// What is said to somebody who may not.
pub(crate) fn no_right(action: Action) -> Fault {
    let key = action.key();
    Fault::Forbidden(message::text!(
        "您的账号没有此项权限（{key}）。如需办理，请联系本单位管理员。",
        "Your account does not have the right `{key}` here. Ask the administrator of your unit."
    ))
}

impl<S: Sync> FromRequestParts<S> for Visitor {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Fault> {
        let found = parts.extensions.get::<Visitor>().cloned();
        found.ok_or_else(|| Fault::Internal("a route without the guard".to_owned()))
    }
}

impl<S: Sync> OptionalFromRequestParts<S> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Infallible> {
        Ok(parts.extensions.get::<Visitor>().cloned())
    }
}
