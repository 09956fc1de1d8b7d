//! Making a project in a directory that has some of its files already: what the user wants to be
//! done with them, and what that would change.

use crate::{
    cli::GenerateArgs,
    command::{diff, error::Error},
    console,
    template::{self, Collisions, Plan, Presence, Target},
};

use super::report::Report;

/// What is done with files that are there.
pub(super) fn collisions(args: &GenerateArgs) -> Collisions {
    if args.overwrite {
        Collisions::Overwrite
    } else if args.skip_existing {
        Collisions::Skip
    } else {
        Collisions::Refuse
    }
}

/// Whether a directory may be there that was not named: the user has said that something may be.
pub(super) fn is_expected(args: &GenerateArgs) -> bool {
    args.diff || collisions(args) != Collisions::Refuse
}

/// Fails where something is in the way, and notes in the report what becomes of each file.
pub(in crate::command) fn check(
    target: &Target,
    plan: &Plan,
    collisions: Collisions,
    report: &mut Report,
) -> Result<(), Error> {
    let result = target.check_with(plan, collisions);
    if let Err(template::Error::Conflicts { paths, .. } | template::Error::Different { paths }) =
        &result
    {
        report.conflicts.clone_from(paths);
    }
    report.collisions = collisions;
    if collisions == Collisions::Refuse {
        let kept = target.kept(plan);
        report.presences = kept.map(|it| (it.to_path_buf(), Presence::Kept)).collect();
    } else {
        let files = target.compare(plan, collisions)?;
        let files = files.iter().map(|it| (it.path.to_path_buf(), it.presence));
        report.presences = files.collect();
    }
    Ok(result?)
}

/// Shows what would change if all files were written.
pub(in crate::command) fn show_diff(
    target: &Target,
    plan: &Plan,
    is_json: bool,
    report: &mut Report,
) -> Result<(), Error> {
    report.collisions = Collisions::Overwrite;
    for file in target.compare(plan, Collisions::Overwrite)? {
        report.presences.insert(file.path.to_owned(), file.presence);
        if file.presence == Presence::Kept {
            continue;
        }
        let sides = diff::Sides {
            from: None,
            path: file.path,
            before: file.before.as_deref(),
            after: Some(file.after),
        };
        if !is_json {
            console::text(diff::unified(sides));
        } else if let Some(patch) = diff::patch(sides) {
            report.diffs.insert(file.path.to_owned(), patch);
        }
    }
    Ok(())
}
