//! How long the front waits for clients, and how long a body it takes without knowing its length.
//!
//! How much else it takes from them is said where it is counted: `head`, `chunks`.

use std::{num::NonZeroU32, time::Duration};

/// How long a connection may be idle between two requests. Browsers keep theirs for longer, and
/// open a new one when they find it closed.
const IDLE: Duration = Duration::from_mins(1);

/// How long a request head may take from its first octet to its last. The slowest networks bring
/// one in a second or two; what takes longer is somebody who wants to keep the connection busy.
const HEAD: Duration = Duration::from_secs(20);

/// How long a client may send nothing of a request body that is waited for: as long as a phone
/// without signal is worth waiting for.
const BODY_STALL: Duration = Duration::from_mins(1);

/// How many octets of a request body a client must send for each second more that it is waited for.
/// Apache asks for as many (`MinRate` of `mod_reqtimeout`); no network in use is so slow, and who
/// sends octet by octet to keep the threads of the application busy is soon given up.
const BODY_RATE: NonZeroU32 = NonZeroU32::new(500).unwrap();

/// How long a client may take nothing of a response before it is given up.
const WRITE_STALL: Duration = Duration::from_mins(1);

/// How long is waited for a client to close its side, after we have closed ours; what it still
/// sends is read and dropped. Those that keep the rules do it at once.
const LINGER: Duration = Duration::from_secs(2);

/// How often something is sent on an event stream where nothing happens: a client that is gone is
/// noticed, and nobody on the way takes the connection for idle. The usual limit there is half a
/// minute.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// The longest chunked body that is accepted, in octets: more than anybody uploads to a server for
/// development, and less than most disks have free.
const CHUNKED: u64 = 1024 * 1024 * 1024;

/// How long the front waits for clients; by default as the constants of this file say. Tests
/// shorten it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// For the first octet of a request; then the connection is closed.
    pub idle: Duration,
    /// For the rest of a request head; then the answer is 408.
    pub head: Duration,
    /// For more of a request body: then the answer is 408, or the application's read fails.
    pub body_stall: Duration,
    /// How many octets of a request body make it a second more that is waited for it in all, beyond
    /// `body_stall`.
    pub body_rate: NonZeroU32,
    /// For the client to take more of a response; then the connection is broken off.
    pub write_stall: Duration,
    /// For the client to close its side of a connection that we have closed.
    pub linger: Duration,
    /// For something to happen on an event stream; then a sign of life is sent.
    pub heartbeat: Duration,
    /// So many octets a chunked body may have; a longer one is answered with 413.
    pub chunked: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            idle: IDLE,
            head: HEAD,
            body_stall: BODY_STALL,
            body_rate: BODY_RATE,
            write_stall: WRITE_STALL,
            linger: LINGER,
            heartbeat: HEARTBEAT,
            chunked: CHUNKED,
        }
    }
}
