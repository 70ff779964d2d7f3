//! TLS, if certificates are given.

use std::path::Path;
use std::sync::Arc;

use message::Text;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio_rustls::{TlsAcceptor, TlsConnector};

/// Why TLS cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read as PEM.
    #[error("`{file}`: {why}")]
    File {
        /// The file.
        file: String,
        /// Why not.
        why: String,
    },
    /// The certificate and the key do not go together.
    #[error("the certificate and the key cannot be used: {0}")]
    Refused(String),
}

impl TlsError {
    /// In words for users.
    pub fn text(&self) -> Text {
        let chinese = match self {
            Self::File { file, why } => format!("`{file}` 不能用：{why}"),
            Self::Refused(why) => format!("证书和私钥不能用：{why}"),
        };
        Text::new(chinese, self.to_string())
    }
}

/// The server's side, from PEM files: the certificate with its chain, and its key.
pub fn acceptor(certificates: &Path, key: &Path) -> Result<TlsAcceptor, TlsError> {
    let file = |path: &Path| {
        let file = path.display().to_string();
        move |error: tokio_rustls::rustls::pki_types::pem::Error| TlsError::File {
            file,
            why: error.to_string(),
        }
    };
    let chain = read_certificates(certificates)?;
    let key = PrivateKeyDer::from_pem_file(key).map_err(file(key))?;
    let refused = |error: tokio_rustls::rustls::Error| TlsError::Refused(error.to_string());
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(refused)?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(refused)?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// A client's side that trusts the certificates of this PEM file and no other: for the simulator and for tests.
pub fn connector(trusted: &Path) -> Result<TlsConnector, TlsError> {
    let refused = |error: tokio_rustls::rustls::Error| TlsError::Refused(error.to_string());
    let mut roots = RootCertStore::empty();
    for certificate in read_certificates(trusted)? {
        roots.add(certificate).map_err(refused)?;
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(refused)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

fn read_certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let error = |why: String| TlsError::File { file: path.display().to_string(), why };
    let chain = CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|why| error(why.to_string()))?;
    if chain.is_empty() {
        return Err(error("no certificate in it".to_owned()));
    }
    Ok(chain)
}
