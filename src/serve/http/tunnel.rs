//! What follows a switch of protocols: octets in both directions, of which nothing is known here.

use std::{
    future::poll_fn,
    io,
    task::{Context, Poll},
};

use bytes::Buf as _;

use super::{
    super::socket::{Deadline, Socket},
    link::Link,
};
use crate::wire::INLINE_BODY;

/// Takes octets both ways until the application ends, or a while after the client has: an
/// application that notices that has time to say something last. Gives how many went to the client
/// beside those of its output now, and whether it ended in order.
pub(in crate::serve) async fn run(socket: &mut Socket, link: &mut Link) -> (u64, io::Result<()>) {
    // It may stay for ever.
    socket.guard.release();
    let mut tunnel = Tunnel {
        socket,
        link,
        sent: 0,
        is_over: false,
        last: None,
    };
    let ended = poll_fn(|context| tunnel.poll(context)).await;
    (tunnel.sent, ended)
}

struct Tunnel<'a> {
    socket: &'a mut Socket,
    link: &'a mut Link,
    /// Octets to the client.
    sent: u64,
    /// The application has ended.
    is_over: bool,
    /// How long it may still take, now that the client has ended.
    last: Option<Deadline>,
}

impl Tunnel<'_> {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while self.poll_up(context)? | self.poll_down(context)? {}
        if self.is_over && self.socket.output.is_empty() {
            return Poll::Ready(Ok(()));
        }
        match &mut self.last {
            Some(last) => last.poll(context).map(Ok),
            None => Poll::Pending,
        }
    }

    /// Takes a step from the client to the application, if one is possible.
    fn poll_up(&mut self, context: &mut Context<'_>) -> io::Result<bool> {
        let Self {
            socket, link, last, ..
        } = self;
        let has_come = socket.poll_receive(context)? > 0;
        if !socket.input.is_empty() {
            return match link.poll_write(context, &socket.input) {
                Poll::Ready(Ok(count)) => {
                    socket.input.advance(count);
                    Ok(true)
                }
                // Its end is read from it; what it has said before is not lost.
                Poll::Ready(Err(_)) => {
                    socket.input.clear();
                    Ok(has_come)
                }
                Poll::Pending => Ok(has_come),
            };
        }
        if socket.is_half_closed && last.is_none() {
            // Where that fails, it has ended too.
            let _ = link.end_writing();
            let mut deadline = Deadline::new();
            deadline.set(socket.limits.linger);
            *last = Some(deadline);
        }
        Ok(has_come)
    }

    /// Takes a step from the application to the client, if one is possible.
    fn poll_down(&mut self, context: &mut Context<'_>) -> io::Result<bool> {
        let Self { socket, link, .. } = self;
        if !socket.output.is_empty() {
            return Ok(socket.poll_flush(context)?.is_ready());
        }
        if link.input.is_empty() && !self.is_over {
            match link.poll_read(context, INLINE_BODY)? {
                Poll::Ready(0) => self.is_over = true,
                Poll::Ready(_) => {}
                Poll::Pending => return Ok(false),
            }
        }
        if link.input.is_empty() {
            return Ok(false);
        }
        socket.output.extend_from_slice(&link.input);
        self.sent += link.input.len() as u64;
        link.input.clear();
        Ok(true)
    }
}
