//! Tests of `pages`.

use super::{
    super::{Notifier, Protocol},
    *,
};
use crate::wire::{
    Cause, Loss,
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
        printed: evil(),
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
    let lost = process_lost(Loss::default(), Protocol::Worker, DEVELOPER, &moment());
    assert!(lost.body.contains(" data-problem=\"request\""));
}

#[test]
fn a_request_that_was_ended_because_of_a_change_is_not_told_that_its_worker_died() {
    let loss = Loss {
        cause: Cause::Outdated,
        is_latest: true,
    };
    let page = process_lost(loss, Protocol::Worker, DEVELOPER, &moment());
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

/// Pages of what is not in Python.
mod rust {
    use rstest::rstest;

    use super::*;
    use crate::serve::FailedStep;

    fn compiler() -> Failure {
        let error = |printed: &str, kind: &str, relation| Exception {
            kind: kind.to_owned(),
            printed: printed.to_owned(),
            relation,
            ..Exception::default()
        };
        let mut first = error(
            "\u{1b}[1m\u{1b}[91merror[E0308]\u{1b}[0m: <T> & \"x\"\u{1b}]8;;evil:1\u{1b}\\",
            "",
            Relation::Raised,
        );
        first.frames.push(StackFrame {
            place: "src/views.rs".to_owned(),
            line: 2,
            is_project: true,
            first: 1,
            source: vec!["fn f() {".to_owned(), "    a<b>;".to_owned()],
            mark: 4..5,
            ..StackFrame::default()
        });
        Failure {
            step: FailedStep::Compile,
            message: "src/views.rs:2:5: mismatched types".to_owned(),
            traceback: "error[E0308]: <T> & \"x\"".to_owned(),
            exceptions: vec![
                first,
                error("<img src=x>", "src/urls.rs:1:1: <b>", Relation::Beside),
            ],
            ..Failure::default()
        }
    }

    #[test]
    fn an_error_of_the_compiler_is_shown_as_it_shows_it() {
        let page = load(&compiler(), DEVELOPER);
        for part in [
            "<h1>The project does not compile</h1>\n\
             <p class=\"summary\">src/views.rs:2:5: mismatched types</p>",
            "<b>src/views.rs:2</b></h2>",
            "    <mark>a</mark>&lt;b&gt;;",
            "<pre class=\"terminal\"><span class=\"bold red\">error[E0308]</span>\
             : &lt;T&gt; &amp; &quot;x&quot;</pre>",
            "<h2>Another error</h2>\n<p class=\"summary\">src/urls.rs:1:1: &lt;b&gt;</p>",
            "<pre class=\"terminal\">&lt;img src=x&gt;</pre>",
        ] {
            assert!(
                page.body.contains(part),
                "{part} is missing in {}",
                page.body
            );
        }
        let (_, shown) = page.body.split_once("<main>").unwrap();
        let (shown, _) = shown.split_once("</main>").unwrap();
        for part in ["evil", "\u{1b}", "style=", "<T>", "<img", "What Cargo says"] {
            assert!(!shown.contains(part), "{part} is in {shown}");
        }
    }

    #[test]
    fn without_html_it_is_the_same_in_plain_text() {
        let audience = Audience {
            wants_html: false,
            ..DEVELOPER
        };
        let expected = "The project does not compile\n\nsrc/views.rs:2:5: mismatched types\n\n\
                        error[E0308]: <T> & \"x\"";
        assert_eq!(load(&compiler(), audience).body, expected);
    }

    #[rstest]
    #[case(
        ErrorKind::Exception,
        "The application raised an exception",
        "Traceback as text"
    )]
    #[case(ErrorKind::Panic, "The application panicked", "Backtrace as text")]
    #[case(
        ErrorKind::Error,
        "The application returned an error",
        "The error as text"
    )]
    fn how_an_application_failed_is_in_the_title(
        #[case] kind: ErrorKind,
        #[case] title: &str,
        #[case] traceback: &str,
    ) {
        let error = ApplicationError {
            kind,
            summary: "oh".to_owned(),
            traceback: "no".to_owned(),
            exceptions: vec![],
        };
        let page = application_failed(&error, DEVELOPER, &moment());
        assert!(
            page.body.contains(&format!("<h1>{title}</h1>")),
            "{}",
            page.body
        );
        assert!(
            page.body
                .contains(&format!("<summary>{traceback}</summary>"))
        );
    }

    #[test]
    fn what_cargo_says_is_there_at_once() {
        let failure = Failure {
            step: FailedStep::Build,
            message: "cargo could not build the project".to_owned(),
            traceback: "error: no `cc`".to_owned(),
            ..Failure::default()
        };
        let page = load(&failure, DEVELOPER);
        for part in [
            "<h1>The project could not be built</h1>",
            "<details open><summary>What Cargo says</summary>\n\
             <pre class=\"traceback\">error: no `cc`</pre>",
        ] {
            assert!(
                page.body.contains(part),
                "{part} is missing in {}",
                page.body
            );
        }
    }

    /// The contrast that WCAG 2 asks for text, on the background that it has.
    #[rstest]
    #[case(":root {")]
    #[case("(prefers-color-scheme: dark)")]
    fn colours_can_be_read_in_both_schemes(#[case] scheme: &str) {
        let luminance = |name: &str| -> f64 {
            let (_, variables) = STYLE.split_once(scheme).unwrap();
            let (_, value) = variables.split_once(&format!("--{name}: #")).unwrap();
            let octet = |at: usize| u8::from_str_radix(&value[at..at + 2], 16).unwrap();
            let linear = |octet: u8| {
                let value = f64::from(octet) / 255.0;
                if value <= 0.04045 {
                    value / 12.92
                } else {
                    ((value + 0.055) / 1.055).powf(2.4)
                }
            };
            0.2126 * linear(octet(0)) + 0.7152 * linear(octet(2)) + 0.0722 * linear(octet(4))
        };
        let background = luminance("soft");
        for name in ["red", "green", "yellow", "blue", "magenta", "cyan"] {
            let color = luminance(name);
            let contrast = (background.max(color) + 0.05) / (background.min(color) + 0.05);
            assert!(contrast >= 4.5, "{name} has {contrast:.2}");
        }
    }
}
