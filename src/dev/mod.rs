//! The one loop that joins workers and front.
