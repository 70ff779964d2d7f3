//! Handing a letter to the mail server: connect, encrypt, sign in, send; and what each of these can fail of.
//!
//! What failed before the server could have taken the letter is told apart from what may have failed afterwards: the first
//! is tried again, the second is not, or somebody would get the same letter twice.

use std::error::Error as _;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use lettre::address::Envelope;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{SmtpConnection, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, Message};
use message::{Text, text};
use tokio::sync::oneshot;

use super::Letter;

/// Where letters are handed in.
pub(super) struct Post {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) security: Security,
    pub(super) credentials: Option<Credentials>,
    pub(super) hello: ClientId,
    /// How long the server may be silent; a whole exchange may take three times as long.
    pub(super) patience: Duration,
}

/// How a connection is kept from others.
pub(super) enum Security {
    /// Not at all: it does not leave this machine.
    None,
    /// TLS after STARTTLS, without which nothing is said.
    Upgraded(TlsParameters),
    /// TLS from the first byte.
    Always(TlsParameters),
}

/// Why a letter was not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// There is no connection.
    Unreachable,
    /// The server was silent for too long before it was given the letter.
    Silent,
    /// The server does not want to talk, by this status.
    Unwilling(u16),
    /// No encrypted connection came about.
    Secrecy,
    /// The server does not let us in.
    SignIn,
    /// Not now, by this status: the address or the letter may be taken later.
    Deferred(u16),
    /// Never, by this status (none where it lacks what the letter needs).
    Refused(u16),
    /// The connection broke off while the letter was handed over: it may have been taken.
    Unsure,
}

impl Failure {
    /// The word in the log.
    pub fn key(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::Silent => "silent",
            Self::Unwilling(_) => "unwilling",
            Self::Secrecy => "secrecy",
            Self::SignIn => "sign-in",
            Self::Deferred(_) => "deferred",
            Self::Refused(_) => "refused",
            Self::Unsure => "unsure",
        }
    }

    /// The status that the server gave; 0 for none.
    pub fn code(self) -> u16 {
        match self {
            Self::Unwilling(code) | Self::Deferred(code) | Self::Refused(code) => code,
            _ => 0,
        }
    }

    /// For people.
    pub fn text(self) -> Text {
        let code = self.code();
        match self {
            Self::Unreachable => Text::new("连不上邮件服务器", "the mail server cannot be reached"),
            Self::Silent => Text::new("邮件服务器没有按时应答", "the mail server did not answer in time"),
            Self::Unwilling(_) => {
                text!(
                    "邮件服务器暂不接受连接（代码 {code}）",
                    "the mail server takes no connections (status {code})"
                )
            }
            Self::Secrecy => Text::new(
                "未能与邮件服务器建立加密连接，请系统管理员检查证书与加密方式",
                "no encrypted connection to the mail server came about; its certificate or the setting is to be looked at",
            ),
            Self::SignIn => Text::new(
                "邮件服务器不接受本系统的账号，请系统管理员检查",
                "the mail server does not accept this system's account; the setting is to be looked at",
            ),
            Self::Deferred(_) => {
                text!(
                    "邮件服务器暂时没有收下（代码 {code}）",
                    "the mail server did not take it for now (status {code})"
                )
            }
            Self::Refused(_) => text!(
                "邮件服务器拒收（代码 {code}），请检查地址",
                "the mail server refused it (status {code}); check the address"
            ),
            Self::Unsure => Text::new(
                "交付时连接中断，邮件可能已送出",
                "the connection broke off while it was handed over; it may have been sent",
            ),
        }
    }

    /// Whether it is the server's or the way's, so that the next letter would fare no better.
    pub(super) fn is_of_the_server(self) -> bool {
        !matches!(self, Self::Deferred(_) | Self::Refused(_))
    }

    /// What failed before the letter was begun.
    fn before(error: &Error) -> Self {
        if let Some(code) = error.status() {
            return Self::Unwilling(code.into());
        }
        let mut source = error.source();
        while let Some(error) = source {
            match error.downcast_ref::<io::Error>().map(io::Error::kind) {
                Some(io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock) => return Self::Silent,
                // What rustls finds wrong comes as data that are not valid.
                Some(io::ErrorKind::InvalidData) => return Self::Secrecy,
                _ => source = error.source(),
            }
        }
        Self::Unreachable
    }

    /// What failed while the letter was handed over: only what the server says for itself is sure.
    fn meanwhile(error: &Error) -> Self {
        match error.status() {
            Some(code) if error.is_transient() => Self::Deferred(code.into()),
            Some(code) => Self::Refused(code.into()),
            None if error.is_client() => Self::Refused(0),
            None => Self::Unsure,
        }
    }
}

/// A letter as it is handed over. Addresses and texts are put into headers by types that encode them, so that none can
/// begin another header.
pub(super) fn envelope(from: &Mailbox, to: Address, letter: &Letter) -> Result<Message, Failure> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|_| Failure::Refused(0))?;
    let number: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    // Nobody's holiday notice answers a machine (RFC 3834).
    let by_machine = HeaderName::new_from_ascii_str("Auto-Submitted");
    Message::builder()
        .from(from.clone())
        .to(Mailbox::new(None, to))
        .subject(letter.subject.clone())
        .date_now()
        .message_id(Some(format!("<{number}@{}>", from.email.domain())))
        .raw_header(HeaderValue::new(by_machine, "auto-generated".to_owned()))
        .multipart(MultiPart::alternative_plain_html(letter.plain.clone(), letter.html.clone()))
        .map_err(|_| Failure::Refused(0))
}

impl Post {
    /// Hands a letter over on a thread of its own, and waits for it no longer than patience allows. A thread whose server
    /// never comes to an end is left alone; it holds nothing but its connection.
    pub(super) async fn deliver(self: &Arc<Self>, message: Message) -> Result<(), Failure> {
        let (told, outcome) = oneshot::channel();
        let post = Arc::clone(self);
        let handing_over = move || post.hand_over(message.envelope(), &message.formatted(), told);
        let thread = std::thread::Builder::new().name("mail".to_owned()).spawn(handing_over);
        thread.map_err(|_| Failure::Unreachable)?;
        match tokio::time::timeout(self.patience * 3, outcome).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_)) | Err(_) => Err(Failure::Unsure),
        }
    }

    fn hand_over(&self, to: &Envelope, letter: &[u8], told: oneshot::Sender<Result<(), Failure>>) {
        // Whoever has lost patience meanwhile does not hear it.
        let mut connection = match self.connect() {
            Ok(connection) if !told.is_closed() => connection,
            Ok(_) => return,
            Err(failure) => {
                let _ = told.send(Err(failure));
                return;
            }
        };
        let sent = connection.send(to, letter).map_err(|error| Failure::meanwhile(&error));
        let _ = told.send(sent.map(|_| ()));
        // Taking leave is polite and may take its time.
        connection.abort();
    }

    fn connect(&self) -> Result<SmtpConnection, Failure> {
        let at_once = match &self.security {
            Security::Always(parameters) => Some(parameters),
            Security::Upgraded(_) | Security::None => None,
        };
        let place = (self.host.as_str(), self.port);
        let mut connection = SmtpConnection::connect(place, Some(self.patience), &self.hello, at_once, None)
            .map_err(|error| Failure::before(&error))?;
        if let Security::Upgraded(parameters) = &self.security {
            connection.starttls(parameters, &self.hello).map_err(|error| match Failure::before(&error) {
                Failure::Silent => Failure::Silent,
                _ => Failure::Secrecy,
            })?;
        }
        if let Some(credentials) = &self.credentials {
            let known = [Mechanism::Plain, Mechanism::Login];
            connection.auth(&known, credentials).map_err(|error| match Failure::before(&error) {
                Failure::Silent => Failure::Silent,
                _ => Failure::SignIn,
            })?;
        }
        Ok(connection)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_and_no_subject_begins_another_header() {
        let from = Mailbox::new(
            Some("清源\" <everybody@example.org>, \"".to_owned()),
            "qingyuan@example.gov.cn".parse().expect("an address"),
        );
        let letter = Letter {
            subject: "待办\r\nBcc: everybody@example.org\r\n\r\nanother body".to_owned(),
            plain: "text\r\n.\r\nRCPT TO:<everybody@example.org>\r\n".to_owned(),
            html: "<p>text</p>".to_owned(),
        };
        let to = "a@example.gov.cn".parse().expect("an address");
        let message = envelope(&from, to, &letter).expect("a message");
        let text = String::from_utf8(message.formatted()).expect("ASCII");
        let (head, _) = text.split_once("\r\n\r\n").expect("a head and a body");
        let names: Vec<&str> = head
            .split("\r\n")
            .filter(|line| !line.starts_with([' ', '\t']))
            .filter_map(|line| Some(line.split_once(':')?.0))
            .collect();
        let expected =
            ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"];
        assert_eq!(names, expected, "{head}");
        assert!(text.is_ascii(), "any server takes it");
        assert_eq!(message.envelope().to().len(), 1);
    }
}
