//! `scaffold runserver`: serve a project in development, or several.
//!
//! - `planned`: what the arguments and a project come to; `python`, `rust`: what runs the
//!   application, by the language of the project
//! - `single`: serving one project
//! - `chosen`: whether there are several, and which; `several`: planning them; `together`: serving
//!   them; `relay`: what their processes print
//! - `stopping`: the end; `limit`: how many files may be open

mod chosen;
mod limit;
mod planned;
mod python;
mod relay;
mod rust;
mod several;
mod single;
mod stopping;
mod together;

use std::{env, time::Duration};

use crate::{
    cli::{OutputArgs, RunserverArgs},
    console::Verbosity,
};

use super::error::Error;

/// How long the last lines may take to be printed: a stopped terminal must not keep the program
/// from ending.
const LAST_LINES: Duration = Duration::from_millis(200);

/// Runs `scaffold runserver`: returns when a signal asks the program to stop.
pub(super) fn run(
    args: &RunserverArgs,
    output: OutputArgs,
    verbosity: Verbosity,
) -> Result<(), Error> {
    let here = env::current_dir().map_err(Error::CurrentDirectory)?;
    match chosen::sites(args, &here)? {
        Some(entries) => several::run(args, output, verbosity, &entries),
        None => single::run(args, output, verbosity, &here),
    }
}
