//! Variables from TOML. Its own parser knows where every key and value stands, and keeps dates
//! and large numbers as they are written.

use std::sync::Arc;

use jiff::{
    civil::{self, Date, Time},
    tz::Offset,
};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
    value::Datetime,
};

use super::Fault;
use crate::template::value::{DateTime, Dict, Value};

/// Where in the text something stands, and what is wrong with it.
struct Misfit {
    offset: usize,
    message: String,
}

/// Parses a text, with a function that says why a variable must not have a name.
pub(super) fn parse(
    text: &str,
    name_fault: &dyn Fn(&str) -> Option<String>,
) -> Result<Dict, Fault> {
    let parsed = DeTable::parse(text).map_err(|error| Misfit {
        offset: error.span().map_or(0, |span| span.start),
        message: error.message().to_owned(),
    });
    parsed
        .and_then(|table| {
            let wrong = table.get_ref().keys().find_map(|name| {
                Some(Misfit {
                    offset: name.span().start,
                    message: name_fault(name.get_ref())?,
                })
            });
            wrong.map_or_else(|| dict(table.get_ref()), Err)
        })
        .map_err(|misfit| {
            let before = text.get(..misfit.offset).unwrap_or(text);
            let line_start = before.rfind('\n').map_or(0, |at| at + 1);
            let in_line = before.get(line_start..).unwrap_or_default();
            Fault {
                line: before.matches('\n').count() + 1,
                column: in_line.chars().count() + 1,
                message: misfit.message,
            }
        })
}

/// The items in the order of the text; the parser has them in that of the alphabet.
fn dict(table: &DeTable<'_>) -> Result<Dict, Misfit> {
    let mut items: Vec<_> = table.iter().collect();
    items.sort_by_key(|(name, _)| name.span().start);
    items
        .into_iter()
        .map(|(name, value)| Ok((Arc::from(name.get_ref().as_ref()), convert(value)?)))
        .collect()
}

fn convert(value: &Spanned<DeValue<'_>>) -> Result<Value, Misfit> {
    let misfit = |message: &str| Misfit {
        offset: value.span().start,
        message: message.to_owned(),
    };
    Ok(match value.get_ref() {
        DeValue::String(text) => Value::text(text.as_ref()),
        DeValue::Integer(number) => i128::from_str_radix(number.as_str(), number.radix())
            .map(Value::Int)
            .map_err(|_| misfit("the number is too large"))?,
        DeValue::Float(number) => {
            let number: f64 = number
                .as_str()
                .parse()
                .map_err(|_| misfit("this is no number"))?;
            if !number.is_finite() {
                return Err(misfit("the number is too large"));
            }
            Value::Float(number)
        }
        DeValue::Boolean(truth) => Value::Bool(*truth),
        DeValue::Datetime(moment) => {
            moment_value(moment).ok_or_else(|| misfit("there is no such moment"))?
        }
        DeValue::Array(items) => {
            let items: Result<Vec<_>, _> = items.iter().map(convert).collect();
            Value::List(items?.into())
        }
        DeValue::Table(items) => Value::Dict(Arc::new(dict(items)?)),
    })
}

fn moment_value(moment: &Datetime) -> Option<Value> {
    let date = match moment.date {
        Some(it) => {
            let month = i8::try_from(it.month).ok()?;
            Some(
                Date::new(
                    i16::try_from(it.year).ok()?,
                    month,
                    i8::try_from(it.day).ok()?,
                )
                .ok()?,
            )
        }
        None => None,
    };
    let time = match moment.time {
        Some(it) => Some(
            Time::new(
                i8::try_from(it.hour).ok()?,
                i8::try_from(it.minute).ok()?,
                i8::try_from(it.second.unwrap_or_default()).ok()?,
                i32::try_from(it.nanosecond.unwrap_or_default()).ok()?,
            )
            .ok()?,
        ),
        None => None,
    };
    Some(match (date, time, moment.offset) {
        (Some(date), None, _) => Value::Date(date),
        (None, Some(time), _) => Value::Time(time),
        (Some(date), Some(time), None) => {
            Value::DateTime(DateTime::Naive(civil::DateTime::from_parts(date, time)))
        }
        (Some(date), Some(time), Some(offset)) => {
            let minutes = match offset {
                toml::value::Offset::Z => 0,
                toml::value::Offset::Custom { minutes } => minutes,
            };
            let zone = Offset::from_seconds(i32::from(minutes) * 60).ok()?;
            let local = civil::DateTime::from_parts(date, time);
            let moment = zone.to_timestamp(local).ok()?;
            Value::DateTime(DateTime::Aware(moment.to_zoned(zone.to_time_zone())))
        }
        (None, None, _) => return None,
    })
}
