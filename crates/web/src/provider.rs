//! A provider of identities (OpenID Connect): a city that has one, signs in there.
//!
//! ```text
//! HOME/sign-in.toml ─▶ Provider ─▶ begin (state, nonce, PKCE) ─▶ the provider ─▶ finish (code → token, verified) ─▶ Identity
//! ```
//!
//! An identity is issuer and subject, nothing else; which account it opens is `accounts`' matter. What the provider says
//! about names and addresses is not looked at, and not kept.
//!
//! ```toml
//! [provider]
//! label = { zh = "统一身份认证", en = "City sign-in" }
//! issuer = "https://id.example.gov.cn"
//! client_id = "qingyuan"
//! client_secret_file = "keys/provider.secret"   # beside this file; absent for a public client
//! scopes = ["openid"]
//! certificate_file = "keys/provider-ca.pem"     # where the provider's certificate is the network's own
//! require = { claim = "department", value = "江城市" }   # whoever lacks it is not let in
//! ```

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use message::Text;
use openidconnect::core::{CoreAuthenticationFlow, CoreClient, CoreProviderMetadata};
use openidconnect::{
    AccessTokenHash, AuthorizationCode, ClientId, ClientSecret, CsrfToken, IssuerUrl, Nonce,
    OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope, TokenResponse, reqwest,
};
use serde::Deserialize;
use tokio::sync::Mutex;
use url::Url;

use crate::open::OpenError;
use crate::settings::Settings;

/// What the provider says about itself is asked for again after so long.
const FRESH: Duration = Duration::from_secs(300);
const TIMEOUT: Duration = Duration::from_secs(10);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    provider: Option<Config>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    label: Option<Label>,
    issuer: String,
    client_id: String,
    client_secret_file: Option<String>,
    #[serde(default)]
    scopes: Vec<String>,
    certificate_file: Option<String>,
    require: Option<Required>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Label {
    zh: String,
    en: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Required {
    claim: String,
    value: String,
}

/// The provider of a city.
pub struct Provider {
    label: Text,
    issuer: IssuerUrl,
    client: ClientId,
    secret: Option<ClientSecret>,
    scopes: Vec<String>,
    require: Option<Required>,
    answer_at: RedirectUrl,
    http: reqwest::Client,
    metadata: Mutex<Option<(Instant, CoreProviderMetadata)>>,
}

/// The way to the provider.
pub struct Way {
    /// Where the browser goes.
    pub address: Url,
    /// What comes back with the answer.
    pub state: String,
    /// What must stand in the token.
    pub nonce: String,
    /// The secret half of PKCE.
    pub verifier: String,
}

/// Who somebody is at the provider.
pub struct Identity {
    /// The provider.
    pub issuer: String,
    /// Who it is there.
    pub subject: String,
}

/// Why nobody was signed in.
#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    /// The provider cannot be reached, or answers what it must not.
    #[error("{0}")]
    Broken(String),
    /// The token is not good.
    #[error("the token is not good: {0}")]
    Token(String),
    /// The answer belongs to no question.
    #[error("no such question")]
    Stale,
    /// The identity lacks what is asked for.
    #[error("a claim is missing")]
    Claim,
    /// No account is linked to the identity.
    #[error("no account")]
    Unknown,
}

impl ProviderError {
    /// For people.
    pub fn text(&self) -> Text {
        match self {
            Self::Broken(_) => Text::new(
                "统一身份认证暂时无法使用，请稍后再试或使用密码登录",
                "The sign-in of your organisation cannot be used just now; try again later, or use your password",
            ),
            Self::Token(_) => Text::new(
                "统一身份认证的答复未通过校验，没有登录",
                "The answer of your organisation's sign-in did not hold; you are not signed in",
            ),
            Self::Stale => Text::new(
                "登录已超时或已被取消，请重新登录",
                "The sign-in took too long or was cancelled; please begin again",
            ),
            Self::Claim => Text::new(
                "您的统一身份不在本系统的使用范围内，请联系管理员",
                "Your identity is not among those that may use this system; ask the administrator",
            ),
            Self::Unknown => Text::new(
                "该统一身份尚未绑定账号。请先打开邀请链接，或用密码登录后在“我的账户”中绑定",
                "This identity has no account yet. Open your invitation first, or sign in with your password and link it under “My account”",
            ),
        }
    }

    /// The status of the page that says it.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Broken(_) => StatusCode::BAD_GATEWAY,
            Self::Token(_) | Self::Stale => StatusCode::BAD_REQUEST,
            Self::Claim | Self::Unknown => StatusCode::FORBIDDEN,
        }
    }

    fn broken(error: impl std::fmt::Display) -> Self {
        Self::Broken(error.to_string())
    }

    fn token(error: impl std::fmt::Display) -> Self {
        Self::Token(error.to_string())
    }
}

impl Provider {
    /// The provider of a city's home, if its `sign-in.toml` names one.
    pub fn of_home(settings: &Settings) -> Result<Option<Provider>, OpenError> {
        let path = settings.home.join("sign-in.toml");
        if !path.exists() {
            return Ok(None);
        }
        let faulty = |why: String| {
            let path = path.display();
            OpenError::new(message::text!("{path} 有误：{why}", "{path}: {why}"))
        };
        let text = fs::read_to_string(&path).map_err(|error| faulty(error.to_string()))?;
        let file: File = toml::from_str(&text).map_err(|error| faulty(error.to_string()))?;
        let Some(config) = file.provider else { return Ok(None) };
        Provider::of(config, settings).map(Some).map_err(faulty)
    }

    fn of(config: Config, settings: &Settings) -> Result<Provider, String> {
        let at = Url::parse(&config.issuer).map_err(|error| format!("issuer: {error}"))?;
        if at.scheme() != "https" && !is_loopback(&at) {
            return Err("issuer: only https, or a provider on this machine".into());
        }
        let Some(public) = settings.address() else {
            return Err("a provider needs to know our address: start with --public-url".into());
        };
        let answer_at = RedirectUrl::new(format!("{public}/sign-in/provider/answer"))
            .map_err(|error| format!("public url: {error}"))?;
        let secret = config.client_secret_file.map(|file| beside(&settings.home, &file)).transpose()?;
        let mut http = reqwest::ClientBuilder::new()
            // A provider that leads elsewhere could make us ask hosts inside our own network.
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .timeout(TIMEOUT);
        if let Some(file) = config.certificate_file {
            let pem = beside(&settings.home, &file)?;
            let certificate =
                reqwest::Certificate::from_pem(pem.as_bytes()).map_err(|error| format!("{file}: {error}"))?;
            http = http.add_root_certificate(certificate);
        }
        let label = config.label.map_or_else(
            || Text::new("统一身份认证", "your organisation's account"),
            |label| Text::new(label.zh, label.en),
        );
        Ok(Provider {
            label,
            issuer: IssuerUrl::new(config.issuer).map_err(|error| format!("issuer: {error}"))?,
            client: ClientId::new(config.client_id),
            secret: secret.map(|secret| ClientSecret::new(secret.trim().to_owned())),
            scopes: config.scopes,
            require: config.require,
            answer_at,
            http: http.build().map_err(|error| error.to_string())?,
            metadata: Mutex::new(None),
        })
    }

    /// What people call it.
    pub fn label(&self) -> Text {
        self.label.clone()
    }

    /// Asks the provider for nothing yet: makes the address that the browser goes to.
    pub async fn begin(&self) -> Result<Way, ProviderError> {
        let metadata = self.metadata().await?;
        let client = CoreClient::from_provider_metadata(metadata, self.client.clone(), self.secret.clone())
            .set_redirect_uri(self.answer_at.clone());
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let mut request = client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                CsrfToken::new_random,
                Nonce::new_random,
            )
            .set_pkce_challenge(challenge);
        for scope in self.scopes.iter().filter(|scope| *scope != "openid") {
            request = request.add_scope(Scope::new(scope.clone()));
        }
        let (address, state, nonce) = request.url();
        Ok(Way {
            address,
            state: state.secret().clone(),
            nonce: nonce.secret().clone(),
            verifier: verifier.secret().clone(),
        })
    }

    /// Takes the code to the provider, and examines the token that it gives: signature, issuer, audience, time, nonce.
    pub async fn finish(
        &self,
        code: String,
        verifier: String,
        nonce: String,
    ) -> Result<Identity, ProviderError> {
        let metadata = self.metadata().await?;
        let client = CoreClient::from_provider_metadata(metadata, self.client.clone(), self.secret.clone())
            .set_redirect_uri(self.answer_at.clone());
        let answer = client
            .exchange_code(AuthorizationCode::new(code))
            .map_err(ProviderError::broken)?
            .set_pkce_verifier(PkceCodeVerifier::new(verifier))
            .request_async(&self.http)
            .await
            .map_err(ProviderError::token)?;
        let token = answer.id_token().ok_or_else(|| ProviderError::Token("no ID token".into()))?;
        let examiner = client.id_token_verifier();
        let claims = token.claims(&examiner, &Nonce::new(nonce)).map_err(ProviderError::token)?;
        if let Some(expected) = claims.access_token_hash() {
            let algorithm = token.signing_alg().map_err(ProviderError::token)?;
            let key = token.signing_key(&examiner).map_err(ProviderError::token)?;
            let actual = AccessTokenHash::from_token(answer.access_token(), algorithm, key)
                .map_err(ProviderError::token)?;
            if actual != *expected {
                return Err(ProviderError::Token("the access token was exchanged".into()));
            }
        }
        // The token has been verified above, so that what stands in it is the provider's word.
        if let Some(required) = &self.require
            && !has(&token.to_string(), required)
        {
            return Err(ProviderError::Claim);
        }
        Ok(Identity { issuer: claims.issuer().to_string(), subject: claims.subject().to_string() })
    }

    async fn metadata(&self) -> Result<CoreProviderMetadata, ProviderError> {
        let mut kept = self.metadata.lock().await;
        if let Some((asked, metadata)) = kept.as_ref()
            && asked.elapsed() < FRESH
        {
            return Ok(metadata.clone());
        }
        let metadata = CoreProviderMetadata::discover_async(self.issuer.clone(), &self.http)
            .await
            .map_err(ProviderError::broken)?;
        *kept = Some((Instant::now(), metadata.clone()));
        Ok(metadata)
    }
}

/// Whether a claim of a token has the value, or has it among its values.
fn has(token: &str, required: &Required) -> bool {
    let payload = token.split('.').nth(1).and_then(|payload| URL_SAFE_NO_PAD.decode(payload).ok());
    let claims: Option<serde_json::Value> = payload.and_then(|payload| serde_json::from_slice(&payload).ok());
    match claims.as_ref().and_then(|claims| claims.get(&required.claim)) {
        Some(serde_json::Value::String(value)) => *value == required.value,
        Some(serde_json::Value::Array(values)) => {
            values.iter().any(|value| value.as_str() == Some(required.value.as_str()))
        }
        _ => false,
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

fn beside(home: &Path, file: &str) -> Result<String, String> {
    fs::read_to_string(home.join(file)).map_err(|error| format!("{file}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_is_looked_for_in_the_token() {
        let check = |claims: &str, expected: bool| {
            let token = format!("e30.{}.x", URL_SAFE_NO_PAD.encode(claims));
            let required = Required { claim: "department".into(), value: "江城市".into() };
            assert_eq!(has(&token, &required), expected, "{claims}");
        };
        check(r#"{"department":"江城市"}"#, true);
        check(r#"{"department":["江北市","江城市"]}"#, true);
        check(r#"{"department":"江城市外"}"#, false);
        check(r#"{"department":{"江城市":1}}"#, false);
        check(r#"{}"#, false);
        check("no JSON", false);
    }

    #[test]
    fn a_provider_is_asked_over_https_or_on_this_machine() {
        let settings = Settings::new("/nowhere");
        let make = |issuer: &str| {
            let text = format!("[provider]\nissuer = \"{issuer}\"\nclient_id = \"qingyuan\"\n");
            let file: File = toml::from_str(&text).expect("a setting");
            Provider::of(file.provider.expect("a provider"), &settings).is_ok()
        };
        assert!(make("https://id.example.gov.cn"));
        assert!(make("http://127.0.0.1:3000"));
        assert!(!make("http://id.example.gov.cn"));
        assert!(!make("file:///etc/passwd"));
        assert!(
            toml::from_str::<File>("[provider]\nissuer = \"x\"\nclient_id = \"y\"\nclient_secret = \"z\"")
                .is_err()
        );
    }
}
