//! What lies in `site-packages`: what is kept warm, what is not, and what is changed later.

use super::{Site, answering, load_forked, load_started, pythons, refusal, variable, warm_up};

#[test]
fn a_package_that_starts_a_thread_is_left_to_the_worker() {
    for python in pythons() {
        let thread = "import threading\n\
                      thread = threading.Thread(target=threading.Event().wait, daemon=True)\n\
                      thread.start()\n";
        let modules = [
            ("with_thread/__init__.py", thread),
            ("with_thread/inside.py", ""),
            ("innocent.py", ""),
        ];
        let (site, _venv) = Site::with_packages(python, &modules);
        let app = "import sys\nhad = sorted({'innocent', 'with_thread'} & set(sys.modules))\n\
                   import innocent, with_thread.inside\n";
        let site = site.answering(app, "had, with_thread.thread.is_alive()");
        site.run(async |_, starter| {
            let refused = warm_up(starter).await;
            assert_eq!(refusal(&refused, "with_thread"), "it starts a thread");
            assert_eq!(refused.pairs().count(), 1, "{refused:?}");
            for _ in 0..2 {
                let answer = load_forked(starter).await.answer().await;
                assert_eq!(answer, "(['innocent'], True)");
            }
        });
    }
}

#[test]
fn a_package_that_opens_a_socket_is_left_to_the_worker() {
    for python in pythons() {
        let socket = "import socket\n\
                      listener = socket.create_server(('127.0.0.1', 0))\n";
        let (site, _venv) = Site::with_packages(python, &[("with_socket.py", socket)]);
        let app = "import sys\nhad = 'with_socket' in sys.modules\nimport with_socket\n";
        let site = site.answering(app, "had, with_socket.listener.getsockname()[1]");
        site.run(async |_, starter| {
            let refused = warm_up(starter).await;
            assert_eq!(
                refusal(&refused, "with_socket"),
                "it keeps a file or socket open"
            );
            let first = load_forked(starter).await;
            let one = first.get("/").await;
            // Both are there at a time, as it is during a reload.
            let other = load_forked(starter).await.answer().await;
            assert!(one.starts_with("(False, "), "{one}");
            assert_ne!(one, other, "each worker has a socket of its own");
        });
    }
}

#[test]
fn a_package_that_needs_settings_is_left_to_the_worker() {
    for python in pythons() {
        let strict = "import os\nTIMES = []\nimport registry\nregistry.NAMES.append(__name__)\n\
                      SETTINGS = os.environ['DJANGO_SETTINGS_MODULE']\n";
        let modules = [("strict.py", strict), ("registry.py", "NAMES = []\n")];
        let (site, _venv) = Site::with_packages(python, &modules);
        let site = site
            .answering(
                "import registry, strict\n",
                "registry.NAMES, strict.SETTINGS",
            )
            .env("DJANGO_SETTINGS_MODULE", "mine");
        site.run(async |_, starter| {
            let refused = warm_up(starter).await;
            let reason = refusal(&refused, "strict");
            assert_eq!(reason, "it raises KeyError: 'DJANGO_SETTINGS_MODULE'");
            // What the failed import had done in the registry is not there.
            let answer = load_forked(starter).await.answer().await;
            assert_eq!(answer, "(['strict'], 'mine')");
        });
    }
}

#[test]
fn modules_that_end_the_process_or_change_it_are_left_to_the_worker() {
    let ends = "import os\nif os.environ.get('DJANGO_SETTINGS_MODULE') is None: os._exit(0)\n";
    let modules = [
        ("ends.py", ends),
        (
            "handler.py",
            "import signal\nsignal.signal(signal.SIGCHLD, lambda *_: None)\n",
        ),
        ("path.py", "import sys\nsys.path.append('/nowhere')\n"),
        (
            "directory.py",
            "import os, tempfile\nhere = os.getcwd()\nos.chdir(tempfile.gettempdir())\n",
        ),
        (
            "child.py",
            "import subprocess\nchild = subprocess.Popen(['sleep', '0.01'])\n",
        ),
        (
            "quits.py",
            "import os\nif 'DJANGO_SETTINGS_MODULE' not in os.environ: raise SystemExit\n",
        ),
        ("plugins.py", "import app\n"),
    ];
    let (site, _venv) = Site::with_packages(crate::support::newest(), &modules);
    let app = "import child, ends, handler, path, quits, plugins, directory\n";
    let site = site
        .answering(app, "'all here'")
        .env("DJANGO_SETTINGS_MODULE", "mine");
    site.run(async |site, starter| {
        let refused = warm_up(starter).await;
        for (module, reason) in [
            ("ends", "it ends the process"),
            ("handler", "it handles SIGCHLD"),
            ("path", "it changes sys.path"),
            ("directory", "it changes the working directory"),
            ("child", "it starts a process"),
            ("quits", "it raises SystemExit"),
            ("plugins", "the project has a module `app`"),
        ] {
            assert_eq!(refusal(&refused, module), reason, "{module}");
        }
        assert_eq!(load_forked(starter).await.answer().await, "all here");
        assert!(site.config.root.join("app.py").exists());
    });
}

#[test]
fn numpy_works_and_each_worker_has_random_numbers_of_its_own() {
    for python in pythons() {
        let requirement = match python.version().1 {
            8 => "numpy==1.24.4",
            _ => "numpy==2.2.6",
        };
        let venv = python.venv_with("numpy", &[requirement]);
        let app = "import random, sys, uuid\nhad = 'numpy' in sys.modules\nimport numpy\n";
        let answer = "had, numpy.arange(9).reshape(3, 3).dot(numpy.eye(3)).trace(), \
                      numpy.random.random(), random.random(), uuid.uuid4().hex";
        // Its library for matrices starts threads, unless it is told not to.
        for (variable, is_warm) in [(None, false), (Some("OPENBLAS_NUM_THREADS"), true)] {
            let mut site = Site::new(&venv).answering(app, answer);
            if let Some(variable) = variable {
                site = site.env(variable, "1");
            }
            site.run(async |_, starter| {
                let refused = warm_up(starter).await;
                let mut seen = std::collections::BTreeSet::new();
                for _ in 0..3 {
                    let answer = load_forked(starter).await.answer().await;
                    let words: Vec<_> = answer.split(['(', ',', ')', ' ']).collect();
                    let words: Vec<_> = words.into_iter().filter(|word| !word.is_empty()).collect();
                    let has_cores = std::thread::available_parallelism().unwrap().get() > 1;
                    if is_warm || has_cores {
                        let expected = if is_warm { "True" } else { "False" };
                        assert_eq!(words[0], expected, "{refused:?}");
                    }
                    assert!(answer.contains("12.0"), "{answer}");
                    seen.extend(words[words.len() - 3..].iter().map(|&word| word.to_owned()));
                }
                assert_eq!(seen.len(), 9, "{seen:?}");
            });
        }
    }
}

#[test]
fn a_package_that_is_upgraded_is_served_as_it_is_now() {
    for python in pythons() {
        let (site, venv) = Site::with_packages(python, &[]);
        venv.install(&["itsdangerous==2.1.2"]);
        let app = "import sys\nhad = 'itsdangerous' in sys.modules\n\
                   import itsdangerous, itsdangerous.encoding\n\
                   try:\n    from importlib import metadata\n    version = metadata.version('itsdangerous')\n\
                   except ImportError:\n    version = ''\n";
        let site = site.answering(app, "had, version");
        site.run(async |_, starter| {
            warm_up(starter).await;
            let answer = load_forked(starter).await.answer().await;
            assert_eq!(answer, "(True, '2.1.2')");

            venv.install(&["itsdangerous==2.2.0"]);
            let (served, reason) = load_started(starter).await;
            assert!(reason.ends_with("has changed"), "{reason}");
            assert_eq!(served.get("/").await, "(False, '2.2.0')");
            starter.warm().await;
            served.worker.stop().await;
            let answer = load_forked(starter).await.answer().await;
            assert_eq!(answer, "(True, '2.2.0')");
        });
    }
}

#[test]
fn an_edit_in_a_library_is_served() {
    for python in pythons() {
        let modules = [
            ("library/__init__.py", ""),
            ("library/part.py", "VALUE = 1\n"),
        ];
        let (site, venv) = Site::with_packages(python, &modules);
        let site = site.answering("import library.part\n", "library.part.VALUE");
        site.run(async |_, starter| {
            warm_up(starter).await;
            assert_eq!(load_forked(starter).await.answer().await, "1");
            // As long as before, and in the same second.
            std::fs::write(venv.packages().join("library/part.py"), "VALUE = 2\n").unwrap();
            let (served, reason) = load_started(starter).await;
            assert!(reason.ends_with("library/part.py has changed"), "{reason}");
            assert_eq!(served.answer().await, "2");
        });
    }
}

#[test]
fn what_the_project_has_under_a_librarys_name_is_the_projects() {
    let modules = [
        ("library.py", "import colour\nVALUE = colour.VALUE\n"),
        ("colour.py", "VALUE = 'the library'\n"),
        (
            "optional.py",
            "try:\n    import extra\n    VALUE = 'extra'\nexcept ImportError:\n    VALUE = 'plain'\n",
        ),
    ];
    let (site, _venv) = Site::with_packages(crate::support::newest(), &modules);
    let app = "import library, optional\n";
    let site = site.answering(app, "library.VALUE, optional.VALUE");
    site.run(async |site, starter| {
        warm_up(starter).await;
        let answer = load_forked(starter).await.answer().await;
        assert_eq!(answer, "('the library', 'plain')");

        site.sandbox.write("extra.py", "");
        let (served, reason) = load_started(starter).await;
        assert_eq!(reason, "the project has a module `extra`");
        assert_eq!(served.answer().await, "('the library', 'extra')");

        site.sandbox.write("colour.py", "VALUE = 'the project'\n");
        let refused = warm_up(starter).await;
        let reason = "the project has a module `extra`";
        assert_eq!(refusal(&refused, "optional"), reason);
        let reason = "the project has a module `colour`";
        assert_eq!(refusal(&refused, "library"), reason);
        // From then on it is forked again, without these.
        let answer = load_forked(starter).await.answer().await;
        assert_eq!(answer, "('the project', 'extra')");
    });
}

#[test]
fn a_changed_variable_is_a_reason_for_a_new_process() {
    let modules = [(
        "library.py",
        "import os\nVALUE = os.environ.get('COLOUR')\n",
    )];
    let (site, _venv) = Site::with_packages(crate::support::newest(), &modules);
    let site = site
        .answering(
            "import os, library\n",
            "library.VALUE, os.environ['COLOUR']",
        )
        .env("COLOUR", "red");
    site.run(async |site, starter| {
        warm_up(starter).await;
        assert_eq!(load_forked(starter).await.answer().await, "('red', 'red')");
        let mut config = site.config.clone();
        config.environment.set = vec![variable("COLOUR", "blue")];
        starter.set_config(config);
        let (served, reason) = load_started(starter).await;
        assert!(reason.contains("the environment"), "{reason}");
        assert_eq!(served.get("/").await, "('blue', 'blue')");
        starter.warm().await;
        served.worker.stop().await;
        assert_eq!(
            load_forked(starter).await.answer().await,
            "('blue', 'blue')"
        );
    });
}

#[test]
fn a_variable_that_a_library_sets_stays_set() {
    let modules = [(
        "library.py",
        "import os\nos.environ['SET'] = 'by the library'\n",
    )];
    let (site, _venv) = Site::with_packages(crate::support::newest(), &modules);
    let app = answering("import os, library\n", "os.environ['SET']");
    let site = site.file("app.py", &app);
    site.run(async |_, starter| {
        warm_up(starter).await;
        assert_eq!(load_forked(starter).await.answer().await, "by the library");
    });
}
