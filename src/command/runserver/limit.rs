//! How many files may be open.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Lets this process have as many files open as the system allows it: each connection is one, and
/// the usual limit is 1,024. Returns the limit as it was, or 0 where it has not changed; it is the
/// project's, since there are programs that go through all the numbers a descriptor could have.
pub(super) fn raise_open_files() -> i32 {
    let limit = getrlimit(Resource::Nofile);
    let Rlimit { current, maximum } = limit;
    if current == maximum
        || setrlimit(
            Resource::Nofile,
            Rlimit {
                current: maximum,
                ..limit
            },
        )
        .is_err()
    {
        return 0;
    }
    current
        .and_then(|current| i32::try_from(current).ok())
        .unwrap_or_default()
}
