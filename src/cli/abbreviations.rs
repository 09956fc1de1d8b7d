//! Abbreviations of long options, as Python's `argparse` takes them: any beginning that means one
//! option. What means one of Django's options means that one, whatever of ours begins so too, so
//! that a command line that Django takes means the same here.

use std::{
    ffi::{OsStr, OsString},
    os::unix::ffi::OsStrExt,
};

/// The long options of a command.
#[derive(Debug)]
struct Options {
    /// Django's, in the order in which it names them in complaints.
    django: &'static [&'static str],
    /// Ours beside these.
    ours: &'static [&'static str],
}

/// Those of `startproject` and `startapp`.
const GENERATE: Options = Options {
    django: &[
        "--help",
        "--version",
        "--verbosity",
        "--settings",
        "--pythonpath",
        "--traceback",
        "--no-color",
        "--force-color",
        "--template",
        "--extension",
        "--name",
        "--exclude",
    ],
    ours: &[
        "--quiet",
        "--var",
        "--vars",
        "--diff",
        "--dry-run",
        "--git",
        "--json",
        "--checksum",
        "--ref",
        "--subdirectory",
        "--with",
        "--trust",
        "--no-format",
        "--overwrite",
        "--skip-existing",
        "--install",
        "--defaults",
    ],
};

/// Those of `runserver`, with what `django.contrib.staticfiles` adds.
const RUNSERVER: Options = Options {
    django: &[
        "--help",
        "--version",
        "--verbosity",
        "--settings",
        "--pythonpath",
        "--traceback",
        "--no-color",
        "--force-color",
        "--skip-checks",
        "--ipv6",
        "--nothreading",
        "--noreload",
        "--nostatic",
        "--insecure",
    ],
    ours: &[
        "--quiet",
        "--app",
        "--python",
        "--allowed-host",
        "--threads",
        "--workers",
        "--timeout",
        "--live-reload",
        "--no-live-reload",
        "--log-format",
        "--port-fallback",
        "--site",
        "--sites",
        "--no-preload",
        "--watch",
        "--ignore",
    ],
};

/// Options before the subcommand whose value is a word of its own.
const WITH_VALUE: [&str; 2] = ["-v", "--verbosity"];

/// An abbreviation that could mean several options.
#[derive(Debug, PartialEq)]
pub(super) struct Ambiguous {
    /// The subcommand.
    pub(super) command: String,
    /// What is wrong, as `argparse` says it.
    pub(super) message: String,
}

/// Writes abbreviated options of the commands that Django has too in full. Values are left alone:
/// none of them begins with two dashes in a word of its own.
pub(super) fn expand(mut args: Vec<OsString>) -> Result<Vec<OsString>, Ambiguous> {
    let Some(at) = subcommand(&args) else {
        return Ok(args);
    };
    let command = args.get(at).and_then(|it| it.to_str()).unwrap_or_default();
    let (command, options) = match command {
        "startproject" | "startapp" => (command.to_owned(), GENERATE),
        "runserver" => (command.to_owned(), RUNSERVER),
        _ => return Ok(args),
    };
    for arg in args.iter_mut().skip(at + 1) {
        if arg == "--" {
            break;
        }
        match meant(arg, &options) {
            Ok(None) => {}
            Ok(Some(full)) => *arg = full,
            Err(message) => return Err(Ambiguous { command, message }),
        }
    }
    Ok(args)
}

/// Where the subcommand stands.
pub(super) fn subcommand(args: &[OsString]) -> Option<usize> {
    let mut words = args.iter().enumerate().skip(1);
    while let Some((at, word)) = words.next() {
        if WITH_VALUE.iter().any(|it| word == it) {
            words.next();
        } else if !word.as_encoded_bytes().starts_with(b"-") {
            return Some(at);
        }
    }
    None
}

/// The option in full, if the word is an abbreviation of one.
fn meant(arg: &OsStr, options: &Options) -> Result<Option<OsString>, String> {
    let octets = arg.as_bytes();
    if !octets.starts_with(b"--") {
        return Ok(None);
    }
    let end = memchr::memchr(b'=', octets).unwrap_or(octets.len());
    let (name, value) = octets.split_at_checked(end).unwrap_or((octets, b""));
    let Options { django, ours } = options;
    if django.iter().chain(*ours).any(|it| it.as_bytes() == name) {
        return Ok(None);
    }
    let begin_so = |options: &[&'static str]| -> Vec<_> {
        let options = options.iter().copied();
        options
            .filter(|it| it.as_bytes().starts_with(name))
            .collect()
    };
    let django = begin_so(django);
    let meant = if django.is_empty() {
        begin_so(ours)
    } else {
        django
    };
    match meant.as_slice() {
        [] => Ok(None),
        [one] => {
            let mut full = OsString::from(one);
            full.push(OsStr::from_bytes(value));
            Ok(Some(full))
        }
        several => Err(format!(
            "ambiguous option: {} could match {}",
            arg.display(),
            several.join(", ")
        )),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::ffi::OsStringExt;

    use rstest::rstest;

    use super::*;

    fn expanded(line: &str) -> Result<String, String> {
        let args = line.split(' ').map(OsString::from).collect();
        expand(args)
            .map(|args| args.join(OsStr::new(" ")).into_string().unwrap())
            .map_err(|it| format!("{}: {}", it.command, it.message))
    }

    #[rstest]
    #[case("s startproject x --no", "s startproject x --no-color")]
    #[case("s startproject x --no-f", "s startproject x --no-format")]
    #[case("s startproject x --verb 2", "s startproject x --verbosity 2")]
    #[case("s startproject --vers", "s startproject --version")]
    #[case("s startproject x --s a", "s startproject x --settings a")]
    #[case("s startapp x --te=--no", "s startapp x --template=--no")]
    #[case("s startapp x --te=", "s startapp x --template=")]
    #[case(
        "s startapp --na=x --name=y --nam z",
        "s startapp --name=x --name=y --name z"
    )]
    #[case("s startapp x -- --no", "s startapp x -- --no")]
    #[case("s startapp x --zz -te", "s startapp x --zz -te")]
    #[case("s -v 2 startapp --dry", "s -v 2 startapp --dry-run")]
    #[case("s -q startapp --js", "s -q startapp --json")]
    #[case("s runserver --nos --nor", "s runserver --nostatic --noreload")]
    #[case("s runserver 0 --pyt x", "s runserver 0 --pythonpath x")]
    #[case("s runserver --python x", "s runserver --python x")]
    #[case("s runserver --set=x", "s runserver --settings=x")]
    #[case("s runserver --t", "s runserver --traceback")]
    #[case("s runserver --ti 3", "s runserver --timeout 3")]
    #[case("s runserver --no-c", "s runserver --no-color")]
    #[case("s runserver --no-l", "s runserver --no-live-reload")]
    #[case("s check --no", "s check --no")]
    #[case("s --no startapp", "s --no startapp")]
    #[case("s", "s")]
    fn what_means_one_option_becomes_it(#[case] line: &str, #[case] expected: &str) {
        assert_eq!(expanded(line).unwrap(), expected);
    }

    #[rstest]
    #[case("--ex", "--ex could match --extension, --exclude")]
    #[case("--ex=1", "--ex=1 could match --extension, --exclude")]
    #[case("--ver", "--ver could match --version, --verbosity")]
    #[case("--n", "--n could match --no-color, --name")]
    #[case("--t", "--t could match --traceback, --template")]
    #[case("--va", "--va could match --var, --vars")]
    fn what_could_mean_several_is_an_error(#[case] option: &str, #[case] expected: &str) {
        let error = expanded(&format!("s startproject x {option}")).unwrap_err();
        let expected = format!("startproject: ambiguous option: {expected}");
        assert_eq!(error, expected);
    }

    #[rstest]
    #[case("--no", "--no-color, --nothreading, --noreload, --nostatic")]
    #[case("--ver", "--version, --verbosity")]
    #[case("--s", "--settings, --skip-checks")]
    #[case("--i", "--ipv6, --insecure")]
    #[case("--l", "--live-reload, --log-format")]
    fn so_it_is_for_runserver(#[case] option: &str, #[case] could_be: &str) {
        let error = expanded(&format!("s runserver {option}")).unwrap_err();
        let expected = format!("runserver: ambiguous option: {option} could match {could_be}");
        assert_eq!(error, expected);
    }

    /// An option that is missing here could not be abbreviated, or would make another ambiguous.
    #[test]
    fn all_options_are_known_here() {
        let mut command = super::super::program(|_| true);
        command.build();
        for (name, options) in [
            ("startproject", GENERATE),
            ("startapp", GENERATE),
            ("runserver", RUNSERVER),
        ] {
            let subcommand = command.find_subcommand(name).unwrap();
            for long in subcommand.get_arguments().filter_map(clap::Arg::get_long) {
                let mut known = options.django.iter().chain(options.ours);
                let is_known = known.any(|it| it.strip_prefix("--") == Some(long));
                assert!(is_known, "--{long} of {name}");
            }
        }
    }

    #[test]
    fn octets_that_are_no_text_stay_as_they_are() {
        let arg = OsString::from_vec(b"--temp=\xff".to_vec());
        let args = vec!["s".into(), "startapp".into(), arg];
        let expected = OsString::from_vec(b"--template=\xff".to_vec());
        assert_eq!(expand(args).unwrap().pop(), Some(expected));
    }
}
