//! Serves the application in production.

use std::{error::Error, io::IsTerminal as _, process::ExitCode, time::Duration};

use tokio::net::TcpListener;
use tower_http::{
    catch_panic::CatchPanicLayer,
    trace::{DefaultMakeSpan, DefaultOnResponse, TraceLayer},
};
use tracing::Level;
use tracing_subscriber::{
    filter::Targets, layer::SubscriberExt as _, util::SubscriberInitExt as _,
};

use {{ library }}::{settings::Settings, wsgi::application};

/// How long requests may take that are under way at the end. What manages services waits a little
/// longer before it kills: systemd for 90 seconds, Kubernetes for 30, Docker for 10.
const GRACE: Duration = Duration::from_secs(8);

#[tokio::main]
async fn main() -> ExitCode {
    match serve().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Answers requests until a signal says that it is enough.
async fn serve() -> Result<(), Box<dyn Error>> {
    let settings = Settings::load()?;
    log(settings.debug)?;
    let application = application()
        // A view that panics costs its own request.
        .layer(CatchPanicLayer::new())
        .layer(
            TraceLayer::new_for_http()
                .make_span_with(DefaultMakeSpan::new().level(Level::INFO))
                .on_response(DefaultOnResponse::new().level(Level::INFO)),
        );
    let address = settings.address;
    let listener = TcpListener::bind(address).await;
    let listener = listener.map_err(|error| format!("cannot listen on {address}: {error}"))?;
    // Before anybody is told of the address, so that no signal comes too early.
    let (stopped, too_late) = (stop()?, too_late(stop()?));
    tracing::info!("listening on http://{}", listener.local_addr()?);
    let server = axum::serve(listener, application).with_graceful_shutdown(stopped);
    tokio::select! {
        result = server => result?,
        () = too_late => tracing::warn!("requests were not done after {GRACE:?}"),
    }
    tracing::info!("stopped");
    Ok(())
}

/// Writes what happens to standard error. `RUST_LOG` says how much of it, as in
/// `info,tower_http=debug`.
fn log(debug: bool) -> Result<(), Box<dyn Error>> {
    let level = if debug { Level::DEBUG } else { Level::INFO };
    let filter = match std::env::var("RUST_LOG") {
        Ok(text) => text.parse().map_err(|error| format!("RUST_LOG: {error}"))?,
        Err(_) => Targets::new()
            .with_default(Level::INFO)
            .with_target(env!("CARGO_CRATE_NAME"), level),
    };
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    tracing_subscriber::registry()
        .with(lines)
        .with(filter)
        .init();
    Ok(())
}

/// Gives what waits for Ctrl-C, or for what manages services to say that it is enough. Signals count
/// from now on.
#[cfg(unix)]
fn stop() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Gives what waits for Ctrl-C. Signals count from now on.
#[cfg(windows)]
fn stop() -> std::io::Result<impl Future<Output = ()>> {
    let mut interrupt = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        interrupt.recv().await;
    })
}

/// Waits until requests have had their time after the signal.
async fn too_late(stopped: impl Future<Output = ()>) {
    stopped.await;
    tokio::time::sleep(GRACE).await;
}
