//! The image as it is built and run, but for the engine: the Dockerfile's commands in a clean root
//! of Debian, and what they have made as the image's user. Only with the feature `system-tests`.
//!
//! It is another base than the image's own in one thing, which is the version of Python: Debian's,
//! which is `python` in `/usr/local/bin` as it is there.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    deploy::{
        docker::{Deployed, django, serves_django},
        image::Base,
    },
    support::{debian, is_gone},
};

/// What an image of Debian begins with.
struct Debian;

impl Base for Debian {
    fn lay(&self, root: &Path) {
        debian::copy_root(root);
    }

    fn inside<'a>(&self, path: &'a Path) -> &'a Path {
        path.strip_prefix("/").unwrap()
    }

    fn programs(&self) -> String {
        "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin".into()
    }

    fn command(&self, root: &Path, directory: &Path, user: (u32, u32), program: &Path) -> Command {
        debian::within(root, directory, user, program)
    }
}

#[test]
fn the_image_is_built_and_runs_in_a_clean_root() {
    // The newest Django for Debian's Python.
    let site = Deployed::with_paths_of_the_image(django("Django==5.2.19", ">=3.11"));
    let image = site.build_on(Box::new(Debian), "uv.lock");
    let gunicorn = serves_django(&site, &image, |gunicorn| {
        let process = PathBuf::from(format!("/proc/{}", gunicorn.as_raw_nonzero()));
        let status = fs::read_to_string(process.join("status")).unwrap();
        for line in ["Uid:\t10001\t10001", "Gid:\t10001\t10001", "Groups:\t\n"] {
            assert!(status.replace(" \n", "\n").contains(line), "{status}");
        }
        let root = site.image().canonicalize().unwrap();
        assert_eq!(fs::read_link(process.join("root")).unwrap(), root);
    });
    for (path, is_writable) in [("/data", true), ("/tmp", true), ("/app", false)] {
        let words = ["test", "-w", path].map(Into::into);
        let tested = image.other(&words, &[]).status().unwrap();
        assert_eq!(tested.success(), is_writable, "{path}");
    }
    // Nothing is left of it, on which the directory could not be removed.
    assert!(is_gone(gunicorn));
    let mounts = fs::read_to_string("/proc/self/mounts").unwrap();
    assert!(!mounts.contains(site.image().to_str().unwrap()), "{mounts}");
}
