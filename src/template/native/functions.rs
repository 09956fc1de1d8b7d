//! Functions for native templates: the date, secrets, unique numbers, and the environment as far
//! as the manifest names it.

use std::{collections::BTreeMap, env, sync::Arc};

use jiff::{Zoned, fmt::strtime};
use tera::{Error, Kwargs, State, Tera, TeraResult};

use super::Engine;
use crate::template::incidentals::Incidentals;

/// How long a secret is where the template does not say: as long as Django's keys.
const SECRET_LENGTH: usize = 50;

/// The longest secret; a template is no source of random octets.
const LONGEST_SECRET: usize = 1024;

/// What secrets are made of: what needs no quoting in a shell, in a URL or in a configuration file.
const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// How a date is written where the template does not say (ISO 8601).
const DATE: &str = "%Y-%m-%d";

/// Gives the engine the functions. Of the environment's variables only those that are `named` can
/// be read: a template must not look around.
pub(super) fn register(tera: &mut Tera, named: &[String], incidentals: &Arc<Incidentals>) {
    let from = Arc::clone(incidentals);
    tera.register_function("year", move |_: Kwargs, _: &State<'_>| {
        from.now().year().to_string()
    });
    let from = Arc::clone(incidentals);
    tera.register_function("date", move |args: Kwargs, _: &State<'_>| {
        date(from.now(), &args)
    });
    let from = Arc::clone(incidentals);
    tera.register_function("secret", move |args: Kwargs, _: &State<'_>| {
        secret(&from, &args)
    });
    let from = Arc::clone(incidentals);
    tera.register_function("uuid", move |_: Kwargs, _: &State<'_>| {
        from.random("uuid", || Ok::<_, Error>(uuid::Uuid::new_v4().to_string()))
    });
    let environment: BTreeMap<String, Option<String>> = named
        .iter()
        .map(|name| (name.clone(), env::var(name).ok()))
        .collect();
    tera.register_function("env", move |args: Kwargs, _: &State<'_>| {
        variable(&environment, &args)
    });
}

impl Engine {
    /// Makes what differs from one run to the next always the same.
    pub(in crate::template) fn make_repeatable(&mut self) {
        register_repeatable(&mut self.tera);
    }
}

/// Puts functions in place of those whose results differ from one run to the next: the first day
/// of 2025, secrets of one letter, and a number of zeros.
fn register_repeatable(tera: &mut Tera) {
    let now = Arc::new(jiff::civil::date(2025, 1, 1).at(12, 0, 0, 0));
    let today = Arc::clone(&now);
    tera.register_function("year", move |_: Kwargs, _: &State<'_>| {
        now.year().to_string()
    });
    tera.register_function("date", move |args: Kwargs, _: &State<'_>| {
        let zoned = today.to_zoned(jiff::tz::TimeZone::UTC);
        let zoned = zoned.map_err(|error| Error::message(error.to_string()))?;
        date(&zoned, &args)
    });
    tera.register_function("secret", |args: Kwargs, _: &State<'_>| {
        secret_length(&args).map(|it| "x".repeat(it))
    });
    tera.register_function("uuid", |_: Kwargs, _: &State<'_>| {
        uuid::Uuid::nil().to_string()
    });
}

fn date(now: &Zoned, args: &Kwargs) -> TeraResult<String> {
    let format = args.get::<&str>("format")?.unwrap_or(DATE);
    strtime::format(format, now).map_err(|error| Error::message(format!("`date`: {error}")))
}

fn secret_length(args: &Kwargs) -> TeraResult<usize> {
    let length = args.get::<usize>("length")?.unwrap_or(SECRET_LENGTH);
    if length > LONGEST_SECRET {
        let message = format!("`secret`: a length of {length} is more than {LONGEST_SECRET}");
        return Err(Error::message(message));
    }
    Ok(length)
}

fn secret(incidentals: &Incidentals, args: &Kwargs) -> TeraResult<String> {
    let length = secret_length(args)?;
    let secret = incidentals.random(&format!("secret {length}"), || random_text(length))?;
    incidentals.secrets().add_text(&secret);
    Ok(secret)
}

fn random_text(length: usize) -> TeraResult<String> {
    let mut secret = String::with_capacity(length);
    let mut octets = [0; 64];
    while secret.len() < length {
        getrandom::fill(&mut octets).map_err(|error| Error::message(error.to_string()))?;
        // Four times the alphabet: what is beyond would make some characters likelier than others.
        let fair = octets
            .iter()
            .filter(|octet| usize::from(**octet) < 4 * ALPHABET.len());
        let characters =
            fair.filter_map(|octet| ALPHABET.get(usize::from(*octet) % ALPHABET.len()));
        secret.extend(
            characters
                .take(length - secret.len())
                .map(|it| char::from(*it)),
        );
    }
    Ok(secret)
}

fn variable(environment: &BTreeMap<String, Option<String>>, args: &Kwargs) -> TeraResult<String> {
    let name = args.must_get::<&str>("name")?;
    match environment.get(name) {
        Some(Some(value)) => Ok(value.clone()),
        Some(None) => args
            .get::<String>("default")?
            .ok_or_else(|| Error::message(format!("`env`: the variable `{name}` is not set"))),
        None => Err(Error::message(format!(
            "`env`: `scaffold.toml` does not list `{name}` under `environment`"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use crate::template::{native::Engine, value::Dict};

    fn render(text: &str) -> Result<String, String> {
        let environment = ["PATH".to_owned(), "SCAFFOLD_NOT_SET".to_owned()];
        Engine::new(&Dict::new(), &environment).render_short(text)
    }

    #[test]
    fn dates_are_of_today() {
        let today = jiff::Zoned::now().date();
        let text = "{{ year() }} {{ date() }} {{ date(format='%d.%m.') }}";
        let expected = format!("{} {today} {}", today.year(), today.strftime("%d.%m."));
        assert_eq!(render(text), Ok(expected));
    }

    #[test]
    fn secrets_and_numbers_are_new_each_time() {
        let text =
            render("{{ secret() }} {{ secret(length=8) }} {{ uuid() }} {{ uuid() }}").unwrap();
        let parts: Vec<_> = text.split(' ').collect();
        assert_eq!(
            parts.iter().map(|it| it.len()).collect::<Vec<_>>(),
            [50, 8, 36, 36]
        );
        assert!(
            parts[0].bytes().all(|it| it.is_ascii_alphanumeric()),
            "{text}"
        );
        assert_ne!(parts[2], parts[3]);
        assert_ne!(render("{{ secret() }}"), render("{{ secret() }}"));
    }

    #[test]
    fn of_the_environment_there_is_what_the_manifest_names() {
        let path = std::env::var("PATH").unwrap();
        assert_eq!(render("{{ env(name='PATH') }}"), Ok(path));
        let text = "{{ env(name='SCAFFOLD_NOT_SET', default='x') }}";
        assert_eq!(render(text).as_deref(), Ok("x"));
    }

    #[rstest]
    #[case("{{ env(name='HOME') }}", "does not list `HOME` under `environment`")]
    #[case(
        "{{ env(name='SCAFFOLD_NOT_SET') }}",
        "the variable `SCAFFOLD_NOT_SET` is not set"
    )]
    #[case("{{ secret(length=2000) }}", "a length of 2000 is more than 1024")]
    #[case("{{ date(format='%') }}", "`date`: ")]
    fn what_cannot_be_had_is_an_error(#[case] text: &str, #[case] expected: &str) {
        let error = render(text).unwrap_err();
        assert!(error.contains(expected), "{error}");
    }
}
