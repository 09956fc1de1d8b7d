//! The attributes of dates, times and moments.

use jiff::{
    Zoned,
    civil::{Date, DateTime as Civil, Time},
    tz::TimeZone,
};

use super::{Exception, Value, unsupported};
use crate::template::value::{
    DateTime, isoformat,
    moment::{is_fold, microseconds},
};

/// The attribute of this name, called where it is a method.
pub(super) fn member(value: &Value, name: &str) -> Option<Result<Value, Exception>> {
    match value {
        Value::Date(date) => of_date(*date, name, value),
        Value::Time(time) => of_time(*time, name, value),
        Value::DateTime(moment) => of_moment(moment, name, value),
        _ => None,
    }
}

/// Class methods and the like that are called without their arguments.
const LACK_ARGUMENTS: &[&str] = &[
    "combine",
    "fromisocalendar",
    "fromisoformat",
    "fromordinal",
    "fromtimestamp",
    "strftime",
    "strptime",
    "utcfromtimestamp",
];

/// What exists but has no [`Value`].
const UNSUPPORTED: &[&str] = &[
    "astimezone",
    "isocalendar",
    "max",
    "min",
    "now",
    "resolution",
    "timetuple",
    "timetz",
    "today",
    "tzinfo",
    "utcnow",
    "utcoffset",
    "utctimetuple",
];

fn of_date(date: Date, name: &str, value: &Value) -> Option<Result<Value, Exception>> {
    let only_moments = matches!(
        name,
        "astimezone"
            | "combine"
            | "now"
            | "strptime"
            | "timetz"
            | "tzinfo"
            | "utcfromtimestamp"
            | "utcnow"
            | "utcoffset"
            | "utctimetuple"
    );
    if only_moments {
        return None;
    }
    date_member(date, Time::midnight(), name).or_else(|| shared_member(name, value))
}

fn of_time(time: Time, name: &str, value: &Value) -> Option<Result<Value, Exception>> {
    match name {
        "tzinfo" | "utcoffset" | "dst" | "tzname" => Some(Ok(Value::None)),
        "fromisoformat" | "strftime" | "max" | "min" | "resolution" | "isoformat" | "replace" => {
            shared_member(name, value)
        }
        _ => time_member(time, name),
    }
}

fn of_moment(moment: &DateTime, name: &str, value: &Value) -> Option<Result<Value, Exception>> {
    let (civil, zoned) = match moment {
        DateTime::Naive(civil) => (*civil, None),
        DateTime::Aware(zoned) => (zoned.datetime(), Some(zoned)),
    };
    let result = match (name, zoned) {
        ("date", _) => Value::Date(civil.date()),
        ("time", _) | ("timetz", None) => Value::Time(civil.time()),
        ("tzinfo" | "utcoffset" | "dst" | "tzname", None) => Value::None,
        ("tzname", Some(zoned)) => Value::text(zone_name(zoned)),
        ("dst", Some(_)) => return Some(Err(unsupported(name, "datetime"))),
        ("fold", Some(zoned)) => Value::Int(i128::from(is_fold(zoned))),
        ("timestamp", Some(zoned)) => Value::Float(timestamp(zoned)),
        // A moment without a zone is taken to be in the zone of the machine.
        ("timestamp", None) => return Some(Err(unsupported(name, "naive datetime"))),
        _ => {
            return date_member(civil.date(), civil.time(), name)
                .or_else(|| time_member(civil.time(), name))
                .or_else(|| shared_member(name, value));
        }
    };
    Some(Ok(result))
}

/// What moments, dates and times have in common.
fn shared_member(name: &str, value: &Value) -> Option<Result<Value, Exception>> {
    match name {
        "isoformat" => Some(Ok(Value::text(isoformat(value, 'T')))),
        "replace" => Some(Ok(value.clone())),
        _ if LACK_ARGUMENTS.contains(&name) => Some(Ok(Value::text(""))),
        _ if UNSUPPORTED.contains(&name) => Some(Err(unsupported(name, value.type_name()))),
        _ => None,
    }
}

fn date_member(date: Date, time: Time, name: &str) -> Option<Result<Value, Exception>> {
    let int = |value: i64| Value::Int(i128::from(value));
    let weekday = date.weekday();
    Some(Ok(match name {
        "year" => int(date.year().into()),
        "month" => int(date.month().into()),
        "day" => int(date.day().into()),
        "weekday" => int(weekday.to_monday_zero_offset().into()),
        "isoweekday" => int(weekday.to_monday_one_offset().into()),
        "toordinal" => int(ordinal(date)),
        "ctime" => Value::text(
            Civil::from_parts(date, time)
                .strftime("%a %b %e %H:%M:%S %Y")
                .to_string(),
        ),
        _ => return None,
    }))
}

fn time_member(time: Time, name: &str) -> Option<Result<Value, Exception>> {
    let value = match name {
        "hour" => time.hour().into(),
        "minute" => time.minute().into(),
        "second" => time.second().into(),
        "microsecond" => microseconds(time),
        "fold" => 0,
        _ => return None,
    };
    Some(Ok(Value::Int(value.into())))
}

/// `tzname()`.
pub(in crate::template) fn zone_name(moment: &Zoned) -> String {
    let zone = moment.time_zone();
    let is_utc = *zone == TimeZone::UTC;
    if zone.iana_name().is_none() && !is_utc && zone.to_fixed_offset().is_ok() {
        return match moment.offset().seconds() {
            0 => "UTC".to_owned(),
            _ => format!(
                "UTC{}",
                crate::template::value::offset_text(moment.offset(), ":")
            ),
        };
    }
    let info = zone.to_offset_info(moment.timestamp());
    info.abbreviation().to_owned()
}

/// The number of the day, where the first of January of the year 1 is 1.
fn ordinal(date: Date) -> i64 {
    let first = Date::constant(1, 1, 1);
    date.duration_since(first).as_hours() / 24 + 1
}

#[expect(
    clippy::cast_precision_loss,
    reason = "Python's timestamps are floats too"
)]
fn timestamp(moment: &Zoned) -> f64 {
    moment.timestamp().as_microsecond() as f64 / 1e6
}
