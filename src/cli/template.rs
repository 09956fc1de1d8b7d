//! Arguments of `scaffold template` and its subcommands.

use std::path::PathBuf;

use clap::{ArgAction, Args, Subcommand};

use super::{AnySubjectArgs, SubjectArgs, VersionArgs};

const EXAMPLES: &str = "\
Examples:
  scaffold template list                   The templates that are at hand
  scaffold template eject django           A built-in one, to change it
  scaffold template from-project ./shop    One made of a project
  scaffold template check ./django         What is wrong with it, before anybody uses it
  scaffold template test ./django          Run the tests that it has";

const LIST_EXAMPLES: &str = "\
Examples:
  scaffold template list                   Those in the program, and your own
  scaffold template list --json            For programs";

const SHOW_EXAMPLES: &str = "\
Examples:
  scaffold template show django            What a built-in one consists of, and asks
  scaffold template show django --app      The one of that name for applications
  scaffold template show gh:owner/repository
                                           Any that startproject takes";

const NEW_EXAMPLES: &str = "\
Examples:
  scaffold template new house              A small template in ./house that works
  scaffold template new house ~/.config/scaffold/templates/house
                                           …where --template finds it by its name
  scaffold template new pages --app        One of applications";

const EJECT_EXAMPLES: &str = "\
Examples:
  scaffold template eject django           The built-in template in ./django, to change it
  scaffold template eject django house     …in ./house
  scaffold template eject deploy/gunicorn  What `scaffold deploy gunicorn` makes files from
  scaffold startproject mysite --template ./house
                                           A project from what you made of it";

const CHECK_EXAMPLES: &str = "\
Examples:
  scaffold template check                  The template in this directory
  scaffold template check ./house          …or there
  scaffold template check ./house --strict
                                           Warnings count as well
  scaffold template check ./house --json   For programs; the exit code is 1 if anything is wrong";

const TEST_EXAMPLES: &str = "\
Examples:
  scaffold template test                   All tests of the template in this directory
  scaffold template test ./house --case docker
                                           One of them
  scaffold template test ./house --update  Take what is made now for right

A test is a file in the directory tests of the template:
  [case]
  name = \"shop\"                            The project's name
  [answers]
  database = \"postgresql\"
  [[run]]                                  In the project that was made
  command = [\"python3\", \"manage.py\", \"check\"]";

const FROM_PROJECT_EXAMPLES: &str = "\
Examples:
  scaffold template from-project ./shop    A template in ./shop-template
  scaffold template from-project . --name shop --into ~/templates/shop
                                           …with the name to replace, and the place
  scaffold template from-project ./shop --dry-run
                                           See first what would be replaced";

/// Arguments of `scaffold template`.
#[derive(Debug, Args)]
#[command(display_name = "scaffold", after_help = EXAMPLES, subcommand_required = true, arg_required_else_help = true)]
pub(crate) struct TemplateArgs {
    #[command(subcommand)]
    pub(crate) command: TemplateCommand,
    /// Print the result, or what went wrong, as one JSON document
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

/// The subcommands of `scaffold template`.
#[derive(Debug, Subcommand)]
pub(crate) enum TemplateCommand {
    /// List the templates that are at hand
    #[command(display_name = "scaffold", after_help = LIST_EXAMPLES)]
    List,
    /// Show what a template consists of, and what it asks
    Show(ShowArgs),
    /// Make a new template
    New(NewArgs),
    /// Write the files of a built-in template, to change them
    Eject(EjectArgs),
    /// Tell what is wrong with a template
    Check(CheckTemplateArgs),
    /// Run the tests of a template
    Test(TestArgs),
    /// Make a template of a project
    FromProject(FromProjectArgs),
}

/// Arguments of `scaffold template show`.
#[derive(Debug, Args)]
#[command(display_name = "scaffold", after_help = SHOW_EXAMPLES)]
pub(crate) struct ShowArgs {
    /// A template's name, a directory, an archive, a URL or a Git repository
    pub(crate) template: String,
    #[command(flatten)]
    pub(crate) version: VersionArgs,
    #[command(flatten)]
    pub(crate) subject: AnySubjectArgs,
}

/// Arguments of `scaffold template new`.
#[derive(Debug, Args)]
#[command(display_name = "scaffold", after_help = NEW_EXAMPLES)]
pub(crate) struct NewArgs {
    /// What to call the template
    #[arg(value_name = "TEMPLATE")]
    pub(crate) template: String,
    /// Where to put it [default: a new directory of that name]
    pub(crate) directory: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) subject: SubjectArgs,
}

/// Arguments of `scaffold template eject`.
#[derive(Debug, Args)]
#[command(display_name = "scaffold", after_help = EJECT_EXAMPLES)]
pub(crate) struct EjectArgs {
    /// The built-in template
    #[arg(value_name = "TEMPLATE")]
    pub(crate) template: String,
    /// Where to put it [default: a new directory of that name]
    pub(crate) directory: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) subject: SubjectArgs,
}

/// Arguments of `scaffold template check`.
#[derive(Debug, Args)]
#[command(display_name = "scaffold", after_help = CHECK_EXAMPLES)]
pub(crate) struct CheckTemplateArgs {
    /// The template: a directory, or whatever else startproject takes
    #[arg(default_value = ".", hide_default_value = true)]
    pub(crate) template: String,
    #[command(flatten)]
    pub(crate) subject: AnySubjectArgs,
    /// An answer to check with, where the defaults or samples do not do
    #[arg(long = "var", value_name = "NAME=VALUE", action = ArgAction::Append)]
    pub(crate) variables: Vec<String>,
    /// Fail on warnings too
    #[arg(long)]
    pub(crate) strict: bool,
}

/// Arguments of `scaffold template test`.
#[derive(Debug, Args)]
#[command(display_name = "scaffold", after_help = TEST_EXAMPLES)]
pub(crate) struct TestArgs {
    /// The template's directory
    #[arg(default_value = ".", hide_default_value = true)]
    pub(crate) directory: PathBuf,
    /// Only the test of this name; repeatable
    #[arg(long = "case", value_name = "CASE", action = ArgAction::Append)]
    pub(crate) cases: Vec<String>,
    /// Take what is made now for right, and write it as the snapshots
    #[arg(long)]
    pub(crate) update: bool,
    /// Do not run the commands of the tests
    #[arg(long)]
    pub(crate) no_run: bool,
    #[command(flatten)]
    pub(crate) subject: AnySubjectArgs,
}

/// Arguments of `scaffold template from-project`.
#[derive(Debug, Args)]
#[command(display_name = "scaffold", after_help = FROM_PROJECT_EXAMPLES)]
pub(crate) struct FromProjectArgs {
    /// The project's directory
    #[arg(value_name = "DIR")]
    pub(crate) directory: PathBuf,
    /// The name to replace [default: that of the package with the settings, or of the directory]
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// Where to put the template [default: a new directory, DIR-template]
    #[arg(long, value_name = "DIR")]
    pub(crate) into: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) subject: SubjectArgs,
    /// Write nothing, and show what would be replaced
    #[arg(long)]
    pub(crate) dry_run: bool,
}
