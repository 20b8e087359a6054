### Words of the wizard, the versions and the preview.

## The wizard and the edit page
step-contacts = Contacts
f-environment = Where it begins
f-environment-hint = Begin in the sandbox to try it. Choose production for the configuration of an app that is to be launched.
environment-test-what = What you save is live at once, for tests only.
environment-live-what = Nothing is live before a reviewed launch on a deployment day.
f-justification = Why the app needs it
f-draft-name = Name of this draft
draft-saved-by = Saved by { $name }, { $time }
draft-kept = The draft is saved. Everyone in the team can go on with it.
draft-gone = The draft is thrown away.
discard-what = The whole team shares this draft. What was typed is lost.
discard-yes = Yes, throw it away
conflict-title = Somebody else saved this draft
conflict-what = { $name } saved it on { $time }, while you were working on it. Nothing of yours is saved yet, and nothing is lost.
conflict-both = Both versions
conflict-mine = What you typed (in the form below)
conflict-theirs = Saved by { $name }
conflict-now = Below are the values as they are saved now. Look at them and go on.
stale-title = Revision { $number } was saved while you were working
stale-what = What you typed is in the form. This is what saving it now would change in that revision:
stale-differs = Revision { $number } was saved since this draft was begun. Saving the draft now would change: { $lines }
cleared = Cleared, because there is no place for it any more: { $fields }
add-redirect-uri = Add another URI
add-post-logout = Add another address
add-acs-url = Add another URL
remove = Remove
f-post-logout-hint = Where people may be sent after sign-out.
f-acs-urls-hint = Where assertions are posted.
f-keys-now = Keys in the text above:
contacts-what = People to write to about this app. The programme writes to the technical contact when sign-in fails.
presets-title = Ready-made texts
presets-what = Each fills the text of its page in every language, with the names of your app and agency. You can change the text afterwards.
presets-apply = Fill in the chosen texts
preset-none = Keep the text below
preset-blank = No text
preset-first-time = First time here
preset-agency-email = Use the agency email address
preset-piv-cac = Use a government card
preset-same-email = Use the same email address
preset-troubleshoot = Trouble signing in

## Versions
restored = Revision { $number } is saved with the values of revision { $old }. Nothing of it is live yet: ask for a change on the Launch page.
versions-from = From revision
versions-to = To revision
versions-compare-button = Compare
versions-two = From revision { $from } to { $to }
versions-older = Older versions
versions-restore-live = Saves the older values again, as a new revision. It goes live with a reviewed change, on a deployment day.
diff-json = The document, line by line

## The preview
preview-open = Preview what people will see
preview-title = What people will see
preview-what = These are the real pages of the sign-in with the name, the logo and the help text of this app. Nothing in them can be sent.
preview-language = Language of the preview
preview-narrow = On a telephone (320 pixels)
preview-wide = On a wide screen
preview-sign-in = Sign in
preview-sign-up = Create an account
preview-consent = Consent
preview-error = Error
preview-mail = Mail
preview-alone = Open by itself
preview-value = (the person’s own value)
preview-error-sentence = This is how people read that something went wrong with a request of your app.

## Home
home-search = Find an app by name, short name or issuer
home-search-button = Find
home-found-none = No app matches “{ $words }”.
home-all-apps = Show all apps
