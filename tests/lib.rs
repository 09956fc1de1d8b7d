//! The integration tests: the real binary, real CPython, real sockets.

mod startproject;
