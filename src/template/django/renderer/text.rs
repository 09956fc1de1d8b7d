//! Writing texts and values.

use std::sync::Arc;

use super::{Fault, Renderer};
use crate::template::{
    django::filters,
    value::{Str, Value, is_space},
};

impl Renderer<'_, '_> {
    /// Writes a text as it is.
    pub(super) fn write(&self, text: &str, out: &mut String) -> Result<(), Fault> {
        self.environment.budget.make(text.len())?;
        out.push_str(text);
        Ok(())
    }

    /// Writes a value as `{{ }}` does.
    pub(super) fn print(&self, value: &Value, out: &mut String) -> Result<(), Fault> {
        let text = self.printed(value)?;
        self.write(&text.text, out)
    }

    /// The text that `{{ }}` writes for a value.
    pub(super) fn printed(&self, value: &Value) -> Result<Str, Fault> {
        let autoescape = self.environment.autoescape;
        let Str { text, is_safe } = if let Value::Str(it) = value {
            it.clone()
        } else {
            self.environment.budget.go_through(value)?;
            let text = filters::localized(value);
            self.environment.budget.make(text.len())?;
            Str {
                text: text.into(),
                is_safe: false,
            }
        };
        if !autoescape || is_safe {
            return Ok(Str { text, is_safe });
        }
        // No character becomes longer than six.
        self.environment.budget.make(text.len().saturating_mul(6))?;
        Ok(Str {
            text: filters::escape(&text).into(),
            is_safe: true,
        })
    }

    pub(super) fn csrf_token(&self, out: &mut String) -> Result<(), Fault> {
        let token = self.plain("csrf_token");
        let Some(token) = token.filter(Value::is_true) else {
            return Ok(());
        };
        if matches!(&token, Value::Str(it) if &*it.text == "NOTPROVIDED") {
            return Err(Fault::new("`csrf_token` is not provided"));
        }
        let input = format!(
            r#"<input type="hidden" name="csrfmiddlewaretoken" value="{}">"#,
            escaped(&token)
        );
        self.write(&input, out)
    }

    /// The attribute with the nonce of the content security policy, which only a request has, but
    /// a variable of its name can stand for.
    pub(super) fn csp_nonce(
        &mut self,
        media: Option<&super::super::expression::Expression>,
    ) -> Result<Value, Fault> {
        if let Some(media) = media
            && self.resolve(media)?.is_true()
        {
            return Err(Fault::new("`csp_nonce_attr` takes a form's media"));
        }
        let nonce = self
            .plain("csp_nonce")
            .filter(|it| !matches!(it, Value::None));
        Ok(match nonce {
            Some(nonce) => Value::safe(format!(r#"nonce="{}""#, escaped(&nonce))),
            None => Value::text(""),
        })
    }
}

/// A value in the value of an HTML attribute.
fn escaped(value: &Value) -> Arc<str> {
    match value {
        Value::Str(it) if it.is_safe => Arc::clone(&it.text),
        _ => filters::escape(&value.to_text()).into(),
    }
}

/// A text without the white space between `>` and `<`.
pub(super) fn without_space_between_tags(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'>', rest.as_bytes()) {
        let (before, after) = rest.split_at_checked(at + 1).unwrap_or((rest, ""));
        result.push_str(before);
        let next = after.trim_start_matches(is_space);
        rest = if next.starts_with('<') { next } else { after };
    }
    result.push_str(rest);
    result
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("<a> \n <b> c </b>\u{1f}</a> d", "<a><b> c </b></a> d")]
    #[case("> > <", "> ><")]
    #[case("> ", "> ")]
    #[case("", "")]
    fn space_between_tags(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(without_space_between_tags(text), expected);
    }
}
