//! The colours of the access log: Django's, with the user's own in `DJANGO_COLORS`
//! (`django.utils.termcolors`). Pure.

/// What ends a colour.
const RESET: &str = "\x1b[0m";

/// The kinds of lines that have colours, by Django's names for them.
const ROLES: [&str; 7] = [
    "HTTP_INFO",
    "HTTP_SUCCESS",
    "HTTP_REDIRECT",
    "HTTP_NOT_MODIFIED",
    "HTTP_BAD_REQUEST",
    "HTTP_NOT_FOUND",
    "HTTP_SERVER_ERROR",
];

/// Django's palette for dark terminals, as codes.
const DARK: [&str; 7] = ["1", "", "32", "36", "31;1", "33", "35;1"];

/// Its palette for light ones.
const LIGHT: [&str; 7] = ["1", "", "32;1", "32", "31;1", "31", "35;1"];

/// Colours in the order of their codes.
const COLORS: [&str; 8] = [
    "black", "red", "green", "yellow", "blue", "magenta", "cyan", "white",
];

/// What a text can be beside its colour, with the codes.
const OPTIONS: [(&str, &str); 5] = [
    ("bold", "1"),
    ("underscore", "4"),
    ("blink", "5"),
    ("reverse", "7"),
    ("conceal", "8"),
];

/// Which kinds of lines are shown in which colours.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Palette {
    /// What begins each of [`ROLES`]; empty where it has no colour.
    starts: [String; 7],
}

impl Palette {
    /// No colours at all.
    #[must_use]
    pub fn plain() -> Self {
        Self::default()
    }

    /// What `DJANGO_COLORS` says, empty or not set for the dark palette. What makes no sense in it
    /// changes nothing, as in Django.
    #[must_use]
    pub fn of_setting(setting: &str) -> Self {
        if setting.is_empty() {
            return Self::of_codes(&DARK.map(str::to_owned));
        }
        let mut codes: [String; 7] = Default::default();
        for part in setting.to_lowercase().split(';') {
            match part {
                "dark" => codes = DARK.map(str::to_owned),
                "light" => codes = LIGHT.map(str::to_owned),
                "nocolor" => codes = Default::default(),
                _ => define(&mut codes, part),
            }
        }
        Self::of_codes(&codes)
    }

    fn of_codes(codes: &[String; 7]) -> Self {
        Self {
            starts: codes.each_ref().map(|codes| {
                if codes.is_empty() {
                    String::new()
                } else {
                    format!("\x1b[{codes}m")
                }
            }),
        }
    }

    /// What begins and what ends a line about a response of this status.
    pub(super) fn around(&self, status: u16) -> (&str, &str) {
        let [
            info,
            success,
            redirect,
            not_modified,
            bad_request,
            not_found,
            server_error,
        ] = &self.starts;
        let start = match status {
            100..=199 => info,
            200..=299 => success,
            304 => not_modified,
            300..=399 => redirect,
            404 => not_found,
            400..=499 => bad_request,
            _ => server_error,
        };
        (start, if start.is_empty() { "" } else { RESET })
    }
}

/// Takes in a definition, as in `http_not_found=red/white,bold`.
fn define(codes: &mut [String; 7], part: &str) {
    let Some((role, instructions)) = part.split_once('=') else {
        return;
    };
    let role = role.to_uppercase();
    let Some(index) = ROLES.iter().position(|known| *known == role) else {
        return;
    };
    let mut words = instructions.split(',');
    let mut colors = words.next().unwrap_or_default().split('/');
    let mut parsed: Vec<String> = Vec::new();
    for plane in ['3', '4'] {
        let color = colors.next();
        let number = color.and_then(|color| COLORS.iter().position(|known| *known == color));
        parsed.extend(number.map(|number| format!("{plane}{number}")));
    }
    let code = |word| OPTIONS.iter().find(|(name, _)| *name == word);
    // Django takes them from the last to the first.
    parsed.extend(
        words
            .rev()
            .filter_map(code)
            .map(|(_, code)| (*code).to_owned()),
    );
    if let (Some(own), false) = (codes.get_mut(index), parsed.is_empty()) {
        *own = parsed.join(";");
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("", 404, "\x1b[33m")]
    #[case("", 200, "")]
    #[case("", 599, "\x1b[35;1m")]
    #[case("light", 304, "\x1b[32m")]
    #[case("nocolor", 500, "")]
    #[case("dark;http_success=GREEN/black,blink,bold", 204, "\x1b[32;40;1;5m")]
    #[case("http_not_found=/red", 404, "\x1b[41m")]
    #[case("http_not_found=red", 500, "")]
    #[case("light;http_not_found=plain", 404, "\x1b[31m")]
    #[case("http_not_found=red;nocolor", 404, "")]
    #[case("error=red;http=red;=;a=b=c", 404, "")]
    fn colours_are_as_the_setting_says(
        #[case] setting: &str,
        #[case] status: u16,
        #[case] start: &str,
    ) {
        let palette = Palette::of_setting(setting);
        let end = if start.is_empty() { "" } else { RESET };
        assert_eq!(palette.around(status), (start, end));
    }

    proptest! {
        #[test]
        fn any_setting_will_do(setting in any::<String>()) {
            let _ = Palette::of_setting(&setting);
        }
    }
}
