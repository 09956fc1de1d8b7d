//! Serves the application in production.

use std::{error::Error, future::pending, io::IsTerminal as _, process::ExitCode, time::Duration};

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
    tracing::info!("listening on http://{}", listener.local_addr()?);
    let server = axum::serve(listener, application).with_graceful_shutdown(stop());
    tokio::select! {
        result = server => result?,
        () = too_late() => tracing::warn!("requests were not done after {GRACE:?}"),
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

/// Waits for Ctrl-C, or for what manages services to say that it is enough.
async fn stop() {
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        use tokio::signal::unix::{SignalKind, signal};

        match signal(SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}

/// Waits until requests have had their time after [`stop`].
async fn too_late() {
    stop().await;
    tokio::time::sleep(GRACE).await;
}
