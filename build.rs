//! Tells cargo that the embedded templates are part of the program: `include_dir` alone does not
//! notice a file that is new or gone.

fn main() {
    println!("cargo::rerun-if-changed=templates");
}
