//! The texts that Django's `runserver` takes for an address and port (`naiveip_re`), and how it
//! takes them apart. Pure.

use unicode_general_category::{GeneralCategory, get_general_category};

/// The parts of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Parts<'t> {
    /// What stands before the port, if anything.
    pub(super) host: Option<Host<'t>>,
    /// The port's number; `None` where it is larger than any port.
    pub(super) port: Option<u16>,
}

/// What stands before a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Host<'t> {
    /// Four groups of digits.
    Ipv4(&'t str),
    /// What stands in brackets: hexadecimal digits and colons in any order.
    Ipv6(&'t str),
    /// Anything else that looks like a name.
    Name(&'t str),
}

/// Takes a text apart; `None` where Django's expression does not match.
pub(super) fn parts(text: &str) -> Option<Parts<'_>> {
    // `$` of Python's expressions matches before a line end at the end, too.
    let text = text.strip_suffix('\n').unwrap_or(text);
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) => (Some(self::host(host)?), port),
        None => (None, text),
    };
    if port.is_empty() {
        return None;
    }
    let mut number = 0_u64;
    for character in port.chars() {
        let digit = digit(character)?;
        number = number.saturating_mul(10).saturating_add(digit.into());
    }
    Some(Parts {
        host,
        port: u16::try_from(number).ok(),
    })
}

fn host(text: &str) -> Option<Host<'_>> {
    let is_group = |group: &str| {
        (1..=3).contains(&group.chars().count()) && group.chars().all(|it| digit(it).is_some())
    };
    if text.split('.').count() == 4 && text.split('.').all(is_group) {
        return Some(Host::Ipv4(text));
    }
    let bracketed = text.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
    if let Some(inner) = bracketed {
        let is_hex = |octet: u8| octet.is_ascii_hexdigit() || octet == b':';
        return (!inner.is_empty() && inner.bytes().all(is_hex)).then_some(Host::Ipv6(inner));
    }
    let is_label = |label: &str| {
        let is_plain = |octet: u8| octet.is_ascii_alphanumeric() || octet == b'-';
        !label.is_empty() && label.bytes().all(is_plain)
    };
    text.split('.').all(is_label).then_some(Host::Name(text))
}

/// The value of a decimal digit of any script: `\d` means all of them.
fn digit(character: char) -> Option<u32> {
    let is_digit = |it: char| get_general_category(it) == GeneralCategory::DecimalNumber;
    if character.is_ascii() {
        return character.to_digit(10);
    }
    // The ten digits of a script follow each other, and wherever two scripts meet, all ten of each
    // are there.
    let digits = (0..=u32::from(character)).rev();
    let digits = digits.map_while(|code| char::from_u32(code).filter(|&it| is_digit(it)));
    let position = u32::try_from(digits.count()).ok()?.checked_sub(1)?;
    Some(position % 10)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("8000", None, Some(8000))]
    #[case("0008000\n", None, Some(8000))]
    #[case("65536", None, None)]
    #[case("1:99999999999999999999999", Some(Host::Name("1")), None)]
    #[case("999.1.1.1:0", Some(Host::Ipv4("999.1.1.1")), Some(0))]
    #[case("1234.1.1.1:1", Some(Host::Name("1234.1.1.1")), Some(1))]
    #[case("1.2.3:1", Some(Host::Name("1.2.3")), Some(1))]
    #[case("[:]:1", Some(Host::Ipv6(":")), Some(1))]
    #[case("-.-:1", Some(Host::Name("-.-")), Some(1))]
    #[case("beef:7654", Some(Host::Name("beef")), Some(7654))]
    #[case("٨٠", None, Some(80))]
    #[case("𝟙𝟚", None, Some(12))]
    fn texts_are_taken_apart(
        #[case] text: &str,
        #[case] host: Option<Host<'_>>,
        #[case] port: Option<u16>,
    ) {
        assert_eq!(parts(text), Some(Parts { host, port }));
    }

    #[rstest]
    #[case("")]
    #[case("\n")]
    #[case("80\n\n")]
    #[case(" 80")]
    #[case("+80")]
    #[case(":80")]
    #[case("a:")]
    #[case("a_b:80")]
    #[case("a..b:80")]
    #[case(".a:80")]
    #[case("::1:80")]
    #[case("[]:80")]
    #[case("[::1]80")]
    #[case("[fe80::1%eth0]:80")]
    #[case("[::ffff:1.2.3.4]:80")]
    #[case("[::1:80")]
    #[case("é:80")]
    #[case("²")]
    fn other_texts_are_not(#[case] text: &str) {
        assert_eq!(parts(text), None);
    }

    proptest! {
        #[test]
        fn any_text_is_taken_or_not(text in any::<String>()) {
            let _ = parts(&text);
        }
    }
}
