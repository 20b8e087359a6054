//! What staging takes: identity-verified apps, under an executed agreement, at addresses that may hold personal data.

use durward_domain::application::AppDocument;
use durward_domain::environment::EnvironmentName;
use durward_domain::launch::checklist::ChecklistItem;
use durward_domain::level::LevelOfService;

use crate::partner::launches::LaunchDenied;

/// Is it an app for staging at all?
pub(super) fn takes(document: &AppDocument) -> Result<(), LaunchDenied> {
    let verified = document.level_of_service == LevelOfService::IdentityVerified;
    if document.environment == EnvironmentName::Staging && !verified {
        return Err(LaunchDenied::StagingLevel(document.app_name.clone()));
    }
    Ok(())
}

/// Says by its own code what staging lacks most: the signature, then the authority to operate.
pub(super) fn may_be_sent(
    document: &AppDocument,
    items: &[ChecklistItem],
) -> Result<(), LaunchDenied> {
    takes(document)?;
    if document.environment != EnvironmentName::Staging {
        return Ok(());
    }
    let open = |rules: &[&str]| {
        let item = items
            .iter()
            .find(|item| item.stops() && rules.contains(&item.rule.as_str()))?;
        Some(format!("{} {}", item.evidence, item.how_to_close))
    };
    if let Some(why) = open(&["L01", "L02", "L03", "L04"]) {
        return Err(LaunchDenied::StagingAgreement(why));
    }
    match open(&["L08"]) {
        Some(why) => Err(LaunchDenied::StagingAuthority(why)),
        None => Ok(()),
    }
}
