//! What a mistyped word was meant to be.

/// Below this, two words have little in common; clap draws the line here too.
const ALIKE: f64 = 0.7;

/// The candidate that is most like the word, if one is like it at all.
pub fn similar<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(word, candidate), candidate))
        .filter(|(likeness, _)| *likeness > ALIKE)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, candidate)| candidate)
}

/// So many letters of a word may be wrong for one that is: a third of them, and two at most. More
/// make another word, which somebody may mean.
const MOST_SLIPS: usize = 2;

/// The candidate of which a word is a slip of the fingers, if there is one.
pub(super) fn mistyped<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let most = (word.chars().count() / 3).min(MOST_SLIPS);
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(word, candidate), candidate))
        .filter(|(slips, _)| (1..=most).contains(slips))
        .min_by_key(|(slips, _)| *slips)
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

    #[test]
    fn slips_are_told_from_other_words() {
        let candidates = ["database", "port", "v1"];
        for (word, meant) in [
            ("databse", Some("database")),
            ("dtabaes", Some("database")),
            ("prot", Some("port")),
            ("database", None),
            ("database_name", None),
            ("v2", None),
        ] {
            assert_eq!(mistyped(word, candidates), meant, "{word}");
        }
    }
}
