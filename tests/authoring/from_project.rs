//! `from-project`: a template made of a project gives that project back, and another one under
//! another name.

use serde_json::Value;

use crate::support::{Outcome, Packages, Test, manage, newest};

/// A Django project with an application, and with what projects have lying about.
fn project() -> Outcome {
    Test::new()
        .args(["startproject", "corner_shop", "-q"])
        .run()
        .then()
        .in_dir("corner_shop")
        .args(["startapp", "catalogue", "-q"])
        .run()
        .then()
        .file("corner_shop/catalogue/templates/base.html", HTML)
        .file(
            "corner_shop/catalogue/templates/plain.html",
            "{% load static %}{{ title }}\n",
        )
        .file(
            "corner_shop/deploy/corner-shop.service",
            "Description=The Corner Shop\nUser=cornershop\n",
        )
        .file(
            "corner_shop/.github/workflows/ci.yml",
            "env: CORNER_SHOP\nx: ${{ secrets.x }}\n",
        )
        .file("corner_shop/.gitignore", "/build\n*.bak\n")
        .file("corner_shop/build/out", "corner_shop")
        .file("corner_shop/a.bak", "corner_shop")
        .file("corner_shop/db.sqlite3", "corner_shop")
        .file("corner_shop/.env", "KEY=corner_shop")
        .file("corner_shop/venv/pyvenv.cfg", "")
        .file("corner_shop/venv/corner_shop.py", "")
        .file("corner_shop/logo.png", b"\x89PNG\0corner_shop")
        .file("corner_shop/dos.txt", "corner_shop\r\nand\n")
        .file("corner_shop/run.bat", "rem corner-shop\r\nrun\r\n")
        .file(
            "corner_shop/catalogue/cornershopping.py",
            "class CornerShopView:\n    email_password = cornerShop\nPASSWORD = 'hunter22'\n",
        )
        .args(["--version"])
        .stdout_contains("scaffold")
        .run()
}

const HTML: &str = "\
{% load static %}<title>Corner Shop</title>{# corner-shop #}
{{ title }} [[corner_shop]]
";

fn template() -> Outcome {
    project()
        .then()
        .args(["template", "from-project", "corner_shop", "--into", "made"])
        .stdout_contains("replaced `corner_shop`:\n")
        .stderr_contains("made the template `corner_shop`: ")
        .run()
}

#[test]
fn the_template_gives_the_project_back() {
    let outcome = template();
    let before = outcome.tree("corner_shop");
    let manifest = outcome.read("made/scaffold.toml");
    let outcome = outcome
        .then()
        .args(["template", "check", "made", "--strict"])
        .stdout_contains("nothing is wrong")
        .run()
        .then()
        .in_dir("again")
        .args(["startproject", "corner_shop", "--template", "../made"])
        .run();
    let left_out = [
        "a.bak",
        "build",
        "db.sqlite3",
        ".env",
        "venv",
        "__pycache__",
    ];
    let expected: Vec<_> = before
        .lines()
        .filter(|line| !left_out.iter().any(|it| line.starts_with(it)))
        .collect();
    assert_eq!(
        outcome
            .tree("again/corner_shop")
            .lines()
            .collect::<Vec<_>>(),
        expected,
        "{manifest}"
    );
    // Which template it is from is what differs.
    let is_file = |it: &&&str| !it.ends_with('/') && **it != ".scaffold.toml";
    for path in expected.iter().filter(is_file) {
        let path = path.trim_end_matches('*');
        let read = |root: &str| std::fs::read(outcome.dir().join(root).join(path)).unwrap();
        let text = String::from_utf8_lossy(&read("corner_shop")).into_owned();
        if !text.contains("django-insecure") && !text.contains("hunter22") {
            assert!(read("corner_shop") == read("again/corner_shop"), "{path}");
        }
    }
    let settings = outcome.read("again/corner_shop/corner_shop/settings.py");
    assert_ne!(
        settings,
        outcome.read("corner_shop/corner_shop/settings.py"),
        "a new key"
    );
}

#[test]
fn another_name_is_put_in_everywhere() {
    let outcome = template()
        .then()
        .args(["startproject", "book_store", "--template", "./made"])
        .run();
    let tree = outcome.tree("book_store");
    assert!(tree.contains("deploy/book-store.service\n"), "{tree}");
    assert!(tree.contains(".github/workflows/ci.yml\n"), "{tree}");
    assert!(tree.contains("catalogue/cornershopping.py\n"), "{tree}");
    assert_eq!(
        outcome.read("book_store/catalogue/templates/base.html"),
        "{% load static %}<title>Book Store</title>{# book-store #}\n{{ title }} [[book_store]]\n"
    );
    let script = outcome.read("book_store/run.bat");
    assert_eq!(script, "rem book-store\r\nrun\r\n");
    let service = outcome.read("book_store/deploy/book-store.service");
    assert_eq!(service, "Description=The Book Store\nUser=bookstore\n");
    let actions = outcome.read("book_store/.github/workflows/ci.yml");
    assert_eq!(actions, "env: BOOK_STORE\nx: ${{ secrets.x }}\n");
    let view = outcome.read("book_store/catalogue/cornershopping.py");
    assert!(
        view.starts_with("class BookStoreView:\n    email_password = bookStore\n"),
        "{view}"
    );
    assert!(!view.contains("hunter22"), "{view}");
    // Django itself finds nothing wrong with it.
    let venv = newest().venv(Packages::Django);
    let output = manage(&outcome, "book_store", venv.as_ref(), ["check"]);
    assert!(output.contains("no issues"), "{output}");
}

#[test]
fn what_was_replaced_is_told() {
    let outcome = project()
        .then()
        .args([
            "template",
            "from-project",
            "corner_shop",
            "--dry-run",
            "--json",
        ])
        .stdout_contains("{")
        .run();
    assert!(!outcome.tree("").contains("corner_shop-template"));
    let document: Value = serde_json::from_str(&outcome.stdout).unwrap();
    let replaced = document["replaced"].as_array().unwrap();
    let of = |spelling: &str| {
        let mut replaced = replaced.iter();
        replaced
            .find(|it| it["spelling"] == spelling)
            .unwrap_or_else(|| panic!("{document:#}"))
    };
    assert_eq!(of("Corner Shop")["expression"], "project_name | title_case");
    assert_eq!(
        of("Corner Shop")["contents"]["catalogue/templates/base.html"],
        1
    );
    assert_eq!(of("corner-shop")["names"][0], "deploy/corner-shop.service");
    assert_eq!(of("corner_shop")["names"][0], "corner_shop");
    assert_eq!(document["left_out"]["venv"], "a virtual environment");
    assert_eq!(document["left_out"][".env"], "secrets");
    assert_eq!(document["untouched"][0], "dos.txt");
    assert_eq!(document["copied"][0], "catalogue/templates/plain.html");
    assert!(!outcome.stdout.contains("hunter22") && !outcome.stdout.contains("django-insecure"));
    let secrets: Vec<_> = replaced
        .iter()
        .filter(|it| it["spelling"].is_null())
        .collect();
    assert_eq!(secrets.len(), 2, "{document:#}");
}

#[test]
fn people_read_it_with_its_files() {
    project()
        .then()
        .args(["template", "from-project", "corner_shop"])
        .stdout_contains("  Corner Shop  ")
        .stdout_contains(
            "{{ project_name | title_case }}\n      catalogue/templates/base.html: 1\n",
        )
        .stdout_contains("  (a secret)  ")
        .stdout_contains("      deploy/corner-shop.service (its name)\n")
        .stderr_contains("left out, beside what Git ignores:\n      .env (secrets)\n")
        .stderr_contains("warning: `dos.txt` keeps the name")
        .stderr_contains("scaffold startproject mysite --template ./corner_shop-template\n")
        .run();
}

#[test]
fn what_cannot_become_a_template_is_told() {
    let run = |test: Test, expected: &str| {
        test.stderr_contains(expected).status(1).run();
    };
    let from = |args: &[&str]| {
        Test::new()
            .file("a-b/x.py", "hello = 1\n")
            .file("t/scaffold.toml", "")
            .args(["template", "from-project"])
            .args(args.to_vec())
    };
    run(
        from(&["nix"]),
        "error: `[DIR]/nix` cannot become a template: there is no such directory\n",
    );
    run(from(&["t"]), "its `scaffold.toml` says that it is one");
    run(from(&["a-b"]), "error: `a_b` is nowhere in `[DIR]/a-b`");
    run(
        from(&["a-b", "--name", "7"]),
        "`7` cannot be the name of a project: it has to be an identifier",
    );
    from(&["nix", "--json"])
        .stdout_contains("\"error\": \"`[DIR]/nix` cannot become a template")
        .stderr_contains("error: ")
        .status(1)
        .run();
    run(
        from(&["a-b", "--into", "a-b/t"]),
        "is in the project `[DIR]/a-b` that it would be made of",
    );
    run(
        from(&["a-b", "--name", "hello", "--into", "t"]),
        "[DIR]/t/scaffold.toml",
    );
}

/// A secret goes wherever it stands; a word that stands in for one stays.
#[test]
fn secrets_are_replaced_and_words_are_not() {
    let outcome = Test::new()
        .file(
            "shop/settings.py",
            "# shop\nENGINE = 'postgresql'\nPASSWORD = 'postgres'\nAPI_TOKEN = 'a{{b}}1'\n",
        )
        .file(
            "shop/compose.yml",
            "x: shop\nPOSTGRES_PASSWORD: s3cret\nurl: db:s3cret@db/postgres\n",
        )
        .in_dir("shop")
        .args(["template", "from-project", ".", "--name", "shop", "-q"])
        .run();
    let settings = outcome.read("shop-template/settings.py");
    assert_eq!(
        settings,
        "# {{ project_name }}\nENGINE = 'postgresql'\nPASSWORD = 'postgres'\n\
         API_TOKEN = '{{ api_token }}'\n"
    );
    let compose = outcome.read("shop-template/compose.yml");
    assert!(
        compose
            .ends_with(": {{ postgres_password }}\nurl: db:{{ postgres_password }}@db/postgres\n"),
        "{compose}"
    );
    let manifest = outcome.read("shop-template/scaffold.toml");
    assert!(
        manifest.contains("name = \"api_token\"\nprompt = \"API_TOKEN\"\n"),
        "{manifest}"
    );
    assert!(!manifest.contains("s3cret"), "{manifest}");
}

#[test]
fn an_application_becomes_a_template_of_applications() {
    let outcome = Test::new()
        .args(["startapp", "polls", "-q"])
        .run()
        .then()
        .args([
            "template",
            "from-project",
            "polls",
            "--app",
            "--into",
            "made",
            "-q",
        ])
        .run()
        .then()
        .args(["startapp", "votes", "--template", "./made"])
        .run();
    let apps = outcome.read("votes/apps.py");
    assert!(
        apps.contains("class VotesConfig") && !apps.contains("olls"),
        "{apps}"
    );
}
