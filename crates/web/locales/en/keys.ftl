### Notices to members, keys, and webhooks.

## Notices

nav-notices = Notices
nav-notices-new = Notices ({ $count } new)
notices-title = Notices
notices-what = What happened to your team’s apps, keys and requests. Each notice also goes to your mailbox. They are kept for 90 days.
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
