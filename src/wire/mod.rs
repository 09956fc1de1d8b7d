//! The protocol between the front and a worker process: `docs/worker-protocol.md` in code.
//!
//! - [`frame`]: octets ↔ frames, pure
//! - [`marshal`]: Python's marshal format, as much of it as the protocol uses, pure
//! - [`message`]: what the payloads mean, pure; [`exceptions`]: what the front makes pages of
//! - `outbox`: frames waiting for one connection, written in as few system calls as possible
//! - `exchange`: the requests under way, and the handle for one of them; `table`: their numbers
//!   and events
//! - `files`: descriptors on their way in both directions; `body`: what a request body is read from
//! - `found`: files that the front may send without asking again, pure
//! - `begun`: how many requests a worker has begun, in memory that it shares with the front
//! - `connections`: all of that between front and worker, as it is made for one process
//! - `link`: the connections to one worker, and the tasks that serve them; `stand_ins`: noticing
//!   that requests wait; `silence`: that it no longer reacts; `coalescing`: letting events gather
//!   while it is busy; `monitor`: sleeping while there is nothing of that to do
//! - `loaded`: which modules a worker has, pure; `listing`: asking for it; `statuses`: what it has
//!   said about itself
//! - `changes`: asking whether a worker can take changed files in as it is; `questions`: what has
//!   no answer yet, pure
//! - `parent`: the connection to a forkserver
//!
//! Nothing here knows of HTTP syntax or of processes.

mod begun;
mod body;
mod changes;
mod coalescing;
mod connections;
pub mod exceptions;
mod exchange;
mod files;
mod found;
pub mod frame;
mod link;
mod listing;
mod loaded;
pub mod marshal;
pub mod message;
mod monitor;
mod outbox;
mod parent;
mod questions;
mod silence;
mod stand_ins;
mod statuses;
mod table;

pub use body::BodySource;
pub use connections::Connections;
pub use exchange::{Cause, Event, Exchange, FilePart, Loss};
pub use found::FoundFile;
pub use link::{Client, Link, LinkError, Refused, Status};
pub use loaded::Loaded;
pub use parent::{Child, Condition, Forking, Parent};

/// Largest body that travels inside a `REQUEST` or `RESPONSE` frame, and largest `BLOCK` or `BODY`
/// payload, in octets.
///
/// One frame of this size is copied in about 10 µs, so it does not hold up its neighbours, while
/// the system calls for it are few.
pub const INLINE_BODY: usize = 64 * 1024;

/// How many octets of one response body may be on the way unacknowledged.
///
/// Four full frames: enough that neither side waits for the other on one machine.
pub const WINDOW: usize = 256 * 1024;
