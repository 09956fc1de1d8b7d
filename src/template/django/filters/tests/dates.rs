//! What Django 6.1 makes of dates and times.

use rstest::rstest;

use super::{aware, date, int, list, naive, shown, time};
use crate::template::value::Value;

#[rstest]
#[case(
    "date",
    naive("2024-06-15T13:05:09.000120"),
    Some(Value::text(
        "a A b c d D E f F g G h H i I j l L m M n N o O P r s S t T u w W y Y z Z e"
    )),
    "'p.m. PM jun 2024-06-15T13:05:09.000120 15 Sat June 1:05 June 1 13 01 13 05 1 15 Saturday True 06 Jun 6 June 2024 -0500 1:05 p.m. Sat, 15 Jun 2024 13:05:09 -0500 09 th 30 CDT 000120 6 24 24 2024 167 -18000 '"
)]
#[case(
    "date",
    naive("2024-01-01T00:00:00"),
    Some(Value::text(
        "a A b c d D E f F g G h H i I j l L m M n N o O P r s S t T u w W y Y z Z e"
    )),
    "'a.m. AM jan 2024-01-01T00:00:00 01 Mon January 12 January 12 0 12 00 00 0 1 Monday True 01 Jan 1 Jan. 2024 -0600 midnight Mon, 01 Jan 2024 00:00:00 -0600 00 st 31 CST 000000 1 1 24 2024 1 -21600 '"
)]
#[case(
    "date",
    aware("2024-12-30T12:00:00+00:00[UTC]"),
    Some(Value::text(
        "a A b c d D E f F g G h H i I j l L m M n N o O P r s S t T u w W y Y z Z e"
    )),
    "'a.m. AM dec 2024-12-30T06:00:00-06:00 30 Mon December 6 December 6 6 06 06 00 0 30 Monday True 12 Dec 12 Dec. 2025 -0600 6 a.m. Mon, 30 Dec 2024 06:00:00 -0600 00 th 31 CST 000000 1 1 24 2024 365 -21600 CST'"
)]
#[case(
    "date",
    naive("2024-11-03T01:30:00"),
    Some(Value::text(
        "a A b c d D E f F g G h H i I j l L m M n N o O P r s S t T u w W y Y z Z e"
    )),
    "'a.m. AM nov 2024-11-03T01:30:00 03 Sun November 1:30 November 1 1 01 01 30  3 Sunday True 11 Nov 11 Nov. 2024  1:30 a.m. Sun, 03 Nov 2024 01:30:00 -0500 00 rd 30  000000 0 44 24 2024 308  '"
)]
#[case(
    "date",
    naive("2024-03-10T02:30:00"),
    Some(Value::text(
        "a A b c d D E f F g G h H i I j l L m M n N o O P r s S t T u w W y Y z Z e"
    )),
    "'a.m. AM mar 2024-03-10T02:30:00 10 Sun March 2:30 March 2 2 02 02 30  10 Sunday True 03 Mar 3 March 2024  2:30 a.m. Sun, 10 Mar 2024 02:30:00 -0600 00 th 31  000000 0 10 24 2024 70  '"
)]
#[case(
    "date",
    aware("2024-11-03T06:30:00+00:00[UTC]"),
    Some(Value::text(
        "a A b c d D E f F g G h H i I j l L m M n N o O P r s S t T u w W y Y z Z e"
    )),
    "'a.m. AM nov 2024-11-03T01:30:00-05:00 03 Sun November 1:30 November 1 1 01 01 30  3 Sunday True 11 Nov 11 Nov. 2024  1:30 a.m. Sun, 03 Nov 2024 01:30:00 -0500 00 rd 30  000000 0 44 24 2024 308  '"
)]
#[case(
    "date",
    aware("1880-01-22T05:00:00-05:50:36[America/Chicago]"),
    Some(Value::text(
        "a A b c d D E f F g G h H i I j l L m M n N o O P r s S t T u w W y Y z Z e"
    )),
    "'a.m. AM jan 1880-01-22T05:00:00-05:50:36 22 Thu January 5 January 5 5 05 05 00 0 22 Thursday True 01 Jan 1 Jan. 1880 -0550 5 a.m. Thu, 22 Jan 1880 05:00:00 -055036 00 nd 31 LMT 000000 4 4 80 1880 22 -21036 LMT'"
)]
#[case(
    "date",
    aware("1970-01-02T00:00:00+00:00[UTC]"),
    Some(Value::text("U")),
    "'86400'"
)]
#[case("date", date("2024-02-29"), None, "'Feb. 29, 2024'")]
#[case(
    "date",
    date("2024-02-29"),
    Some(Value::text("jS \\o\\f F")),
    "'29th of February'"
)]
#[case(
    "date",
    date("2024-02-29"),
    Some(Value::text("b c d D E F I j l L m M n N o r S t w W y Y z")),
    "'feb 2024-02-29 29 Thu February February  29 Thursday True 02 Feb 2 Feb. 2024 Thu, 29 Feb 2024 00:00:00 -0600 th 29 4 9 24 2024 60'"
)]
#[case("date", date("2024-02-29"), Some(Value::text("H")), "error")]
#[case("date", date("2024-02-29"), Some(Value::text("P")), "error")]
#[case(
    "date",
    date("2024-02-29"),
    Some(Value::text("SHORT_DATE_FORMAT")),
    "'02/29/2024'"
)]
#[case("date", date("2024-02-29"), Some(Value::text("TIME_FORMAT")), "error")]
#[case(
    "date",
    date("2024-02-29"),
    Some(Value::text("\\\\Y \\Y")),
    "'\\\\Y Y'"
)]
#[case("date", date("2024-02-29"), Some(Value::text("")), "'Feb. 29, 2024'")]
#[case("date", time("13:00:05"), None, "''")]
#[case(
    "date",
    time("13:00:05"),
    Some(Value::text("H:i P c e")),
    "'13:00 1 p.m. 13:00:05 '"
)]
#[case("date", time("13:00:05"), Some(Value::text("r")), "error")]
#[case("date", time("13:00:05"), Some(Value::text("Y")), "''")]
#[case("date", Value::text(""), None, "''")]
#[case("date", Value::None, Some(Value::text("Y")), "''")]
#[case("date", Value::text("x"), Some(Value::text("Y")), "''")]
#[case("date", Value::text("x"), Some(Value::text("-")), "'-'")]
#[case("date", Value::text("x"), Some(Value::text("e-T")), "'-'")]
#[case("date", Value::text("x"), Some(Value::text("r")), "error")]
#[case("date", int(5), None, "''")]
#[case(
    "date",
    naive("2024-09-05T00:00:00"),
    Some(Value::text("DATETIME_FORMAT")),
    "'Sept. 5, 2024, midnight'"
)]
#[case(
    "date",
    naive("2024-09-05T12:00:00"),
    Some(Value::text("SHORT_DATETIME_FORMAT")),
    "'09/05/2024 noon'"
)]
#[case(
    "date",
    date("2024-02-29"),
    Some(Value::text("YEAR_MONTH_FORMAT")),
    "'February 2024'"
)]
#[case(
    "date",
    date("2024-02-29"),
    Some(Value::text("MONTH_DAY_FORMAT")),
    "'February 29'"
)]
#[case("date", date("2024-02-29"), Some(int(5)), "'5'")]
#[case("date", date("2024-02-29"), Some(list(&[])), "'Feb. 29, 2024'")]
#[case("time", time("13:00:05"), None, "'1 p.m.'")]
#[case(
    "time",
    time("13:00:05"),
    Some(Value::text("H:i:s u")),
    "'13:00:05 000000'"
)]
#[case("time", naive("2024-01-01T00:00:00"), None, "'midnight'")]
#[case("time", date("2024-02-29"), Some(Value::text("H")), "''")]
#[case("time", date("2024-02-29"), Some(Value::text("-")), "'-'")]
#[case("time", time("13:00:05"), Some(Value::text("Y")), "''")]
#[case(
    "time",
    aware("2024-07-01T18:30:00+00:00[UTC]"),
    Some(Value::text("H T O Z e")),
    "'13 CDT -0500 -18000 CDT'"
)]
#[case("time", Value::text("x"), Some(Value::text("H")), "''")]
#[case("time", Value::None, None, "''")]
#[case("time", time("13:00:05"), Some(Value::text("TIME_FORMAT")), "'1 p.m.'")]
#[case("time", time("13:00:05"), Some(Value::text("DATE_FORMAT")), "''")]
#[case(
    "timesince",
    naive("2013-02-10T05:00:00"),
    Some(naive("2014-03-10T05:00:00")),
    "'1\\xa0year, 1\\xa0month'"
)]
#[case(
    "timesince",
    naive("2013-02-10T05:00:00"),
    Some(naive("2013-02-10T05:00:59")),
    "'0\\xa0minutes'"
)]
#[case(
    "timesince",
    naive("2013-02-10T05:00:00"),
    Some(naive("2013-02-10T06:01:00")),
    "'1\\xa0hour, 1\\xa0minute'"
)]
#[case(
    "timesince",
    naive("2013-02-10T05:00:00"),
    Some(naive("2013-02-17T05:00:00")),
    "'1\\xa0week'"
)]
#[case(
    "timesince",
    naive("2013-02-10T05:00:00"),
    Some(naive("2013-03-09T05:00:00")),
    "'3\\xa0weeks, 6\\xa0days'"
)]
#[case(
    "timesince",
    naive("2013-02-10T05:00:00"),
    Some(naive("2013-02-09T00:00:00")),
    "'0\\xa0minutes'"
)]
#[case(
    "timesince",
    naive("2013-02-10T05:00:00"),
    Some(naive("2015-02-10T04:00:00")),
    "'1\\xa0year, 11\\xa0months'"
)]
#[case(
    "timesince",
    naive("2013-02-10T05:00:00"),
    Some(naive("2013-02-11T05:00:00.000005")),
    "'1\\xa0day'"
)]
#[case(
    "timesince",
    naive("2013-02-10T05:00:00"),
    Some(date("2013-02-12")),
    "'1\\xa0day, 19\\xa0hours'"
)]
#[case(
    "timesince",
    naive("2013-02-10T05:00:00"),
    Some(aware("2013-02-12T00:00:00+00:00[UTC]")),
    "''"
)]
#[case(
    "timesince",
    naive("2013-02-10T05:00:00"),
    Some(Value::text("x")),
    "error"
)]
#[case(
    "timeuntil",
    naive("2024-03-01T00:00:00"),
    Some(naive("2024-01-31T00:00:00")),
    "'1\\xa0month'"
)]
#[case(
    "timeuntil",
    date("2024-02-29"),
    Some(date("2023-02-28")),
    "'1\\xa0year'"
)]
#[case("timesince", Value::text(""), Some(naive("2013-02-10T05:00:00")), "''")]
#[case(
    "timesince",
    Value::text("x"),
    Some(naive("2013-02-10T05:00:00")),
    "error"
)]
#[case(
    "timesince",
    time("13:00:05"),
    Some(naive("2013-02-10T05:00:00")),
    "error"
)]
#[case(
    "timesince",
    aware("2024-01-01T00:00:00+00:00[UTC]"),
    Some(aware("2024-01-01T05:00:00-06:00[America/Chicago]")),
    "'11\\xa0hours'"
)]
#[case(
    "timesince",
    naive("2012-02-29T01:00:00"),
    Some(naive("2013-03-01T00:00:00")),
    "'1\\xa0year'"
)]
fn rows(
    #[case] name: &str,
    #[case] value: Value,
    #[case] argument: Option<Value>,
    #[case] expected: &str,
) {
    assert_eq!(shown(name, &value, argument.as_ref(), true), expected);
}
