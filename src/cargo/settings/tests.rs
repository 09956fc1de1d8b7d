//! Settings as people write them, in packages on the disk.

use std::fs;

use super::*;

/// What is found in a package of these files: the application with its rules, or the error with
/// its hint. `krate` in a file is the word without which this file imports nothing, for the test of
/// layers.
fn read(files: &[(&str, &str)], choice: &Choice) -> String {
    let directory = tempfile::tempdir().unwrap();
    for (file, text) in files {
        let path = directory.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text.replace("krate", "crate")).unwrap();
    }
    let package = Package {
        name: "mysite".to_owned(),
        crate_name: "mysite".to_owned(),
        directory: directory.path().to_owned(),
        library: directory.path().join("src/lib.rs"),
        workspace: directory.path().to_owned(),
        target: directory.path().join("target"),
    };
    match Application::read(&package, choice) {
        Ok(it) => {
            let settings = it.settings.as_ref().map_or("none", |(name, _)| name);
            let mark = if it.is_async { ".await" } else { "" };
            format!("{settings}: {}{mark} ({})", it.name(), it.rule.name())
        }
        Err(error) => format!("{error} | {}", error.hint().unwrap_or_default()),
    }
}

/// The same with the default settings module in its own file.
fn settings(text: &str) -> String {
    let files = [
        ("src/lib.rs", "pub mod settings;\npub mod wsgi;"),
        ("src/settings.rs", text),
        (
            "src/wsgi.rs",
            "pub fn application() -> u8 { 0 }\npub async fn other() -> u8 { 0 }",
        ),
    ];
    read(&files, &Choice::default())
}

fn chosen(module: &str) -> Choice {
    Choice {
        argument: Some(module.to_owned()),
        variable: Some("mysite::not_this".to_owned()),
        configured: Some("mysite::nor_this".to_owned()),
    }
}

#[test]
fn the_constant_is_read() {
    let named = "mysite::settings: mysite::wsgi::other.await (WSGI_APPLICATION)";
    for text in [
        "pub const WSGI_APPLICATION: &str = \"mysite::wsgi::other\";",
        "pub static WSGI_APPLICATION: Option<&str> = Some(\"krate::wsgi::other\");",
        "const WSGI_APPLICATION: Option<&str> = Option::Some(\"::mysite::wsgi::other\");",
        "mod base { pub const WSGI_APPLICATION: &str = \"mysite::wsgi::other\"; }\npub use base::*;",
    ] {
        assert_eq!(settings(text), named, "{text}");
    }
}

#[test]
fn without_it_the_default_is_served() {
    let default = "mysite::settings: mysite::wsgi::application (default)";
    for text in [
        "",
        "pub const WSGI_APPLICATION: Option<&str> = None;",
        "pub use self::missing::*; pub use super::settings::*; use std::fmt::*;",
    ] {
        assert_eq!(settings(text), default, "{text}");
    }
    let bare = [(
        "src/lib.rs",
        "pub mod wsgi { pub fn application() -> u8 { 0 } }",
    )];
    assert_eq!(
        read(&bare, &Choice::default()),
        "none: mysite::wsgi::application (default)"
    );
}

#[test]
fn modules_are_found_as_the_compiler_finds_them() {
    let of = |lib: &str, file: &str| {
        let files = [
            ("src/lib.rs", lib),
            (file, "pub const WSGI_APPLICATION: &str = \"krate::run\";"),
        ];
        read(&files, &chosen("mysite::conf::dev"))
    };
    let run = "pub fn run() -> u8 { 0 }\n";
    for (lib, file) in [
        ("pub mod conf { pub mod dev; }", "src/conf/dev.rs"),
        ("pub mod conf { pub mod dev; }", "src/conf/dev/mod.rs"),
        (
            "pub mod conf { #[path = \"x.rs\"] pub mod dev; }",
            "src/conf/x.rs",
        ),
        (
            "#[cfg(test)] mod conf {}\nmod r#conf { mod dev; }",
            "src/conf/dev.rs",
        ),
    ] {
        assert_eq!(
            of(&format!("{run}{lib}"), file),
            "mysite::conf::dev: mysite::run (WSGI_APPLICATION)",
            "{lib}"
        );
    }
    let files = [
        (
            "src/lib.rs",
            "pub mod wsgi; #[path = \"../etc/conf.rs\"] mod conf;",
        ),
        ("etc/conf.rs", "mod dev;"),
        ("etc/dev.rs", "pub use krate::wsgi::WSGI_APPLICATION;"),
        (
            "src/wsgi/mod.rs",
            "pub const WSGI_APPLICATION: &str = \"krate::wsgi::deep::run\"; pub mod deep;",
        ),
        ("src/wsgi/deep.rs", run),
    ];
    assert_eq!(
        read(&files, &chosen("mysite::conf::dev")),
        "mysite::conf::dev: mysite::wsgi::deep::run (WSGI_APPLICATION)"
    );
}

#[test]
fn what_is_not_there_is_told_with_the_place_in_settings() {
    let of = |path: &str| {
        settings(&format!(
            "\n  pub const WSGI_APPLICATION: &str = \"{path}\";"
        ))
    };
    let place = "`src/settings.rs:2:38`: `WSGI_APPLICATION` names";
    assert_eq!(
        of("mysite::wsgi::aplication"),
        format!(
            "{place} `mysite::wsgi::aplication`, but `src/wsgi.rs` has no function `aplication` | \
             did you mean `application`?"
        )
    );
    assert_eq!(
        of("mysite::web::app"),
        format!(
            "{place} `mysite::web::app`, but `src/lib.rs` has no module `web` | \
             add `pub mod web;` there"
        )
    );
    for path in [
        "mysite.wsgi.application",
        "other::wsgi::application",
        "mysite",
        "",
        "mysite::a<b>::c",
    ] {
        assert_eq!(
            of(path),
            format!(
                "{place} `{path}`, but that is no path in the crate `mysite` | \
                 as in `mysite::wsgi::application`"
            )
        );
    }
}

#[test]
fn a_function_must_be_one_that_can_be_called() {
    let of = |wsgi: &str| {
        let files = [("src/lib.rs", "pub mod wsgi;"), ("src/wsgi.rs", wsgi)];
        let found = read(&files, &Choice::default());
        let reason = found.split_once(", but ").map(|(_, reason)| reason);
        reason
            .unwrap_or(&found)
            .split_once(" | ")
            .map_or(found.clone(), |(it, _)| it.to_owned())
    };
    for (wsgi, reason) in [
        (
            "fn application() -> u8 { 0 }",
            "the function `application` in `src/wsgi.rs` is private",
        ),
        (
            "pub fn application(a: u8) -> u8 { a }",
            "the function `application` in `src/wsgi.rs` takes arguments",
        ),
        (
            "pub fn application() {}",
            "the function `application` in `src/wsgi.rs` returns nothing",
        ),
        (
            "pub struct application;",
            "`application` in `src/wsgi.rs` is a struct, not a function",
        ),
        ("", "`src/wsgi.rs` has no function `application`"),
    ] {
        assert_eq!(of(wsgi), reason);
    }
    for unseen in [
        "pub use krate::x::*;",
        "pub use krate::x::y as application;",
        "make!();",
    ] {
        assert_eq!(of(unseen), "none: mysite::wsgi::application (default)");
    }
    let private = [(
        "src/lib.rs",
        "mod wsgi { pub fn application() -> u8 { 0 } }",
    )];
    assert_eq!(
        read(&private, &Choice::default()),
        "`mysite::wsgi::application` is served where the settings name nothing, but the module \
         `wsgi` in `src/lib.rs` is private | write `pub mod wsgi` there"
    );
}

#[test]
fn what_cannot_be_read_is_told_with_its_place() {
    assert_eq!(
        settings("const X: &str = \"a\";\npub const WSGI_APPLICATION: &str = X;"),
        "`src/settings.rs:2:36`: `WSGI_APPLICATION` must be a string literal, which can be read \
         without compiling | as in `\"mysite::wsgi::application\"`"
    );
    let broken = settings("é = \n");
    assert!(
        broken.starts_with("`src/settings.rs:1:3`: expected"),
        "{broken}"
    );
    let missing = [("src/lib.rs", "\npub mod settings;")];
    assert_eq!(
        read(&missing, &Choice::default()),
        "`src/lib.rs:2:9`: there is no file for the module `settings` | make `src/settings.rs`"
    );
    let bare = [("src/lib.rs", "")];
    assert_eq!(
        read(&bare, &chosen("mysite::dev")),
        "the settings module `mysite::dev` (--settings) does not exist | declare it in `src/lib.rs`"
    );
    assert_eq!(
        read(&bare, &chosen("mysite.dev")),
        "the settings module `mysite.dev` (--settings) is no path in the crate `mysite` | \
         as in `mysite::settings`"
    );
}
