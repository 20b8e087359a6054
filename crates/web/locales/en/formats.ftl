import-title = Import an app
import-what = Bring an app in from Login.gov, GOV.UK One Login, SAML or OpenID Connect metadata, or a Durward document. Nothing is dropped: what has no place here is kept and named, what is unknown is an error.
import-faults = This cannot be imported
import-meant = Did you mean
import-read = { $name }, read as { $format }
import-mapped = { $count ->
    [one] One field found its place.
   *[other] { $count } fields found their place.
}
import-new = There is no such configuration yet.
import-same = This is what is saved already.
import-changes = A save would change:
import-kept = Kept, and given back by an export
import-notes = Good to know
import-text = Paste the text
import-file = Or choose a file
import-format = Format
import-guess = Tell it from the text
import-place = Most formats do not say where the app belongs. A Durward document does.
import-as-written = As the text says
import-team = Team
import-handle = Short name
import-environment = Environment
import-effect = In the sandbox a saved app is live at once. In staging and production it waits for a launch or change request.
import-save = Import and save
import-check = Only check
import-link = Import an app
formats-title = Export
formats-what = The same app in other formats. Secrets are never in it. What a format cannot say travels in a member named “durward”, so that an import gives back the same app; leave it out for programs that do not know it.
formats-whole = Says everything about this app.
formats-beside = Beside, in “durward”: { $fields }
formats-get = Download
formats-plain = Without “durward”
formats-link = Export in other formats
