//! The ways in which a name is written, and where in a text they are. Pure.

use std::{borrow::Cow, path::Path};

use heck::{
    ToKebabCase as _, ToLowerCamelCase as _, ToPascalCase as _, ToShoutyKebabCase as _,
    ToShoutySnakeCase as _, ToSnakeCase as _, ToTitleCase as _, ToTrainCase as _,
};
use regex::Regex;

use super::secrets::Secrets;
use crate::template::subject::Subject;

/// Endings of files that are read by people before they are read by programs: a name with a capital
/// in them is a title, and elsewhere the name of a class.
const PROSE: [&str; 6] = ["md", "rst", "txt", "html", "htm", "adoc"];

/// Words that a new name is spelled as, in the order in which one counts before another that looks
/// the same: the filters behind the name, and what they make of it.
type Way = (&'static str, fn(&str) -> String);

const WAYS: [Way; 14] = [
    ("", str::to_owned),
    (" | snake_case", |it| it.to_snake_case()),
    (" | kebab_case", |it| it.to_kebab_case()),
    (" | pascal_case", |it| it.to_pascal_case()),
    (" | camel_case", |it| it.to_lower_camel_case()),
    (" | title_case", |it| it.to_title_case()),
    (" | shouty_snake_case", |it| it.to_shouty_snake_case()),
    (" | shouty_kebab_case", |it| it.to_shouty_kebab_case()),
    (" | train_case", |it| it.to_train_case()),
    (" | snake_case | replace(from=\"_\", to=\" \")", |it| {
        it.to_snake_case().replace('_', " ")
    }),
    (
        " | snake_case | replace(from=\"_\", to=\" \") | capitalize",
        |it| capitalized(&it.to_snake_case().replace('_', " ")),
    ),
    (
        " | shouty_snake_case | replace(from=\"_\", to=\" \")",
        |it| it.to_shouty_snake_case().replace('_', " "),
    ),
    (" | snake_case | replace(from=\"_\", to=\"\")", |it| {
        it.to_snake_case().replace('_', "")
    }),
    (
        " | shouty_snake_case | replace(from=\"_\", to=\"\")",
        |it| it.to_shouty_snake_case().replace('_', ""),
    ),
];

/// A text that is replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Spelling {
    pub(super) value: String,
    /// What stands there instead, without marks.
    pub(super) expression: String,
    /// The same in texts for people, where that differs.
    in_prose: Option<String>,
    /// Whether it is a secret, which is shown nowhere.
    pub(super) is_secret: bool,
}

/// All of them.
#[derive(Debug)]
pub(super) struct Spellings {
    all: Vec<Spelling>,
    /// Finds each; the longest first.
    regex: Option<Regex>,
}

/// A part of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    Text(&'a str),
    /// What is replaced: its number, and what stands there instead.
    Name(usize, Cow<'a, str>),
}

impl Spellings {
    pub(super) fn new(subject: Subject, name: &str, secrets: &Secrets) -> Self {
        let variable = subject.name_variable();
        let mut all: Vec<Spelling> = secrets
            .all()
            .iter()
            .map(|secret| Spelling {
                value: secret.value.clone(),
                expression: secret.variable.clone(),
                in_prose: None,
                is_secret: true,
            })
            .collect();
        for (filters, spell) in WAYS {
            let (value, expression) = (spell(name), format!("{variable}{filters}"));
            match all.iter_mut().find(|it| it.value == value) {
                None => all.push(Spelling {
                    value,
                    expression,
                    in_prose: None,
                    is_secret: false,
                }),
                // Of one word, the name of a class and a title look the same.
                Some(same)
                    if filters == " | title_case" && same.expression.ends_with("pascal_case") =>
                {
                    same.in_prose = Some(expression);
                }
                Some(_) => {}
            }
        }
        let mut values: Vec<&str> = all.iter().map(|it| it.value.as_str()).collect();
        values.sort_by_key(|it| std::cmp::Reverse(it.len()));
        let escaped: Vec<_> = values.into_iter().map(regex::escape).collect();
        Self {
            regex: Regex::new(&escaped.join("|")).ok(),
            all,
        }
    }

    /// What is replaced, by its number.
    pub(super) fn get(&self, number: usize) -> Option<&Spelling> {
        self.all.get(number)
    }

    /// Takes a text apart. The path says whether it is for people. Also counts how often a spelling
    /// was in a longer word, and left alone.
    pub(super) fn pieces<'a>(&'a self, path: &Path, text: &'a str) -> (Vec<Piece<'a>>, usize) {
        let mut pieces = Vec::new();
        let (mut done, mut from, mut inside) = (0, 0, 0);
        let is_prose = path
            .extension()
            .and_then(|it| it.to_str())
            .is_some_and(|it| PROSE.contains(&it));
        while let Some(found) = self.regex.as_ref().and_then(|it| it.find_at(text, from)) {
            let value = found.as_str();
            let number = self.all.iter().position(|it| it.value == value);
            let Some((number, spelling)) = number.and_then(|it| Some((it, self.all.get(it)?)))
            else {
                break;
            };
            let before = text
                .get(..found.start())
                .and_then(|it| it.chars().next_back());
            let after = text.get(found.end()..).and_then(|it| it.chars().next());
            let is_by_itself = if spelling.is_secret {
                !before.is_some_and(char::is_alphanumeric)
                    && !after.is_some_and(char::is_alphanumeric)
            } else {
                is_by_itself(before, value, after)
            };
            if !is_by_itself {
                inside += usize::from(!spelling.is_secret);
                from = found.start() + value.chars().next().map_or(1, char::len_utf8);
                continue;
            }
            let is_word =
                !before.is_some_and(is_of_identifier) && !after.is_some_and(is_of_identifier);
            let prose = spelling.in_prose.as_deref().filter(|_| is_prose && is_word);
            let expression = prose.unwrap_or(&spelling.expression);
            pieces.push(Piece::Text(
                text.get(done..found.start()).unwrap_or_default(),
            ));
            pieces.push(Piece::Name(number, Cow::Borrowed(expression)));
            done = found.end();
            from = done;
        }
        pieces.push(Piece::Text(text.get(done..).unwrap_or_default()));
        (pieces, inside)
    }
}

/// Whether a name between these two characters is a word, or a word of an identifier: `shop` in
/// `test_shop` and `shopUrl`, and not in `workshop` or `shopping`.
fn is_by_itself(before: Option<char>, value: &str, after: Option<char>) -> bool {
    let (first, last) = (value.chars().next(), value.chars().next_back());
    let begins_in_capital = first.is_some_and(char::is_uppercase);
    let ends_in_capital = last.is_some_and(char::is_uppercase);
    let good_before = match before {
        Some(it) if it.is_alphanumeric() => {
            begins_in_capital && !ends_in_capital && it.is_lowercase()
        }
        _ => true,
    };
    let good_after = match after {
        Some(it) if it.is_alphanumeric() => it.is_uppercase() && !ends_in_capital,
        _ => true,
    };
    good_before && good_after
}

fn is_of_identifier(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// As the engine's `capitalize`.
fn capitalized(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().map(|it| it.to_uppercase().to_string());
    first.unwrap_or_default() + &characters.as_str().to_lowercase()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn replaced(name: &str, path: &str, text: &str) -> String {
        let spellings = Spellings::new(Subject::Project, name, &Secrets::default());
        let (pieces, _) = spellings.pieces(Path::new(path), text);
        let texts = pieces.iter().map(|piece| match piece {
            Piece::Text(text) => (*text).to_owned(),
            Piece::Name(_, expression) => {
                format!("<{}>", expression.strip_prefix("project_name").unwrap())
            }
        });
        texts.collect()
    }

    #[rstest]
    #[case(
        "my_site my-site MySite mySite",
        "<> < | kebab_case> < | pascal_case> < | camel_case>"
    )]
    #[case(
        "My Site, MY_SITE, MY-SITE",
        "< | title_case>, < | shouty_snake_case>, < | shouty_kebab_case>"
    )]
    #[case("My-Site", "< | train_case>")]
    #[case(
        "my site My site mysite",
        "< | snake_case | replace(from=\"_\", to=\" \")> \
         < | snake_case | replace(from=\"_\", to=\" \") | capitalize> \
         < | snake_case | replace(from=\"_\", to=\"\")>"
    )]
    #[case(
        "my_site.urls, test_my_site, MySiteConfig",
        "<>.urls, test_<>, < | pascal_case>Config"
    )]
    #[case(
        "tommy_site my_sites my_site2 XMySite",
        "tommy_site my_sites my_site2 XMySite"
    )]
    fn a_name_of_two_words(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(replaced("my_site", "a.py", text), expected);
    }

    #[rstest]
    #[case("a.py", "class Shop: Shop", "class < | pascal_case>: < | pascal_case>")]
    #[case("a.md", "Shop, ShopConfig", "< | title_case>, < | pascal_case>Config")]
    #[case(
        "a.md",
        "shop SHOP workshop shopping WorkShop",
        "<> < | shouty_snake_case> workshop shopping Work< | title_case>"
    )]
    fn a_name_of_one_word(#[case] path: &str, #[case] text: &str, #[case] expected: &str) {
        // The word in `WorkShop` is a part of an identifier.
        let expected = expected.replace("Work< | title_case>", "Work< | pascal_case>");
        assert_eq!(replaced("shop", path, text), expected);
    }

    proptest! {
        /// Put together again, the parts are the text.
        #[test]
        fn nothing_is_lost(text in "(my_site|my-site|MySite|my|é|_| |site|[a-zA-Z]){0,20}") {
            let spellings = Spellings::new(Subject::Project, "my_site", &Secrets::default());
            let (pieces, _) = spellings.pieces(Path::new("a"), &text);
            let again: String = pieces
                .iter()
                .map(|piece| match piece {
                    Piece::Text(text) => (*text).to_owned(),
                    Piece::Name(number, _) => spellings.get(*number).unwrap().value.clone(),
                })
                .collect();
            prop_assert_eq!(again, text);
        }
    }
}
