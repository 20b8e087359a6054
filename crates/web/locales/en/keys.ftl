### Notices to members, keys, and webhooks.

## Notices

nav-notices = Notices
nav-notices-new = Notices ({ $count } new)
notices-title = Notices
notices-what = What happened to your team’s apps, keys and requests. Each notice also goes to your mailbox unless you chose otherwise. They are kept for 90 days.
notices-none = There are no notices for you yet.
notices-read = Mark all as seen
notices-older = Older notices
notice-new = New
notices-language = Language of your notices
notices-language-save = Use this language
notices-language-saved = Your notices are written in this language from now on.
notice-mail-footer =
    See it in the portal:
    { $link }

    You get this mail because you belong to a team in the partner portal of { $title }.
notice-request-submitted-subject = { $app }: request for { $environment } submitted
notice-request-submitted-text = The request to take { $app } live in { $environment } was submitted. If it is approved in time, it goes live on { $window }.
notice-request-changes-subject = { $app }: changes requested
notice-request-changes-text = A reviewer asks for changes to the request of { $app } for { $environment }. The reason: { $note }
notice-request-approved-subject = { $app }: one approval given
notice-request-approved-text = The request of { $app } for { $environment } has an approval. It needs one more before it is scheduled.
notice-request-scheduled-subject = { $app }: approved, goes live on { $window }
notice-request-scheduled-text = The request of { $app } for { $environment } was approved. It is deployed in the window of { $window }.
notice-request-rejected-subject = { $app }: request rejected
notice-request-rejected-text = The request of { $app } for { $environment } was rejected. The reason: { $note }
notice-request-withdrawn-subject = { $app }: request withdrawn
notice-request-withdrawn-text = The request of { $app } for { $environment } was withdrawn.
notice-request-deployed-subject = { $app } is live in { $environment }
notice-request-deployed-text = The request of { $app } was deployed. The new configuration is live in { $environment } now.
notice-request-rolled-back-subject = { $app }: rolled back in { $environment }
notice-request-rolled-back-text = What the request of { $app } brought was rolled back in { $environment }. The earlier configuration is live again. The reason: { $note }
notice-key-expiring-subject = { $app }: a certificate ends in { $days ->
        [one] { $days } day
       *[other] { $days } days
    }
notice-key-expiring-text = A certificate of { $app } in { $environment } ends on { $ends }. Add the next key beside it, switch your app to it, then remove the old one. Fingerprint: { $fingerprint }
notice-key-added-subject = { $app }: a key was added in { $environment }
notice-key-added-text = { $who } added a public key to { $app } in { $environment }. If nobody of your team did this on purpose, remove it and tell the programme. Fingerprint: { $fingerprint }
notice-key-removed-subject = { $app }: a key was removed in { $environment }
notice-key-removed-text = { $who } removed a public key of { $app } in { $environment }. Fingerprint: { $fingerprint }
notice-webhook-disabled-subject = A webhook was switched off
notice-webhook-disabled-text = The webhook at { $url } was switched off after { $failures } failed deliveries in a row. The last reason: { $why } Repair the endpoint, then switch the webhook on again. What it missed can be replayed.

## Webhooks

nav-webhooks = Webhooks
webhooks-title = Webhooks
webhooks-what = A webhook tells your own programs what happens to your team’s apps, keys and requests. Each message is signed; what fails is tried again for about a day.
webhooks-none = Your team has no webhook yet.
webhook-new = New webhook
webhook-team = Team
webhook-url = Address
webhook-url-hint = An https address that anyone can reach, such as https://hooks.agency.gov/durward.
webhook-description = Description
webhook-description-hint = What listens there.
webhook-events = Events
webhook-events-hint = Choose what is told. Without a choice everything is.
webhook-create = Make the webhook
webhook-save = Save
webhook-saved = The webhook was saved.
webhook-secret-once = The secret is shown this one time. Keep it where your program verifies signatures.
webhook-secret-overlap = For 24 hours messages are signed with the old secret too.
webhook-secret = Secret
webhook-on = On
webhook-off = Off
webhook-off-why = Switched off at { $time }. { $why }
webhook-failing = Failed { $count ->
        [one] once
       *[other] { $count } times in a row
    }
webhook-test = Send a test event
webhook-rotate = New secret
webhook-switch-off = Switch off
webhook-switch-on = Switch on again
webhook-delete = Delete
webhook-deliveries = Deliveries
webhook-deliveries-none = Nothing was delivered yet.
webhook-delivery = Delivery
webhook-state-waiting = Waiting
webhook-state-delivered = Delivered
webhook-state-failed = Failed
webhook-state-missed = Missed
webhook-next-try = Next try { $time }
webhook-answered = Answered { $status } in { $ms } ms
webhook-no-answer = No answer after { $ms } ms: { $why }
webhook-replay = Deliver once more
webhook-is-replay = A repeat
webhook-sent = What is sent
webhook-tries = Tries
webhook-how = How to verify a message
webhook-how-text = Take the headers webhook-id and webhook-timestamp and the body as it came. Join them with dots, compute HMAC-SHA256 with the decoded secret (the part after whsec_ is Base64), and compare with each value of webhook-signature after “v1,”. Refuse a timestamp more than five minutes away, and remember the webhook-id to take each message once.
webhook-all = Everything

## Keys

nav-keys-ending = Keys that end
keys-add = Add a key
keys-add-what = Add the next key beside the old one. Both are good at the same time.
keys-paste = Certificate, public key, JWK or key set
keys-paste-hint = PEM or JSON. Never a private key.
keys-file = Or a file
keys-file-hint = PEM, DER or JSON.
keys-address = Address of the key set
keys-address-hint = Where your app publishes its keys (jwks_uri). Leave it empty if it does not.
keys-address-save = Save the address
keys-saved = The keys were saved.
keys-request = The keys are saved, not live. Ask for the change: it is deployed at the next window after review.
keys-request-go = Request the change
keys-ending-title = Keys that end
keys-ending-what = Certificates of live apps that end within 90 days or have ended, the next to end first. Teams are told at 90, 60, 30, 14, 7 and 1 days.
keys-ending-none = No certificate ends within 90 days.
key-remove = Remove this key
key-remove-anyway = I know that it is still used
key-serial = Serial number
key-sha256 = SHA-256
key-use = Share of traffic, 30 days
key-use-unknown = Not known yet
key-use-percent = { $percent } % ({ $uses } uses)
key-last-used = Last used
key-never = Not in the last 30 days
key-safe = Safe to remove: another key is used
key-in-use = Still used
key-only = The only key
key-waits = Wait: no other key took over yet
key-unknown = No use known yet
key-ended = Ended

## Secrets
secrets-title = Secrets
secrets-what = The app proves itself by a secret. It belongs to this environment alone and is shown once. For a change make a second one, let the app use it, and end the first.
secrets-none = No secret yet. The app cannot get tokens here before it has one.
secrets-elsewhere = This environment runs in another process, and secrets never travel. Let the app prove itself with a key.
secret-shown = Copy the secret now. It is not shown again.
secret-made = Made
secret-made-by = Made by
secret-ends = Ends
secret-no-end = When it is ended
secret-unused = Not used yet
secret-end = End this secret
secret-make = Make a secret
secret-days = Days until it ends
secret-days-hint = From 1 to 730. Leave it empty for a secret that is good until you end it.
