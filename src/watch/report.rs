//! What has settled and whether somebody has taken note of it. Pure.

use super::change::{Change, Kind};

/// Where changes lie until they are taken.
#[derive(Debug, Default)]
pub(super) struct Report {
    /// The strongest kind of what has settled and is being compared with what was.
    comparing: Option<Kind>,
    ready: Option<Change>,
    /// A change was taken for which requests wait, and it has not been said that they need not.
    is_open: Open,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Open {
    #[default]
    Yes,
    AfterResume,
}

impl Report {
    /// Something has settled and is now compared.
    pub(super) fn comparing(&mut self, kind: Option<Kind>) {
        self.comparing = kind;
    }

    /// It has been compared, and this is what remains of it.
    pub(super) fn compared(&mut self, change: Option<Change>) {
        self.comparing = None;
        match (&mut self.ready, change) {
            (Some(ready), Some(change)) => ready.merge(change),
            (None, change) => self.ready = change,
            (Some(_), None) => {}
        }
    }

    pub(super) fn take(&mut self) -> Option<Change> {
        let change = self.ready.take()?;
        if change.kind.closes_gate() {
            self.is_open = Open::AfterResume;
        }
        Some(change)
    }

    pub(super) fn resume(&mut self) {
        self.is_open = Open::Yes;
    }

    /// Whether requests wait because of what has settled.
    pub(super) fn closes_gate(&self) -> bool {
        self.is_open == Open::AfterResume
            || self.comparing.is_some_and(Kind::closes_gate)
            || self
                .ready
                .as_ref()
                .is_some_and(|change| change.kind.closes_gate())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    fn change(kind: Kind) -> Change {
        let now = Instant::now();
        Change {
            paths: vec!["/a".into()],
            count: 1,
            kind,
            noticed: now,
            settled: now,
        }
    }

    #[test]
    fn the_gate_is_closed_from_the_change_until_somebody_resumes() {
        let mut report = Report::default();
        assert!(!report.closes_gate());
        report.comparing(Some(Kind::Code));
        assert!(report.closes_gate());
        report.compared(Some(change(Kind::Code)));
        assert!(report.closes_gate());
        assert!(report.take().is_some());
        assert!(report.closes_gate());
        report.resume();
        assert!(!report.closes_gate());
        assert_eq!(report.take(), None);
    }

    #[test]
    fn what_was_no_change_opens_it_again() {
        let mut report = Report::default();
        report.comparing(Some(Kind::Template));
        report.compared(None);
        assert!(!report.closes_gate());
    }

    #[test]
    fn static_files_do_not_close_it() {
        let mut report = Report::default();
        report.comparing(Some(Kind::Static));
        report.compared(Some(change(Kind::Static)));
        assert!(!report.closes_gate());
        report.take();
        assert!(!report.closes_gate());
    }

    #[test]
    fn a_second_change_keeps_it_closed() {
        let mut report = Report::default();
        report.compared(Some(change(Kind::Code)));
        report.take();
        report.compared(Some(change(Kind::Template)));
        report.resume();
        assert!(report.closes_gate());
        report.compared(Some(change(Kind::Code)));
        assert_eq!(report.take().map(|change| change.kind), Some(Kind::Code));
    }
}
