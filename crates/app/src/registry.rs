//! What an environment serves: the apps of its current release, as an immutable snapshot that is swapped whole.

use std::sync::Arc;

use durward_domain::application::SnapshotDocument;
use durward_oidc::client::Client;

/// One app as the current release has it.
pub struct RegisteredApp {
    /// The client as the protocol sees it.
    pub client: Client,
    /// The document it came from, without the logo's bytes.
    pub snapshot: SnapshotDocument,
    /// The revision of the document.
    pub revision: String,
}

/// The apps of one release. A clone shares everything, so that the next release costs what it changes.
#[derive(Clone, Default)]
pub struct Registry {
    /// The release's sequence; 0 before the first.
    pub sequence: u64,
    /// The digest of the release's manifest: the parent of the next.
    pub digest: String,
    by_issuer: imbl::HashMap<Arc<str>, Arc<RegisteredApp>>,
    by_handle: imbl::HashMap<Arc<str>, Arc<RegisteredApp>>,
}

impl Registry {
    /// The app with this client id (its issuer).
    pub fn app(&self, client_id: &str) -> Option<&Arc<RegisteredApp>> {
        self.by_issuer.get(client_id)
    }

    /// The app with this handle.
    pub fn by_handle(&self, handle: &str) -> Option<&Arc<RegisteredApp>> {
        self.by_handle.get(handle)
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
        let app = Arc::new(app);
        self.by_issuer
            .insert(app.client.client_id.as_str().into(), Arc::clone(&app));
        self.by_handle.insert(handle.into(), app);
    }

    /// Takes an app out.
    pub fn remove(&mut self, handle: &str) {
        if let Some(before) = self.by_handle.remove(handle) {
            self.by_issuer.remove(before.client.client_id.as_str());
        }
    }
}
