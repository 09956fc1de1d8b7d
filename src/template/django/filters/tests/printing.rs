//! What variables print, and what filters print that nothing but now or chance decides.

use rstest::rstest;

use super::{aware, date, float, int, list, naive, shown, time};
use crate::template::{
    django::{dateformat, filters::localized},
    value::Value,
};

/// What Django 6.1 prints for a variable, before escaping.
#[rstest]
#[case(float(1.0), "1.0")]
#[case(float(-0.0), "-0.0")]
#[case(float(0.1), "0.1")]
#[case(float(1e+16), "10000000000000000")]
#[case(float(1e+22), "10000000000000000000000")]
#[case(float(1.5e+300), "1.5e+300")]
#[case(float(1e-05), "0.00001")]
#[case(float(5e-324), "5e-324")]
#[case(float(1.234_567_890_123_456_8e17), "123456789012345680")]
#[case(float(f64::INFINITY), "inf")]
#[case(float(f64::NAN), "nan")]
#[case(int(1_234_567), "1234567")]
#[case(Value::Bool(true), "True")]
#[case(Value::None, "None")]
#[case(Value::text("x"), "x")]
#[case(list(&[float(1.5), float(1e+16)]), "[1.5, 1e+16]")]
#[case(date("2024-09-05"), "Sept. 5, 2024")]
#[case(time("00:00:00"), "midnight")]
#[case(time("13:30:00"), "1:30 p.m.")]
#[case(naive("2024-03-05T12:00:00"), "March 5, 2024, noon")]
#[case(aware("2024-06-01T00:30:00+00:00[UTC]"), "May 31, 2024, 7:30 p.m.")]
fn variables(#[case] value: Value, #[case] expected: &str) {
    assert_eq!(localized(&value), expected);
}

/// What Django's tag `now` prints.
#[rstest]
#[case("", "June 15, 2024")]
#[case("DATETIME_FORMAT", "June 15, 2024, 1 p.m.")]
#[case("jS F Y H:i T", "15th June 2024 13:00 CDT")]
#[case("U O Z r", "1718474400 -0500 -18000 Sat, 15 Jun 2024 13:00:00 -0500")]
fn moments(#[case] format: &str, #[case] expected: &str) {
    let moment = "2024-06-15T13:00:00[America/Chicago]".parse().unwrap();
    assert_eq!(dateformat::format(&moment, format).as_deref(), Ok(expected));
}

/// The tests take place on 2024-06-15 at noon in Chicago.
#[rstest]
#[case("timesince", "2024-06-14T15:30:00[UTC]", "'1\\xa0day, 1\\xa0hour'")]
#[case("timesince", "2024-06-15T17:30:00[UTC]", "'0\\xa0minutes'")]
#[case("timeuntil", "2024-06-15T17:30:00[UTC]", "'30\\xa0minutes'")]
#[case("timeuntil", "2025-07-15T17:00:00[UTC]", "'1\\xa0year, 1\\xa0month'")]
fn distances_from_now(#[case] name: &str, #[case] moment: &str, #[case] expected: &str) {
    assert_eq!(shown(name, &aware(moment), None, true), expected);
}

#[test]
fn a_random_element_is_one_of_the_list() {
    let found: Vec<_> = (0..200)
        .map(|_| shown("random", &list(&[int(1), int(2)]), None, true))
        .collect();
    assert!(found.iter().all(|it| it == "1" || it == "2"));
    assert!(found.contains(&"1".to_owned()) && found.contains(&"2".to_owned()));
    assert_eq!(shown("random", &list(&[]), None, true), "''");
    assert_eq!(shown("random", &int(5), None, true), "error");
}
