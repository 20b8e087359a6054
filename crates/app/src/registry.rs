//! What an environment serves: the apps of its current release, as an immutable snapshot that is swapped whole.

use std::collections::BTreeSet;
use std::sync::Arc;

use durward_domain::application::SnapshotDocument;
use durward_domain::environment::EnvironmentName;
use durward_domain::release::{DeniedApp, DenyList, Tree};
use durward_oidc::client::Client;

/// One app as the current release has it.
pub struct RegisteredApp {
    /// The client as the protocol sees it.
    pub client: Arc<Client>,
    /// The document it came from, without the logo's bytes.
    pub snapshot: SnapshotDocument,
    /// The revision of the document.
    pub revision: String,
}

/// The apps of one release. A clone shares everything, so that the next release costs what it changes.
#[derive(Clone)]
pub struct Registry {
    /// The release's sequence; 0 before the first.
    pub sequence: u64,
    /// The digest of the release's manifest: the parent of the next.
    pub digest: String,
    /// What the release's root is made of: the digest of every app's document.
    pub(crate) tree: Tree,
    /// What is denied, whatever a release says.
    pub(crate) denials: Arc<DenyList>,
    by_issuer: imbl::HashMap<Arc<str>, Arc<RegisteredApp>>,
    by_handle: imbl::HashMap<Arc<str>, Arc<RegisteredApp>>,
    origins: imbl::HashMap<String, usize>,
}

impl Registry {
    /// An environment that serves nothing yet.
    pub fn beginning(environment: EnvironmentName) -> Self {
        Self {
            sequence: 0,
            digest: String::new(),
            tree: Tree::default(),
            denials: Arc::new(DenyList::beginning(environment)),
            by_issuer: imbl::HashMap::default(),
            by_handle: imbl::HashMap::default(),
            origins: imbl::HashMap::default(),
        }
    }

    /// The sequence of the deny list in force; 0 before the first.
    pub fn denials(&self) -> u64 {
        self.denials.sequence
    }

    /// Why nobody can sign in to the app of this client id, if so, whether or not a release still has it.
    pub fn denied(&self, client_id: &str) -> Option<&DeniedApp> {
        match self.app(client_id) {
            Some(app) => self.denials.app(app.client.handle.as_str(), client_id),
            None => self.denials.of_issuer(client_id),
        }
    }

    /// The app with this client id (its issuer).
    pub fn app(&self, client_id: &str) -> Option<&Arc<RegisteredApp>> {
        self.by_issuer.get(client_id)
    }

    /// The app with this handle.
    pub fn by_handle(&self, handle: &str) -> Option<&Arc<RegisteredApp>> {
        self.by_handle.get(handle)
    }

    /// Every app that is served.
    pub fn apps(&self) -> impl Iterator<Item = &Arc<RegisteredApp>> {
        self.by_handle.values()
    }

    /// How many apps are served.
    pub fn len(&self) -> usize {
        self.by_issuer.len()
    }

    /// Whether no app is served yet.
    pub fn is_empty(&self) -> bool {
        self.by_issuer.is_empty()
    }

    /// Puts an app in, in place of what had its handle.
    pub fn put(&mut self, handle: &str, app: RegisteredApp) {
        self.remove(handle);
        for origin in origins(&app.client) {
            *self.origins.entry(origin).or_insert(0) += 1;
        }
        let app = Arc::new(app);
        self.by_issuer
            .insert(app.client.client_id.as_str().into(), Arc::clone(&app));
        self.by_handle.insert(handle.into(), app);
    }

    /// Takes an app out.
    pub fn remove(&mut self, handle: &str) {
        if let Some(before) = self.by_handle.remove(handle) {
            let issuer = before.client.client_id.as_str();
            // Another app may have taken this client id over in the same release; it keeps it.
            if self
                .by_issuer
                .get(issuer)
                .is_some_and(|app| Arc::ptr_eq(app, &before))
            {
                self.by_issuer.remove(issuer);
            }
            for origin in origins(&before.client) {
                let left = self.origins.get(&origin).map_or(0, |count| count - 1);
                if left == 0 {
                    self.origins.remove(&origin);
                } else {
                    self.origins.insert(origin, left);
                }
            }
        }
    }

    /// Whether a registered redirect URI has this origin: pages there may call from a browser.
    pub fn has_origin(&self, origin: &str) -> bool {
        self.origins.contains_key(origin)
    }
}

/// None of a suspended app: its pages read nothing.
fn origins(client: &Client) -> BTreeSet<String> {
    let uris = client.redirect_uris();
    let uris = if client.active { uris } else { &[] };
    uris.iter()
        .filter_map(|uri| url::Url::parse(uri).ok())
        .filter(|uri| matches!(uri.scheme(), "http" | "https"))
        .map(|uri| uri.origin().ascii_serialization())
        .collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use durward_domain::application::AppDocument;
    use durward_domain::id::{AgencyId, AppHandle};

    use super::*;

    fn app(handle: &str, issuer: &str) -> RegisteredApp {
        let mut document = AppDocument::example();
        document.handle = AppHandle::parse(handle).unwrap();
        document.issuer = issuer.to_owned();
        let agency = AgencyId::parse("0192d3a0-7c1e-7b43-8a6e-2f1c9f0e5d11").unwrap();
        let policies = durward_domain::programme::Programme::named("us")
            .unwrap()
            .policies
            .clone();
        RegisteredApp {
            client: Arc::new(
                Client::from_document(&document, None, agency, &policies, true).unwrap(),
            ),
            snapshot: document.snapshot(),
            revision: "r1".to_owned(),
        }
    }

    #[test]
    fn a_client_id_that_moved_to_another_app_stays_with_it() {
        let mut registry = Registry::beginning(EnvironmentName::Sandbox);
        registry.put("old", app("old", "urn:one"));
        registry.put("new", app("new", "urn:one"));
        registry.remove("old");
        assert_eq!(
            registry
                .app("urn:one")
                .map(|app| app.client.handle.as_str()),
            Some("new")
        );
        assert!(registry.by_handle("old").is_none());
        registry.remove("new");
        assert!(registry.is_empty() && !registry.has_origin("http://localhost:8404"));
    }
}
