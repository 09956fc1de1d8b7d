//! Values that are not shown: what stands in their place, in texts that may hold them.

/// What stands for a secret, whatever its length.
pub(super) const MASK: &str = "********";

/// The secrets of one project.
#[derive(Debug, Default)]
pub(super) struct Secrets(Vec<String>);

impl Secrets {
    /// Those among these texts that hold anything.
    pub(super) fn new(texts: impl IntoIterator<Item = String>) -> Self {
        let mut texts: Vec<_> = texts.into_iter().filter(|it| !it.is_empty()).collect();
        // One may be a part of another.
        texts.sort_by_key(|it| std::cmp::Reverse(it.len()));
        Self(texts)
    }

    /// The text with every secret in it masked.
    pub(super) fn masked(&self, text: &str) -> String {
        let secrets = self.0.iter();
        secrets.fold(text.to_owned(), |text, secret| text.replace(secret, MASK))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_secret_is_left() {
        let secrets = Secrets::new(["geheim", "", "geheimer"].map(str::to_owned));
        assert_eq!(
            secrets.masked("--key=geheimer, geheim"),
            "--key=********, ********"
        );
        assert_eq!(secrets.masked("nothing"), "nothing");
    }
}
