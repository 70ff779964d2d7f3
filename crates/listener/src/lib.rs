//! The HJ 212 listener: what it acknowledges is durable.
//!
//! Devices in the field connect over TCP (or TLS) and send frames; most keep a value only until it is answered, so the
//! answer is a promise. Here it is given when the rows are on the disk, and at no other moment.
//!
//! ```text
//! socket ─bytes─▶ hj212::Decoder ─frame─▶ exchange ─▶ judge ─rows─────────▶ store ──▶ Sink (lake::Spool), durable
//!                                   │  who? may he?    └─what is in doubt─▶ apart ──▶ JSON lines, durable
//!                                   │                                          │
//! socket ◀──────────── outbox ◀─────┴── 9013, requests            9014 ◀───────┘
//! ```
//!
//! - Devices that nobody has told us of are refused, counted and shown; nothing of theirs is stored.
//! - A value whose time, number, unit or range is in doubt is kept apart with the reason, durably, and never mixed in.
//! - All connections share one write at a time for each kind of station; while it fails nothing is answered, memory
//!   stays bounded because the sockets are not read, and it goes on by itself when the sink does.
//! - A connection costs little while it is silent, and is closed when it is too slow, too long silent, or sends what is
//!   no frame.
//!
//! What is absent: an answer before the disk has it; a guess about a unit or a time; a password in a file, a log or a
//! state; a default that lets anybody in.

mod apart;
mod config;
mod connection;
mod device;
mod exchange;
mod judge;
pub mod load;
mod outbox;
mod recent;
mod request;
mod server;
mod settings;
mod shared;
pub mod simulate;
mod sink;
mod state;
mod store;
pub mod time;
mod tls;
mod unit;
mod value;

pub use config::{
    ItemMapping, MappingFault, StationConfig, Stations, StationsError, Unmapped, known_items, parse_mapping,
    read_stations,
};
pub use device::{DeviceReport, Gap, ItemFlag};
pub use request::{Done, RequestError};
pub use server::{Handle, Listener};
pub use settings::{Clock, Log, Settings};
pub use sink::{Sink, SinkError};
pub use state::{ListenerReport, StateFile, Unknown};
pub use time::{TimeFault, Tolerance};
pub use tls::{TlsError, acceptor, connector};
pub use value::{Exact, Ratio, exact};
