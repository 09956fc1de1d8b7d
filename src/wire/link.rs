//! The connections to one worker, and the tasks that serve them.

use std::{
    io, num::NonZeroU32, os::unix::net::UnixStream as StdUnixStream, path::PathBuf, sync::Arc,
};

use bytes::BytesMut;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        UnixStream,
        unix::{OwnedReadHalf, OwnedWriteHalf},
    },
    task::{JoinError, JoinSet},
};

use super::{
    begun::Begun,
    changes::Changes,
    coalescing::Coalescing,
    connections::Connections,
    exchange::{Cause, Exchange, Exchanges},
    files::Files,
    frame::{self, FrameError, Kind, RequestId},
    listing,
    loaded::Loaded,
    marshal::DecodeError,
    message::{Configure, Environ, Report},
    monitor::Monitor,
    outbox::Outbox,
    silence::{Heard, Watch},
    stand_ins,
    statuses::Statuses,
};

/// How much is read from a worker at a time, in octets: one full block and its neighbours.
const READ_BUFFER: usize = 128 * 1024;

/// Why a link was given up.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// The connection failed.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// Octets that are no frame.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// A payload that is not what its frame says.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// A frame that may not come on this connection or at this time.
    #[error("misplaced {0:?} frame")]
    Misplaced(Kind),
    /// A frame about a request that is not under way.
    #[error("frame for request {0}, which is not under way")]
    UnknownRequest(RequestId),
    /// More of a response than one frame or the window may hold.
    #[error("more octets of a response than were allowed")]
    Flooded,
    /// The worker did not react for so many seconds, although it had requests.
    #[error("did not react for {0} s")]
    Silent(NonZeroU32),
}

/// Why a worker takes no request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The worker is gone.
    #[error("the worker is gone")]
    Lost,
    /// Too many requests wait for it already.
    #[error("too many requests are waiting")]
    Busy,
}

/// What a worker says about itself.
#[derive(Debug)]
pub enum Status {
    /// The application is loaded: requests may come.
    Ready(Report),
    /// The application could not be loaded.
    Failed(Report),
    /// More is loaded than it had said.
    Loaded(Loaded),
    /// What the framework's checks say, after [`Link::check`].
    Checked(Report),
}

/// Sends requests to one worker. Clones go to the same one.
#[derive(Clone, Debug)]
pub struct Client {
    exchanges: Exchanges,
    data: Outbox,
    changes: Changes,
    /// What watches for stuck requests, for silence, and for a moment to ask what is loaded.
    monitors: [Arc<Monitor>; 3],
}

impl Client {
    /// Sends a request. `body` is the whole body, of at most [`super::INLINE_BODY`] octets, or
    /// `None` where it is sent when the application asks for it.
    pub fn submit(&self, environ: &Environ, body: Option<&[u8]>) -> Result<Exchange, Refused> {
        let exchange = self.exchanges.open()?;
        self.data.push(|out| {
            exchange.note_sent();
            environ.put_request(out, exchange.id(), body);
        });
        for monitor in &self.monitors {
            monitor.request_sent();
        }
        Ok(exchange)
    }

    /// How many requests are with the worker; `None` where it is gone.
    #[must_use]
    pub fn pending(&self) -> Option<usize> {
        self.exchanges.pending()
    }

    /// Whether the worker has taken changed files in as it is: templates and translations, where
    /// its framework knows how to forget what it keeps of them. Where it has not, only another
    /// worker serves what they contain now. No request may be under way meanwhile.
    pub fn takes(&self, files: &[PathBuf]) -> impl Future<Output = bool> + use<> {
        let answer = self.changes.ask(files);
        async { answer.await.unwrap_or(false) }
    }
}

/// The connections to one worker. Dropping it closes them, and the worker exits.
#[derive(Debug)]
pub struct Link {
    client: Client,
    control: Outbox,
    begun: Arc<Begun>,
    heard: Arc<Heard>,
    statuses: Statuses,
    /// How the first of the tasks has ended, where [`Link::status`] has noticed that.
    ended: Option<Result<(), LinkError>>,
    /// Aborted when this is dropped, which closes the sockets.
    tasks: JoinSet<Result<(), LinkError>>,
}

impl Link {
    /// Starts serving the connections and sends the worker its configuration. A worker that has
    /// requests and does not react for `timeout` seconds is given up.
    ///
    /// Must be called inside a Tokio runtime.
    pub fn start(
        connections: Connections,
        configure: &Configure,
        timeout: Option<NonZeroU32>,
    ) -> io::Result<Self> {
        let Connections {
            data,
            control,
            files,
            begun,
        } = connections;
        let (data_read, data_write) = into_split(data)?;
        let (control_read, control_write) = into_split(control)?;
        let (data, control) = (Outbox::default(), Outbox::default());
        let exchanges = Exchanges::new(control.clone(), files.sender());
        let monitors: [Arc<Monitor>; 3] = Default::default();
        let [stuck, silent, curious] = &monitors;
        let heard = Arc::new(Heard::default());
        let begun = Arc::new(begun);
        let statuses = Statuses::default();
        let changes = Changes::new(control.clone());

        let mut tasks = JoinSet::new();
        let coalescing = Coalescing::new(exchanges.clone(), Arc::clone(&begun));
        tasks.spawn(write(data.clone(), data_write, Some(coalescing)));
        tasks.spawn(write(control.clone(), control_write, None));
        tasks.spawn(read_data(data_read, files, exchanges.clone()));
        tasks.spawn(read_control(
            control_read,
            exchanges.clone(),
            statuses.clone(),
            changes.clone(),
            Arc::clone(&heard),
        ));
        tasks.spawn(listing::ask(
            Arc::clone(curious),
            exchanges.clone(),
            statuses.clone(),
            control.clone(),
        ));
        tasks.spawn(stand_ins::wake(
            Arc::clone(stuck),
            exchanges.clone(),
            Arc::clone(&begun),
            control.clone(),
        ));
        let watch = Watch {
            monitor: Arc::clone(silent),
            exchanges: exchanges.clone(),
            control: control.clone(),
            heard: Arc::clone(&heard),
            limit: timeout,
        };
        tasks.spawn(watch.run());
        control.push(|out| configure.put(out));
        Ok(Self {
            client: Client {
                exchanges,
                data,
                changes,
                monitors,
            },
            control,
            begun,
            heard,
            statuses,
            ended: None,
            tasks,
        })
    }

    /// The handle for sending requests.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Has the worker run the framework's checks, where it said that there are any. To be called
    /// once.
    pub fn check(&self) {
        self.control
            .push(|out| frame::put(out, Kind::Check, 0, |_| {}));
    }

    /// Whether a thread of the worker is in a debugger, as the worker said last.
    #[must_use]
    pub fn is_debugged(&self) -> bool {
        self.heard.is_debugged()
    }

    /// What the worker says next about itself; `None` once it can say no more, or is given up.
    pub async fn status(&mut self) -> Option<Status> {
        tokio::select! {
            biased;
            Some(status) = self.statuses.next() => Some(status),
            result = self.tasks.join_next(), if self.ended.is_none() => {
                self.ended = Some(outcome(result));
                // It may have said something before its end.
                self.statuses.end();
                self.statuses.next().await
            }
            else => None,
        }
    }

    /// Ends when the worker is gone or has to be given up; says which.
    ///
    /// Every request under way has been told by then.
    pub async fn closed(&mut self) -> Result<(), LinkError> {
        let result = match self.ended.take() {
            Some(result) => result,
            None => outcome(self.tasks.join_next().await),
        };
        self.close(match result {
            Err(LinkError::Silent(seconds)) => Cause::Silent(seconds),
            _ => Cause::Gone,
        });
        result
    }

    /// Closes the connections because the worker's code is out of date. Requests under way are
    /// told so.
    pub fn retire(mut self) {
        self.close(Cause::Outdated);
    }

    fn close(&mut self, cause: Cause) {
        self.client.exchanges.close(self.begun.count(), cause);
        self.client.data.close();
        self.client.changes.close();
        self.control.close();
        self.tasks.abort_all();
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.close(Cause::Gone);
    }
}

/// What the end of a task means.
fn outcome(result: Option<Result<Result<(), LinkError>, JoinError>>) -> Result<(), LinkError> {
    match result {
        Some(Ok(result)) => result,
        _ => Ok(()),
    }
}

fn into_split(stream: StdUnixStream) -> io::Result<(OwnedReadHalf, OwnedWriteHalf)> {
    stream.set_nonblocking(true)?;
    Ok(UnixStream::from_std(stream)?.into_split())
}

/// Writes what is pushed. That the worker is gone is for [`read_data`] to say: there may be answers
/// of it that were not read yet.
async fn write(
    outbox: Outbox,
    mut connection: OwnedWriteHalf,
    mut coalescing: Option<Coalescing>,
) -> Result<(), LinkError> {
    let mut batch = BytesMut::new();
    while outbox.take(&mut batch).await {
        if connection.write_all(&batch).await.is_err() {
            return std::future::pending().await;
        }
        if let Some(coalescing) = &mut coalescing {
            coalescing.pause().await;
        }
    }
    Ok(())
}

async fn read_data(
    mut connection: OwnedReadHalf,
    mut files: Files,
    exchanges: Exchanges,
) -> Result<(), LinkError> {
    let mut buffer = BytesMut::with_capacity(READ_BUFFER);
    while connection.read_buf(&mut buffer).await? > 0 {
        while let Some(frame) = frame::take(&mut buffer)? {
            exchanges.deliver(frame, &mut files)?;
        }
        buffer.reserve(READ_BUFFER / 2);
    }
    Ok(())
}

/// Reads what the worker says of itself. Its end is for [`read_data`] to notice, as with [`write`].
async fn read_control(
    mut connection: OwnedReadHalf,
    exchanges: Exchanges,
    statuses: Statuses,
    changes: Changes,
    heard: Arc<Heard>,
) -> Result<(), LinkError> {
    let mut buffer = BytesMut::new();
    while matches!(connection.read_buf(&mut buffer).await, Ok(1..)) {
        heard.note();
        while let Some(frame) = frame::take(&mut buffer)? {
            let status = match frame.kind {
                Kind::Want => {
                    exchanges.want(frame.id);
                    continue;
                }
                Kind::Taken => {
                    changes.answer(&frame);
                    continue;
                }
                Kind::Pong => {
                    heard.note_debugger(!frame.payload.is_empty());
                    continue;
                }
                Kind::Ready => Status::Ready(Report::decode(frame.payload)?),
                Kind::Failed => Status::Failed(Report::decode(frame.payload)?),
                Kind::Checked => Status::Checked(Report::decode(frame.payload)?),
                Kind::Loaded => Status::Loaded(Loaded::decode(frame.payload)?),
                other => return Err(LinkError::Misplaced(other)),
            };
            if !statuses.push(status) {
                return Err(LinkError::Misplaced(frame.kind));
            }
        }
    }
    // Whoever waits for a report need not wait any longer.
    statuses.end();
    std::future::pending().await
}
