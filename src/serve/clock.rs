//! The time, as HTTP headers and the access log write it, formatted once a second.

use std::{
    cell::RefCell,
    rc::Rc,
    time::{SystemTime, UNIX_EPOCH},
};

/// A date in the form of the `Date` header (RFC 9110, section 5.6.7).
#[derive(Clone, Debug, Default)]
pub(crate) struct HttpDate(Rc<str>);

impl HttpDate {
    /// The date so many seconds after the beginning of 1970.
    pub(crate) fn at(seconds: i64) -> Self {
        let time = jiff::Timestamp::from_second(seconds).unwrap_or_default();
        Self(
            time.strftime("%a, %d %b %Y %H:%M:%S GMT")
                .to_string()
                .into(),
        )
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

#[derive(Debug, Default)]
struct Formatted {
    second: i64,
    http: HttpDate,
    log: Rc<str>,
}

thread_local! {
    static NOW: RefCell<Formatted> = RefCell::default();
}

fn with_now<T>(read: impl FnOnce(&Formatted) -> T) -> T {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    let second = i64::try_from(since.as_secs()).unwrap_or(i64::MAX);
    NOW.with_borrow_mut(|now| {
        if now.second != second {
            let local = jiff::Timestamp::from_second(second)
                .unwrap_or_default()
                .to_zoned(jiff::tz::TimeZone::system());
            *now = Formatted {
                second,
                http: HttpDate::at(second),
                log: local.strftime("%d/%b/%Y %H:%M:%S").to_string().into(),
            };
        }
        read(now)
    })
}

/// The time now for the `Date` header.
pub(crate) fn http_date() -> HttpDate {
    with_now(|now| now.http.clone())
}

/// The local time now as Django's server logs it: `20/Nov/2026 19:01:27`.
pub(crate) fn log_date() -> Rc<str> {
    with_now(|now| Rc::clone(&now.log))
}
