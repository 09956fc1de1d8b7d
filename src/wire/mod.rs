//! The protocol between front and worker.
