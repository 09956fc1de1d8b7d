//! An application with a path for each thing that applications do, without a framework.

use std::{
    convert::Infallible,
    error::Error,
    future::Future,
    pin::Pin,
    sync::LazyLock,
    task::{Context, Poll},
    time::Duration,
};

use http_body_util::{BodyExt, Full, StreamBody, combinators::UnsyncBoxBody};
use hyper::{
    Request, Response, StatusCode,
    body::{Bytes, Frame, Incoming},
    header,
};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    sync::Semaphore,
};

type BoxError = Box<dyn Error + Send + Sync>;
type Body = UnsyncBoxBody<Bytes, BoxError>;

/// What `/go` lets go on.
static GO: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(0));

#[derive(Clone)]
pub struct Site;

pub fn application() -> Site {
    Site
}

impl tower_service::Service<Request<Incoming>> for Site {
    type Response = Response<Body>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, BoxError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Incoming>) -> Self::Future {
        Box::pin(answer(request))
    }
}

fn text(text: impl Into<Bytes>) -> Response<Body> {
    let body = Full::new(text.into()).map_err(|never: Infallible| match never {});
    Response::new(body.boxed_unsync())
}

async fn answer(mut request: Request<Incoming>) -> Result<Response<Body>, BoxError> {
    Ok(match request.uri().path() {
        "/" => text(crate::TEXT),
        "/page" => {
            let mut response = text("<html><body>hello</body></html>");
            let kind = header::HeaderValue::from_static("text/html");
            response.headers_mut().insert(header::CONTENT_TYPE, kind);
            response
        }
        "/echo" => Response::new(request.into_body().map_err(Into::into).boxed_unsync()),
        "/read" => text(request.into_body().collect().await?.to_bytes()),
        "/request" => {
            let mut lines = format!("{} {}\n", request.method(), request.uri());
            for (name, value) in request.headers() {
                lines.push_str(&format!("{name}: {}\n", value.to_str()?));
            }
            text(lines)
        }
        "/go" => {
            GO.add_permits(1);
            text("gone")
        }
        "/gate" => {
            println!("at the gate");
            // A file, and not another request: that would come to another process by now.
            while !std::path::Path::new("gate").exists() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            text(crate::TEXT)
        }
        "/events" => events(),
        "/socket" => socket(&mut request)?,
        "/panic" => panic!("oh no <{}>", 1 + 1),
        "/error" => return Err("the database is away".into()),
        "/abort" => std::process::abort(),
        // No thread is left for anything else.
        "/block" => loop {
            std::thread::park();
        },
        "/short" => short(),
        _ => {
            let mut response = text("no such page");
            *response.status_mut() = StatusCode::NOT_FOUND;
            response
        }
    })
}

/// One event, and another one once somebody asks for `/go`.
fn events() -> Response<Body> {
    let blocks = futures_util::stream::unfold(0, |number| async move {
        match number {
            0 => {}
            1 => GO.acquire().await.ok()?.forget(),
            _ => return None,
        }
        let block = Frame::data(Bytes::from(format!("data: {number}\n\n")));
        Some((Ok(block), number + 1))
    });
    let mut response = Response::new(StreamBody::new(blocks).boxed_unsync());
    let kind = header::HeaderValue::from_static("text/event-stream");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}

/// A body that breaks off in its middle.
fn short() -> Response<Body> {
    let blocks = futures_util::stream::unfold(0, |number| async move {
        if number == 0 {
            return Some((Ok(Frame::data(Bytes::from("begun"))), 1));
        }
        GO.acquire().await.ok()?.forget();
        Some((Err("the disk is gone".into()), 2))
    });
    Response::new(StreamBody::new(blocks).boxed_unsync())
}

/// A connection that gives back in capitals what comes (no frames: what stands between is not to
/// look into them).
fn socket(request: &mut Request<Incoming>) -> Result<Response<Body>, BoxError> {
    let upgrade = hyper::upgrade::on(request);
    tokio::spawn(async move {
        let mut stream = TokioIo::new(upgrade.await?);
        let mut octets = [0; 1024];
        loop {
            let count = stream.read(&mut octets).await?;
            if count == 0 {
                return Ok::<_, BoxError>(());
            }
            let octets = octets[..count].to_ascii_uppercase();
            stream.write_all(&octets).await?;
            stream.flush().await?;
        }
    });
    let response = Response::builder()
        .status(StatusCode::SWITCHING_PROTOCOLS)
        .header(header::CONNECTION, "Upgrade")
        .header(header::UPGRADE, "websocket")
        .header("Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    let empty = Full::default().map_err(|never: Infallible| match never {});
    Ok(response.body(empty.boxed_unsync())?)
}
