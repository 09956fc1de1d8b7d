//! Event streams (WHATWG HTML, section 9.2): pages are told what happens to the application. No
//! worker has to do with them.

use std::{future::poll_fn, io};

use super::{
    clock,
    notices::{Following, Moment, Notice},
    pages::{self, Audience},
    response::{self, Own},
    socket::Socket,
};

/// Most streams at once. Each page that is in view has one; a browser shows a few.
pub(super) const MAX_STREAMS: usize = 64;

/// How many milliseconds a browser waits until it comes again after the server has gone away.
const COME_AGAIN: u32 = 500;

/// A page of another run of the server has nothing to follow here; it is to be loaded anew.
pub(super) const STALE: &str = "event: stale\ndata: {}\n\n";

/// Writes the head of an event stream, which ends with its connection.
pub(super) fn begin(output: &mut Vec<u8>) {
    let own = Own {
        status: "200 OK",
        content_type: "text/event-stream",
        policy: pages::NO_POLICY,
        body: None,
    };
    response::own(
        output,
        &own,
        response::Asked::LAST,
        clock::http_date().as_bytes(),
    );
}

/// Tells a client of everything that it follows, until it goes away or serving ends.
pub(super) async fn serve(
    socket: &mut Socket,
    mut following: Following,
    problem: Option<Audience>,
) -> io::Result<()> {
    let mut end = socket.guard.begun();
    socket.guard.release();
    begin(&mut socket.output);
    socket
        .output
        .extend_from_slice(format!("retry: {COME_AGAIN}\n\n").as_bytes());
    loop {
        if let Some((notice, moment)) = following.news() {
            let text = message(&notice, &moment, problem);
            socket.output.extend_from_slice(text.as_bytes());
        }
        socket.flush().await?;
        socket.set_deadline(socket.limits.heartbeat);
        tokio::select! {
            read = socket.read() => match read {
                Err(error) if error.kind() == io::ErrorKind::TimedOut => {
                    socket.output.extend_from_slice(b":\n\n");
                }
                Err(error) => return Err(error),
                // It has gone, or wants something else: that it gets on another connection.
                Ok(_) => return Ok(()),
            },
            goes_on = following.wait() => if !goes_on {
                return Ok(());
            },
            () = poll_fn(|context| end.poll(context)) => return Ok(()),
        }
    }
}

/// A notice as an event. `problem` is who a page that tells of a problem is for: it is sent the
/// next one, so that it need not ask the application.
fn message(notice: &Notice, moment: &Moment, problem: Option<Audience>) -> String {
    let (event, data) = match notice {
        Notice::Ready => ("ready", "{}".to_owned()),
        Notice::Changed => ("change", "{}".to_owned()),
        Notice::Restyled(names) => ("style", serde_json::json!(names).to_string()),
        Notice::Failed(failure) => {
            let page = problem.and_then(|audience| pages::not_loaded_again(failure, audience));
            let data = page.map_or_else(
                || serde_json::json!({}),
                |page| serde_json::json!({ "page": page }),
            );
            ("failed", data.to_string())
        }
    };
    format!("event: {event}\nid: {moment}\ndata: {data}\n\n")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{
        super::{Failure, Notifier},
        *,
    };

    const DEVELOPER: Audience = Audience {
        is_developer: true,
        wants_html: false,
        is_get: true,
    };

    #[test]
    fn each_notice_is_one_event_of_one_line_of_data() {
        let failure = Arc::new(Failure {
            message: "one\r\ntwo".into(),
            ..Failure::default()
        });
        let moment = Notifier::new().moment(7);
        let text = |notice, problem| message(&notice, &moment, problem);
        let failed = Notice::Failed(failure);
        assert_eq!(
            text(Notice::Restyled(vec!["a\n.css".into()]), None),
            format!("event: style\nid: {moment}\ndata: [\"a\\n.css\"]\n\n")
        );
        for (notice, problem) in [
            (Notice::Ready, None),
            (Notice::Changed, None),
            (failed.clone(), None),
            (failed.clone(), Some(DEVELOPER)),
        ] {
            let text = text(notice, problem);
            assert_eq!(text.lines().count(), 4, "{text}");
            assert!(!text.contains('\r'), "{text}");
        }
        assert!(text(failed.clone(), Some(DEVELOPER)).contains("one"));
        // To whom the page itself would not be shown.
        let stranger = Audience {
            is_developer: false,
            ..DEVELOPER
        };
        assert!(text(failed, Some(stranger)).contains("data: {}\n"));
    }
}
