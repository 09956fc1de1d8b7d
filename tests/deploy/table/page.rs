//! The table in `docs/deploy.md`, between two comments. A cell is `yes` or `no`, and may have the
//! number of a note, which is for people and stays.

use std::{env, fs, fs::File};

use super::{BEHAVIOURS, Row, SERVERS};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/deploy.md");

const BEGIN: &str = "<!-- The tests fill this table: tests/deploy/table. -->\n";

const END: &str = "<!-- The end of it. -->";

/// Where it is set, the page is changed.
const VARIABLE: &str = "UPDATE_TABLE";

/// The table of a page.
#[track_caller]
fn table(page: &str) -> &str {
    let (_, rest) = page.split_once(BEGIN).expect("the table begins");
    rest.split_once(END).expect("the table ends").0.trim()
}

/// The cells of a line.
fn cells(line: &str) -> Vec<&str> {
    let line = line.trim_start_matches('|').trim_end_matches('|');
    line.split('|').map(str::trim).collect()
}

/// Says that the page has this row, or writes it there.
#[track_caller]
pub(super) fn compare(name: &str, row: Row) {
    // Other tests may write their rows.
    let lock = File::open(PAGE).unwrap();
    lock.lock().unwrap();
    let page = fs::read_to_string(PAGE).unwrap();
    let is_it = |line: &&str| cells(line)[0] == name;
    let before = table(&page).lines().find(is_it).expect(name);
    let marks = cells(before).into_iter().skip(1);
    let marks = marks.map(|cell| cell.trim_start_matches(char::is_alphabetic));
    let words = row.map(|does| if does { "yes" } else { "no" });
    let words = words.into_iter().zip(marks);
    let words: Vec<_> = words.map(|(word, mark)| format!("{word}{mark}")).collect();
    let now = format!("| {name} | {} |", words.join(" | "));
    eprintln!("{now}");
    if env::var_os(VARIABLE).is_some() {
        fs::write(PAGE, page.replace(before, &now)).unwrap();
        return;
    }
    assert_eq!(
        before,
        now,
        "docs/deploy.md has it otherwise; {VARIABLE}=1 in the environment writes it there:\n{}",
        table(&page).replace(before, &now)
    );
}

/// Says that the rows and columns are those that the tests fill, and no others.
#[track_caller]
pub(super) fn check_names() {
    let page = fs::read_to_string(PAGE).unwrap();
    let mut lines = table(&page).lines();
    assert_eq!(cells(lines.next().unwrap())[1..], BEHAVIOURS);
    let names = lines.skip(1).map(|line| cells(line)[0]);
    assert_eq!(names.collect::<Vec<_>>(), SERVERS);
}
