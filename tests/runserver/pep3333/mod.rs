//! PEP 3333, point by point, over the wire: each test names the points that it is about.

mod cases;
