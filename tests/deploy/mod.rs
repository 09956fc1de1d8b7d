//! `scaffold deploy`: what it writes, and that real servers run projects with it.

#[cfg(feature = "system-tests")]
mod apache;
mod docker;
mod gunicorn;
mod image;
mod interface;
mod kubernetes;
mod manifests;
#[cfg(feature = "system-tests")]
mod nginx;
#[cfg(feature = "system-tests")]
mod root;
mod service;
mod site;
mod table;
mod unit;
#[cfg(feature = "system-tests")]
mod units;
mod uwsgi;
