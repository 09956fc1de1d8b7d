//! What is wrong with a command line, in Django's words where Django has some.

use clap::{
    Command, Error,
    error::{ContextKind, ContextValue, ErrorKind},
};

/// Why a command line is not taken.
#[derive(Debug)]
pub(crate) enum Unparsed {
    /// Help was asked for, or something is wrong with the arguments.
    Usage(Box<Error>),
    /// There is no such subcommand: Django's complaint, which ends in a line end.
    UnknownCommand(String),
}

/// Says in Django's words what is wrong, where it has some. The number is that of the words after
/// the program's name.
pub(super) fn explain(error: Error, command: &mut Command, words: usize) -> Unparsed {
    if let Some(complaint) = unknown_command(&error, command) {
        return Unparsed::UnknownCommand(complaint);
    }
    let error = match missing_name(&error, command) {
        Some(name) => {
            // With nothing at all after the subcommand, Django says in words what is missing.
            let message = match name.as_str() {
                _ if words > 1 => "the following arguments are required: name",
                "startapp" => "You must provide an application name.",
                _ => "You must provide a project name.",
            };
            complaint(command, &name, ErrorKind::MissingRequiredArgument, message)
        }
        None => error,
    };
    Unparsed::Usage(Box::new(error))
}

/// A complaint about the arguments of a subcommand, with its usage.
pub(super) fn complaint(
    command: &mut Command,
    subcommand: &str,
    kind: ErrorKind,
    message: &str,
) -> Error {
    match command.find_subcommand_mut(subcommand) {
        Some(subcommand) => subcommand.error(kind, message),
        None => command.error(kind, message),
    }
}

fn unknown_command(error: &Error, command: &mut Command) -> Option<String> {
    if error.kind() != ErrorKind::InvalidSubcommand {
        return None;
    }
    let Some(ContextValue::String(word)) = error.get(ContextKind::InvalidSubcommand) else {
        return None;
    };
    let similar = suggested(error).or_else(|| {
        // After `help` nothing is suggested; at the beginning something is.
        let error = command.try_get_matches_from_mut(["scaffold", word]).err()?;
        suggested(&error)
    });
    let similar = similar
        .map(|it| format!(". Did you mean {it}?"))
        .unwrap_or_default();
    let word = word.escape_debug();
    Some(format!(
        "Unknown command: '{word}'{similar}\nType 'scaffold help' for usage.\n"
    ))
}

fn suggested(error: &Error) -> Option<String> {
    match error.get(ContextKind::SuggestedSubcommand) {
        // The likeliest is the last.
        Some(ContextValue::Strings(similar)) => similar.last().cloned(),
        Some(ContextValue::String(similar)) => Some(similar.clone()),
        _ => None,
    }
}

/// The subcommand that misses its name, if that is what is wrong.
fn missing_name(error: &Error, command: &Command) -> Option<String> {
    let misses_name = error.kind() == ErrorKind::MissingRequiredArgument
        && matches!(
            error.get(ContextKind::InvalidArg),
            Some(ContextValue::Strings(missing)) if missing.iter().any(|it| it == "<NAME>")
        );
    let Some(ContextValue::StyledStr(usage)) = error.get(ContextKind::Usage) else {
        return None;
    };
    let usage = usage.to_string();
    let mut names = command.get_subcommands().map(Command::get_name);
    names
        .find(|name| misses_name && usage.contains(&format!("scaffold {name} ")))
        .map(str::to_owned)
}
