//! The server: takes connections, keeps the state file, ends in order.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Weak};
use std::thread::JoinHandle;
use std::time::Duration;

use hj212::Request;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::apart::Apart;
use crate::config::Stations;
use crate::connection::{End, serve};
use crate::device::Device;
use crate::exchange::give_up_sets;
use crate::request::{Done, RequestError, ask};
use crate::settings::Settings;
use crate::shared::{Entry, NoRoom, Shared};
use crate::sink::Sink;
use crate::state::StateFile;
use crate::store::{Parts, Store};

/// A listener that has its port and does not serve yet.
pub struct Listener {
    socket: TcpListener,
    tls: Option<TlsAcceptor>,
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

/// A way to speak with a listener that runs.
#[derive(Clone)]
pub struct Handle {
    shared: Weak<Shared>,
}

impl Listener {
    /// Takes the port. Whatever is not in `stations` will be refused.
    pub async fn bind(
        address: SocketAddr,
        settings: Settings,
        stations: &Stations,
        sink: Arc<dyn Sink>,
        tls: Option<TlsAcceptor>,
    ) -> io::Result<Self> {
        let socket = TcpListener::bind(address).await?;
        let before = match &settings.state_file {
            Some(path) => StateFile::read(path).unwrap_or_default(),
            None => None,
        };
        let mut before: std::collections::BTreeMap<_, _> = before
            .map(|state| state.devices.into_iter().map(|device| (device.mn.clone(), device)).collect())
            .unwrap_or_default();
        let devices = stations
            .iter()
            .map(|station| {
                let device = Device::new(Arc::clone(station), before.remove(&station.mn));
                (station.mn.clone(), Arc::new(device))
            })
            .collect();
        let (store, threads) = Store::start(Parts {
            sink,
            apart: Arc::new(Apart::new(&settings.apart)),
            clock: Arc::clone(&settings.clock),
            waiting_rows: settings.waiting_rows,
            batch_rows: settings.batch_rows,
            recent_frames: settings.recent_frames,
        })?;
        Ok(Self { socket, tls, shared: Arc::new(Shared::new(settings, devices, store)), threads })
    }

    /// Where it listens.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    /// A way to speak with it.
    pub fn handle(&self) -> Handle {
        Handle { shared: Arc::downgrade(&self.shared) }
    }

    /// Serves until `end` is there; then finishes what was received, answers it and returns.
    pub async fn run(self, end: impl Future<Output = ()>) -> io::Result<()> {
        let Self { socket, tls, shared, threads } = self;
        let (stop, stopped) = watch::channel(false);
        let mut connections = JoinSet::new();
        let mut chores = interval(shared.settings.state_every);
        chores.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut expiry = interval(Duration::from_secs(1));
        expiry.set_missed_tick_behavior(MissedTickBehavior::Delay);
        tokio::pin!(end);
        loop {
            tokio::select! {
                () = &mut end => break,
                taken = socket.accept() => match taken {
                    Ok((stream, peer)) => begin(&mut connections, &shared, tls.clone(), stream, peer, stopped.clone()),
                    Err(error) => {
                        // Mostly: no file descriptors left. The others are served on; this one waits outside.
                        shared.closed("accept-failed");
                        shared.say(|| message::text!("不能接受连接：{error}", "cannot take a connection: {error}"));
                        tokio::time::sleep(Duration::from_millis(100)).await;
                    }
                },
                Some(_) = connections.join_next(), if !connections.is_empty() => {}
                _ = expiry.tick() => {
                    let shared = Arc::clone(&shared);
                    // Not in this loop: it may wait for the disk.
                    tokio::spawn(async move {
                        for (kind, job) in give_up_sets(&shared) {
                            shared.store.send(kind, job).await;
                        }
                    });
                }
                _ = chores.tick() => keep_state(&shared).await,
            }
        }
        drop(socket);
        let _ = stop.send(true);
        let grace = shared.settings.grace;
        let finished =
            timeout(grace, async { while connections.join_next().await.is_some() {} }).await.is_ok();
        if !finished {
            Store::give_up(&shared.store.health);
            connections.shutdown().await;
        }
        keep_state(&shared).await;
        // The storing threads end when the last way to them is gone; requests in the background hold one for a while.
        let health = Arc::clone(&shared.store.health);
        shared.store.close();
        Store::give_up(&health);
        drop(shared);
        let joined =
            tokio::task::spawn_blocking(move || threads.into_iter().all(|thread| thread.join().is_ok()));
        match joined.await {
            Ok(true) => Ok(()),
            _ => Err(io::Error::other("a storing thread broke off")),
        }
    }
}

impl Handle {
    /// Sends a request to a device and waits for its end: history of a gap, the clock, intervals. Data that it brings
    /// are stored like any upload.
    pub async fn request(&self, mn: &str, request: &Request) -> Result<Done, RequestError> {
        match self.shared.upgrade() {
            Some(shared) => ask(&shared, mn, request).await,
            None => Err(RequestError::NotConnected(mn.to_owned())),
        }
    }

    /// What is known now; None once the listener has ended.
    pub fn state(&self) -> Option<StateFile> {
        self.shared.upgrade().map(|shared| shared.state())
    }
}

async fn keep_state(shared: &Arc<Shared>) {
    let Some(path) = shared.settings.state_file.clone() else { return };
    let state = shared.state();
    // On a full disk the state is not kept; that must not stop anything.
    let _ = tokio::task::spawn_blocking(move || state.write(&path)).await;
}

fn begin(
    connections: &mut JoinSet<()>,
    shared: &Arc<Shared>,
    tls: Option<TlsAcceptor>,
    stream: TcpStream,
    peer: SocketAddr,
    stop: watch::Receiver<bool>,
) {
    let entry = match shared.enter(peer.ip()) {
        Ok(entry) => entry,
        Err(no_room) => {
            let reason = if no_room == NoRoom::Full { "full" } else { "too-many-of-one-address" };
            shared.closed(reason);
            shared.say(|| {
                message::text!(
                    "不接受 {peer} 的连接：{reason}",
                    "did not take the connection of {peer}: {reason}"
                )
            });
            return;
        }
    };
    // Answers are small and waited for.
    let _ = stream.set_nodelay(true);
    let shared = Arc::clone(shared);
    connections.spawn(async move {
        let end = match tls {
            None => {
                let (reader, writer) = stream.into_split();
                serve(&shared, &entry, reader, writer, stop).await
            }
            Some(tls) => match handshake(&shared, &entry, tls, stream, stop.clone()).await {
                Ok(stream) => {
                    let (reader, writer) = tokio::io::split(stream);
                    serve(&shared, &entry, reader, writer, stop).await
                }
                Err(end) => end,
            },
        };
        shared.leave(&entry);
        if let Some(reason) = end.key() {
            shared.closed(reason);
            shared.say(|| {
                message::text!("关闭 {peer} 的连接：{reason}", "closed the connection of {peer}: {reason}")
            });
        }
    });
}

/// Agrees on TLS, in the time that a stranger has.
async fn handshake(
    shared: &Shared,
    entry: &Entry,
    tls: TlsAcceptor,
    stream: TcpStream,
    mut stop: watch::Receiver<bool>,
) -> Result<TlsStream<TcpStream>, End> {
    if *stop.borrow() {
        return Err(End::Stopped);
    }
    tokio::select! {
        agreed = timeout(shared.settings.hello, tls.accept(stream)) => match agreed {
            Ok(Ok(stream)) => Ok(stream),
            Ok(Err(_)) => {
                shared.closed("tls");
                Err(End::Gone)
            }
            Err(_) => Err(End::Hello),
        },
        () = entry.outbox.changed() => Err(End::Evicted),
        _ = stop.changed() => Err(End::Stopped),
    }
}
