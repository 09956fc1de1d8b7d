//! What Django 6.1 makes of numbers.

use rstest::rstest;

use super::{date, dict, float, int, list, shown, tuple};
use crate::template::value::Value;

#[rstest]
#[case("floatformat", float(34.23234), None, "safe '34.2'")]
#[case("floatformat", float(34.0), None, "safe '34'")]
#[case("floatformat", float(34.26), None, "safe '34.3'")]
#[case("floatformat", float(34.23234), Some(int(3)), "safe '34.232'")]
#[case("floatformat", float(34.0), Some(Value::text("3")), "safe '34.000'")]
#[case("floatformat", float(34.0), Some(Value::text("-3")), "safe '34'")]
#[case("floatformat", float(34.26), Some(int(-3)), "safe '34.260'")]
#[case("floatformat", float(0.05), Some(int(1)), "safe '0.1'")]
#[case("floatformat", float(0.15), Some(int(1)), "safe '0.2'")]
#[case("floatformat", float(2.5), Some(int(0)), "safe '3'")]
#[case("floatformat", float(-2.5), Some(int(0)), "safe '-3'")]
#[case("floatformat", float(-0.4), Some(int(0)), "safe '0'")]
#[case("floatformat", float(-0.04), Some(int(1)), "safe '0.0'")]
#[case("floatformat", float(99.995), Some(int(2)), "safe '100.00'")]
#[case("floatformat", float(0.0), None, "safe '0'")]
#[case("floatformat", float(-0.0), Some(int(1)), "safe '0.0'")]
#[case(
    "floatformat",
    float(6666.6666),
    Some(Value::text("2g")),
    "safe '6,666.67'"
)]
#[case("floatformat", int(10_000), Some(Value::text("g")), "safe '10,000'")]
#[case(
    "floatformat",
    int(1_234_567),
    Some(Value::text("0ug")),
    "safe '1234567'"
)]
#[case(
    "floatformat",
    float(66666.6666),
    Some(Value::text("2u")),
    "safe '66666.67'"
)]
#[case("floatformat", float(1e+16), None, "safe '10000000000000000'")]
#[case("floatformat", float(1.5e+300), Some(int(2)), "'1.5e+300'")]
#[case("floatformat", float(1e-05), Some(int(6)), "safe '0.000010'")]
#[case("floatformat", float(5e-324), Some(int(2)), "'5e-324'")]
#[case("floatformat", float(f64::INFINITY), Some(int(2)), "'inf'")]
#[case("floatformat", float(f64::NAN), None, "'nan'")]
#[case("floatformat", Value::text("3.14"), Some(int(1)), "safe '3.1'")]
#[case("floatformat", Value::text("x"), None, "''")]
#[case("floatformat", Value::text("1_0.5"), None, "safe '10.5'")]
#[case("floatformat", Value::text("٣.٥"), None, "safe '3.5'")]
#[case("floatformat", Value::text(" 1 "), Some(int(2)), "safe '1.00'")]
#[case("floatformat", Value::text("1e3"), Some(int(1)), "safe '1000.0'")]
#[case("floatformat", Value::text(".5"), Some(int(0)), "safe '1'")]
#[case("floatformat", Value::text("5."), Some(int(1)), "safe '5.0'")]
#[case("floatformat", Value::text("Infinity"), Some(int(1)), "'Infinity'")]
#[case("floatformat", Value::None, None, "''")]
#[case("floatformat", Value::Bool(true), None, "safe '1'")]
#[case("floatformat", list(&[]), None, "''")]
#[case("floatformat", Value::safe("1.5"), Some(int(0)), "safe '2'")]
#[case("floatformat", float(1.5), Some(Value::text("x")), "'1.5'")]
#[case("floatformat", float(1.5), Some(Value::text("")), "error")]
#[case("floatformat", float(1.5), Some(Value::None), "error")]
#[case(
    "floatformat",
    int(1_000_000_000_000_000_000_000_000_000_000),
    Some(int(1)),
    "safe '1000000000000000000000000000000.0'"
)]
#[case(
    "floatformat",
    Value::text("9.9999999999999999999999999999999999999999"),
    Some(int(5)),
    "safe '10.00000'"
)]
#[case("floatformat", Value::text("0.000"), Some(int(-2)), "safe '0'")]
#[case("filesizeformat", int(0), None, "'0\\xa0bytes'")]
#[case("filesizeformat", int(1), None, "'1\\xa0byte'")]
#[case("filesizeformat", int(1023), None, "'1023\\xa0bytes'")]
#[case("filesizeformat", int(1024), None, "'1.0\\xa0KB'")]
#[case("filesizeformat", int(1536), None, "'1.5\\xa0KB'")]
#[case("filesizeformat", int(-1), None, "'-1\\xa0byte'")]
#[case("filesizeformat", int(1_000_000), None, "'976.6\\xa0KB'")]
#[case("filesizeformat", int(3_298_534_883_328), None, "'3.0\\xa0TB'")]
#[case(
    "filesizeformat",
    int(1_152_921_504_606_846_976),
    None,
    "'1024.0\\xa0PB'"
)]
#[case(
    "filesizeformat",
    int(1_000_000_000_000_000_000_000_000),
    None,
    "'888178419.7\\xa0PB'"
)]
#[case("filesizeformat", Value::text("2048"), None, "'2.0\\xa0KB'")]
#[case("filesizeformat", Value::text("x"), None, "'0\\xa0bytes'")]
#[case("filesizeformat", Value::None, None, "'0\\xa0bytes'")]
#[case("filesizeformat", float(1.9), None, "'1\\xa0byte'")]
#[case("filesizeformat", Value::Bool(true), None, "'1\\xa0byte'")]
#[case("filesizeformat", list(&[]), None, "'0\\xa0bytes'")]
#[case("filesizeformat", float(f64::INFINITY), None, "error")]
#[case("add", int(1), Some(int(2)), "3")]
#[case("add", Value::text("1"), Some(Value::text("2")), "3")]
#[case("add", Value::text("a"), Some(Value::text("b")), "'ab'")]
#[case("add", Value::safe("a"), Some(Value::safe("b")), "safe 'ab'")]
#[case("add", Value::safe("a"), Some(Value::text("b")), "'ab'")]
#[case("add", list(&[int(1)]), Some(list(&[int(2)])), "[1, 2]")]
#[case("add", tuple(&[int(1)]), Some(tuple(&[int(2)])), "(1, 2)")]
#[case("add", list(&[int(1)]), Some(tuple(&[int(2)])), "''")]
#[case("add", float(1.9), Some(int(1)), "2")]
#[case("add", Value::text("1.9"), Some(int(1)), "''")]
#[case("add", Value::None, Some(int(1)), "''")]
#[case("add", Value::Bool(true), Some(int(1)), "2")]
#[case("add", float(f64::NAN), Some(int(1)), "nan")]
#[case("add", float(f64::INFINITY), Some(int(1)), "error")]
#[case("add", dict(&[]), Some(dict(&[])), "''")]
#[case("add", Value::text("1_0"), Some(Value::text(" 5 ")), "15")]
#[case("get_digit", int(12_345), Some(int(2)), "4")]
#[case("get_digit", int(12_345), Some(int(9)), "0")]
#[case("get_digit", int(12_345), Some(int(0)), "12345")]
#[case("get_digit", int(-5), Some(int(2)), "error")]
#[case("get_digit", Value::text("x"), Some(int(1)), "'x'")]
#[case("get_digit", int(5), Some(Value::text("x")), "5")]
#[case("get_digit", Value::None, Some(int(1)), "error")]
#[case("get_digit", Value::text("42"), Some(Value::text("1")), "2")]
#[case("get_digit", float(1.5), Some(int(1)), "1")]
#[case("divisibleby", int(6), Some(int(3)), "True")]
#[case("divisibleby", Value::text("7"), Some(Value::text("2")), "False")]
#[case("divisibleby", int(-7), Some(int(2)), "False")]
#[case("divisibleby", int(1), Some(int(0)), "error")]
#[case("divisibleby", Value::text("x"), Some(int(1)), "error")]
#[case("divisibleby", Value::None, Some(int(1)), "error")]
#[case("pluralize", int(1), None, "''")]
#[case("pluralize", int(0), None, "'s'")]
#[case("pluralize", Value::text("1"), None, "''")]
#[case("pluralize", Value::text("1.0"), Some(Value::text("es")), "''")]
#[case("pluralize", int(2), Some(Value::text("y,ies")), "'ies'")]
#[case("pluralize", int(1), Some(Value::text("y,ies")), "'y'")]
#[case("pluralize", int(1), Some(Value::text("a,b,c")), "''")]
#[case("pluralize", list(&[int(1)]), None, "''")]
#[case("pluralize", list(&[]), None, "'s'")]
#[case("pluralize", Value::None, None, "''")]
#[case("pluralize", Value::text("x"), None, "''")]
#[case("pluralize", Value::text(""), None, "''")]
#[case("pluralize", int(1), Some(int(5)), "error")]
#[case("pluralize", date("2024-01-01"), None, "''")]
fn rows(
    #[case] name: &str,
    #[case] value: Value,
    #[case] argument: Option<Value>,
    #[case] expected: &str,
) {
    assert_eq!(shown(name, &value, argument.as_ref(), true), expected);
}
