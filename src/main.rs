//! The `scaffold` program: everything it does is in the library.

use std::process::ExitCode;

/// Requests are many small allocations of a few sizes; this allocator serves them in about half
/// the time of the system's.
#[global_allocator]
static GLOBAL: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    scaffold::run(std::env::args_os())
}
