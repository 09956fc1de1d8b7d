//! The views: each takes what it needs of a request, and returns what becomes the response.

use axum::{
    Json,
    extract::Path,
    http::{StatusCode, Uri},
    response::Html,
};
use serde::Serialize;

/// Shows the first page.
pub async fn home() -> Html<&'static str> {
    Html(include_str!("pages/home.html"))
}

/// What [`hello`] answers.
#[derive(Debug, Serialize)]
pub struct Greeting {
    message: String,
}

/// Greets whom the path names, as JSON.
pub async fn hello(Path(name): Path<String>) -> Json<Greeting> {
    Json(Greeting {
        message: format!("Hello, {name}!"),
    })
}

/// Answers what no route does.
pub async fn not_found(uri: Uri) -> (StatusCode, String) {
    let text = format!("Not found: {}\n", uri.path());
    (StatusCode::NOT_FOUND, text)
}
