//! `qingyuan account`: the first account, invitations, and the way back in where no administrator can sign in.

use std::path::Path;

use accounts::{AccountError, Accounts, Event, Grant, Invitation, State};
use clap::{Args, Subcommand};
use message::{Language, Text};

use crate::failure::Failure;
use crate::home::HomeArgument;
use crate::output::{say, table};

/// What is done with accounts.
#[derive(Subcommand)]
pub enum Account {
    /// 生成首个账号（系统管理员）的邀请链接；没有缺省密码 | the first account's invitation (an administrator); there is no default password
    First(First),
    /// 邀请一人 | invite somebody
    Invite(Invite),
    /// 列出账号 | list the accounts
    List(List),
    /// 停用账号，结束其登录 | close an account and end its sessions
    Disable(One),
    /// 启用账号 | open an account again
    Enable(One),
    /// 生成新的邀请链接：忘记密码时用 | a new invitation, for a forgotten password
    Reset(Reset),
}

/// Whom a link is made for, and where it leads.
#[derive(Args)]
pub struct Link {
    /// 用户所用网址 | the address that people type
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8080")]
    public_url: String,
    #[command(flatten)]
    home: HomeArgument,
}

/// The arguments of `first`.
#[derive(Args)]
pub struct First {
    /// 用户名 | the sign-in name
    #[arg(long)]
    name: String,
    /// 显示名；缺省同用户名 | what others see; else the name
    #[arg(long)]
    display: Option<String>,
    /// 角色 | the role
    #[arg(long, default_value = "administrator")]
    role: String,
    /// 已有账号时也生成（例如管理员都无法登录） | also where there are accounts (when no administrator can sign in)
    #[arg(long)]
    again: bool,
    #[command(flatten)]
    link: Link,
}

/// The arguments of `invite`.
#[derive(Args)]
pub struct Invite {
    /// 用户名 | the sign-in name
    #[arg(long)]
    name: String,
    /// 显示名；缺省同用户名 | what others see; else the name
    #[arg(long)]
    display: Option<String>,
    /// 角色，可多次：ROLE 或 ROLE@UNIT | a role, any number of times: ROLE, or ROLE@UNIT
    #[arg(long, value_name = "ROLE[@UNIT]", required = true)]
    role: Vec<String>,
    #[command(flatten)]
    link: Link,
}

/// The arguments of `list`.
#[derive(Args)]
pub struct List {
    #[command(flatten)]
    home: HomeArgument,
}

/// The arguments of `disable` and `enable`.
#[derive(Args)]
pub struct One {
    /// 用户名 | the sign-in name
    name: String,
    #[command(flatten)]
    home: HomeArgument,
}

/// The arguments of `reset`.
#[derive(Args)]
pub struct Reset {
    /// 用户名 | the sign-in name
    name: String,
    /// 同时停用两步验证 | drop the second factor, too
    #[arg(long)]
    drop_second_factor: bool,
    #[command(flatten)]
    link: Link,
}

impl Account {
    /// Does it.
    pub fn run(self, language: Language) -> Result<(), Failure> {
        match self {
            Self::First(command) => command.run(language),
            Self::Invite(command) => command.run(language),
            Self::List(command) => command.run(language),
            Self::Disable(one) => one.set(true, language),
            Self::Enable(one) => one.set(false, language),
            Self::Reset(command) => command.run(language),
        }
    }
}

impl First {
    fn run(self, language: Language) -> Result<(), Failure> {
        let city = self.link.home.open()?;
        let grants = grants(&city.pack, std::slice::from_ref(&self.role))?;
        let accounts = open(&self.link.home.path())?;
        let display = self.display.as_deref().unwrap_or(&self.name);
        let invitation =
            accounts.first(&self.name, display, &grants, self.again).map_err(|error| match error {
                AccountError::NotFirst => Failure::refused(Text::new(
                    "已有账号；请由管理员邀请，或加 --again",
                    "there are accounts already: let an administrator invite, or add --again",
                )),
                error => failure(error),
            })?;
        write_down(&accounts, "account.first", invitation.account, &self.role)?;
        self.link.show(&invitation, language);
        Ok(())
    }
}

impl Invite {
    fn run(self, language: Language) -> Result<(), Failure> {
        let city = self.link.home.open()?;
        let grants = grants(&city.pack, &self.role)?;
        let accounts = open(&self.link.home.path())?;
        let display = self.display.as_deref().unwrap_or(&self.name);
        let invitation = accounts.invite(&self.name, display, &grants, None).map_err(failure)?;
        write_down(&accounts, "account.invite", invitation.account, &self.role.join(" "))?;
        self.link.show(&invitation, language);
        Ok(())
    }
}

impl List {
    fn run(self, language: Language) -> Result<(), Failure> {
        let accounts = open(&self.home.open()?.home)?.accounts().map_err(failure)?;
        let headings = [
            Text::new("编号", "number"),
            Text::new("用户名", "name"),
            Text::new("显示名", "display"),
            Text::new("角色", "roles"),
            Text::new("状态", "state"),
        ];
        let rows = accounts.iter().map(|account| {
            let state = match account.state {
                State::Invited => Text::new("已邀请", "invited"),
                State::Active => Text::new("启用", "active"),
                State::Disabled => Text::new("停用", "closed"),
            };
            let roles = account.grants.iter().map(|grant| match &grant.unit {
                Some(unit) => format!("{}@{unit}", grant.role),
                None => grant.role.clone(),
            });
            vec![
                account.id.to_string(),
                account.name.clone(),
                account.display.clone(),
                roles.collect::<Vec<_>>().join(" "),
                state.in_language(language).into_owned(),
            ]
        });
        println!("{}", table(&headings, &[0], rows.collect(), language));
        Ok(())
    }
}

impl One {
    fn set(self, disabled: bool, language: Language) -> Result<(), Failure> {
        let accounts = open(&self.home.open()?.home)?;
        let account = named(&accounts, &self.name)?;
        accounts.set_disabled(account, disabled).map_err(failure)?;
        write_down(&accounts, if disabled { "account.close" } else { "account.open" }, account, "")?;
        let text = if disabled {
            Text::new("账号已停用，登录已结束", "the account is closed, its sessions have ended")
        } else {
            Text::new("账号已启用", "the account is open")
        };
        say(&text, language);
        Ok(())
    }
}

impl Reset {
    fn run(self, language: Language) -> Result<(), Failure> {
        let accounts = open(&self.link.home.open()?.home)?;
        let account = named(&accounts, &self.name)?;
        let invitation = accounts.reset(account, self.drop_second_factor).map_err(failure)?;
        let detail = if self.drop_second_factor { "second factor dropped" } else { "" };
        write_down(&accounts, "account.reset", account, detail)?;
        self.link.show(&invitation, language);
        Ok(())
    }
}

impl Link {
    /// The link on standard output, what it is on standard error.
    fn show(&self, invitation: &Invitation, language: Language) {
        let until = invitation.expires;
        say(
            &message::text!(
                "邀请链接（只显示这一次，有效至 {until}，用一次即失效）：",
                "the invitation (shown this once, good until {until}, works once):"
            ),
            language,
        );
        println!("{}/invitation/{}", self.public_url.trim_end_matches('/'), invitation.secret);
    }
}

fn open(home: &Path) -> Result<Accounts, Failure> {
    Accounts::open(home).map_err(failure)
}

fn named(accounts: &Accounts, name: &str) -> Result<i64, Failure> {
    let account = accounts.account_named(name).map_err(failure)?;
    account.map(|account| account.id).ok_or_else(|| failure(AccountError::NoAccount))
}

/// `ROLE` or `ROLE@UNIT`, of roles that the pack knows.
fn grants(pack: &pack::Pack, roles: &[String]) -> Result<Vec<Grant>, Failure> {
    let grant = |text: &String| {
        let (role, unit) = match text.split_once('@') {
            Some((role, unit)) => (role, Some(unit.to_owned())),
            None => (text.as_str(), None),
        };
        if pack.roles.iter().any(|known| known.key == role) {
            return Ok(Grant { role: role.to_owned(), unit });
        }
        let known = pack.roles.iter().map(|known| known.key.as_str()).collect::<Vec<_>>().join(", ");
        Err(Failure::refused(message::text!(
            "没有角色 `{role}`；有 {known}",
            "there is no role `{role}`; there are {known}"
        )))
    };
    roles.iter().map(grant).collect()
}

/// What is done here stands in the audit trail, too.
fn write_down(accounts: &Accounts, action: &str, account: i64, detail: &str) -> Result<(), Failure> {
    let event = Event {
        action: action.to_owned(),
        record: Some(account.to_string()),
        from: "command line".to_owned(),
        detail: detail.to_owned(),
        ..Event::default()
    };
    accounts.record(event).map_err(failure)
}

fn failure(error: AccountError) -> Failure {
    match error {
        AccountError::Store(_) | AccountError::Io { .. } => Failure::broken(error),
        error => Failure::refused(error.text()),
    }
}
