//! What a mistyped word was meant to be.

/// Below this, two words have little in common; clap draws the line here too.
const ALIKE: f64 = 0.7;

/// The candidate that is most like the word, if one is like it at all.
pub(super) fn similar<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    candidates
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(word, candidate), candidate))
        .filter(|(likeness, _)| *likeness > ALIKE)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_similar_is_meant() {
        let candidates = ["project_name", "project_directory", "secret_key"];
        for (word, meant) in [
            ("project_nam", Some("project_name")),
            ("projct_dir", Some("project_directory")),
            ("secretkey", Some("secret_key")),
            ("zzz", None),
            ("", None),
        ] {
            assert_eq!(similar(word, candidates), meant, "{word}");
        }
    }
}
