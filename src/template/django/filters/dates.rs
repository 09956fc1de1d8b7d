//! Filters of dates and times.

use jiff::{
    SignedDuration,
    civil::{Date, DateTime as Civil},
    tz::TimeZone,
};

use super::{Input, lacks};
use crate::template::{
    django::dateformat::{self, Letters},
    value::{DateTime, Exception, Str, Value},
};

/// The format, where the value is one that could be formatted at all.
fn wanted(input: &Input<'_>) -> Option<String> {
    let nothing = match input.value {
        Value::None => true,
        Value::Str(Str { text, .. }) => text.is_empty(),
        _ => false,
    };
    let argument = input.argument();
    (!nothing).then(|| {
        if argument.is_true() {
            argument.to_text()
        } else {
            String::new()
        }
    })
}

pub(super) fn date(input: &Input<'_>) -> Result<Value, Exception> {
    formatted(input, Letters::All)
}

pub(super) fn time(input: &Input<'_>) -> Result<Value, Exception> {
    match formatted(input, Letters::OfTime) {
        Err(Exception::Type(_)) => Ok(Value::text("")),
        result => result,
    }
}

fn formatted(input: &Input<'_>, letters: Letters) -> Result<Value, Exception> {
    let Some(format) = wanted(input) else {
        return Ok(Value::text(""));
    };
    let first = dateformat::format_value(input.value, &format, letters);
    let is_silent = |error: &Exception| match error {
        Exception::Attribute(_) => true,
        Exception::Type(_) => letters == Letters::OfTime,
        _ => false,
    };
    // A second attempt takes the argument for what it is, though it be a name or false.
    let second = match first {
        Err(error) if is_silent(&error) => {
            dateformat::write(input.value, &input.argument().to_text(), letters)
        }
        result => result,
    };
    match second {
        Err(error) if is_silent(&error) => Ok(Value::text("")),
        result => result.map(Value::text),
    }
}

pub(super) fn since(input: &Input<'_>) -> Result<Value, Exception> {
    distance(input, |value, now| (value, now))
}

pub(super) fn until(input: &Input<'_>) -> Result<Value, Exception> {
    distance(input, |value, now| (now, value))
}

/// How long it is between the value and the argument, or now; `order` puts the earlier of them
/// first.
fn distance(
    input: &Input<'_>,
    order: fn(Civil, Civil) -> (Civil, Civil),
) -> Result<Value, Exception> {
    if !input.value.is_true() {
        return Ok(Value::text(""));
    }
    let value = moment(input.value)?;
    let now = if input.argument().is_true() {
        moment(input.argument())?
    } else {
        let now = input.environment.now;
        match &value {
            DateTime::Aware(_) => DateTime::Aware(now.clone()),
            // Python takes what has no zone to be in the zone of the machine.
            DateTime::Naive(_) => {
                DateTime::Naive(now.with_time_zone(TimeZone::system()).datetime())
            }
        }
    };
    let (value, now) = match (value, now) {
        (DateTime::Naive(value), DateTime::Naive(now)) => (value, now),
        // In one time zone Python goes by the clock on the wall.
        (DateTime::Aware(value), DateTime::Aware(now)) => {
            let now = now.with_time_zone(value.time_zone().clone());
            (value.datetime(), now.datetime())
        }
        // Python cannot compare them.
        _ => return Ok(Value::text("")),
    };
    let (earlier, later) = order(value, now);
    Ok(Value::text(between(earlier, later).unwrap_or_default()))
}

/// A date is its midnight.
fn moment(value: &Value) -> Result<DateTime, Exception> {
    match value {
        Value::DateTime(moment) => Ok(moment.clone()),
        Value::Date(date) => Ok(DateTime::Naive(date.at(0, 0, 0, 0))),
        _ => Err(lacks(value, "year")),
    }
}

/// The time between two moments in two units that follow each other, such as `1 year, 3 months`.
/// `None` where it reaches beyond the calendar.
fn between(earlier: Civil, later: Civil) -> Option<String> {
    let elapsed = later.duration_since(earlier);
    if elapsed < SignedDuration::from_secs(1) {
        return Some(amount(0, "minute"));
    }
    let months_of = |moment: Civil| i64::from(moment.year()) * 12 + i64::from(moment.month());
    let mut months = months_of(later) - months_of(earlier);
    if (earlier.day(), earlier.time()) > (later.day(), later.time()) {
        months -= 1;
    }
    let (years, months) = (months.div_euclid(12), months.rem_euclid(12));
    let pivot = if years == 0 && months == 0 {
        earlier
    } else {
        pivot(earlier, years, months)?
    };
    // Before the pivot only by less than a second, which makes no unit.
    let mut rest = later
        .duration_since(pivot)
        .as_micros()
        .div_euclid(1_000_000);
    let mut amounts = vec![(years, "year"), (months, "month")];
    for (seconds, unit) in [
        (604_800, "week"),
        (86_400, "day"),
        (3_600, "hour"),
        (60, "minute"),
    ] {
        amounts.push((i64::try_from(rest.div_euclid(seconds)).ok()?, unit));
        rest = rest.rem_euclid(seconds);
    }
    let shown: Vec<_> = amounts
        .into_iter()
        .skip_while(|&(count, _)| count == 0)
        .take(2)
        .take_while(|&(count, _)| count != 0)
        .map(|(count, unit)| amount(count, unit))
        .collect();
    Some(if shown.is_empty() {
        amount(0, "minute")
    } else {
        shown.join(", ")
    })
}

/// The moment so many months later. Django counts 28 days for every February.
fn pivot(earlier: Civil, years: i64, months: i64) -> Option<Civil> {
    let month = i64::from(earlier.month()) + months;
    let (year, month) = if month > 12 {
        (years + 1, month - 12)
    } else {
        (years, month)
    };
    let year = i16::try_from(i64::from(earlier.year()) + year).ok()?;
    let month = i8::try_from(month).ok()?;
    let last = match month {
        2 => 28,
        _ => Date::new(year, month, 1).ok()?.days_in_month(),
    };
    let date = Date::new(year, month, earlier.day().min(last)).ok()?;
    let time = earlier.time();
    Some(date.at(time.hour(), time.minute(), time.second(), 0))
}

/// A number and its unit, which stay on one line.
fn amount(count: i64, unit: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count}\u{a0}{unit}{plural}")
}
