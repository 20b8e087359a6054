//! Help text that needs no review: the texts that the programme offers, in every language of its pages.

use crate::application::HelpText;

/// One text that a team can choose.
#[derive(Debug)]
pub struct Preset {
    /// The page: `sign_in`, `sign_up` or `forgot_password`.
    pub page: &'static str,
    /// Its name there.
    pub name: &'static str,
    /// Its words by language. `{app}` stands for the friendly name, `{agency}` for the agency.
    pub texts: [(&'static str, &'static str); 4],
}

impl Preset {
    /// Its words in a language, for an app of an agency.
    pub fn text(&self, language: &str, app: &str, agency: &str) -> Option<String> {
        let (_, text) = self
            .texts
            .iter()
            .find(|(known, _)| *known == language || (language == "zh" && *known == "zh-Hans"))?;
        Some(
            text.replace("{app}", &escaped(app))
                .replace("{agency}", &escaped(agency)),
        )
    }
}

/// The preset that a text is, whatever app and agency it names. An empty text is the preset `blank`.
pub fn preset_of(page: &str, language: &str, text: &str) -> Option<&'static str> {
    if text.trim().is_empty() {
        return Some("blank");
    }
    PRESETS
        .iter()
        .filter(|preset| preset.page == page)
        .find(|preset| {
            preset.texts.iter().any(|(known, words)| {
                (*known == language || (language == "zh" && *known == "zh-Hans"))
                    && fits(text.trim(), words)
            })
        })
        .map(|preset| preset.name)
}

/// Are all texts presets?
pub fn all_preset(help: &HelpText) -> bool {
    help.pages().into_iter().all(|(page, texts)| {
        texts
            .iter()
            .all(|(language, text)| preset_of(page, language, text).is_some())
    })
}

/// Every preset, by page.
pub static PRESETS: &[Preset] = &[
    Preset {
        page: "sign_in",
        name: "first_time",
        texts: [
            (
                "en",
                "First time here from {app}? Your old {app} username and password will not work. Create an account with the same e-mail address that you used before.",
            ),
            (
                "es",
                "¿Es la primera vez que viene desde {app}? Su antiguo nombre de usuario y contraseña de {app} no funcionarán. Cree una cuenta con la misma dirección de correo electrónico que usaba antes.",
            ),
            (
                "fr",
                "Première visite depuis {app} ? Votre ancien nom d’utilisateur et votre ancien mot de passe {app} ne fonctionneront pas. Créez un compte avec la même adresse e-mail qu’auparavant.",
            ),
            (
                "zh-Hans",
                "首次从 {app} 来到这里？您原来的 {app} 用户名和密码将无法使用。请用您以前使用的同一电子邮件地址创建账户。",
            ),
        ],
    },
    Preset {
        page: "sign_in",
        name: "agency_email",
        texts: [
            ("en", "Sign in with your {agency} e-mail address."),
            (
                "es",
                "Inicie sesión con su dirección de correo electrónico de {agency}.",
            ),
            ("fr", "Connectez-vous avec votre adresse e-mail {agency}."),
            ("zh-Hans", "请用您的 {agency} 电子邮件地址登录。"),
        ],
    },
    Preset {
        page: "sign_in",
        name: "piv_cac",
        texts: [
            ("en", "Sign in with your {agency} PIV or CAC card."),
            ("es", "Inicie sesión con su tarjeta PIV o CAC de {agency}."),
            ("fr", "Connectez-vous avec votre carte PIV ou CAC {agency}."),
            ("zh-Hans", "请用您的 {agency} PIV 或 CAC 卡登录。"),
        ],
    },
    Preset {
        page: "sign_up",
        name: "first_time",
        texts: [
            (
                "en",
                "First time here from {app}? Your old {app} username and password will not work. Create an account with the same e-mail address that you used before.",
            ),
            (
                "es",
                "¿Es la primera vez que viene desde {app}? Su antiguo nombre de usuario y contraseña de {app} no funcionarán. Cree una cuenta con la misma dirección de correo electrónico que usaba antes.",
            ),
            (
                "fr",
                "Première visite depuis {app} ? Votre ancien nom d’utilisateur et votre ancien mot de passe {app} ne fonctionneront pas. Créez un compte avec la même adresse e-mail qu’auparavant.",
            ),
            (
                "zh-Hans",
                "首次从 {app} 来到这里？您原来的 {app} 用户名和密码将无法使用。请用您以前使用的同一电子邮件地址创建账户。",
            ),
        ],
    },
    Preset {
        page: "sign_up",
        name: "agency_email",
        texts: [
            ("en", "Create an account with your {agency} e-mail address."),
            (
                "es",
                "Cree una cuenta con su dirección de correo electrónico de {agency}.",
            ),
            ("fr", "Créez un compte avec votre adresse e-mail {agency}."),
            ("zh-Hans", "请用您的 {agency} 电子邮件地址创建账户。"),
        ],
    },
    Preset {
        page: "sign_up",
        name: "same_email",
        texts: [
            (
                "en",
                "Create an account with the same e-mail address that you gave in your application.",
            ),
            (
                "es",
                "Cree una cuenta con la misma dirección de correo electrónico que indicó en su solicitud.",
            ),
            (
                "fr",
                "Créez un compte avec la même adresse e-mail que dans votre demande.",
            ),
            ("zh-Hans", "请用您在申请中提供的同一电子邮件地址创建账户。"),
        ],
    },
    Preset {
        page: "forgot_password",
        name: "troubleshoot",
        texts: [
            (
                "en",
                "If you cannot get into your account, the link on this page helps you to set a new password. It does not change any password of {app}.",
            ),
            (
                "es",
                "Si no puede entrar en su cuenta, el enlace de esta página le ayuda a crear una contraseña nueva. No cambia ninguna contraseña de {app}.",
            ),
            (
                "fr",
                "Si vous n’arrivez pas à ouvrir votre compte, le lien de cette page vous aide à choisir un nouveau mot de passe. Il ne change aucun mot de passe de {app}.",
            ),
            (
                "zh-Hans",
                "如果您无法进入账户，本页的链接可帮助您设置新密码。它不会更改 {app} 的任何密码。",
            ),
        ],
    },
];

/// Do the fixed parts stand in the text, in order and with short names between them?
fn fits(text: &str, words: &str) -> bool {
    let parts: Vec<&str> = words
        .split('{')
        .map(|part| part.split_once('}').map_or(part, |(_, after)| after))
        .collect();
    let Some((first, others)) = parts.split_first() else {
        return false;
    };
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    for (at, part) in others.iter().enumerate() {
        let last = at + 1 == others.len();
        let found = if last {
            rest.strip_suffix(part).map(|name| (name, ""))
        } else {
            rest.split_once(part)
        };
        match found {
            Some((name, after)) if is_name(name) => rest = after,
            _ => return false,
        }
    }
    rest.is_empty()
}

/// A short name without markup, addresses or a sentence of its own.
fn is_name(text: &str) -> bool {
    let text = text.trim();
    !text.is_empty()
        && text.chars().count() <= 100
        && !text.contains(['<', '>', '\n', '?', '!', '@', ':', '/'])
        && !text.contains(". ")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_preset_is_known_again_in_every_language() {
        for preset in PRESETS {
            for (language, _) in preset.texts {
                let text = preset
                    .text(language, "Fishing & Boats", "Department of Fish")
                    .unwrap_or_default();
                assert_eq!(
                    preset_of(preset.page, language, &text),
                    Some(preset.name),
                    "{text}"
                );
            }
        }
        assert_eq!(preset_of("sign_in", "en", " "), Some("blank"));
        for own in [
            "Sign in with your card.",
            "Sign in with your <b>x</b> e-mail address.",
            "Sign in with your password: call 555. Use your e-mail address.",
            "Sign in with your {agency} e-mail address. Then call us.",
        ] {
            assert_eq!(preset_of("sign_in", "en", own), None, "{own}");
        }
    }
}
