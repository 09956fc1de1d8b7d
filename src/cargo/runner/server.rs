//! The part that is the same for every project: HTTP/1.1 on a Unix socket, for the front alone.
//!
//! The one argument is a directory that only this user can enter. The front listens at `control`
//! in it; this process listens at `http`, connects to `control` and says `ready` there, or
//! `panicked` and how. Each octet that the front sends there is a question whether this process
//! reacts, and answered by one. When that connection closes, the front is gone, and this process
//! ends.

use std::{
    any::Any,
    backtrace::Backtrace,
    cell::RefCell,
    convert::Infallible,
    future::{poll_fn, Future},
    io,
    mem::take,
    panic::{catch_unwind, AssertUnwindSafe},
    path::Path,
    pin::{pin, Pin},
    process::ExitCode,
    sync::{
        atomic::{AtomicBool, Ordering},
        Arc,
    },
    task::{Context, Poll},
    time::Duration,
};

use hyper::{
    body::{Body, Buf, Bytes, Frame, Incoming, SizeHint},
    header::HeaderValue,
    server::conn::http1,
    service::service_fn,
    Request, Response, StatusCode,
};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{UnixListener, UnixStream},
    time::sleep,
};
use tower_service::Service;

use super::{backtrace, signals};

/// The header of an answer that is not the application's: its body says what went wrong.
const FAILURE: &str = "scaffold-failure";

/// How long is waited after a connection could not be accepted, as where no descriptor is left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// The exit code where `application` panicked.
const PANICKED: u8 = 3;

/// The application is made.
static SERVES: AtomicBool = AtomicBool::new(false);

type BoxError = Box<dyn std::error::Error + Send + Sync>;

thread_local! {
    /// What the last panic of this thread said, and where it came from.
    static PANIC: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Makes the application and serves it until the front is gone.
pub fn run<S, B>(make: impl AsyncFnOnce() -> S) -> ExitCode
where
    S: Service<Request<Incoming>, Response = Response<B>> + Clone + Send + 'static,
    S::Error: Into<BoxError>,
    S::Future: Send,
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<BoxError>,
{
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let text = format!("{panic}\n{}", Backtrace::force_capture());
        // Before it serves, the front shows it. Whoever says what backtraces are to be like gets
        // those.
        if !SERVES.load(Ordering::Relaxed) || std::env::var_os("RUST_BACKTRACE").is_some() {
            usual(panic);
        } else {
            let thread = std::thread::current();
            let (said, backtrace) = backtrace::split(&text);
            eprintln!("\nthread '{}' {said}\n{backtrace}", thread.name().unwrap_or("<unnamed>"));
        }
        // A thread that is ending may have no such place any more.
        let _ = PANIC.try_with(|last| last.replace(text));
    }));
    let Some(directory) = std::env::args_os().nth(1) else {
        eprintln!("this program is for `scaffold runserver`");
        return ExitCode::FAILURE;
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let result = runtime.and_then(|runtime| runtime.block_on(serve(directory.as_ref(), make)));
    match result {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: the application cannot be served: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn serve<S, B>(directory: &Path, make: impl AsyncFnOnce() -> S) -> io::Result<ExitCode>
where
    S: Service<Request<Incoming>, Response = Response<B>> + Clone + Send + 'static,
    S::Error: Into<BoxError>,
    S::Future: Send,
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<BoxError>,
{
    let mut control = UnixStream::connect(directory.join("control")).await?;
    let listener = UnixListener::bind(directory.join("http"))?;
    signals::leave_to_front()?;
    let application = match caught(make()).await {
        Ok(application) => application,
        Err(panic) => {
            control.write_all(format!("panicked\n{panic}").as_bytes()).await?;
            return Ok(ExitCode::from(PANICKED));
        }
    };
    SERVES.store(true, Ordering::Relaxed);
    control.write_all(b"ready\n").await?;
    tokio::spawn(async move {
        loop {
            match listener.accept().await {
                Ok((stream, _)) => {
                    let application = application.clone();
                    tokio::spawn(connection(stream, application));
                }
                Err(_) => sleep(ACCEPT_PAUSE).await,
            }
        }
    });
    // It ends when the front has ended, or wants this process to end.
    let (mut questions, answers) = control.into_split();
    let answers = Arc::new(answers);
    while let Ok(1..) = questions.read(&mut [0]).await {
        let answers = Arc::clone(&answers);
        // As a request would be: what keeps those from being answered keeps this, too.
        tokio::spawn(async move { answers.try_write(b"!") });
    }
    std::process::exit(0)
}

async fn connection<S, B>(stream: UnixStream, application: S)
where
    S: Service<Request<Incoming>, Response = Response<B>> + Clone + Send + 'static,
    S::Error: Into<BoxError>,
    S::Future: Send,
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<BoxError>,
{
    let service = service_fn(move |request| {
        let mut application = application.clone();
        async move {
            let answer = caught(async {
                poll_fn(|context| application.poll_ready(context)).await?;
                application.call(request).await
            });
            Ok::<_, Infallible>(match answer.await {
                Ok(Ok(response)) => response.map(|body| Answer::Application(Box::pin(body))),
                Ok(Err(error)) => failure("error", chain(&*error.into())),
                Err(panic) => failure("panic", panic),
            })
        }
    });
    // What goes wrong with the connection itself, the front sees.
    let _ = http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades()
        .await;
}

/// Runs a future to its end, or to its panic, of which it gives the text.
async fn caught<F: Future>(future: F) -> Result<F::Output, String> {
    let mut future = pin!(future);
    poll_fn(move |context| {
        let polled = catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context)));
        match polled {
            Ok(polled) => polled.map(Ok),
            Err(payload) => Poll::Ready(Err(said(&*payload))),
        }
    })
    .await
}

/// What the panic said that was just caught.
fn said(payload: &(dyn Any + Send)) -> String {
    let text = PANIC.with(|last| last.take());
    // Without a hook's text it was resumed, and not raised here.
    match (payload.downcast_ref::<&str>(), payload.downcast_ref::<String>()) {
        _ if !text.is_empty() => text,
        (Some(text), _) => (*text).to_owned(),
        (_, Some(text)) => text.clone(),
        _ => "a panic without a text".to_owned(),
    }
}

/// An error with all that it came from.
fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text = format!("{text}\ncaused by: {error}");
        source = error.source();
    }
    text
}

/// The answer where the application gives none.
fn failure<B>(kind: &'static str, text: String) -> Response<Answer<B>> {
    let mut response = Response::new(Answer::Own(text.into()));
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    let headers = response.headers_mut();
    headers.insert(FAILURE, HeaderValue::from_static(kind));
    response
}

/// The body of an answer: the application's, or a text of ours.
enum Answer<B> {
    Application(Pin<Box<B>>),
    Own(Bytes),
}

impl<B> Body for Answer<B>
where
    B: Body,
    B::Error: Into<BoxError>,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        match &mut *self {
            Self::Application(body) => body.as_mut().poll_frame(context).map(|frame| {
                let frame = frame?.map_err(Into::into).inspect_err(|error: &BoxError| {
                    // The front sees only that the response breaks off.
                    eprintln!("error: the body of a response failed: {}", chain(&**error));
                });
                Some(frame.map(|frame| {
                    frame.map_data(|mut data| data.copy_to_bytes(data.remaining()))
                }))
            }),
            Self::Own(text) if text.is_empty() => Poll::Ready(None),
            Self::Own(text) => Poll::Ready(Some(Ok(Frame::data(take(text))))),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Application(body) => body.is_end_stream(),
            Self::Own(text) => text.is_empty(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Application(body) => body.size_hint(),
            Self::Own(text) => SizeHint::with_exact(text.len() as u64),
        }
    }
}
