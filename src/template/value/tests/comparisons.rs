//! What CPython 3.12 makes of comparisons.

use std::cmp::Ordering::{self, Equal, Greater, Less};

use rstest::rstest;

use super::{aware, date, dict, float, group, int, list, naive, time, tuple};
use crate::template::value::Value;

#[rstest]
#[case(int(1), float(1.0), true, Some(Equal))]
#[case(int(1), Value::Bool(true), true, Some(Equal))]
#[case(int(0), Value::Bool(false), true, Some(Equal))]
#[case(int(1), Value::text("1"), false, None)]
#[case(
    int(1_152_921_504_606_846_976),
    float(1.152_921_504_606_847e+18),
    true,
    Some(Equal)
)]
#[case(
    int(1_152_921_504_606_846_977),
    float(1.152_921_504_606_847e+18),
    false,
    Some(Greater)
)]
#[case(
    int(1_000_000_000_000_000_000_000_000_000_000),
    float(1e+30),
    false,
    Some(Less)
)]
#[case(int(1), float(1.5), false, Some(Less))]
#[case(int(-1), float(f64::INFINITY), false, Some(Less))]
#[case(int(1), float(f64::NAN), false, None)]
#[case(Value::text("a"), Value::text("b"), false, Some(Less))]
#[case(Value::text("a"), Value::safe("a"), true, Some(Equal))]
#[case(Value::text("é"), Value::text("f"), false, Some(Greater))]
#[case(list(&[int(1), int(2)]), list(&[int(1), int(3)]), false, Some(Less))]
#[case(list(&[int(1)]), list(&[int(1), int(2)]), false, Some(Less))]
#[case(list(&[int(1), Value::text("a")]), list(&[int(2), Value::None]), false, Some(Less))]
#[case(list(&[int(1), Value::text("a")]), list(&[int(1), Value::None]), false, None)]
#[case(group([int(1), int(2)]), tuple(&[int(1), int(2)]), true, Some(Equal))]
#[case(group([int(1), int(2)]), group([int(1), int(3)]), false, Some(Less))]
#[case(group([int(1), int(2)]), list(&[int(1), int(2)]), false, None)]
#[case(tuple(&[int(1)]), list(&[int(1)]), false, None)]
#[case(tuple(&[int(1), int(2)]), tuple(&[float(1.0), int(2)]), true, Some(Equal))]
#[case(dict(&[("a", int(1)), ("b", int(2))]), dict(&[("b", float(2.0)), ("a", int(1))]), true, None)]
#[case(dict(&[]), dict(&[]), true, None)]
#[case(dict(&[]), list(&[]), false, None)]
#[case(Value::None, Value::None, true, None)]
#[case(Value::None, int(0), false, None)]
#[case(date("2024-01-01"), naive("2024-01-01T00:00:00"), false, None)]
#[case(date("2024-01-01"), date("2024-01-02"), false, Some(Less))]
#[case(time("01:00:00"), time("00:59:00"), false, Some(Greater))]
#[case(
    naive("2024-01-01T00:00:00"),
    aware("2024-01-01T00:00:00+00:00[UTC]"),
    false,
    None
)]
#[case(
    aware("2024-01-01T06:00:00+00:00[UTC]"),
    aware("2024-01-01T00:00:00-06:00[America/Chicago]"),
    true,
    Some(Equal)
)]
#[case(
    aware("2024-01-01T06:00:00+00:00[UTC]"),
    aware("2024-01-01T00:01:00-06:00[America/Chicago]"),
    false,
    Some(Less)
)]
fn comparisons(
    #[case] one: Value,
    #[case] other: Value,
    #[case] equal: bool,
    #[case] order: Option<Ordering>,
) {
    assert_eq!((one.equals(&other), one.compare(&other)), (equal, order));
    assert_eq!(other.equals(&one), equal);
    assert_eq!(other.compare(&one), order.map(Ordering::reverse));
}

#[rstest]
#[case(Value::text("abc"), Value::text("bc"), Some(true))]
#[case(Value::text("abc"), Value::text(""), Some(true))]
#[case(Value::text("abc"), int(1), None)]
#[case(list(&[int(1), int(2)]), float(2.0), Some(true))]
#[case(list(&[int(1)]), Value::text("1"), Some(false))]
#[case(group([int(1), list(&[])]), int(1), Some(true))]
#[case(tuple(&[]), Value::None, Some(false))]
#[case(dict(&[("a", int(1))]), Value::text("a"), Some(true))]
#[case(dict(&[("a", int(1))]), int(1), Some(false))]
#[case(dict(&[("a", int(1))]), list(&[]), None)]
#[case(dict(&[("a", int(1))]), tuple(&[]), Some(false))]
#[case(dict(&[("a", int(1))]), tuple(&[list(&[])]), None)]
#[case(int(5), int(5), None)]
#[case(Value::None, Value::None, None)]
fn containers(#[case] container: Value, #[case] item: Value, #[case] expected: Option<bool>) {
    assert_eq!(container.contains(&item), expected);
}
