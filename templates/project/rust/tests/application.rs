//! Calls the application as a server does, without a socket.

use axum::{
    body::{Body, to_bytes},
    http::{HeaderValue, Request, StatusCode, header::CONTENT_TYPE},
};
use tower::ServiceExt as _;

use {{ library }}::wsgi::application;

/// What the application answered to one request.
struct Answer {
    status: StatusCode,
    content_type: Option<HeaderValue>,
    body: String,
}

async fn get(path: &str) -> Answer {
    let request = Request::get(path).body(Body::empty()).unwrap();
    let response = application().oneshot(request).await.unwrap();
    let status = response.status();
    let content_type = response.headers().get(CONTENT_TYPE).cloned();
    let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    Answer {
        status,
        content_type,
        body: String::from_utf8(body.to_vec()).unwrap(),
    }
}

#[tokio::test]
async fn home_is_a_page() {
    let answer = get("/").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.content_type.unwrap(), "text/html; charset=utf-8");
    let heading = "<h1>{{ project_name }}</h1>";
    assert!(answer.body.contains(heading));
}

#[tokio::test]
async fn a_path_parameter_reaches_the_view() {
    let answer = get("/hello/Zo%C3%AB").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.content_type.unwrap(), "application/json");
    assert_eq!(answer.body, r#"{"message":"Hello, Zoë!"}"#);
}

#[tokio::test]
async fn an_unknown_path_is_not_found() {
    let answer = get("/nowhere").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert_eq!(answer.body, "Not found: /nowhere\n");
}

#[tokio::test]
async fn a_static_file_is_served() {
    let answer = get("/static/style.css").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.content_type.unwrap(), "text/css");
}

#[tokio::test]
async fn nothing_outside_of_the_static_directory_is_served() {
    for path in ["../Cargo.toml", "%2e%2e/Cargo.toml", "/etc/passwd", ""] {
        let answer = get(&format!("/static/{path}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
}
