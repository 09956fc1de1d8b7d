//! Planning a project's virtual environment, `.venv`, and what is installed in it: with `uv` where
//! it works, else with `venv` and pip. A Cargo package has none, and only what it depends on is
//! fetched. The steps of the plan are run by the caller.

use std::{
    env,
    ffi::{OsStr, OsString},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use super::{Error, Requirements, Step, cargo, programs::program_on_path, quoted};

const ENVIRONMENT: &str = ".venv";
const PYTHON: &str = ".venv/bin/python";

/// The steps that make a project's environment, in order.
#[derive(Debug)]
pub struct Installation {
    /// The steps; running each once, until one fails, is all there is to do.
    pub steps: Vec<Step>,
}

enum Tool {
    Uv(PathBuf),
    Python(PathBuf),
}

impl Installation {
    /// Plans the environment of the project with that root, or for a Cargo package that its
    /// dependencies are fetched. Nothing is written.
    ///
    /// An environment that is there already is kept, and only installed into.
    pub fn plan(root: &Path) -> Result<Self, Error> {
        let path = env::var_os("PATH").unwrap_or_default();
        Self::plan_with(root, &path)
    }

    fn plan_with(root: &Path, path: &OsStr) -> Result<Self, Error> {
        if cargo::is_package(root) {
            let steps = vec![cargo::fetch(root, path)?];
            return Ok(Self { steps });
        }
        let requirements = Requirements::read(root)?;
        let tool = Tool::choose(path)?;
        let mut steps = Vec::new();
        let environment = root.join(ENVIRONMENT);
        let is_new = !environment.exists();
        if !root.join(PYTHON).is_file() {
            steps.push(tool.make_environment(root));
        }
        steps.extend(tool.install(root, &requirements));
        let commands: Vec<_> = steps.iter().map(|step| step.command.clone()).collect();
        for (index, step) in steps.iter_mut().enumerate() {
            let from = |start: usize| {
                let commands = commands.get(start..).unwrap_or_default().join(" && ");
                format!("cd {} && {commands}", quoted(root.as_os_str()))
            };
            step.retry = from(index);
            step.restart = from(if is_new { 0 } else { index });
            step.belongs_to = is_new.then(|| environment.clone());
        }
        Ok(Self { steps })
    }
}

impl Tool {
    /// `uv` if it is on PATH and runs, else the first Python.
    fn choose(path: &OsStr) -> Result<Self, Error> {
        let uv = program_on_path(path, &["uv"]).filter(|uv| {
            let mut command = Command::new(uv);
            command
                .arg("--version")
                .stdin(Stdio::null())
                .stdout(Stdio::null());
            command
                .stderr(Stdio::null())
                .status()
                .is_ok_and(|status| status.success())
        });
        match uv {
            Some(uv) => Ok(Self::Uv(uv)),
            None => program_on_path(path, &["python3", "python"])
                .map(Self::Python)
                .ok_or(Error::NoInterpreter),
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Uv(_) => "uv",
            Self::Python(_) => "pip",
        }
    }

    fn make_environment(&self, root: &Path) -> Step {
        let (program, arguments): (_, &[&str]) = match self {
            Self::Uv(uv) => (uv, &["venv", ENVIRONMENT]),
            Self::Python(python) => (python, &["-m", "venv", ENVIRONMENT]),
        };
        let typed = program.file_name().unwrap_or(program.as_os_str());
        let arguments = arguments.iter().map(OsString::from).collect();
        let title = match self {
            Self::Uv(_) => "Making .venv with uv".to_owned(),
            Self::Python(_) => "Making .venv".to_owned(),
        };
        let mut step = Step::new(root, title, program, typed, arguments);
        step.makes = Some(root.join(ENVIRONMENT));
        step
    }

    fn install(&self, root: &Path, requirements: &Requirements) -> Option<Step> {
        let (what, wanted): (_, Vec<&str>) = match requirements {
            Requirements::None => return None,
            Requirements::File => (
                "requirements.txt".to_owned(),
                vec!["-r", "requirements.txt"],
            ),
            // Nothing after `--` is taken for an option, whatever the file says.
            Requirements::List(list) => (
                list.join(", "),
                std::iter::once("--")
                    .chain(list.iter().map(String::as_str))
                    .collect(),
            ),
        };
        let python = root.join(PYTHON);
        let (program, typed, before): (_, _, &[&str]) = match self {
            Self::Uv(uv) => (uv, "uv", &["pip", "install", "--python", PYTHON]),
            Self::Python(_) => (
                &python,
                PYTHON,
                &["-m", "pip", "install", "--disable-pip-version-check"],
            ),
        };
        let arguments = before
            .iter()
            .copied()
            .chain(wanted)
            .map(OsString::from)
            .collect();
        let title = format!("Installing {what} with {}", self.name());
        Some(Step::new(
            root,
            title,
            program,
            OsStr::new(typed),
            arguments,
        ))
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::symlink};

    use super::*;

    /// A project, and a PATH on which other programs stand for `uv` and Python. They are links:
    /// a script written by a test with threads is sometimes still open for writing when it runs.
    struct Site {
        root: tempfile::TempDir,
        bin: tempfile::TempDir,
    }

    impl Site {
        fn new(programs: &[(&str, &str)]) -> Self {
            let site = Self {
                root: tempfile::tempdir().unwrap(),
                bin: tempfile::tempdir().unwrap(),
            };
            for (name, program) in programs {
                symlink(program, site.bin.path().join(name)).unwrap();
            }
            site
        }

        fn requires(self, requirements: &str) -> Self {
            let text = format!("[project]\ndependencies = [{requirements}]\n");
            fs::write(self.root.path().join("pyproject.toml"), text).unwrap();
            self
        }

        fn steps(&self) -> Vec<Step> {
            let plan = Installation::plan_with(self.root.path(), self.bin.path().as_os_str());
            plan.unwrap().steps
        }

        fn commands(&self) -> Vec<String> {
            self.steps().into_iter().map(|step| step.command).collect()
        }
    }

    #[test]
    fn uv_goes_before_pip() {
        let site = Site::new(&[("uv", "/bin/true"), ("python3", "/bin/true")])
            .requires("'Django>=4.2', \"it's\"");
        assert_eq!(
            site.commands(),
            [
                "uv venv .venv",
                r"uv pip install --python .venv/bin/python -- 'Django>=4.2' 'it'\''s'"
            ]
        );
        let [make, install] = &site.steps()[..] else {
            panic!()
        };
        let root = site.root.path().display();
        assert_eq!(make.title, "Making .venv with uv");
        assert_eq!(install.title, "Installing Django>=4.2, it's with uv");
        assert_eq!(
            make.retry,
            format!("cd {root} && {} && {}", make.command, install.command)
        );
        assert_eq!(install.retry, format!("cd {root} && {}", install.command));
    }

    #[test]
    fn pip_stands_in_for_a_uv_that_does_not_run() {
        let site = Site::new(&[("uv", "/bin/false"), ("python3", "/bin/true")]).requires("'x'");
        assert_eq!(
            site.commands(),
            [
                "python3 -m venv .venv",
                ".venv/bin/python -m pip install --disable-pip-version-check -- x"
            ]
        );
    }

    #[test]
    fn a_requirements_file_is_passed_by_name_and_no_requirements_need_no_step() {
        let site = Site::new(&[("uv", "/bin/true")]);
        assert_eq!(site.commands(), ["uv venv .venv"]);
        fs::write(site.root.path().join("requirements.txt"), "x\n").unwrap();
        let install = "uv pip install --python .venv/bin/python -r requirements.txt";
        assert_eq!(site.commands(), ["uv venv .venv", install]);
    }

    #[test]
    fn an_environment_that_is_there_is_kept() {
        let site = Site::new(&[("python", "/bin/true")]).requires("'x'");
        let bin = site.root.path().join(".venv/bin");
        fs::create_dir_all(&bin).unwrap();
        fs::write(bin.join("python"), "").unwrap();
        assert_eq!(site.steps().len(), 1);
    }

    #[test]
    fn without_python_and_uv_there_is_no_plan() {
        let site = Site::new(&[]);
        let plan = Installation::plan_with(site.root.path(), site.bin.path().as_os_str());
        assert!(matches!(plan, Err(Error::NoInterpreter)));
    }

    #[test]
    fn a_cargo_package_has_no_environment() {
        let site = Site::new(&[("cargo", "/bin/true"), ("python3", "/bin/true")]);
        fs::write(site.root.path().join("Cargo.toml"), "").unwrap();
        let commands: Vec<_> = site.steps().into_iter().map(|it| it.command).collect();
        assert_eq!(commands, ["cargo fetch --locked"]);
        let site = site.requires("\"maturin\"");
        assert!(site.steps().len() > 1);
    }

    #[test]
    fn a_cargo_package_needs_cargo() {
        let site = Site::new(&[("python3", "/bin/true")]);
        fs::write(site.root.path().join("Cargo.toml"), "").unwrap();
        let plan = Installation::plan_with(site.root.path(), site.bin.path().as_os_str());
        assert!(matches!(plan, Err(Error::NoCargo)));
    }
}
