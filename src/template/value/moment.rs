//! How Python writes dates, times and moments.

use std::fmt::Write;

use jiff::{
    Zoned,
    civil::Time,
    tz::{Offset, TimeZone},
};

use super::{DateTime, Value};

/// `str()` of a date, a time or a moment.
pub(super) fn text(value: &Value) -> String {
    isoformat(value, ' ')
}

/// `isoformat(sep)` of a date, a time or a moment.
pub(in crate::template) fn isoformat(value: &Value, separator: char) -> String {
    match value {
        Value::Date(date) => date.to_string(),
        Value::Time(time) => time_text(*time),
        Value::DateTime(DateTime::Naive(moment)) => {
            format!("{}{separator}{}", moment.date(), time_text(moment.time()))
        }
        Value::DateTime(DateTime::Aware(moment)) => format!(
            "{}{separator}{}{}",
            moment.date(),
            time_text(moment.time()),
            offset_text(moment.offset(), ":")
        ),
        _ => String::new(),
    }
}

/// `time.isoformat()`: microseconds only where there are some.
fn time_text(time: Time) -> String {
    let mut text = format!(
        "{:02}:{:02}:{:02}",
        time.hour(),
        time.minute(),
        time.second()
    );
    let micros = microseconds(time);
    if micros > 0 {
        // Writing to a text cannot fail.
        let _ = write!(text, ".{micros:06}");
    }
    text
}

/// Python counts in microseconds.
pub(super) fn microseconds(time: Time) -> i32 {
    time.subsec_nanosecond() / 1000
}

/// The distance from UTC: hours, minutes, and seconds where there are some.
pub(in crate::template) fn offset_text(offset: Offset, separator: &str) -> String {
    let seconds = offset.seconds();
    let sign = if seconds < 0 { '-' } else { '+' };
    let seconds = seconds.abs();
    let mut text = format!(
        "{sign}{:02}{separator}{:02}",
        seconds / 3600,
        seconds / 60 % 60
    );
    if seconds % 60 != 0 {
        // Writing to a text cannot fail.
        let _ = write!(text, "{separator}{:02}", seconds % 60);
    }
    text
}

/// `repr()` of a date, a time or a moment.
pub(super) fn repr(value: &Value) -> String {
    match value {
        Value::Date(date) => format!(
            "datetime.date({}, {}, {})",
            date.year(),
            date.month(),
            date.day()
        ),
        Value::Time(time) => format!("datetime.time({})", time_arguments(*time)),
        Value::DateTime(DateTime::Naive(moment)) => {
            format!("datetime.datetime({})", arguments(*moment))
        }
        Value::DateTime(DateTime::Aware(moment)) => format!(
            "datetime.datetime({}{}, tzinfo={})",
            arguments(moment.datetime()),
            if is_fold(moment) { ", fold=1" } else { "" },
            zone_repr(moment.time_zone())
        ),
        _ => String::new(),
    }
}

fn arguments(moment: jiff::civil::DateTime) -> String {
    format!(
        "{}, {}, {}, {}",
        moment.year(),
        moment.month(),
        moment.day(),
        time_arguments(moment.time())
    )
}

fn time_arguments(time: Time) -> String {
    let mut text = format!("{}, {}", time.hour(), time.minute());
    let micros = microseconds(time);
    // Writing to a text cannot fail.
    if time.second() != 0 || micros != 0 {
        let _ = write!(text, ", {}", time.second());
    }
    if micros != 0 {
        let _ = write!(text, ", {micros}");
    }
    text
}

/// Whether it is the second of two moments with the same time on the clock.
pub(super) fn is_fold(moment: &Zoned) -> bool {
    let earlier = moment
        .time_zone()
        .to_ambiguous_zoned(moment.datetime())
        .earlier();
    earlier.is_ok_and(|earlier| earlier.timestamp() < moment.timestamp())
}

/// `repr()` of a `tzinfo`.
fn zone_repr(zone: &TimeZone) -> String {
    match (zone.iana_name(), zone.to_fixed_offset()) {
        (Some(name), Err(_)) => format!("zoneinfo.ZoneInfo(key='{name}')"),
        (_, Ok(offset)) if offset != Offset::UTC => {
            let seconds = offset.seconds();
            let days = if seconds < 0 { "days=-1, " } else { "" };
            let seconds = seconds.rem_euclid(24 * 60 * 60);
            format!("datetime.timezone(datetime.timedelta({days}seconds={seconds}))")
        }
        _ => "datetime.timezone.utc".to_owned(),
    }
}
