//! Formatting the Python files that were made, with the user's formatter, as Django does it: but
//! only those files, and nothing that was there before.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    process::Output,
    sync::atomic::AtomicBool,
};

use tokio::process::Command;

use crate::{
    command::{error::Error, runtime},
    console, project,
    shutdown::Stop,
    template::{self, Texts},
};

/// The programs, the one to be preferred first, each with its arguments before the files. Ruff
/// would leave its cache where the user is.
const FORMATTERS: [(&str, &[&str]); 2] = [
    ("black", &["--fast", "--"]),
    ("ruff", &["format", "--no-cache", "--"]),
];

/// Where a project has the configuration of a formatter.
const CONFIGURATIONS: [&str; 4] = ["pyproject.toml", "ruff.toml", ".ruff.toml", "setup.cfg"];

/// How many octets of paths one run of the program gets: half of what every system takes.
const MOST_OCTETS: usize = 64 * 1024;

/// A formatter that was found.
#[derive(Debug)]
pub(in crate::command) struct Formatter {
    name: &'static str,
    program: PathBuf,
    arguments: &'static [&'static str],
}

impl Formatter {
    /// The first formatter that is on PATH.
    pub(super) fn find() -> Option<Self> {
        let path = env::var_os("PATH")?;
        FORMATTERS.iter().find_map(|(name, arguments)| {
            Some(Self {
                name,
                program: project::program_on_path(&path, &[name])?,
                arguments,
            })
        })
    }

    /// The formatter of this name, if it is on PATH.
    pub(in crate::command) fn named(wanted: &str) -> Option<Self> {
        let path = env::var_os("PATH")?;
        let (name, arguments) = FORMATTERS.iter().find(|(name, _)| *name == wanted)?;
        Some(Self {
            name,
            program: project::program_on_path(&path, &[name])?,
            arguments,
        })
    }

    /// What it is called.
    pub(super) fn name(&self) -> &'static str {
        self.name
    }

    /// Formats texts, by their paths in a project. Its configuration is among them.
    pub(in crate::command) fn format_texts(
        &self,
        texts: &mut Texts,
        stopped: &AtomicBool,
    ) -> Result<(), Error> {
        let place = tempfile::tempdir().map_err(Error::Runtime)?;
        let mut files = Vec::new();
        for (path, text) in &*texts {
            let is_python = path.extension().is_some_and(|it| it == "py");
            if is_python || CONFIGURATIONS.iter().any(|it| path == Path::new(it)) {
                let file = place.path().join(path);
                write_new(&file, text).map_err(Error::Runtime)?;
                files.push(file);
            }
        }
        self.run(&files, stopped)?;
        for (path, text) in texts {
            if let Ok(formatted) = fs::read(place.path().join(path)) {
                *text = formatted;
            }
        }
        Ok(())
    }

    /// Formats the Python files among these. What goes wrong is told, and is no error: the files
    /// are as good as without. Only an interruption is one; the flag says that there was one
    /// before.
    pub(super) fn run(&self, files: &[PathBuf], stopped: &AtomicBool) -> Result<(), Error> {
        let python: Vec<&Path> = files
            .iter()
            .map(PathBuf::as_path)
            .filter(|path| path.extension().is_some_and(|it| it == "py"))
            .collect();
        if python.is_empty() {
            return Ok(());
        }
        let runtime = runtime()?;
        runtime.block_on(async {
            let mut stop = Stop::listen().map_err(Error::Runtime)?;
            for files in chunks(&python) {
                let mut command = Command::new(&self.program);
                command.args(self.arguments).args(files);
                match project::run_to_end(&mut command, stop.wanted(stopped)).await {
                    Ok(Some(output)) if output.status.success() => {}
                    Ok(Some(output)) => self.tell_failure(&output),
                    Ok(None) => {
                        let program = self.name;
                        return Err(Error::FormatterInterrupted { program });
                    }
                    Err(error) => {
                        let program = self.program.display();
                        console::note("Formatters failed to launch:");
                        console::note(format_args!("cannot run `{program}`: {error}"));
                        break;
                    }
                }
            }
            Ok(())
        })
    }

    fn tell_failure(&self, output: &Output) {
        console::note(format_args!(
            "The files are made, but `{}` failed ({}):",
            self.name, output.status
        ));
        for text in [&output.stdout, &output.stderr] {
            let text = String::from_utf8_lossy(text);
            if !text.trim().is_empty() {
                // It quotes the files, which are a stranger's.
                console::note(template::shown_text(text.trim_end()));
            }
        }
    }
}

fn write_new(path: &Path, text: &[u8]) -> io::Result<()> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::write(path, text)
}

/// The files in as few groups as the system lets pass as arguments.
fn chunks<'a, 'b>(files: &'a [&'b Path]) -> impl Iterator<Item = &'a [&'b Path]> {
    let mut rest = files;
    std::iter::from_fn(move || {
        let mut octets = 0;
        let fitting = rest.iter().take_while(|path| {
            octets += path.as_os_str().len() + 1;
            octets <= MOST_OCTETS
        });
        // One path fits by itself: the system knows none that is longer.
        let count = fitting.count().max(1);
        let (chunk, others) = rest.split_at_checked(count)?;
        rest = others;
        Some(chunk)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_passed_in_groups_that_fit() {
        let path = "x".repeat(1000);
        let files = vec![Path::new(&path); 150];
        let sizes: Vec<_> = chunks(&files).map(<[_]>::len).collect();
        assert_eq!(sizes, [65, 65, 20]);
        assert_eq!(chunks(&[]).count(), 0);
        let long = "x".repeat(MOST_OCTETS);
        assert_eq!(chunks(&[Path::new(&long), Path::new("a")]).count(), 2);
    }
}
