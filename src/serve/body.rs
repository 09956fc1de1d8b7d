//! Reading the body of a request before the application is called, as far as that must be.

use std::{io, time::Instant};

use bytes::BytesMut;

use super::{
    chunks::ChunkDecoder,
    environ,
    head::Reject,
    patience::Patience,
    socket::{CONTINUE, Socket},
    spool::Spool,
    upload::Upload,
};
use crate::wire::{INLINE_BODY, message::Environ};

/// The body of a request when its head is sent to the worker.
pub(super) enum Body {
    /// So many octets at the beginning of the input.
    AtHand(usize),
    /// All of it.
    Whole(BytesMut),
    /// It is to be uploaded.
    Later(Upload),
}

/// Reads a body of which the length is known, unless it is long.
pub(super) async fn with_length(
    socket: &mut Socket,
    declared: u64,
    expects_continue: bool,
) -> io::Result<Result<Body, Reject>> {
    let waits = expects_continue && socket.input.is_empty();
    let length = usize::try_from(declared).unwrap_or(usize::MAX);
    // A client that waits to be asked for its body is asked when the application reads.
    if length > INLINE_BODY || (waits && length > 0) {
        return Ok(Ok(Body::Later(Upload::from_connection(declared, waits))));
    }
    let mut patience = Patience::new(&socket.limits);
    while socket.input.len() < length {
        if let Some(reject) = read_more(socket, &mut patience).await? {
            return Ok(Err(reject));
        }
    }
    Ok(Ok(Body::AtHand(length)))
}

/// Reads a chunked body to its end, because the application must be told its length: that is added
/// to `environ`.
pub(super) async fn in_chunks(
    socket: &mut Socket,
    environ: &mut Environ,
    expects_continue: bool,
) -> io::Result<Result<Body, Reject>> {
    if expects_continue && socket.input.is_empty() {
        socket.output.extend_from_slice(CONTINUE);
        socket.flush().await?;
    }
    let mut patience = Patience::new(&socket.limits);
    let mut decoder = ChunkDecoder::default();
    let (mut body, mut spool) = (Vec::new(), None::<Spool>);
    loop {
        let room = INLINE_BODY - body.len();
        if let Err(error) = decoder.decode(&mut socket.input, &mut body, room) {
            return Ok(Err(Reject::bad(error.reason())));
        }
        let is_full = body.len() == INLINE_BODY;
        let goes_to_disk = if decoder.is_done() {
            spool.is_some()
        } else {
            is_full
        };
        if goes_to_disk && Spool::take(&mut spool, &mut body).is_err() {
            return Ok(Err(Reject::NO_SPACE));
        }
        let length = spool.as_ref().map_or(body.len() as u64, Spool::length);
        if length > socket.limits.chunked {
            return Ok(Err(Reject::BODY_TOO_LARGE));
        }
        if decoder.is_done() {
            environ::add_length(environ, length);
            return Ok(match spool.map(Spool::into_file).transpose() {
                Ok(None) => Ok(Body::Whole(BytesMut::from(body.as_slice()))),
                Ok(Some(file)) => Ok(Body::Later(Upload::from_disk(file))),
                Err(_) => Err(Reject::NO_SPACE),
            });
        }
        if is_full {
            // There may be more at hand than there was room for.
            continue;
        }
        if let Some(reject) = read_more(socket, &mut patience).await? {
            return Ok(Err(reject));
        }
    }
}

/// Reads more of a body; what is wrong where the client takes too long. A client that goes away
/// before its request is complete is an error.
async fn read_more(socket: &mut Socket, patience: &mut Patience) -> io::Result<Option<Reject>> {
    socket.set_deadline(patience.wait(Instant::now()));
    match socket.read().await {
        Ok(0) => Err(io::ErrorKind::UnexpectedEof.into()),
        Ok(octets) => {
            patience.received(Instant::now(), octets);
            Ok(None)
        }
        Err(error) if error.kind() == io::ErrorKind::TimedOut => Ok(Some(Reject::TIMEOUT)),
        Err(error) => Err(error),
    }
}
