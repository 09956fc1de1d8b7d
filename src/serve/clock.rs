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

/// The local time in the forms that logs have it in.
#[derive(Debug, Default)]
pub(crate) struct Local {
    /// As Django's server logs it: `20/Nov/2026 19:01:27`.
    pub(crate) django: String,
    /// As the Common Log Format has it: `20/Nov/2026:19:01:27 +0100`.
    pub(crate) common: String,
    /// The beginning of ISO 8601, up to the seconds: `2026-11-20T19:01:27`.
    pub(crate) iso: String,
    /// The end of it: `+01:00`.
    pub(crate) offset: String,
    /// Of the second, which the texts do not say.
    pub(crate) milliseconds: u32,
}

#[derive(Debug, Default)]
struct Formatted {
    second: i64,
    http: HttpDate,
    local: Local,
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
            let format = |form| local.strftime(form).to_string();
            *now = Formatted {
                second,
                http: HttpDate::at(second),
                local: Local {
                    django: format("%d/%b/%Y %H:%M:%S"),
                    common: format("%d/%b/%Y:%H:%M:%S %z"),
                    iso: format("%Y-%m-%dT%H:%M:%S"),
                    offset: format("%:z"),
                    milliseconds: 0,
                },
            };
        }
        now.local.milliseconds = since.subsec_millis();
        read(now)
    })
}

/// The time now for the `Date` header.
pub(crate) fn http_date() -> HttpDate {
    with_now(|now| now.http.clone())
}

/// Gives the local time now to `read`, which must not ask for the time itself.
pub(crate) fn with_local<T>(read: impl FnOnce(&Local) -> T) -> T {
    with_now(|now| read(&now.local))
}
