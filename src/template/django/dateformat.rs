//! Django's date formats: a letter for each part of a date, as in PHP.

use jiff::{
    Zoned,
    civil::{Date, DateTime as Civil, Time},
    tz::{AmbiguousOffset, Offset, TimeZone},
};

use super::Fault;
use crate::template::value::{DateTime, Exception, Value, isoformat, offset_text, zone_name};

mod names;

/// Django's `TIME_ZONE`, where no settings say otherwise.
pub(super) const ZONE: TimeZone = jiff::tz::get!("America/Chicago");

/// The moment in this format, which may be the name of one of Django's settings, such as
/// `DATE_FORMAT`. An empty format is that one.
pub(super) fn format(moment: &Zoned, format: &str) -> Result<String, Fault> {
    let value = Value::DateTime(DateTime::Aware(moment.clone()));
    format_value(&value, format, Letters::All).map_err(Fault::from)
}

/// The value in this format or the one of this name; an empty one is the usual one.
pub(super) fn format_value(
    value: &Value,
    format: &str,
    letters: Letters,
) -> Result<String, Exception> {
    let format = match (format, letters) {
        ("", Letters::All) => "DATE_FORMAT",
        ("", Letters::OfTime) => "TIME_FORMAT",
        _ => format,
    };
    write(value, named(format), letters)
}

/// An aware moment as it is in Django's time zone; any other value as it is.
pub(super) fn localtime(value: &Value) -> Value {
    match value {
        Value::DateTime(DateTime::Aware(moment)) => {
            Value::DateTime(DateTime::Aware(moment.with_time_zone(ZONE)))
        }
        _ => value.clone(),
    }
}

/// The format that is meant, as American English has it.
fn named(format: &str) -> &str {
    match format {
        "DATE_FORMAT" => "N j, Y",
        "DATETIME_FORMAT" => "N j, Y, P",
        "TIME_FORMAT" => "P",
        "YEAR_MONTH_FORMAT" => "F Y",
        "MONTH_DAY_FORMAT" => "F j",
        "SHORT_DATE_FORMAT" => "m/d/Y",
        "SHORT_DATETIME_FORMAT" => "m/d/Y P",
        // They are no formats, but looked up all the same.
        "FIRST_DAY_OF_WEEK" => "0",
        "NUMBER_GROUPING" => "3",
        "DECIMAL_SEPARATOR" => ".",
        "THOUSAND_SEPARATOR" => ",",
        _ => format,
    }
}

/// Which letters there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Letters {
    /// Those of dates and of times.
    All,
    /// Only those of times.
    OfTime,
}

const LETTERS: &str = "aAbcdDeEfFgGhHiIjlLmMnNoOPrsStTUuwWyYzZ";
const LETTERS_OF_TIME: &str = "aAefgGhHiOPsTuZ";

/// The value in this format, which is no name. Letters that the value has no parts for are an
/// error.
pub(super) fn write(value: &Value, format: &str, letters: Letters) -> Result<String, Exception> {
    let parts = Parts::new(value);
    let mut result = String::new();
    let (mut literal, mut before) = (String::new(), None);
    for character in format.chars() {
        if before == Some('\\') || !LETTERS.contains(character) {
            literal.push(character);
        } else {
            push_literal(&literal, &mut result);
            literal.clear();
            let of_time = LETTERS_OF_TIME.contains(character);
            if of_time && matches!(value, Value::Date(_)) {
                return Err(Exception::Type(format!(
                    "The format for date objects may not contain time-related format specifiers \
                     (found '{character}')."
                )));
            }
            if letters == Letters::OfTime && !of_time {
                return Err(Exception::Attribute(format!(
                    "'TimeFormat' object has no attribute '{character}'"
                )));
            }
            result.push_str(&parts.letter(character)?);
        }
        before = Some(character);
    }
    push_literal(&literal, &mut result);
    Ok(result)
}

/// Text between letters: a backslash lets the next character stand for itself.
fn push_literal(literal: &str, result: &mut String) {
    let mut characters = literal.chars().peekable();
    while let Some(character) = characters.next() {
        match (character, characters.peek()) {
            ('\\', Some(&next)) if next != '\n' => {
                result.push(next);
                characters.next();
            }
            _ => result.push(character),
        }
    }
}

/// What letters can be made from.
struct Parts<'a> {
    value: &'a Value,
    date: Option<Date>,
    time: Option<Time>,
    /// The moment in its time zone, or in Django's where it has none: only if the clock shows
    /// its time exactly once, which leaves no doubt about the offset.
    zoned: Option<Zoned>,
    is_aware: bool,
}

impl<'a> Parts<'a> {
    fn new(value: &'a Value) -> Self {
        let (date, time, zoned, is_aware) = match value {
            Value::Date(date) => (Some(*date), None, None, false),
            Value::Time(time) => (None, Some(*time), None, false),
            Value::DateTime(DateTime::Naive(moment)) => (
                Some(moment.date()),
                Some(moment.time()),
                unambiguous(*moment, &ZONE),
                false,
            ),
            Value::DateTime(DateTime::Aware(moment)) => (
                Some(moment.date()),
                Some(moment.time()),
                unambiguous(moment.datetime(), moment.time_zone()),
                true,
            ),
            _ => (None, None, None, false),
        };
        Self {
            value,
            date,
            time,
            zoned,
            is_aware,
        }
    }

    fn letter(&self, letter: char) -> Result<String, Exception> {
        let lacks = |attribute: &str| {
            Exception::Attribute(format!(
                "'{}' object has no attribute '{attribute}'",
                self.value.type_name()
            ))
        };
        match letter {
            'e' | 'O' | 'T' | 'Z' | 'I' => Ok(self.zone_letter(letter)),
            'c' => match self.value {
                Value::Date(_) | Value::Time(_) | Value::DateTime(_) => {
                    Ok(isoformat(self.value, 'T'))
                }
                _ => Err(lacks("isoformat")),
            },
            'r' | 'U' => self.moment_letter(letter),
            _ if LETTERS_OF_TIME.contains(letter) => self
                .time
                .map(|time| time_letter(time, letter))
                .ok_or_else(|| lacks("hour")),
            _ => self
                .date
                .map(|date| date_letter(date, letter))
                .ok_or_else(|| lacks("month")),
        }
    }

    /// Letters that are nothing where there is no time zone.
    fn zone_letter(&self, letter: char) -> String {
        let Some(zoned) = &self.zoned else {
            return String::new();
        };
        match letter {
            'e' if !self.is_aware => String::new(),
            'O' => {
                let text = offset_text(zoned.offset(), "");
                text.chars().take(5).collect()
            }
            'Z' => zoned.offset().seconds().to_string(),
            'I' => {
                let info = zoned.time_zone().to_offset_info(zoned.timestamp());
                if info.dst().is_dst() { "1" } else { "0" }.to_owned()
            }
            _ => zone_name(zoned),
        }
    }

    /// Letters for which a date is taken to be its midnight.
    fn moment_letter(&self, letter: char) -> Result<String, Exception> {
        let Some(date) = self.date else {
            return Err(Exception::Type(format!(
                "combine() argument 1 must be datetime.date, not {}",
                self.value.type_name()
            )));
        };
        let civil = Civil::from_parts(date, self.time.unwrap_or_else(Time::midnight));
        if letter == 'U' {
            return seconds(self.value, civil);
        }
        let offset = match self.value {
            Value::DateTime(DateTime::Aware(moment)) => moment.offset(),
            _ => earlier_offset(civil),
        };
        let weekday = names::WEEKDAYS.get(weekday(date)).copied();
        let month = names::MONTHS.get(month(date)).copied();
        Ok(format!(
            "{}, {:02} {} {:04} {:02}:{:02}:{:02} {}",
            names::three(weekday),
            date.day(),
            names::three(month),
            date.year(),
            civil.hour(),
            civil.minute(),
            civil.second(),
            offset_text(offset, "")
        ))
    }
}

/// The seconds since 1970, towards zero.
fn seconds(value: &Value, civil: Civil) -> Result<String, Exception> {
    let timestamp = match value {
        Value::DateTime(DateTime::Aware(moment)) => Ok(moment.timestamp()),
        // Python takes what has no zone to be in the zone of the machine.
        _ => TimeZone::system().to_timestamp(civil),
    };
    match timestamp {
        Ok(timestamp) => Ok((timestamp.as_microsecond() / 1_000_000).to_string()),
        Err(_) => Err(Exception::Overflow("date value out of range".to_owned())),
    }
}

/// The offset in Django's time zone; where the clock goes forward or back, the one before.
fn earlier_offset(moment: Civil) -> Offset {
    match ZONE.to_ambiguous_timestamp(moment).offset() {
        AmbiguousOffset::Unambiguous { offset } => offset,
        AmbiguousOffset::Gap { before, .. } | AmbiguousOffset::Fold { before, .. } => before,
    }
}

/// The moment in the zone, if its clocks show the time exactly once.
fn unambiguous(moment: Civil, zone: &TimeZone) -> Option<Zoned> {
    zone.to_ambiguous_zoned(moment).unambiguous().ok()
}

fn time_letter(time: Time, letter: char) -> String {
    let hour = match time.hour() % 12 {
        0 => 12,
        hour => hour,
    };
    let afternoon = time.hour() > 11;
    match letter {
        'a' => if afternoon { "p.m." } else { "a.m." }.to_owned(),
        'A' => if afternoon { "PM" } else { "AM" }.to_owned(),
        'f' if time.minute() == 0 => hour.to_string(),
        'f' => format!("{hour}:{:02}", time.minute()),
        'g' => hour.to_string(),
        'G' => time.hour().to_string(),
        'h' => format!("{hour:02}"),
        'H' => format!("{:02}", time.hour()),
        'i' => format!("{:02}", time.minute()),
        'P' => match (time.hour(), time.minute()) {
            (0, 0) => "midnight".to_owned(),
            (12, 0) => "noon".to_owned(),
            _ => format!("{} {}", time_letter(time, 'f'), time_letter(time, 'a')),
        },
        's' => format!("{:02}", time.second()),
        'u' => format!("{:06}", time.subsec_nanosecond() / 1000),
        _ => String::new(),
    }
}

fn date_letter(date: Date, letter: char) -> String {
    let name = |names: &[&str; 12]| {
        let name = names.get(month(date)).copied();
        name.unwrap_or_default().to_owned()
    };
    let day_name = names::WEEKDAYS.get(weekday(date)).copied();
    match letter {
        'b' => names::three(Some(&name(&names::MONTHS))).to_lowercase(),
        'd' => format!("{:02}", date.day()),
        'D' => names::three(day_name).to_owned(),
        'E' | 'F' => name(&names::MONTHS),
        'j' => date.day().to_string(),
        'l' => day_name.unwrap_or_default().to_owned(),
        'L' => Value::Bool(date.in_leap_year()).to_text(),
        'm' => format!("{:02}", date.month()),
        'M' => names::three(Some(&name(&names::MONTHS))).to_owned(),
        'n' => date.month().to_string(),
        'N' => name(&names::PRESS),
        'o' => date.iso_week_date().year().to_string(),
        'S' => ordinal_suffix(date.day()).to_owned(),
        't' => date.days_in_month().to_string(),
        'w' => (date.weekday().to_sunday_zero_offset()).to_string(),
        'W' => date.iso_week_date().week().to_string(),
        'y' => format!("{:02}", date.year().rem_euclid(100)),
        'Y' => format!("{:04}", date.year()),
        'z' => date.day_of_year().to_string(),
        _ => String::new(),
    }
}

fn weekday(date: Date) -> usize {
    usize::try_from(date.weekday().to_monday_zero_offset()).unwrap_or_default()
}

fn month(date: Date) -> usize {
    usize::try_from(date.month() - 1).unwrap_or_default()
}

fn ordinal_suffix(day: i8) -> &'static str {
    match (day, day % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    }
}
