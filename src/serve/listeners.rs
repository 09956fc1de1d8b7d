//! The listening sockets of one server, of which any may have the next connection.

use std::{
    future::poll_fn,
    io,
    net::SocketAddr,
    task::{Context, Poll},
};

use tokio::net::{TcpListener, TcpStream};

use super::Entrance;

/// One listening socket.
#[derive(Debug)]
pub struct Listener {
    /// The socket.
    pub socket: std::net::TcpListener,
    /// The name or address that the user asked to bind: the application's `SERVER_NAME` for what
    /// comes in here.
    pub name: String,
}

/// A connection, who opened it, and where it leads to.
pub(super) type Accepted = (TcpStream, SocketAddr, Entrance);

/// The listening sockets of one server.
#[derive(Debug)]
pub(super) struct Listeners {
    sockets: Vec<(TcpListener, Entrance)>,
    /// Which is asked first.
    turn: usize,
}

impl Listeners {
    /// `entrance` says where a socket leads to, by its name and port.
    pub(super) fn new(
        listeners: Vec<Listener>,
        entrance: impl Fn(String, u16) -> Entrance,
    ) -> io::Result<Self> {
        let mut sockets = Vec::with_capacity(listeners.len());
        for Listener { socket, name } in listeners {
            socket.set_nonblocking(true)?;
            let socket = TcpListener::from_std(socket)?;
            let port = socket.local_addr()?.port();
            sockets.push((socket, entrance(name, port)));
        }
        Ok(Self { sockets, turn: 0 })
    }

    /// Waits for the next connection, of whichever socket has one.
    pub(super) async fn accept(&mut self) -> io::Result<Accepted> {
        poll_fn(|context| self.poll_accept(context)).await
    }

    fn poll_accept(&mut self, context: &mut Context<'_>) -> Poll<io::Result<Accepted>> {
        let count = self.sockets.len();
        // Beginning behind the last that had one, so that none has to wait for a busy one.
        let in_turn = self.sockets.iter().enumerate().cycle();
        for (index, (socket, entrance)) in in_turn.skip(self.turn).take(count) {
            if let Poll::Ready(accepted) = socket.poll_accept(context) {
                self.turn = index + 1;
                return Poll::Ready(
                    accepted.map(|(stream, peer)| (stream, peer, entrance.clone())),
                );
            }
        }
        Poll::Pending
    }
}
