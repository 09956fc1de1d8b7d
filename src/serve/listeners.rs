//! The listening sockets of one site, of which any may have the next connection.

use std::{
    future::poll_fn,
    io,
    net::SocketAddr,
    sync::Arc,
    task::{Context, Poll},
};

use tokio::net::{TcpListener, TcpStream};

use super::{Settings, Site};

/// One listening socket.
#[derive(Debug)]
pub struct Listener {
    /// The socket.
    pub socket: std::net::TcpListener,
    /// The name or address that the user asked to bind: the application's `SERVER_NAME` for what
    /// comes in here.
    pub name: String,
}

/// A connection, who opened it, and the site at the address that it came to.
type Accepted = (TcpStream, SocketAddr, Arc<Site>);

/// The listening sockets of one site.
#[derive(Debug)]
pub(super) struct Listeners {
    sockets: Vec<(TcpListener, Arc<Site>)>,
    /// Which is asked first.
    turn: usize,
}

impl Listeners {
    pub(super) fn new(listeners: Vec<Listener>, settings: &Arc<Settings>) -> io::Result<Self> {
        let mut sockets = Vec::with_capacity(listeners.len());
        for Listener { socket, name } in listeners {
            socket.set_nonblocking(true)?;
            let socket = TcpListener::from_std(socket)?;
            let site = Site {
                settings: Arc::clone(settings),
                name,
                port: socket.local_addr()?.port(),
            };
            sockets.push((socket, Arc::new(site)));
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
        for (index, (socket, site)) in in_turn.skip(self.turn).take(count) {
            if let Poll::Ready(accepted) = socket.poll_accept(context) {
                self.turn = index + 1;
                return Poll::Ready(
                    accepted.map(|(stream, peer)| (stream, peer, Arc::clone(site))),
                );
            }
        }
        Poll::Pending
    }
}
