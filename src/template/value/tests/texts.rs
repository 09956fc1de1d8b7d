//! What CPython 3.12 makes of values as texts.

use rstest::rstest;

use super::{aware, date, dict, float, group, int, list, naive, time, tuple};
use crate::template::value::Value;

#[rstest]
#[case(Value::None, "None", "None")]
#[case(Value::Bool(true), "True", "True")]
#[case(int(0), "0", "0")]
#[case(int(-5), "-5", "-5")]
#[case(
    int(1_000_000_000_000_000_000_000_000_000_000),
    "1000000000000000000000000000000",
    "1000000000000000000000000000000"
)]
#[case(float(0.0), "0.0", "0.0")]
#[case(float(-0.0), "-0.0", "-0.0")]
#[case(float(1.0), "1.0", "1.0")]
#[case(float(1.5), "1.5", "1.5")]
#[case(
    float(0.300_000_000_000_000_04),
    "0.30000000000000004",
    "0.30000000000000004"
)]
#[case(float(1e+16), "1e+16", "1e+16")]
#[case(
    float(1.234_567_890_123_456_8e17),
    "1.2345678901234568e+17",
    "1.2345678901234568e+17"
)]
#[case(
    float(1_000_000_000_000_000.0),
    "1000000000000000.0",
    "1000000000000000.0"
)]
#[case(float(1e-05), "1e-05", "1e-05")]
#[case(float(0.0001), "0.0001", "0.0001")]
#[case(float(1e+22), "1e+22", "1e+22")]
#[case(float(5e-324), "5e-324", "5e-324")]
#[case(float(f64::INFINITY), "inf", "inf")]
#[case(float(f64::NAN), "nan", "nan")]
#[case(float(-915_385_509_219_089.2), "-915385509219089.2", "-915385509219089.2")]
#[case(Value::text(""), "", "''")]
#[case(Value::text("it's"), "it's", "\"it's\"")]
#[case(Value::text("say \"hi\""), "say \"hi\"", "'say \"hi\"'")]
#[case(Value::text("both ' and \""), "both ' and \"", "'both \\' and \"'")]
#[case(
    Value::text("\\\n\r\t\u{0}\u{7f}\u{85}\u{a0}\u{ad}\u{200b}\u{2028}é😀\u{e000}\u{e0001}"),
    "\\\n\r\t\u{0}\u{7f}\u{85}\u{a0}\u{ad}\u{200b}\u{2028}é😀\u{e000}\u{e0001}",
    "'\\\\\\n\\r\\t\\x00\\x7f\\x85\\xa0\\xad\\u200b\\u2028é😀\\ue000\\U000e0001'"
)]
#[case(Value::safe("<b>"), "<b>", "'<b>'")]
#[case(list(&[]), "[]", "[]")]
#[case(list(&[int(1), Value::text("a"), list(&[Value::None])]), "[1, 'a', [None]]", "[1, 'a', [None]]")]
#[case(
    group([Value::text("a"), list(&[int(1)])]),
    "GroupedResult(grouper='a', list=[1])",
    "GroupedResult(grouper='a', list=[1])"
)]
#[case(tuple(&[]), "()", "()")]
#[case(tuple(&[int(1)]), "(1,)", "(1,)")]
#[case(tuple(&[int(1), int(2)]), "(1, 2)", "(1, 2)")]
#[case(dict(&[]), "{}", "{}")]
#[case(dict(&[("a", int(1)), ("b'", list(&[float(1.0)]))]), "{'a': 1, \"b'\": [1.0]}", "{'a': 1, \"b'\": [1.0]}")]
#[case(date("2024-02-29"), "2024-02-29", "datetime.date(2024, 2, 29)")]
#[case(date("0001-01-01"), "0001-01-01", "datetime.date(1, 1, 1)")]
#[case(time("00:00:00"), "00:00:00", "datetime.time(0, 0)")]
#[case(
    time("01:02:03.000004"),
    "01:02:03.000004",
    "datetime.time(1, 2, 3, 4)"
)]
#[case(
    naive("2024-01-02T03:04:00"),
    "2024-01-02 03:04:00",
    "datetime.datetime(2024, 1, 2, 3, 4)"
)]
#[case(
    naive("2024-01-02T03:04:05.000006"),
    "2024-01-02 03:04:05.000006",
    "datetime.datetime(2024, 1, 2, 3, 4, 5, 6)"
)]
#[case(
    aware("2024-01-02T03:04:00+00:00[UTC]"),
    "2024-01-02 03:04:00+00:00",
    "datetime.datetime(2024, 1, 2, 3, 4, tzinfo=datetime.timezone.utc)"
)]
#[case(
    aware("2024-07-02T03:04:05-05:00[America/Chicago]"),
    "2024-07-02 03:04:05-05:00",
    "datetime.datetime(2024, 7, 2, 3, 4, 5, tzinfo=zoneinfo.ZoneInfo(key='America/Chicago'))"
)]
#[case(
    aware("2024-11-03T01:30:00-06:00[America/Chicago]"),
    "2024-11-03 01:30:00-06:00",
    "datetime.datetime(2024, 11, 3, 1, 30, fold=1, tzinfo=zoneinfo.ZoneInfo(key='America/Chicago'))"
)]
#[case(
    aware("2024-01-02T03:04:00-03:30[-03:30]"),
    "2024-01-02 03:04:00-03:30",
    "datetime.datetime(2024, 1, 2, 3, 4, tzinfo=datetime.timezone(datetime.timedelta(days=-1, seconds=73800)))"
)]
fn texts(#[case] value: Value, #[case] text: &str, #[case] repr: &str) {
    assert_eq!((&*value.to_text(), &*value.repr()), (text, repr));
}
