//! A client for tests: keeps cookies, follows nothing, waits for the whole answer.
//!
//! It is made of what the server is made of (`hyper`), because any client from outside would switch on features of
//! shared dependencies, and everything would be built twice. The names are those of `reqwest`.

pub use axum::http::{Method, header};

/// What is done with an answer that leads elsewhere: nothing, always.
pub mod redirect {
    /// The only policy.
    pub struct Policy;

    impl Policy {
        /// Follows nothing.
        pub fn none() -> Self {
            Self
        }
    }
}

/// A client that waits.
pub mod blocking {
    use std::collections::BTreeMap;
    use std::fmt;
    use std::net::TcpStream;
    use std::sync::{Arc, Mutex};
    use std::time::Duration;

    use axum::body::{Body, Bytes, to_bytes};
    use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode, Uri, header};
    use hyper_util::rt::TokioIo;
    use serde::Serialize;
    use serde::de::DeserializeOwned;

    use super::redirect::Policy;

    /// Why there is no answer.
    #[derive(Debug)]
    pub struct Error(String);

    impl fmt::Display for Error {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(&self.0)
        }
    }

    impl std::error::Error for Error {}

    fn broken(error: impl fmt::Display) -> Error {
        Error(error.to_string())
    }

    /// A client with its cookies. A clone shares them.
    #[derive(Clone)]
    pub struct Client {
        headers: HeaderMap,
        cookies: Option<Arc<Mutex<BTreeMap<String, String>>>>,
        timeout: Duration,
    }

    /// A client in the making.
    pub struct ClientBuilder(Client);

    impl Default for Client {
        fn default() -> Self {
            Self { headers: HeaderMap::new(), cookies: None, timeout: Duration::from_secs(120) }
        }
    }

    impl Client {
        /// To choose.
        pub fn builder() -> ClientBuilder {
            ClientBuilder(Self::default())
        }

        /// GET.
        pub fn get(&self, url: impl AsRef<str>) -> RequestBuilder {
            self.request(Method::GET, url)
        }

        /// POST.
        pub fn post(&self, url: impl AsRef<str>) -> RequestBuilder {
            self.request(Method::POST, url)
        }

        /// Any method.
        pub fn request(&self, method: Method, url: impl AsRef<str>) -> RequestBuilder {
            RequestBuilder {
                client: self.clone(),
                method,
                url: url.as_ref().to_owned(),
                headers: self.headers.clone(),
                body: Bytes::new(),
            }
        }
    }

    impl ClientBuilder {
        /// Sent with every request.
        pub fn default_headers(mut self, headers: HeaderMap) -> Self {
            self.0.headers = headers;
            self
        }

        /// Whether cookies are kept and sent again.
        pub fn cookie_store(mut self, keep: bool) -> Self {
            self.0.cookies = keep.then(Arc::default);
            self
        }

        /// Nothing is followed whatever is said.
        pub fn redirect(self, _: Policy) -> Self {
            self
        }

        /// The longest wait.
        pub fn timeout(mut self, timeout: Duration) -> Self {
            self.0.timeout = timeout;
            self
        }

        /// The client.
        pub fn build(self) -> Result<Client, Error> {
            Ok(self.0)
        }
    }

    /// A request in the making.
    pub struct RequestBuilder {
        client: Client,
        method: Method,
        url: String,
        headers: HeaderMap,
        body: Bytes,
    }

    impl RequestBuilder {
        /// With this header.
        pub fn header(mut self, name: impl AsRef<str>, value: impl AsRef<[u8]>) -> Self {
            let name = HeaderName::from_bytes(name.as_ref().as_bytes()).expect("a header's name");
            self.headers.insert(name, HeaderValue::from_bytes(value.as_ref()).expect("a header's value"));
            self
        }

        /// With a token.
        pub fn bearer_auth(self, token: impl fmt::Display) -> Self {
            self.header("authorization", format!("Bearer {token}"))
        }

        /// With a form.
        pub fn form(self, fields: &[(&str, &str)]) -> Self {
            let mut body = url::form_urlencoded::Serializer::new(String::new());
            body.extend_pairs(fields);
            self.header("content-type", "application/x-www-form-urlencoded").body(body.finish())
        }

        /// With JSON.
        pub fn json(self, value: &(impl Serialize + ?Sized)) -> Self {
            let body = serde_json::to_vec(value).expect("JSON");
            self.header("content-type", "application/json").body(body)
        }

        /// With parts, files among them.
        pub fn multipart(self, form: multipart::Form) -> Self {
            let (kind, body) = form.written();
            self.header("content-type", kind).body(body)
        }

        /// With these bytes.
        pub fn body(mut self, body: impl Into<Bytes>) -> Self {
            self.body = body.into();
            self
        }

        /// The answer, whole.
        pub fn send(self) -> Result<Response, Error> {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(broken)?;
            let timeout = self.client.timeout;
            runtime.block_on(async { tokio::time::timeout(timeout, self.exchange()).await.map_err(broken)? })
        }

        async fn exchange(mut self) -> Result<Response, Error> {
            let uri: Uri = self.url.parse().map_err(broken)?;
            let authority = uri.authority().ok_or_else(|| broken("no host"))?.to_string();
            let path = uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
            self.add_cookies();
            self.headers.insert(header::HOST, HeaderValue::from_str(&authority).map_err(broken)?);
            let stream = TcpStream::connect(&authority).map_err(broken)?;
            stream.set_nonblocking(true).map_err(broken)?;
            let stream = tokio::net::TcpStream::from_std(stream).map_err(broken)?;
            let (mut sender, connection) =
                hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(broken)?;
            tokio::spawn(connection);
            let mut request = Request::builder()
                .method(self.method.clone())
                .uri(path)
                .body(Body::from(self.body.clone()))
                .map_err(broken)?;
            *request.headers_mut() = self.headers.clone();
            let response = sender.send_request(request).await.map_err(broken)?;
            let (parts, body) = response.into_parts();
            self.keep_cookies(&parts.headers);
            let body = to_bytes(Body::new(body), usize::MAX).await.map_err(broken)?;
            Ok(Response { status: parts.status, headers: parts.headers, body })
        }

        fn add_cookies(&mut self) {
            let Some(kept) = &self.client.cookies else { return };
            let kept = kept.lock().expect("no test panics in here");
            let own =
                self.headers.get(header::COOKIE).and_then(|value| value.to_str().ok()).unwrap_or_default();
            // What was kept since replaces what the client began with.
            let own = own.split("; ").filter(|one| {
                !one.is_empty() && !kept.contains_key(one.split('=').next().unwrap_or_default())
            });
            let kept = kept.iter().map(|(name, value)| format!("{name}={value}"));
            let all: Vec<String> = own.map(str::to_owned).chain(kept).collect();
            if !all.is_empty() {
                let value = HeaderValue::from_str(&all.join("; ")).expect("cookies");
                self.headers.insert(header::COOKIE, value);
            }
        }

        fn keep_cookies(&self, headers: &HeaderMap) {
            let Some(kept) = &self.client.cookies else { return };
            let mut kept = kept.lock().expect("no test panics in here");
            for cookie in headers.get_all(header::SET_COOKIE) {
                let cookie = cookie.to_str().expect("a cookie");
                let (name, rest) = cookie.split_once('=').expect("a cookie");
                let (value, attributes) = rest.split_once(';').unwrap_or((rest, ""));
                // An empty value takes the place of what was there, also of a header that the client began with.
                let value = if attributes.contains("Max-Age=0") { "" } else { value };
                kept.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    /// A whole answer.
    #[derive(Debug)]
    pub struct Response {
        status: StatusCode,
        headers: HeaderMap,
        body: Bytes,
    }

    impl Response {
        /// Its status.
        pub fn status(&self) -> StatusCode {
            self.status
        }

        /// Its headers.
        pub fn headers(&self) -> &HeaderMap {
            &self.headers
        }

        /// Its body as text.
        pub fn text(self) -> Result<String, Error> {
            String::from_utf8(self.body.to_vec()).map_err(broken)
        }

        /// Its body as JSON.
        pub fn json<T: DeserializeOwned>(self) -> Result<T, Error> {
            serde_json::from_slice(&self.body).map_err(broken)
        }

        /// Its body.
        pub fn bytes(self) -> Result<Bytes, Error> {
            Ok(self.body)
        }
    }

    /// Forms with files.
    pub mod multipart {
        use std::borrow::Cow;

        const BOUNDARY: &str = "----a-boundary-that-no-test-sends-5d1c";

        /// A form with parts, in order.
        #[derive(Default)]
        pub struct Form(Vec<(String, Part)>);

        /// A part: a text or a file.
        pub struct Part {
            bytes: Vec<u8>,
            file: Option<String>,
        }

        impl Form {
            /// Empty.
            pub fn new() -> Self {
                Self::default()
            }

            /// With a text.
            pub fn text(self, name: impl Into<String>, text: impl Into<String>) -> Self {
                self.part(name, Part::text(text.into()))
            }

            /// With a part.
            pub fn part(mut self, name: impl Into<String>, part: Part) -> Self {
                self.0.push((name.into(), part));
                self
            }

            pub(super) fn written(self) -> (String, Vec<u8>) {
                let mut body = Vec::new();
                for (name, part) in self.0 {
                    let file = part.file.map(|file| format!("; filename=\"{file}\"")).unwrap_or_default();
                    let head = format!(
                        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n"
                    );
                    body.extend_from_slice(head.as_bytes());
                    body.extend_from_slice(&part.bytes);
                    body.extend_from_slice(b"\r\n");
                }
                body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
                (format!("multipart/form-data; boundary={BOUNDARY}"), body)
            }
        }

        impl Part {
            /// A text.
            pub fn text(text: impl Into<Cow<'static, str>>) -> Self {
                Self { bytes: text.into().into_owned().into_bytes(), file: None }
            }

            /// Bytes.
            pub fn bytes(bytes: impl Into<Cow<'static, [u8]>>) -> Self {
                Self { bytes: bytes.into().into_owned(), file: None }
            }

            /// A file of this name.
            pub fn file_name(mut self, name: impl Into<Cow<'static, str>>) -> Self {
                self.file = Some(name.into().into_owned());
                self
            }
        }
    }
}
