//! The document that a team of the demonstration keeps as evidence.

use durward_app::Fault;
use durward_app::partner::evidence::{self, EvidenceAsk};
use durward_domain::environment::EnvironmentName;
use jiff::ToSpan as _;

use super::apps::App;
use super::seeds::{Stage, accepted};

/// Keeps an authority to operate of an app in production, with the document itself.
pub(super) async fn authority(stage: &Stage, app: &App) -> Result<(), Fault> {
    let admin = stage.admin(app.team)?;
    let issued = stage.today.saturating_sub(300.days());
    let expires = issued.saturating_add(3.years());
    let number = format!("ATO-{}-118", issued.year());
    let lines = [
        format!("Authority to operate {number}"),
        format!("{}, production", app.app_name),
        format!("Holds from {issued} to {expires}."),
        "This document is part of a demonstration.".to_owned(),
    ];
    let ask = EvidenceAsk {
        document_id: number,
        issued: Some(issued),
        expires: Some(expires),
        content: Some(pdf(&lines)),
    };
    let place = (app.handle, EnvironmentName::Production);
    let kept = evidence::keep(&stage.keeper, admin, place, ask, &stage.trace).await;
    accepted(app.handle, kept)?;
    Ok(())
}

/// One page of text. The lines have no letters that PDF strings escape.
fn pdf(lines: &[String]) -> Vec<u8> {
    let mut text = String::from("BT /F1 14 Tf 72 720 Td 22 TL\n");
    for line in lines {
        text.push_str(&format!("({line}) Tj T*\n"));
    }
    text.push_str("ET\n");
    let objects = [
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        "<</Type/Pages/Kids[3 0 R]/Count 1>>".to_owned(),
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Resources<</Font<</F1 4 0 R>>>>/Contents 5 0 R>>".to_owned(),
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>".to_owned(),
        format!("<</Length {}>>stream\n{text}endstream", text.len()),
    ];
    let mut file = String::from("%PDF-1.7\n");
    let mut places = Vec::with_capacity(objects.len());
    for (number, object) in (1..).zip(&objects) {
        places.push(file.len());
        file.push_str(&format!("{number} 0 obj{object}\nendobj\n"));
    }
    let table = file.len();
    let entries = places.len() + 1;
    file.push_str(&format!("xref\n0 {entries}\n0000000000 65535 f \n"));
    for place in places {
        file.push_str(&format!("{place:010} 00000 n \n"));
    }
    file.push_str(&format!(
        "trailer<</Root 1 0 R/Size {entries}>>\nstartxref\n{table}\n%%EOF\n"
    ));
    file.into_bytes()
}
