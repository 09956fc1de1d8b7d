//! Which view answers which path.

use axum::{Router, routing::get};
use tower_http::services::ServeDir;

use crate::{settings::Settings, views};

/// All routes.
pub fn routes(settings: &Settings) -> Router {
    Router::new()
        .route("/", get(views::home))
        .route("/hello/{name}", get(views::hello))
        .nest_service("/static", ServeDir::new(&settings.static_root))
        .fallback(views::not_found)
}
