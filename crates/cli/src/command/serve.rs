//! `qingyuan serve`: the web application over a city, until it is told to stop.

use std::net::SocketAddr;
use std::time::Duration;

use clap::Args;
use message::{Language, Text};
use tracing_subscriber::EnvFilter;
use web::{Server, Settings};

use crate::failure::Failure;
use crate::home::HomeArgument;
use crate::output::say;

/// The arguments.
#[derive(Args)]
pub struct Serve {
    /// 监听地址；缺省只接受本机访问 | where to listen; else only for this machine
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// 前面有 HTTPS 代理：会话 Cookie 加 Secure，访问地址取自 X-Forwarded-For | a proxy in front speaks HTTPS: cookies are Secure, addresses come from X-Forwarded-For
    #[arg(long)]
    behind_tls: bool,
    /// 用户所用网址，用于邀请链接和统一身份认证 | the address that people type, for invitations and sign-in at a provider
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// 停止时等待进行中请求的秒数 | how many seconds open requests may take to end when stopped
    #[arg(long, value_name = "SECONDS", default_value_t = 20)]
    grace: u64,
    /// 日志格式 | the form of the log
    #[arg(long, value_enum, default_value = "text")]
    log: Log,
    #[command(flatten)]
    home: HomeArgument,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Log {
    /// Lines for people.
    Text,
    /// A JSON object a line.
    Json,
}

impl Serve {
    /// Serves until SIGTERM or Ctrl-C.
    pub fn run(self, language: Language) -> Result<(), Failure> {
        self.log();
        let settings = Settings {
            listen: self.listen,
            behind_tls: self.behind_tls,
            public_url: self.public_url.clone(),
            grace: Duration::from_secs(self.grace),
            ..Settings::new(self.home.path())
        };
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            // As much as a program's first thread has: plans of queries are walked recursively.
            .thread_stack_size(8 << 20)
            .build()?;
        let outcome = runtime.block_on(async {
            let server =
                Server::bind(settings).await.map_err(|error| Failure::Broken(error.text().clone()))?;
            let address = server.address();
            say(&message::text!("清源已启动：http://{address}", "Qingyuan answers at http://{address}"), language);
            if server.app().accounts.is_empty().unwrap_or(false) {
                say(
                    &Text::new(
                        "还没有账号。请在另一终端运行 qingyuan account first 生成首个账号的邀请链接",
                        "There is no account yet: run `qingyuan account first` in another terminal for an invitation",
                    ),
                    language,
                );
            }
            server.run(stopped()).await;
            Ok(())
        });
        runtime.shutdown_timeout(Duration::from_secs(5));
        outcome
    }

    fn log(&self) {
        let filter =
            EnvFilter::try_from_env("QINGYUAN_LOG").unwrap_or_else(|_| EnvFilter::new("warn,web=info"));
        let log =
            tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
        // Somebody may have set a subscriber already; theirs stays.
        let _ = match self.log {
            Log::Text => log.try_init(),
            Log::Json => log.json().flatten_event(true).try_init(),
        };
    }
}

/// Ctrl-C, or what a service manager sends.
async fn stopped() {
    let interrupt = async {
        // Where signals cannot be heard, nothing ends the server but a kill: the book stands that, too.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut terminate) => {
                tokio::select! {
                    () = interrupt => {}
                    _ = terminate.recv() => {}
                }
            }
            Err(_) => interrupt.await,
        }
    }
    #[cfg(not(unix))]
    interrupt.await;
}
