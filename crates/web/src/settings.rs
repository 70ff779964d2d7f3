//! How a server is started.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use crate::limit::Rate;

/// How a server is started. Nothing here lets anybody in: accounts do.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The city's home.
    pub home: PathBuf,
    /// Where to listen. Only this machine unless somebody decides otherwise.
    pub listen: SocketAddr,
    /// Whether a proxy in front speaks HTTPS: cookies are then `Secure`, and the visitor's address is the last one of
    /// `X-Forwarded-For`.
    pub behind_tls: bool,
    /// The address that people type, for OIDC and links in invitations: `https://qingyuan.example.gov.cn`.
    pub public_url: Option<String>,
    /// How long open requests may take to end when the server is stopped.
    pub grace: Duration,
    /// The most connections at once.
    pub most_connections: usize,
    /// How often somebody may ask who has not signed in, by address.
    pub rate_of_strangers: Rate,
    /// How often an account may ask, in all its sessions and tokens together.
    pub rate_of_accounts: Rate,
    /// Up to so many rows, a figure's page of rows computes the figure a second time from the book alone; beyond, its
    /// rows are listed without that.
    pub most_traced: u64,
}

impl Settings {
    /// The usual settings for a city's home.
    pub fn new(home: impl Into<PathBuf>) -> Self {
        Self {
            home: home.into(),
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            behind_tls: false,
            public_url: None,
            grace: Duration::from_secs(20),
            most_connections: 4_096,
            // A page with its assets is some ten requests; a whole office may come from one address.
            rate_of_strangers: Rate { a_second: 100, at_once: 600 },
            rate_of_accounts: Rate { a_second: 300, at_once: 900 },
            most_traced: 60_000,
        }
    }

    /// Where people reach the server, without a slash at its end; `None` where nobody has said so and it is not only for
    /// this machine.
    pub fn address(&self) -> Option<String> {
        match &self.public_url {
            Some(public) => Some(public.trim_end_matches('/').to_owned()),
            None => self.listen.ip().is_loopback().then(|| format!("http://{}", self.listen)),
        }
    }
}
