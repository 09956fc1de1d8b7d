//! Tests of `sites`.

use std::fs;

use rstest::rstest;

use super::*;

fn parse(text: &str) -> Result<(String, String, Option<u16>), String> {
    let entry = SiteEntry::parse(text, Path::new("/nonexistent"));
    entry
        .map(|it| (it.name, it.path.to_str().unwrap().to_owned(), it.port))
        .map_err(|error| error.to_string())
}

#[rstest]
#[case("blog=./blog", "blog", "/nonexistent/blog", None)]
#[case("my-blog2=/srv/x", "my-blog2", "/srv/x", None)]
#[case("a=x:8001", "a", "/nonexistent/x", Some(8001))]
#[case("a=x:8001/", "a", "/nonexistent/x:8001", None)]
#[case("a=x:y", "a", "/nonexistent/x:y", None)]
#[case("a=x=y:0", "a", "/nonexistent/x=y", Some(0))]
fn a_site_is_a_name_and_a_directory_and_perhaps_a_port(
    #[case] text: &str,
    #[case] name: &str,
    #[case] path: &str,
    #[case] port: Option<u16>,
) {
    let (found, directory, number) = parse(text).unwrap();
    let directory = directory.trim_end_matches('/');
    assert_eq!((&*found, directory, number), (name, path, port));
}

#[rstest]
#[case("blog", "`blog` is no site")]
#[case("a=", "`a=` is no site")]
#[case("a=:80", "`a=:80` is no site")]
#[case("a=x:70000", "`a=x:70000` is no site")]
#[case("=x", "`` cannot be the name of a site")]
#[case("Blog=x", "`Blog` cannot be the name of a site")]
#[case("-a=x", "`-a` cannot be the name of a site")]
#[case("a.b=x", "`a.b` cannot be the name of a site")]
fn other_texts_are_none(#[case] text: &str, #[case] message: &str) {
    assert_eq!(parse(text).unwrap_err(), message);
}

fn read(text: &str) -> Result<Vec<SiteEntry>, String> {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join(SITES_FILE);
    fs::write(&path, text).unwrap();
    SiteEntry::read(&path).map_err(|error| {
        let message = error.to_string();
        let message = message.replace(&format!("{}/", directory.path().display()), "");
        format!("{message} | {}", error.hint().unwrap_or_default())
    })
}

#[test]
fn all_keys_are_read_and_the_order_is_the_files() {
    let entries = read(
        "[sites.shop]\npath = '/srv/shop'\napp = 'm:f'\n[sites.blog]\npath = '/srv/blog'\nsettings = 'b.s'\n\
         python = 'python3'\nport = 8001\nhosts = ['b.test']\nworkers = 2\n\
         threads = 8\nwatch = ['*.a']\nignore = ['*.b']\nenvironment = { A = '1' }\n",
    );
    let entries = entries.unwrap();
    let names: Vec<_> = entries.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["shop", "blog"]);
    let position = entries[1].position.clone();
    assert_eq!(position.as_ref().unwrap().line, 4);
    assert_eq!(entries[0].app, Some("m:f".into()));
    let expected = SiteEntry {
        name: "blog".into(),
        position,
        path: "/srv/blog".into(),
        settings: Some("b.s".into()),
        app: None,
        python: Some("python3".into()),
        port: Some(8001),
        hosts: vec!["b.test".into()],
        environment: vec![("A".into(), "1".into())],
        workers: Some(2),
        threads: Some(8),
        watch: vec!["*.a".into()],
        ignore: vec!["*.b".into()],
    };
    assert_eq!(entries[1], expected);
}

#[test]
fn what_is_relative_begins_at_the_file() {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path().canonicalize().unwrap();
    let path = root.join(SITES_FILE);
    fs::write(
        &path,
        "[sites.a]\npath = './a'\npython = 'env/bin/python'\n",
    )
    .unwrap();
    let entries = SiteEntry::read(&path).unwrap();
    assert_eq!(entries[0].path, root.join("a"));
    assert_eq!(entries[0].python, Some(root.join("env/bin/python")));
}

/// It may be called as a program is; what has no slash in it is one otherwise.
#[test]
fn an_environment_beside_the_file_is_found_by_its_name() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join(SITES_FILE);
    fs::create_dir_all(directory.path().join(".venv")).unwrap();
    fs::create_dir_all(directory.path().join("python3")).unwrap();
    fs::write(directory.path().join(".venv/pyvenv.cfg"), "").unwrap();
    let file = "[sites.a]\npath = 'a'\npython = '.venv'\n\
                [sites.b]\npath = 'b'\npython = 'python3'\n";
    fs::write(&path, file).unwrap();
    let entries = SiteEntry::read(&path).unwrap();
    let pythons = entries.into_iter().map(|entry| entry.python.unwrap());
    let expected = [directory.path().join(".venv"), "python3".into()];
    assert_eq!(pythons.collect::<Vec<_>>(), expected);
}

#[rstest]
#[case(
    "[sites.a]\npath = 'a'\nsetings = 'x'\n",
    "`scaffold.sites.toml:3:1`: unknown key `setings` in `[sites.a]` | did you mean `settings`?"
)]
#[case(
    "[site.a]\npath = 'a'\n",
    "`scaffold.sites.toml:1:2`: unknown key `site` | did you mean `sites`?"
)]
#[case(
    "[sites.a]\n",
    "`scaffold.sites.toml:1:8`: the site `a` has no `path` | it is the directory of the project, \
     as in `path = \"blog\"`; a relative one begins at the file"
)]
#[case(
    "[sites.a]\npath = 'a'\nsettings = 'x'\n  app = 'm:f'\n",
    "`scaffold.sites.toml:4:3`: the site `a` has both `settings` and `app` | leave one of them out: \
     `app` is served without settings; what it reads from the environment can be in `environment`, \
     as in `environment = { DJANGO_SETTINGS_MODULE = \"mysite.settings\" }`"
)]
#[case(
    "[sites.a]\npath = ''\n",
    "`scaffold.sites.toml:2:8`: `sites.a.path` must be a string that is not empty, and this is an \
     empty string | "
)]
#[case(
    "[sites.A]\npath = 'a'\n",
    "`scaffold.sites.toml:1:8`: `A` cannot be the name of a site | it is a part of host names: \
     lower-case letters, digits and hyphens, as in `my-blog`"
)]
#[case(
    "[sites.a]\npath = 'a'\nport = 70000\n",
    "`scaffold.sites.toml:3:8`: `sites.a.port` must be a port, from 0 to 65535, and this is \
     70000 | "
)]
#[case(
    "[sites.a]\npath = 'a'\nworkers = 0\n",
    "`scaffold.sites.toml:3:11`: `sites.a.workers` must be a whole number from 1 to 64, and this is 0 | "
)]
#[case(
    "[sites.a]\npath = 'a'\nenvironment = { X = 1 }\n",
    "`scaffold.sites.toml:3:21`: `sites.a.environment` must be a table of strings, and this is a \
     number | "
)]
#[case(
    "[sites.a]\npath = 'a'\nenvironment = { X = '1', 'A=B' = '2' }\n",
    "`scaffold.sites.toml:3:26`: `A=B` cannot be a variable of the environment | a name is not empty \
     and has no `=`, and neither it nor its value has the character NUL"
)]
#[case(
    "[sites.a]\npath = 'a'\nenvironment = { X = \"\\u0000\" }\n",
    "`scaffold.sites.toml:3:17`: `X` cannot be a variable of the environment | a name is not empty \
     and has no `=`, and neither it nor its value has the character NUL"
)]
#[case(
    "[sites.a]\npath = 'a'\nthreads = 2.5\n",
    "`scaffold.sites.toml:3:11`: `sites.a.threads` must be a whole number from 1 to 1024, and this \
     is a number | "
)]
#[case(
    "sites = 1\n",
    "`scaffold.sites.toml:1:9`: `sites` must be a table, and this is a number | "
)]
#[case(
    "",
    "there is no site in `scaffold.sites.toml` | as in `[sites.blog]` with `path = \"blog\"` below \
     it"
)]
fn what_is_wrong_is_pointed_at(#[case] text: &str, #[case] message: &str) {
    assert_eq!(read(text).unwrap_err(), message);
}
