//! The application: what a server calls.

use axum::Router;

use crate::{settings::Settings, urls};

/// Makes the application.
///
/// # Panics
///
/// Where the environment does not say what [`Settings`] need.
pub fn application() -> Router {
    let settings = Settings::get();

    urls::routes(settings)
    // Middleware is a layer around all that stands above it. The last line sees a request first.
    // Which layers `tower_http` has is a matter of its features in Cargo.toml:
    //
    //     .layer(CompressionLayer::new())
    //     .layer(CorsLayer::permissive())
    //
    // What only production needs, such as the access log, is in main.rs.
}
