//! Tells cargo that the embedded templates are part of the program (`include_dir` alone does not
//! notice a file that is new or gone), and has GCC's unwinder linked into the program.

use std::{env, path::Path, process::Command};

/// GCC's unwinder as a static library. As a shared one it is loaded at every start, and asks the
/// processor what it is, which takes long in a virtual machine: together a tenth of the time that
/// `startproject` takes.
const UNWINDER: &str = "gcc_eh";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=templates");
    println!("cargo::rerun-if-env-changed=RUSTC_LINKER");
    if is_for_glibc() && has_unwinder() {
        // Before the shared one, which then nothing needs any more.
        println!("cargo::rustc-link-lib={UNWINDER}");
    }
}

fn is_for_glibc() -> bool {
    let is = |name, value| env::var(name).is_ok_and(|it| it == value);
    is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu")
}

/// Whether the linker knows where the library is. A compiler names it with its path then.
fn has_unwinder() -> bool {
    let linker = env::var_os("RUSTC_LINKER").unwrap_or_else(|| "cc".into());
    let question = format!("-print-file-name=lib{UNWINDER}.a");
    let answer = Command::new(linker).arg(question).output();
    answer.is_ok_and(|it| {
        let path = String::from_utf8_lossy(&it.stdout);
        let path = Path::new(path.trim());
        path.is_absolute() && path.is_file()
    })
}
