//! Which answers are tried: the defaults, every value of every variable whose values are counted
//! out, and every two of these together, as long as that is cheap.

use std::sync::Arc;

use crate::template::{
    declarations::{Declaration, shown},
    subject::Subject,
    value::{Dict, Value},
};

/// How many renderings there are at most for two values at a time: most faults that need certain
/// answers need one or two, and each costs milliseconds.
const MOST_WITH_PAIRS: usize = 300;

/// Answers, and what is said of them in messages.
#[derive(Debug)]
pub(super) struct Combination {
    pub(super) answers: Dict,
    /// Nothing for the defaults.
    pub(super) shown: Option<String>,
    /// As `--install` says.
    pub(super) install: bool,
}

/// What stands in for answers that must be given, and what the user gives.
pub(super) fn base(declarations: &[Declaration], given: &Dict) -> Dict {
    let samples = declarations.iter().filter_map(|declaration| {
        let name: Arc<str> = declaration.name().into();
        Some((name, declaration.sample()?))
    });
    let given = given.iter();
    samples
        .chain(given.map(|(name, value)| (Arc::clone(name), value.clone())))
        .collect()
}

/// The variables whose values are counted out, and those values.
pub(super) fn choices(declarations: &[Declaration]) -> Vec<(String, Vec<Value>)> {
    let all = declarations.iter();
    all.map(|it| (it.name().to_owned(), it.values())).collect()
}

/// All answers to try, the defaults first. What the user gives stays as it is.
pub(super) fn all(
    subject: Subject,
    choices: &[(String, Vec<Value>)],
    base: &Dict,
    given: &Dict,
) -> Vec<Combination> {
    let open: Vec<(&str, &[Value])> = choices
        .iter()
        .filter(|(name, values)| !given.contains_key(name.as_str()) && !values.is_empty())
        .map(|(name, values)| (name.as_str(), values.as_slice()))
        .collect();
    let with = |chosen: &[(&str, &Value)]| {
        let mut answers = base.clone();
        for (name, value) in chosen {
            answers.insert((*name).into(), (*value).clone());
        }
        let named = chosen
            .iter()
            .map(|(name, value)| format!("{name} = {}", shown(value)));
        Combination {
            answers,
            shown: Some(named.collect::<Vec<_>>().join(", ")).filter(|it| !it.is_empty()),
            install: false,
        }
    };
    let mut all = vec![with(&[])];
    if subject == Subject::Project {
        all.push(Combination {
            shown: Some("--install".to_owned()),
            install: true,
            ..with(&[])
        });
    }
    for (name, values) in &open {
        all.extend(values.iter().map(|value| with(&[(name, value)])));
    }
    let sizes: Vec<usize> = open.iter().map(|(_, values)| values.len()).collect();
    let total: usize = sizes.iter().sum();
    let squares: usize = sizes.iter().map(|it| it * it).sum();
    let pairs = (total * total - squares) / 2;
    if all.len() + pairs <= MOST_WITH_PAIRS {
        for (at, (first, values)) in open.iter().enumerate() {
            for (second, others) in open.iter().skip(at + 1) {
                for value in *values {
                    all.extend(
                        others
                            .iter()
                            .map(|it| with(&[(first, value), (second, it)])),
                    );
                }
            }
        }
    }
    all
}
