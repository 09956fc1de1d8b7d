//! The page of a request whose process went away.

use super::{super::backend::Protocol, Audience, Moment, Page, Problem, page};
use crate::wire::{Cause, Loss};

/// The process that ran the application went away during this request; `protocol` says which kind
/// of process that was.
pub(crate) fn process_lost(
    loss: Loss,
    protocol: Protocol,
    audience: Audience,
    moment: &Moment,
) -> Page {
    let Loss { cause, is_latest } = loss;
    let (process, suspect) = match protocol {
        Protocol::Worker => (
            "The worker process",
            "look for a call into C code that does not end, such as a regular expression; \
             `--timeout 0` waits for ever",
        ),
        Protocol::Http => (
            "The application's process",
            "look for what keeps all threads of the runtime busy or waiting, which is for \
             `spawn_blocking`; `--timeout 0` waits for ever",
        ),
    };
    let (title, summary, hint) = match (cause, is_latest) {
        (Cause::Outdated, _) => (
            "The project was changed during this request".to_owned(),
            "It ran on the code from before the change, and was ended because it took too long \
             after that."
                .to_owned(),
            "reload the page: the answer will be of the new code",
        ),
        // A body that fails at once ends the connection, and not the process.
        (Cause::Gone, _) if protocol == Protocol::Http => (
            "The application gave no response".to_owned(),
            "Its process has ended, and a new one is started; or it closed the connection, as it \
             does where the body of a response fails."
                .to_owned(),
            "the terminal shows which of them it was",
        ),
        (Cause::Gone, _) => (
            format!("{process} ended during this request"),
            "The process that ran the application is gone; a new one is started.".to_owned(),
            "the terminal shows how it ended",
        ),
        (Cause::Silent(seconds), true) => (
            format!("{process} hung, most likely in this request"),
            format!(
                "The process that ran the application did not react for {seconds} s, and was \
                 replaced. This request was begun last."
            ),
            suspect,
        ),
        (Cause::Silent(seconds), false) => (
            format!("{process} hung during this request"),
            format!(
                "The process that ran the application did not react for {seconds} s, and was \
                 replaced. Most likely it hung in another request, which was begun after this one."
            ),
            "the access log shows the requests that failed with it",
        ),
    };
    page(
        Problem {
            status: "502 Bad Gateway",
            title: &title,
            summary: &summary,
            hint,
            ..Problem::default()
        },
        audience,
        moment,
    )
}
