//! What becomes of one file, in every case.

use rstest::rstest;

use super::{
    decide::{Blob, Effect, Old, Outcome, Private, Sides, decide},
    recover::Recovered,
    write::Found,
};
use crate::template::remembered::Print;

fn blob(text: &str, mode: u32) -> Blob {
    Blob {
        from: "t".into(),
        contents: text.as_bytes().to_vec().into(),
        mode,
        skips_if_exists: false,
    }
}

fn found(text: &str) -> Found {
    match text {
        "missing" => Found::Missing,
        "other" => Found::Other,
        text => Found::File {
            contents: text.as_bytes().to_vec(),
            mode: 0o600,
        },
    }
}

/// What becomes of a file, and what is in it afterwards. `none` stands for no file of the
/// template's.
fn decided(old: &Old<'_>, is_there: bool, ours: &str, new: &str) -> (Option<Outcome>, String) {
    let (ours, new) = (found(ours), (new != "none").then(|| blob(new, 0o644)));
    let decided = decide(Sides {
        old: Some(old).filter(|_| is_there),
        ours: &ours,
        new: new.as_ref(),
        private: Private {
            texts: &[],
            known: &Recovered::default(),
        },
        restores: false,
    });
    match decided {
        None => (None, String::new()),
        Some((outcome, Effect::Put { contents, .. })) => {
            (Some(outcome), String::from_utf8(contents).unwrap())
        }
        Some((outcome, Effect::Remove)) => (Some(outcome), "gone".to_owned()),
        Some((outcome, Effect::Nothing)) => (Some(outcome), String::new()),
    }
}

const CONFLICT: &str = "<<<<<<< yours\nY\n=======\nT\n>>>>>>> template\nb\n";

#[rstest]
#[case("a\nb\n", "a\nb\n", "a\nb\n", None, "")]
#[case("a\nb\n", "Y\nb\n", "a\nb\n", None, "")]
#[case("a\nb\n", "missing", "a\nb\n", None, "")]
#[case("a\nb\n", "a\nb\n", "T\nb\n", Some(Outcome::Updated), "T\nb\n")]
#[case("a\nb\n", "T\nb\n", "T\nb\n", None, "")]
#[case(
    "a\nb\nc\n",
    "a\nb\nY\n",
    "T\nb\nc\n",
    Some(Outcome::Merged),
    "T\nb\nY\n"
)]
#[case("a\nb\n", "Y\nb\n", "T\nb\n", Some(Outcome::Conflict), CONFLICT)]
#[case("a\nb\n", "missing", "T\nb\n", Some(Outcome::StaysDeleted), "")]
#[case("a\nb\n", "other", "T\nb\n", Some(Outcome::InTheWay), "")]
#[case("a\nb\n", "a\nb\n", "none", Some(Outcome::Removed), "gone")]
#[case("a\nb\n", "Y\nb\n", "none", Some(Outcome::StaysChanged), "")]
#[case("a\nb\n", "missing", "none", None, "")]
#[case("none", "missing", "T\n", Some(Outcome::Created), "T\n")]
#[case("none", "T\nb\n", "T\nb\n", None, "")]
#[case("none", "Y\nb\n", "T\nb\n", Some(Outcome::Conflict), CONFLICT)]
#[case("a\0", "b\0", "c\0", Some(Outcome::BinaryConflict), "")]
#[case("a\0", "a\0", "c\0", Some(Outcome::Updated), "c\0")]
#[case("a\r\n", "a\r\n", "T\r\n", Some(Outcome::Updated), "T\r\n")]
#[case(
    "a\nb\nc\n",
    "a\r\nb\r\nY\r\n",
    "T\nb\nc\n",
    Some(Outcome::Merged),
    "T\r\nb\r\nY\r\n"
)]
#[case("a\r\nb\r\n", "a\nb\n", "T\r\nb\r\n", Some(Outcome::Updated), "T\nb\n")]
#[case("a\r\nb\r\n", "a\nb\n", "none", Some(Outcome::Removed), "gone")]
#[case("a\nb\n", "a\nb\n", "a\r\nb\r\n", Some(Outcome::Updated), "a\r\nb\r\n")]
#[case(
    "a\r\nb\r\n",
    "Y\r\nb\r\n",
    "T\r\nb\r\n",
    Some(Outcome::Conflict),
    "<<<<<<< yours\r\nY\r\n=======\r\nT\r\n>>>>>>> template\r\nb\r\n"
)]
fn with_the_old_version(
    #[case] old: &str,
    #[case] ours: &str,
    #[case] new: &str,
    #[case] outcome: Option<Outcome>,
    #[case] text: &str,
) {
    let known = Old::Known(blob(old, 0o644));
    assert_eq!(
        decided(&known, old != "none", ours, new),
        (outcome, text.to_owned())
    );
}

#[rstest]
#[case("a\nb\n", "Y\nb\n", "a\nb\n", None, "")]
#[case("a\nb\n", "a\nb\n", "T\nb\n", Some(Outcome::Updated), "T\nb\n")]
#[case("a\nb\n", "a\r\nb\r\n", "T\nb\n", Some(Outcome::Updated), "T\r\nb\r\n")]
#[case("a\r\n", "a\r\n", "T\r\n", Some(Outcome::Updated), "T\r\n")]
#[case("a\nb\n", "a\r\nb\r\n", "none", Some(Outcome::Removed), "gone")]
#[case("a\nb\n", "Y\nb\n", "T\nb\n", Some(Outcome::Conflict), CONFLICT)]
#[case("a\nb\n", "T\nb\n", "T\nb\n", None, "")]
#[case("a\nb\n", "a\nb\n", "none", Some(Outcome::Removed), "gone")]
#[case("a\nb\n", "Y\nb\n", "none", Some(Outcome::StaysChanged), "")]
fn with_prints(
    #[case] old: &str,
    #[case] ours: &str,
    #[case] new: &str,
    #[case] outcome: Option<Outcome>,
    #[case] text: &str,
) {
    let print = Print::of(old.as_bytes(), false, &[]);
    assert_eq!(
        decided(&Old::Print(&print), true, ours, new),
        (outcome, text.to_owned())
    );
}

/// The project's key is `mine`, and that of both renderings another.
#[rstest]
// The user has changed nothing, or something else, or the key's line.
#[case("key = 'mine'\nb\n", "key = 'ABCD'\nB\n", "key = 'mine'\nB\n")]
#[case("key = 'mine'\nc\n", "key = 'ABCD'\nB\n", "<<<<<<< yours")]
#[case("key = env()\nb\n", "key = 'ABCD'\nB\n", "<<<<<<< yours")]
fn random_values_are_the_projects(#[case] ours: &str, #[case] new: &str, #[case] text: &str) {
    let private = ["ABCD".to_owned()];
    let old = "key = 'ABCD'\nb\n";
    let known = Old::Known(blob(old, 0o644));
    let print = Print::of(old.as_bytes(), false, &private);
    for old in [&known, &Old::Print(&print)] {
        let decided = decide(Sides {
            old: Some(old),
            ours: &found(ours),
            new: Some(&blob(new, 0o644)),
            private: Private {
                texts: &private,
                known: &Recovered::default(),
            },
            restores: false,
        });
        let Some((_, Effect::Put { contents, .. })) = decided else {
            panic!("{decided:?}")
        };
        let contents = String::from_utf8(contents).unwrap();
        assert!(contents.contains(text), "{contents}");
        assert!(
            !contents.contains("'ABCD'") || text.contains('<'),
            "{contents}"
        );
    }
}

#[test]
fn who_may_execute_it_follows_the_template() {
    let mode = |old: u32, new: u32| {
        let decided = decide(Sides {
            old: Some(&Old::Known(blob("a\n", old))),
            ours: &Found::File {
                contents: b"Y\n".to_vec(),
                mode: 0o640,
            },
            new: Some(&blob("a\n", new)),
            private: Private {
                texts: &[],
                known: &Recovered::default(),
            },
            restores: false,
        });
        match decided {
            Some((Outcome::Merged | Outcome::Updated, Effect::Put { contents, mode })) => {
                assert_eq!(contents, b"Y\n");
                Some(mode)
            }
            None => None,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(mode(0o644, 0o755), Some(0o750));
    assert_eq!(mode(0o755, 0o644), None);
    assert_eq!(mode(0o644, 0o600), None);
}
