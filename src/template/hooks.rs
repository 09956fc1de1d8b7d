//! `[hooks]` of a manifest: commands to run after the project is made. They are only told here;
//! whether they run is the user's decision.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{
        MapAccess, SeqAccess, Visitor,
        value::{MapAccessDeserializer, SeqAccessDeserializer},
    },
};
use toml::Spanned;

use super::native::Engine;

/// The commands as they stand in the manifest.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Hooks {
    /// Those to run after the project is made.
    after: Vec<Spanned<ListOrTable>>,
}

impl Hooks {
    /// These, and others after them.
    pub(super) fn followed_by(mut self, others: Self) -> Self {
        self.after.extend(others.after);
        self
    }
}

/// A command as it stands there: a list of texts, or a table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawHook {
    run: Vec<String>,
    when: Option<String>,
}

/// A list of texts, or a [`RawHook`] as a table.
#[derive(Debug)]
struct ListOrTable(RawHook);

/// Tells one from the other. What serde derives for this forgets the place of what is wrong.
struct ListOrTableVisitor;

impl<'de> Deserialize<'de> for ListOrTable {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ListOrTableVisitor)
    }
}

impl<'de> Visitor<'de> for ListOrTableVisitor {
    type Value = ListOrTable;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list of texts, or a table with `run` and perhaps `when`")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<ListOrTable, A::Error> {
        let run = Vec::deserialize(SeqAccessDeserializer::new(list))?;
        Ok(ListOrTable(RawHook { run, when: None }))
    }

    fn visit_map<A: MapAccess<'de>>(self, table: A) -> Result<ListOrTable, A::Error> {
        RawHook::deserialize(MapAccessDeserializer::new(table)).map(ListOrTable)
    }
}

/// A command that the template wants to be run in the project, without a shell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hook {
    /// The program.
    pub program: String,
    /// Its arguments.
    pub arguments: Vec<String>,
}

/// What is wrong with a command, at an octet of the manifest.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) offset: usize,
    pub(super) message: String,
}

impl Hooks {
    /// The commands that are wanted, now that the variables have values.
    pub(super) fn after(&self, engine: &Engine) -> Result<Vec<Hook>, Fault> {
        let hooks = self.after.iter().map(|raw| {
            hook(&raw.get_ref().0, engine).map_err(|message| Fault {
                offset: raw.span().start,
                message,
            })
        });
        hooks.filter_map(Result::transpose).collect()
    }
}

/// The command, if it is wanted.
fn hook(raw: &RawHook, engine: &Engine) -> Result<Option<Hook>, String> {
    let RawHook { run, when } = raw;
    if let Some(when) = when
        && !engine.is_true(when)?
    {
        return Ok(None);
    }
    // Each is rendered by itself: what a variable holds cannot become two arguments.
    let mut words = run.iter().map(|text| engine.render_short(text));
    let program = words.next().transpose()?.unwrap_or_default();
    let arguments = words.collect::<Result<Vec<_>, _>>()?;
    if program.trim().is_empty() {
        return Err("a command needs a program".to_owned());
    }
    if arguments
        .iter()
        .chain([&program])
        .any(|it| it.contains('\0'))
    {
        return Err("a command cannot hold the character NUL".to_owned());
    }
    Ok(Some(Hook { program, arguments }))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::template::value::{Dict, Value};

    #[derive(Debug, Deserialize)]
    struct Manifest {
        hooks: Hooks,
    }

    fn after(commands: &str) -> Result<Vec<String>, (usize, String)> {
        let text = format!("[hooks]\nafter = [{commands}]\n");
        let manifest: Manifest = toml::from_str(&text)
            .map_err(|error| (error.span().unwrap().start, error.message().to_owned()))?;
        let variables: Dict = [
            ("name".into(), Value::text("my site; rm -rf ~")),
            ("docker".into(), Value::Bool(false)),
        ]
        .into();
        let hooks = manifest.hooks.after(&Engine::new(&variables, &[]));
        let hooks = hooks.map_err(|fault| (fault.offset, fault.message))?;
        let words = |it: Hook| [vec![it.program], it.arguments].concat().join("|");
        Ok(hooks.into_iter().map(words).collect())
    }

    #[test]
    fn arguments_are_rendered_one_by_one() {
        let commands = "['git', 'init', '-b', 'main'], { run = ['echo', '{{ name }}'] }, \
                        { run = ['docker', 'build'], when = 'docker' }";
        assert_eq!(
            after(commands).unwrap(),
            ["git|init|-b|main", "echo|my site; rm -rf ~"]
        );
    }

    #[rstest]
    #[case("[]", "a command needs a program")]
    #[case("['  ']", "a command needs a program")]
    #[case("['a', \"\\u0000\"]", "a command cannot hold the character NUL")]
    #[case("['echo', '{{ nothing }}']", "variable `nothing` is not defined")]
    #[case(
        "{ run = ['a'], when = 'nothing' }",
        "variable `nothing` is not defined"
    )]
    #[case("'git init'", "expected a list of texts, or a table")]
    fn faults_have_their_place(#[case] command: &str, #[case] expected: &str) {
        let (offset, message) = after(&format!("['a'], {command}")).unwrap_err();
        assert!(message.contains(expected), "{message}");
        assert_eq!(offset, "[hooks]\nafter = [['a'], ".len());
    }

    #[test]
    fn an_unknown_key_has_its_place() {
        let (offset, message) = after("{ run = ['a'], wen = '' }").unwrap_err();
        assert!(
            message.starts_with("unknown field `wen`, expected"),
            "{message}"
        );
        assert_eq!(offset, "[hooks]\nafter = [{ run = ['a'], ".len());
    }
}
