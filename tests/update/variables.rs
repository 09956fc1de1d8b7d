//! Answers that are remembered, new questions, secrets, and what a template makes at random.

use super::Story;

const MANIFEST: &str = "\
[[variables]]
name = 'database'
type = 'choice'
choices = ['sqlite', 'postgresql']
[[variables]]
name = 'workers'
type = 'integer'
default = 4
[[variables]]
name = 'tags'
type = 'multi-choice'
choices = ['a', 'b', 'c']
default = ['a']
[[variables]]
name = 'url'
value = '{{ database }}://'
[[variables]]
name = 'port'
type = 'integer'
default = 5432
when = \"database == 'postgresql'\"
";

const TEXT: &str = "{{ database }} {{ workers }} {{ tags | join(sep='+') }} {{ url }} {{ port }}\n";

/// A project with answers.
fn story() -> Story {
    Story::with(
        &[("scaffold.toml", MANIFEST), ("a.txt", TEXT)],
        &["--var", "database=sqlite", "--var", "tags=a,c"],
    )
}

#[test]
fn answers_are_remembered_with_their_types() {
    let mut story = story();
    let memory = story.read(".scaffold.toml");
    let (_, answers) = memory.split_once("[answers]\n").unwrap();
    // Neither what is computed, nor what nobody was asked.
    let expected = "database = \"sqlite\"\ntags = [\"a\", \"c\"]\nworkers = 4\n";
    assert_eq!(answers, expected);
    story.template(&[("b.txt", TEXT)]);
    story.update(&[]).succeeds();
    assert_eq!(story.read("b.txt"), "sqlite 4 a+c sqlite:// 5432\n");
    assert!(story.read(".scaffold.toml").ends_with(expected));
}

#[test]
fn another_answer_is_a_change_of_its_own() {
    let mut story = story();
    story
        .update(&["--var", "database=postgresql", "--var", "port=6000"])
        .succeeds();
    assert_eq!(story.read("a.txt"), "postgresql 4 a+c postgresql:// 6000\n");
    assert!(story.read(".scaffold.toml").contains("port = 6000\n"));
}

#[test]
fn a_new_question_has_its_default_or_needs_an_answer() {
    let mut story = story();
    let with_default = format!("{MANIFEST}[[variables]]\nname = 'owner'\ndefault = 'nobody'\n");
    let text = "by {{ owner }}\n";
    story.template(&[("scaffold.toml", &with_default), ("b.txt", text)]);
    story.update(&[]).succeeds();
    assert_eq!(story.read("b.txt"), "by nobody\n");
    assert!(
        story
            .read(".scaffold.toml")
            .contains("owner = \"nobody\"\n")
    );
    story.commit("mysite");

    let without = format!("{with_default}[[variables]]\nname = 'mail'\n");
    let text = "by {{ owner }} at {{ mail }}\n";
    story.template(&[("scaffold.toml", &without), ("b.txt", text)]);
    let before = story.tree();
    let ran = story.update(&[]).fails();
    ran.says(&["the template needs a value for `mail`", "--var mail=VALUE"]);
    assert_eq!(story.tree(), before);
    story.update(&["--check"]).fails();
    story.update(&["--var", "mail=me@example.org"]).succeeds();
    assert_eq!(story.read("b.txt"), "by nobody at me@example.org\n");
}

#[test]
fn a_variable_that_is_gone_or_takes_other_values() {
    let mut story = story();
    let fewer = MANIFEST
        .replace(
            "name = 'workers'\ntype = 'integer'\ndefault = 4",
            "name = 'x'\ndefault = ''",
        )
        .replace(
            "name = 'tags'\ntype = 'multi-choice'\nchoices = ['a', 'b', 'c']\ndefault = ['a']",
            "name = 'tags'\nvalue = 'computed'",
        );
    story.template(&[
        ("scaffold.toml", &fewer),
        ("a.txt", "{{ database }} {{ tags }}\n"),
    ]);
    story.update(&[]).succeeds();
    assert_eq!(story.read("a.txt"), "sqlite computed\n");
    let memory = story.read(".scaffold.toml");
    assert!(
        !memory.contains("workers") && !memory.contains("tags"),
        "{memory}"
    );
    story.commit("mysite");
    let other = fewer.replace("'sqlite', ", "");
    story.template(&[("scaffold.toml", &other), ("a.txt", "{{ database }}!\n")]);
    let ran = story.update(&[]).fails();
    ran.says(&[
        "takes one of `postgresql`, not `sqlite`",
        "--var database=VALUE",
    ]);
    story.update(&["--var", "database=postgresql"]).succeeds();
    assert_eq!(story.read("a.txt"), "postgresql!\n");
}

#[test]
fn secrets_and_random_values_stay_those_of_the_project() {
    let manifest = "[[variables]]\nname = 'password'\nsecret = true\n";
    let settings = "A = 1\nKEY = '{{ secret_key }}'\nTOKEN = '{{ secret(length=20) }}'\n\
                    PASSWORD = '{{ password }}'\nID = '{{ uuid() }}'\nDAY = '{{ date() }}'\n";
    let files = [("scaffold.toml", manifest), ("settings.py", settings)];
    let mut story = Story::with(&files, &["--var", "password=correct-horse"]);
    let before = story.read("settings.py");
    let memory = story.read(".scaffold.toml");
    let secrets: Vec<_> = before.split('\'').skip(1).step_by(2).take(3).collect();
    assert_eq!(secrets[2], "correct-horse");
    for secret in &secrets {
        assert!(!memory.contains(secret), "{memory}");
    }
    story.template(&[
        ("settings.py", &settings.replace("A = 1\n", "A = 2\n")),
        (
            "more.py",
            "KEY = '{{ secret_key }}'\nPASSWORD = '{{ password }}'\n",
        ),
    ]);
    let ran = story.update(&[]).fails();
    ran.says(&["the template needs the secret `password`"]);
    // Whatever is said, the project has its own, and new files get that.
    story.update(&["--var", "password=another-one"]).succeeds();
    assert_eq!(
        story.read("settings.py"),
        before.replace("A = 1\n", "A = 2\n")
    );
    let more = format!("KEY = '{}'\nPASSWORD = 'correct-horse'\n", secrets[0]);
    assert_eq!(story.read("more.py"), more);
    let memory = story.read(".scaffold.toml");
    assert!(
        !memory.contains("another-one") && !memory.contains("correct-horse"),
        "{memory}"
    );
}
