//! `if` and `ifchanged`.

use super::{Fault, Kind, Parser, arguments, expressions};
use crate::template::django::{condition::Condition, node::Nodes};

pub(super) fn condition<'t>(
    parser: &mut Parser<'t, '_>,
    contents: &'t str,
) -> Result<Kind<'t>, Fault> {
    const ENDS: [&str; 3] = ["elif", "else", "endif"];
    let mut branches = Vec::new();
    let mut contents = contents;
    let mut end = loop {
        let condition = Condition::parse(&arguments(parser, contents)?)?;
        let (body, end) = parser.until(&ENDS)?;
        branches.push((Some(condition), body));
        if !end.contents.starts_with("elif") {
            break end;
        }
        contents = end.contents;
    };
    if end.contents == "else" {
        let (body, last) = parser.until(&["endif"])?;
        branches.push((None, body));
        end = last;
    }
    if end.contents != "endif" {
        return Err(Fault::new(format!(
            "Malformed template tag at line {}: \"{}\"",
            end.line, end.contents
        )));
    }
    Ok(Kind::If(branches))
}

pub(super) fn if_changed<'t>(
    parser: &mut Parser<'t, '_>,
    contents: &'t str,
) -> Result<Kind<'t>, Fault> {
    let words = arguments(parser, contents)?;
    let (changed, end) = parser.until(&["else", "endifchanged"])?;
    let same = if end.contents == "else" {
        parser.until(&["endifchanged"])?.0
    } else {
        Nodes::new()
    };
    Ok(Kind::IfChanged {
        id: parser.id(),
        watched: expressions(&words)?,
        changed,
        same,
    })
}
