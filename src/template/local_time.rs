//! The time zone of the machine.

use std::{env, fs};

use jiff::tz::TimeZone;

/// The file of the time zone, on Linux and on macOS.
const ZONE: &str = "/etc/localtime";

/// In the path that the file is a link to, the name of the zone stands behind this.
const DATABASE: &str = "zoneinfo/";

/// The time zone of the machine, as [`TimeZone::system`] tells it. That one looks through the whole
/// database of zones, which takes as long as making a small project.
pub(super) fn zone() -> TimeZone {
    let own = || {
        let path = fs::read_link(ZONE).ok()?;
        let (_, name) = path.to_str()?.split_once(DATABASE)?;
        TimeZone::tzif(name, &fs::read(ZONE).ok()?).ok()
    };
    // The variable may be a rule, or the name of another zone.
    match env::var_os("TZ") {
        Some(_) => TimeZone::system(),
        None => own().unwrap_or_else(TimeZone::system),
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    #[test]
    fn it_is_the_one_of_the_system() {
        let (ours, theirs) = (zone(), TimeZone::system());
        for second in (0..40).map(|it| it * 50_000_000) {
            let moment = Timestamp::from_second(second).unwrap();
            let (ours, theirs) = (ours.to_offset_info(moment), theirs.to_offset_info(moment));
            assert_eq!(ours.offset(), theirs.offset(), "{moment}");
            assert_eq!(ours.abbreviation(), theirs.abbreviation(), "{moment}");
        }
    }
}
