//! Templates made for cookiecutter, compared with cookiecutter itself: the same templates go
//! through the real one ([`oracle`]) and through the program, and what comes out must be the same.
//!
//! Single texts are in `expressions.txt`, those in which the two differ in `differences.txt`; whole
//! templates are in [`trees`]. What is this program's own is in [`own`] and [`hooks`].

mod expressions;
mod hooks;
mod oracle;
mod own;
mod trees;
