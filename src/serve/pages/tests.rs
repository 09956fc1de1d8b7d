//! Tests of `pages`.

use super::{super::Notifier, *};
use crate::wire::{
    Cause,
    exceptions::{Relation, StackFrame},
};

const DEVELOPER: Audience = Audience {
    is_developer: true,
    wants_html: true,
    is_get: true,
};

fn moment() -> Moment {
    Notifier::new().moment(3)
}

fn failure() -> Failure {
    Failure {
        message: "NameError: <x>".into(),
        traceback: "line <1>".into(),
        hint: "do \"this\"".into(),
        ..Failure::default()
    }
}

fn load(failure: &Failure, audience: Audience) -> Page {
    not_loaded(failure, audience, &moment())
}

#[test]
fn the_page_shows_everything_escaped() {
    let page = load(&failure(), DEVELOPER);
    assert_eq!(page.content_type, "text/html; charset=utf-8");
    for part in [
        "NameError: &lt;x&gt;",
        "line &lt;1&gt;",
        "this",
        "<!DOCTYPE html>",
    ] {
        assert!(
            page.body.contains(part),
            "{part} is missing in {}",
            page.body
        );
    }
    assert!(!page.body.contains("<x>") && !page.body.contains("{{"));
}

/// Everything that comes from the project, in every place that it can come to.
#[test]
fn nothing_of_an_exception_becomes_html() {
    let evil = || "<script>alert('\"&')</script>".to_owned();
    let frame = |is_project, function: &str| StackFrame {
        place: evil(),
        file: evil(),
        line: 2,
        function: function.into(),
        is_project,
        first: 1,
        source: vec![evil(), evil(), evil()],
        mark: 3..5,
    };
    let exception = |relation| Exception {
        kind: evil(),
        text: evil() + "\n" + &evil(),
        notes: vec![evil()],
        relation,
        frames: vec![frame(true, &evil()), frame(false, &evil()), frame(true, "")],
        omitted: 2,
    };
    let failure = Failure {
        message: evil(),
        traceback: evil(),
        hint: evil(),
        exceptions: vec![
            exception(Relation::Raised),
            exception(Relation::MemberOf(0)),
            exception(Relation::ContextOf(1)),
        ],
        ..Failure::default()
    };
    let page = load(&failure, DEVELOPER);
    assert_eq!(page.body.matches("<script").count(), 1, "{}", page.body);
    assert!(!page.body.contains("alert('"), "{}", page.body);
    assert!(page.body.matches("&lt;script&gt;alert(").count() > 20);
    let again = not_loaded_again(&failure, DEVELOPER).unwrap();
    assert!(page.body.contains(again.trim_end()), "{again}");
    assert!(!again.contains("<script"));
}

#[test]
fn the_policy_has_the_hashes_of_what_is_on_the_page() {
    let page = load(&failure(), DEVELOPER);
    for (start, end) in [("<style>", "</style>"), ("\">", "</script>")] {
        let before = page.body.split(end).next().unwrap();
        let text = if start == "<style>" {
            before.split(start).nth(1).unwrap()
        } else {
            let tag = before.rfind("<script ").unwrap();
            before[tag..].split_once(start).unwrap().1
        };
        let hash = STANDARD.encode(Sha256::digest(text));
        assert!(
            page.policy.contains(&format!("'sha256-{hash}'")),
            "{}",
            page.policy
        );
    }
}

#[test]
fn a_page_that_answers_a_form_is_not_asked_for_again() {
    let get = load(&failure(), DEVELOPER);
    let form = Audience {
        is_get: false,
        ..DEVELOPER
    };
    let post = load(&failure(), form);
    assert!(get.body.contains(" data-again=") && !post.body.contains(" data-again="));
    assert!(get.body.contains(" data-problem=\"load\""));
    let lost = worker_lost(Loss::default(), DEVELOPER, &moment());
    assert!(lost.body.contains(" data-problem=\"request\""));
}

#[test]
fn a_request_that_was_ended_because_of_a_change_is_not_told_that_its_worker_died() {
    let loss = Loss {
        cause: Cause::Outdated,
        is_latest: true,
    };
    let page = worker_lost(loss, DEVELOPER, &moment());
    assert!(
        page.body
            .contains("The project was changed during this request")
    );
    assert!(!page.body.contains("worker process"), "{}", page.body);
}

#[test]
fn clients_that_do_not_ask_for_html_get_plain_text() {
    let page = load(
        &failure(),
        Audience {
            wants_html: false,
            ..DEVELOPER
        },
    );
    assert_eq!(page.content_type, "text/plain; charset=utf-8");
    assert!(
        page.body
            .contains("NameError: <x>\n\nhint: do \"this\"\n\nline <1>")
    );
}

#[test]
fn other_machines_and_foreign_hosts_learn_nothing() {
    let audience = Audience {
        is_developer: false,
        ..DEVELOPER
    };
    let page = load(&failure(), audience);
    assert!(!page.body.contains("NameError"), "{}", page.body);
    assert_eq!(not_loaded_again(&failure(), audience), None);
}
