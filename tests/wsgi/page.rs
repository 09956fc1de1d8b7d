//! The blocks of code of `docs/wsgi.md`.

/// Read when the test runs, so that nothing is built anew for a word.
const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/wsgi.md");

/// What the first line of a block says of one that is added to a file.
const AT_END: &str = ", at its end";

/// A block of Python, whose first line says which file it is for.
#[derive(Debug)]
pub(super) struct Block {
    pub(super) path: String,
    /// It goes to the end of the file, which is there.
    pub(super) is_appended: bool,
    pub(super) code: String,
}

/// The page.
#[derive(Debug)]
pub(super) struct Page {
    blocks: Vec<Block>,
    /// The one block of text: what `scaffold check` says.
    pub(super) said: String,
}

impl Page {
    pub(super) fn read() -> Self {
        let text = std::fs::read_to_string(PAGE).unwrap();
        let (mut blocks, mut said) = (Vec::new(), None);
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            let Some(kind) = line.strip_prefix("```") else {
                continue;
            };
            let block = lines.by_ref().take_while(|line| *line != "```");
            let code: String = block.flat_map(|line| [line, "\n"]).collect();
            match kind {
                "python" => {
                    let first = code.lines().next().unwrap().strip_prefix("# ").unwrap();
                    blocks.push(Block {
                        path: first.trim_end_matches(AT_END).to_owned(),
                        is_appended: first.ends_with(AT_END),
                        code,
                    });
                }
                "text" => assert_eq!(said.replace(code), None, "more than one text"),
                _ => panic!("a block of {kind}"),
            }
        }
        Self {
            blocks,
            said: said.unwrap(),
        }
    }

    /// The one block with a text in it.
    pub(super) fn block(&self, text: &str) -> &Block {
        let mut found = self.blocks.iter().filter(|it| it.code.contains(text));
        let block = found
            .next()
            .unwrap_or_else(|| panic!("no block with {text}"));
        assert!(found.next().is_none(), "several blocks with {text}");
        block
    }
}
