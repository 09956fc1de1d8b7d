//! What the tag `now` writes: the moment in a zone, some time before or after it, in a format of
//! C's `strftime`. Zones and shifts are those of Python's `arrow`.

use jiff::{Span, ToSpan as _, Zoned, civil::DateTime, fmt::strtime, tz::TimeZone};
use minijinja::{Error, ErrorKind};

use super::arguments::{Arguments, Given};

/// The format where the template has none.
const FORMAT: &str = "%Y-%m-%d";

/// The function that stands for the tag.
pub(super) fn now(moment: &Zoned, arguments: Given) -> Result<String, Error> {
    let names = ["timezone", "format", "operator", "offset"];
    let arguments = Arguments::bind(names, arguments)?;
    if arguments.get(0).is_none() {
        return Err(invalid("`now` needs a time zone, as in `{% now 'utc' %}`"));
    }
    let mut moment = moment.with_time_zone(zone(&arguments.text(0, "")?)?);
    if arguments.get(3).is_some() {
        let is_before = arguments.text(2, "+")? == "-";
        let shifted = shifted(moment.datetime(), &arguments.text(3, "")?, is_before)?;
        moment = shifted
            .to_zoned(moment.time_zone().clone())
            .map_err(|error| invalid(error.to_string()))?;
    }
    let format = match arguments.get(1) {
        Some(value) if !value.is_none() => arguments.text(1, FORMAT)?,
        _ => FORMAT.to_owned(),
    };
    strtime::format(&format, &moment).map_err(|error| invalid(format!("`now`: {error}")))
}

fn zone(name: &str) -> Result<TimeZone, Error> {
    if name == "local" {
        return Ok(TimeZone::system());
    }
    if matches!(name, "utc" | "UTC" | "Z") {
        return Ok(TimeZone::UTC);
    }
    if let Some(offset) = fixed(name) {
        return Ok(offset);
    }
    TimeZone::get(name).map_err(|_| invalid(format!("there is no time zone `{name}`")))
}

/// `+01:00`, `-0130`, `+02`.
fn fixed(name: &str) -> Option<TimeZone> {
    let (is_west, digits) = match name.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, name.strip_prefix('+')?),
    };
    let (hours, minutes) = match digits.split_once(':') {
        Some(parts) => parts,
        None if digits.len() == 4 => digits.split_at_checked(2)?,
        None => (digits, "0"),
    };
    let seconds = hours.parse::<i32>().ok()?.checked_mul(3600)?
        + minutes.parse::<i32>().ok().filter(|it| *it < 60)? * 60;
    let seconds = if is_west { -seconds } else { seconds };
    let offset = jiff::tz::Offset::from_seconds(seconds).ok()?;
    Some(TimeZone::fixed(offset))
}

/// The moment with what `days=2, hours=1` says, on the clock of the zone.
fn shifted(moment: DateTime, text: &str, is_before: bool) -> Result<DateTime, Error> {
    let mut months = 0;
    let mut days = 0;
    let mut seconds = 0.0;
    for part in text.split(',') {
        let wrong = || invalid(format!("`{part}` is no shift, as `days=2` is"));
        let (unit, number) = part.split_once('=').ok_or_else(wrong)?;
        let number: f64 = number.trim().parse().map_err(|_| wrong())?;
        if !number.is_finite() || number.abs() > MOST {
            return Err(wrong());
        }
        #[expect(
            clippy::cast_possible_truncation,
            reason = "it is smaller than a million"
        )]
        let whole = || {
            if number.fract() == 0.0 {
                Ok(number as i64)
            } else {
                Err(wrong())
            }
        };
        match unit.trim() {
            "years" => months += whole()? * 12,
            "quarters" => months += whole()? * 3,
            "months" => months += whole()?,
            "weeks" if number.fract() == 0.0 => days += whole()? * 7,
            "weeks" => seconds += number * 7.0 * DAY,
            "days" if number.fract() == 0.0 => days += whole()?,
            "days" => seconds += number * DAY,
            "hours" => seconds += number * 3600.0,
            "minutes" => seconds += number * 60.0,
            "seconds" => seconds += number,
            "microseconds" => seconds += number / 1_000_000.0,
            _ => return Err(wrong()),
        }
    }
    let sign = if is_before { -1 } else { 1 };
    #[expect(clippy::cast_possible_truncation, reason = "a shift is limited")]
    let microseconds = (seconds * 1_000_000.0).round() as i64 * sign;
    let span = || -> Result<Span, jiff::Error> {
        Span::new().try_months(months * sign)?.try_days(days * sign)
    };
    let shifted = span()
        .and_then(|span| moment.checked_add(span))
        .and_then(|moment| moment.checked_add(microseconds.microseconds()));
    shifted.map_err(|error| invalid(format!("`{text}` leads too far: {error}")))
}

/// The seconds of a day.
const DAY: f64 = 86_400.0;

/// More of no unit is a year that there is.
const MOST: f64 = 1_000_000.0;

fn invalid(message: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::InvalidOperation, message)
}
