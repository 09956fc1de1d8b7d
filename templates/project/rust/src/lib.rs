//! {{ project_name }}: the application, as a library that servers and tests call.

pub mod settings;
pub mod urls;
pub mod views;
pub mod wsgi;
