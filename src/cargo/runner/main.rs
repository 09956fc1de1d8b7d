//! Serves the project for `scaffold runserver`, which writes and builds this. Edits are lost.

mod backtrace;
mod server;
mod signals;

fn main() -> std::process::ExitCode {
    server::run(|| async { APPLICATION })
}
