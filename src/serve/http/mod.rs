//! Applications that speak HTTP/1.1 themselves, on a Unix socket: requests as they are sent to
//! one, and its responses as the events that a worker's give.
//!
//! - [`request`]: a client's head → the head that the application gets, pure
//! - [`answer`]: the application's head → a response's, pure
//! - `link`: one connection to the application, with its buffer
//! - `client`: the handle on the application, with the connections that wait for a request
//! - `exchange`: one request at the application; `sending`: its head and body on their way up
//! - `tunnel`: what follows a switch of protocols
//!
//! Nothing is assumed of the application but that it is the user's: what it sends is validated as
//! a worker's is, and a connection on which anything was wrong is not used again.

pub mod answer;
mod client;
mod exchange;
mod link;
pub mod request;
mod sending;
mod tunnel;

pub use answer::FailureKind;
pub use client::{Explain, HttpClient, Said};
pub(super) use exchange::HttpExchange;
pub(super) use link::Link;
pub(super) use sending::Sending;
pub(super) use tunnel::run as tunnel;
