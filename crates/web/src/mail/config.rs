//! How a city sends mail: `HOME/mail.toml`. Without that file there is no mail, and no page speaks of it.
//!
//! ```toml
//! from = "清源 <qingyuan@example.gov.cn>"
//! at = "08:00"                              # the city's time; 08:00 if absent
//!
//! [server]
//! host = "smtp.example.gov.cn"
//! security = "tls"                          # "tls" from the first byte, "starttls", or "none" (only to this machine)
//! port = 465                                # if absent 465, 587 or 25
//! user = "qingyuan"                         # absent: nobody signs in
//! password_file = "keys/mail.secret"        # beside this file; with `user`, and only with it
//! certificate_file = "keys/mail-ca.pem"     # where the server's certificate is the network's own
//! patience = 30                             # seconds that the server may be silent, 1 to 120
//! ```

use std::fs;
use std::net::IpAddr;
use std::path::Path;
use std::time::Duration;

use jiff::civil::{Time, time};
use lettre::message::Mailbox;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use message::{Text, text};
use serde::Deserialize;
use url::Url;

use super::Mail;
use super::post::{Post, Security};
use crate::open::OpenError;
use crate::settings::Settings;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    from: String,
    at: Option<String>,
    server: Server,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Server {
    host: String,
    port: Option<u16>,
    security: Wanted,
    user: Option<String>,
    password_file: Option<String>,
    certificate_file: Option<String>,
    patience: Option<u64>,
}

#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Wanted {
    Tls,
    Starttls,
    None,
}

impl Mail {
    /// The mail of a city's home, if it has a `mail.toml`.
    pub fn of_home(settings: &Settings) -> Result<Option<Mail>, OpenError> {
        let path = settings.home.join("mail.toml");
        if !path.exists() {
            return Ok(None);
        }
        let faulty = |why: Text| {
            let path = path.display();
            let (zh, en) = (why.simplified, why.english);
            OpenError::new(Text::new(format!("{path} 有误：{zh}"), format!("{path}: {en}")))
        };
        let text = fs::read_to_string(&path).map_err(|error| faulty(Text::same(error.to_string())))?;
        read(&text, settings).map(Some).map_err(faulty)
    }
}

fn read(text: &str, settings: &Settings) -> Result<Mail, Text> {
    let File { from, at, server } = toml::from_str(text).map_err(|error| Text::same(error.to_string()))?;
    // A name with a line break or the like in it can stand in no header.
    let parsed = if from.contains(char::is_control) { None } else { from.parse::<Mailbox>().ok() };
    let from = parsed.filter(|from| from.email.to_string().is_ascii()).ok_or_else(|| {
        Text::new(
            "from 应形如 清源 <qingyuan@example.gov.cn>",
            "from looks like: Qingyuan <qingyuan@example.gov.cn>",
        )
    })?;
    let at = at.map_or(Ok(time(8, 0, 0, 0)), |at| {
        let parsed = Time::strptime("%H:%M", &at);
        parsed.map_err(|_| Text::new("at 应形如 08:00", "at is a time of the day: 08:00"))
    })?;
    let hello = hello(settings);
    Ok(Mail::new(post(server, &settings.home, hello)?, from, at))
}

fn post(server: Server, home: &Path, hello: ClientId) -> Result<Post, Text> {
    let Server { host, port, security: wanted, user, password_file, certificate_file, patience } = server;
    if wanted == Wanted::None && !is_loopback(&host) {
        return Err(Text::new(
            "security = \"none\" 只允许用于本机；其他主机请用 \"tls\" 或 \"starttls\"",
            "security = \"none\" is for a server on this machine; use \"tls\" or \"starttls\" for others",
        ));
    }
    let patience = patience.unwrap_or(30);
    if !(1..=120).contains(&patience) {
        return Err(Text::new("patience 应为 1 至 120 秒", "patience is 1 to 120 seconds"));
    }
    let credentials = match (user, password_file) {
        (None, None) => None,
        (Some(user), Some(file)) => Some(Credentials::new(user, beside(home, &file)?.trim().to_owned())),
        (Some(_), None) | (None, Some(_)) => {
            return Err(Text::new(
                "user 与 password_file 须同时填写或同时省略",
                "user and password_file go together: both, or neither",
            ));
        }
    };
    let encrypted = || {
        let mut parameters = TlsParameters::builder(host.clone());
        if let Some(file) = &certificate_file {
            let pem = beside(home, file)?;
            let certificate = Certificate::from_pem(pem.as_bytes());
            parameters = parameters.add_root_certificate(certificate.map_err(|error| named(file, error))?);
        }
        parameters.build().map_err(|error| Text::same(error.to_string()))
    };
    let (usual, security) = match wanted {
        Wanted::Tls => (465, Security::Always(encrypted()?)),
        Wanted::Starttls => (587, Security::Upgraded(encrypted()?)),
        Wanted::None => (25, Security::None),
    };
    Ok(Post {
        port: port.unwrap_or(usual),
        host,
        security,
        credentials,
        hello,
        patience: Duration::from_secs(patience),
    })
}

/// What we call ourselves to the server: the name that people type, if it is known.
fn hello(settings: &Settings) -> ClientId {
    let public = settings.public_url.as_ref().and_then(|public| Url::parse(public).ok());
    let name = public.as_ref().and_then(Url::domain).map(str::to_owned);
    name.map_or_else(ClientId::default, ClientId::Domain)
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn beside(home: &Path, file: &str) -> Result<String, Text> {
    fs::read_to_string(home.join(file)).map_err(|error| named(file, error))
}

fn named(file: &str, error: impl std::fmt::Display) -> Text {
    text!("{file}：{error}", "{file}: {error}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> String {
        let home = tempfile::tempdir().expect("a directory");
        fs::write(home.path().join("secret"), "a password\n").expect("written");
        read(text, &Settings::new(home.path())).err().map_or_else(String::new, |fault| fault.english)
    }

    #[test]
    fn a_server_is_spoken_to_in_secret_or_is_on_this_machine() {
        let check = |server: &str, expected: &str| {
            let fault = fault(&format!("from = \"清源 <qingyuan@example.gov.cn>\"\n[server]\n{server}\n"));
            assert!(if expected.is_empty() { fault.is_empty() } else { fault.contains(expected) }, "{fault}");
        };
        check("host = \"smtp.example.gov.cn\"\nsecurity = \"tls\"", "");
        check("host = \"smtp.example.gov.cn\"\nsecurity = \"starttls\"\nport = 2525", "");
        check("host = \"127.0.0.1\"\nsecurity = \"none\"", "");
        check("host = \"::1\"\nsecurity = \"none\"", "");
        check("host = \"smtp.example.gov.cn\"\nsecurity = \"none\"", "on this machine");
        check("host = \"127.0.0.1.example.org\"\nsecurity = \"none\"", "on this machine");
        check("host = \"smtp.example.gov.cn\"", "security");
        check("host = \"a\"\nsecurity = \"tls\"\nuser = \"u\"", "both, or neither");
        check("host = \"a\"\nsecurity = \"tls\"\npassword_file = \"secret\"", "both, or neither");
        check("host = \"a\"\nsecurity = \"tls\"\nuser = \"u\"\npassword_file = \"secret\"", "");
        check("host = \"a\"\nsecurity = \"tls\"\nuser = \"u\"\npassword_file = \"gone\"", "gone: ");
        check("host = \"a\"\nsecurity = \"tls\"\npassword = \"in the open\"", "unknown field `password`");
        check("host = \"a\"\nsecurity = \"tls\"\ncertificate_file = \"gone\"", "gone: ");
        check("host = \"a\"\nsecurity = \"tls\"\npatience = 0", "1 to 120");
    }

    #[test]
    fn who_writes_and_when_is_read() {
        let check = |head: &str, expected: &str| {
            let fault = fault(&format!("{head}\n[server]\nhost = \"a\"\nsecurity = \"tls\"\n"));
            assert!(if expected.is_empty() { fault.is_empty() } else { fault.contains(expected) }, "{fault}");
        };
        check("from = \"qingyuan@example.gov.cn\"\nat = \"17:30\"", "");
        check("from = \"nobody\"", "from looks like");
        check("from = \"清源 <清源@example.gov.cn>\"", "from looks like");
        check("from = \"a <a@example.cn>\\r\\nBcc: b@example.cn\"", "from looks like");
        check("from = \"a\\u0007 <a@example.cn>\"", "from looks like");
        check("from = \"a@example.gov.cn\"\nat = \"25:00\"", "a time of the day");
        check("from = \"a@example.gov.cn\"\nat = \"soon\"", "a time of the day");
        check("from = \"a@example.gov.cn\"\nevery = \"hour\"", "unknown field `every`");
    }
}
