//! Words in every language, from Fluent catalogues embedded in the binary.

use std::borrow::Cow;
use std::sync::LazyLock;

use durward_domain::refusal::Refuse;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

/// The words of one language; a light handle that templates carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Words {
    language: Language,
}

impl Words {
    /// The words of this language.
    pub const fn of(language: Language) -> Self {
        Self { language }
    }

    /// The language of these words.
    pub const fn language(self) -> Language {
        self.language
    }

    /// The text of a key; in English where this language lacks it, the key itself where English lacks it too.
    pub fn t(self, key: &str) -> String {
        self.text(key, None)
    }

    /// The text of a key with one value in it.
    pub fn t1(self, key: &str, name: &str, value: &str) -> String {
        self.t_args(key, &[(name, value)])
    }

    /// The text of a key with two values in it.
    pub fn t2(self, key: &str, name: &str, value: &str, other: &str, second: &str) -> String {
        self.t_args(key, &[(name, value), (other, second)])
    }

    /// The text of a key with values in it.
    pub fn t_args(self, key: &str, values: &[(&str, &str)]) -> String {
        let mut args = FluentArgs::with_capacity(values.len());
        for (name, value) in values {
            args.set((*name).to_owned(), FluentValue::from(*value));
        }
        self.text(key, Some(&args))
    }

    /// The text of a key that depends on a number, called `count` in the catalogue.
    pub fn t_count(self, key: &str, count: u64) -> String {
        let mut args = FluentArgs::with_capacity(1);
        args.set("count", FluentValue::from(count));
        self.text(key, Some(&args))
    }

    /// The text of a key with values in it, one of which is a number that the text depends on.
    pub fn t_args_count(
        self,
        key: &str,
        values: &[(&str, &str)],
        (name, count): (&str, u64),
    ) -> String {
        let mut args = FluentArgs::with_capacity(values.len());
        for (name, value) in values {
            args.set((*name).to_owned(), FluentValue::from(*value));
        }
        args.set(name.to_owned(), FluentValue::from(count));
        self.text(key, Some(&args))
    }

    /// The text of a key, if this language or English has it.
    pub fn find(self, key: &str) -> Option<String> {
        look_up(self.language, key, None).or_else(|| look_up(Language::English, key, None))
    }

    /// The sentence of a refusal: the catalogue's `error-…` text for its code, or its own English one.
    pub fn refusal(self, refusal: &(impl Refuse + ?Sized)) -> String {
        self.find(&format!("error-{}", refusal.code().replace('/', "-")))
            .unwrap_or_else(|| refusal.to_string())
    }

    fn text(self, key: &str, args: Option<&FluentArgs<'_>>) -> String {
        if let Some(text) = look_up(self.language, key, args) {
            return text;
        }
        tracing::error!(
            key,
            language = self.language.tag(),
            "a word is missing from the catalogue"
        );
        look_up(Language::English, key, args).unwrap_or_else(|| key.to_owned())
    }
}

/// A language that pages speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Spanish.
    Spanish,
    /// French.
    French,
    /// Simplified Chinese.
    Chinese,
}

impl Language {
    /// Every language, in the order of the switch.
    pub const ALL: [Self; 4] = [Self::English, Self::Spanish, Self::French, Self::Chinese];

    /// The BCP 47 tag.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Spanish => "es",
            Self::French => "fr",
            Self::Chinese => "zh-Hans",
        }
    }

    /// The name that its speakers give it.
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Spanish => "Español",
            Self::French => "Français",
            Self::Chinese => "中文（简体）",
        }
    }

    /// The language of a tag such as `es`, `es-MX` or `zh`.
    pub fn parse(tag: &str) -> Option<Self> {
        let first = tag.trim().split(['-', '_']).next().unwrap_or("");
        match first.to_ascii_lowercase().as_str() {
            "en" => Some(Self::English),
            "es" => Some(Self::Spanish),
            "fr" => Some(Self::French),
            "zh" => Some(Self::Chinese),
            _ => None,
        }
    }

    /// The first known language of a space-separated list (`ui_locales`).
    pub fn first_of(tags: &str) -> Option<Self> {
        tags.split_whitespace().find_map(Self::parse)
    }

    /// The best language of an `Accept-Language` header.
    pub fn accepted(header: &str) -> Option<Self> {
        let mut best: Option<(f32, Self)> = None;
        for part in header.split(',').take(MOST_ACCEPTED) {
            let mut pieces = part.split(';');
            let Some(language) = pieces.next().and_then(Self::parse) else {
                continue;
            };
            let weight = pieces
                .find_map(|piece| piece.trim().strip_prefix("q=")?.parse().ok())
                .unwrap_or(1.0);
            if weight > 0.0 && best.is_none_or(|(heaviest, _)| weight > heaviest) {
                best = Some((weight, language));
            }
        }
        best.map(|(_, language)| language)
    }

    /// Chooses by the address, then the cookie, then what the browser accepts, then English.
    pub fn negotiate(address: Option<&str>, cookie: Option<&str>, accepts: Option<&str>) -> Self {
        address
            .and_then(Self::parse)
            .or_else(|| cookie.and_then(Self::parse))
            .or_else(|| accepts.and_then(Self::accepted))
            .unwrap_or_default()
    }
}

fn look_up(language: Language, key: &str, args: Option<&FluentArgs<'_>>) -> Option<String> {
    let bundle = &CATALOGUES[language as usize];
    let pattern = bundle.get_message(key)?.value()?;
    let mut faults = Vec::new();
    let text: Cow<'_, str> = bundle.format_pattern(pattern, args, &mut faults);
    if !faults.is_empty() {
        tracing::error!(
            key,
            language = language.tag(),
            ?faults,
            "a text of the catalogue lacks a value"
        );
    }
    Some(text.into_owned())
}

fn bundle(language: Language, sources: &[&str]) -> FluentBundle<FluentResource> {
    let tag: LanguageIdentifier = language.tag().parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![tag]);
    // Isolation marks around values would end up in titles, links and codes that people copy.
    bundle.set_use_isolating(false);
    for source in sources {
        let resource =
            FluentResource::try_new((*source).to_owned()).unwrap_or_else(|(resource, faults)| {
                tracing::error!(
                    language = language.tag(),
                    ?faults,
                    "a catalogue has a fault"
                );
                resource
            });
        if let Err(faults) = bundle.add_resource(resource) {
            tracing::error!(
                language = language.tag(),
                ?faults,
                "a catalogue names a key twice"
            );
        }
    }
    bundle
}

macro_rules! catalogues {
    ($folder:literal) => {
        &[
            include_str!(concat!("../../locales/", $folder, "/citizen.ftl")),
            include_str!(concat!("../../locales/", $folder, "/authenticators.ftl")),
            include_str!(concat!("../../locales/", $folder, "/mail.ftl")),
            include_str!(concat!("../../locales/", $folder, "/services.ftl")),
            include_str!(concat!("../../locales/", $folder, "/emails.ftl")),
            include_str!(concat!("../../locales/", $folder, "/portal.ftl")),
            include_str!(concat!("../../locales/", $folder, "/policies.ftl")),
            include_str!(concat!("../../locales/", $folder, "/teams.ftl")),
            include_str!(concat!("../../locales/", $folder, "/validator.ftl")),
            include_str!(concat!("../../locales/", $folder, "/probes.ftl")),
            include_str!(concat!("../../locales/", $folder, "/keys.ftl")),
            include_str!(concat!("../../locales/", $folder, "/rotation.ftl")),
            include_str!(concat!("../../locales/", $folder, "/inspector.ftl")),
            include_str!(concat!("../../locales/", $folder, "/formats.ftl")),
            include_str!(concat!("../../locales/", $folder, "/tokens.ftl")),
            include_str!(concat!("../../locales/", $folder, "/calendar.ftl")),
            include_str!(concat!("../../locales/", $folder, "/testkit.ftl")),
            include_str!(concat!("../../locales/", $folder, "/config.ftl")),
            include_str!(concat!("../../locales/", $folder, "/deployments.ftl")),
            include_str!(concat!("../../locales/", $folder, "/changes.ftl")),
            include_str!(concat!("../../locales/", $folder, "/help.ftl")),
            include_str!(concat!("../../locales/", $folder, "/support.ftl")),
            include_str!(concat!("../../locales/", $folder, "/today.ftl")),
            include_str!(concat!("../../locales/", $folder, "/launches.ftl")),
            include_str!(concat!("../../locales/", $folder, "/notices.ftl")),
            include_str!(concat!("../../locales/", $folder, "/partnership.ftl")),
            include_str!(concat!("../../locales/", $folder, "/agreements.ftl")),
            include_str!(concat!("../../locales/", $folder, "/usage.ftl")),
        ]
    };
}

/// The texts, in the order of [`Language::ALL`].
const SOURCES: [&[&str]; 4] = [
    catalogues!("en"),
    catalogues!("es"),
    catalogues!("fr"),
    catalogues!("zh-Hans"),
];

static CATALOGUES: LazyLock<[FluentBundle<FluentResource>; 4]> =
    LazyLock::new(|| Language::ALL.map(|language| bundle(language, SOURCES[language as usize])));

const MOST_ACCEPTED: usize = 32;

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
pub(crate) mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::path::{Path, PathBuf};

    use super::*;

    /// Every key of a language with the names of its values.
    fn keys(language: Language) -> BTreeMap<String, BTreeSet<String>> {
        let mut found = BTreeMap::new();
        for source in SOURCES[language as usize] {
            let mut key = String::new();
            for line in source.lines() {
                if let Some((name, _)) = line.split_once(" =")
                    && line.starts_with(|c: char| c.is_ascii_lowercase())
                {
                    key = name.to_owned();
                    assert!(
                        found.insert(key.clone(), BTreeSet::new()).is_none(),
                        "{key} twice in {}",
                        language.tag()
                    );
                }
                for piece in line.split('$').skip(1) {
                    let name: String = piece
                        .chars()
                        .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
                        .collect();
                    found.get_mut(&key).unwrap().insert(name);
                }
            }
        }
        found
    }

    fn files(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                files(&path, found);
            } else {
                found.push(path);
            }
        }
    }

    #[expect(clippy::disallowed_methods, reason = "a test reads the sources")]
    fn sources() -> Vec<(String, String)> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut paths = Vec::new();
        files(&root.join("templates"), &mut paths);
        files(&root.join("src"), &mut paths);
        paths
            .iter()
            .map(|path| {
                (
                    path.display().to_string(),
                    std::fs::read_to_string(path).unwrap(),
                )
            })
            .collect()
    }

    #[test]
    fn every_language_has_the_same_keys_with_the_same_values() {
        let english = keys(Language::English);
        assert!(english.len() > 50);
        for language in Language::ALL {
            let other = keys(language);
            for (key, values) in &english {
                assert_eq!(other.get(key), Some(values), "{key} in {}", language.tag());
            }
            assert_eq!(
                other.len(),
                english.len(),
                "{} has keys that English lacks",
                language.tag()
            );
            for source in SOURCES[language as usize] {
                assert!(
                    FluentResource::try_new((*source).to_owned()).is_ok(),
                    "{}",
                    language.tag()
                );
            }
        }
    }

    #[test]
    fn every_key_that_a_page_asks_for_exists() {
        let english = keys(Language::English);
        for (path, text) in sources() {
            if path.ends_with("i18n.rs") {
                continue;
            }
            for call in [".t(\"", ".t1(\"", ".t2(\"", ".t_args(\"", ".t_count(\""] {
                for piece in text.split(call).skip(1) {
                    let key = piece.split('"').next().unwrap();
                    assert!(english.contains_key(key), "{key}, asked for by {path}");
                }
            }
        }
    }

    #[test]
    fn no_key_is_left_unused() {
        let sources = sources();
        for key in keys(Language::English).keys() {
            let made = MADE_KEYS.iter().any(|start| key.starts_with(start));
            let quoted = format!("\"{key}\"");
            assert!(
                made || sources.iter().any(|(_, text)| text.contains(&quoted)),
                "{key} is used nowhere"
            );
        }
    }

    #[test]
    fn the_address_beats_the_cookie_and_the_cookie_the_browser() {
        assert_eq!(
            Language::negotiate(Some("zh"), Some("es"), Some("fr")),
            Language::Chinese
        );
        assert_eq!(
            Language::negotiate(None, Some("es"), Some("fr")),
            Language::Spanish
        );
        assert_eq!(
            Language::negotiate(Some("xx"), None, Some("de, fr;q=0.5, en;q=0.2")),
            Language::French
        );
        assert_eq!(
            Language::negotiate(None, None, Some("de")),
            Language::English
        );
        assert_eq!(Language::first_of("cy zh-TW en"), Some(Language::Chinese));
    }

    #[test]
    fn a_missing_key_is_shown_as_itself() {
        assert_eq!(Words::of(Language::French).t("no-such-key"), "no-such-key");
        assert_eq!(Words::of(Language::French).find("no-such-key"), None);
    }

    /// Keys that are put together at run time.
    const MADE_KEYS: &[&str] = &[
        "aal-",
        "usage-age-",
        "usage-level-",
        "usage-unit-",
        "answer-",
        "board-",
        "delivery-",
        "difference-",
        "denial-",
        "final-state-",
        "rotation-last-",
        "rotation-stage-",
        "account-partner-",
        "account-staff-",
        "agreement-billing-",
        "agreement-duty-",
        "agreement-override-",
        "agreement-purpose-",
        "agreement-side-",
        "agreement-state-",
        "agreement-step-",
        "agreement-then-",
        "domain-is-",
        "probe-",
        "attribute-",
        "auth-",
        "encryption-",
        "entry-",
        "error-",
        "event-",
        "friday-",
        "inspect-age-",
        "inspect-hint-",
        "inspect-outcome-",
        "inspect-step-",
        "inspect-why-",
        "paste-kind-",
        "policy-",
        "f-policy-",
        "grant-",
        "level-",
        "monday-",
        "name-id-",
        "need-is-",
        "notice-",
        "protocol-",
        "realm-",
        "release-kind-",
        "role-",
        "saturday-",
        "state-",
        "estimate-shape-",
        "interest-kind-",
        "interest-proofing-",
        "partnership-entry-",
        "partnership-is-",
        "partnership-side-",
        "partnership-state-",
        "partnership-step-",
        "partnership-task-",
        "partnership-waiting-",
        "site-agreement",
        "site-questions",
        "site-service",
        "site-steps",
        "site-tips",
        "unit-",
        "sunday-",
        "thursday-",
        "ticket-about-",
        "ticket-is-",
        "ticket-side-",
        "token-",
        "topic-",
        "tuesday-",
        "webhook-state-",
        "wednesday-",
        "why-",
    ];
}
