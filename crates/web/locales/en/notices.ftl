### How notices reach members, and the words of their kinds.

## How notices come

notices-choices-link = Choose how notices reach you
choices-title = How notices reach you
choices-what = Every notice stands on your page. Choose for each kind whether mail tells you of it too.
choices-daily = The mail of a day goes out at { $time } ({ $zone }) and holds what came since the one before.
choices-secures = Notices marked “security” keep accounts and apps safe. They can come once a day, but they cannot be switched off.
choices-security = security
choices-save = Save
choices-saved = Your choices were saved.
delivery-at-once = Mail at once
delivery-digest = One mail a day
delivery-portal = Only on the page
topic-requests = Launches and changes
topic-releases = Releases
topic-agreements = Agreements and usage
topic-apps = Apps and keys
topic-team = Team and access
topic-support = Support

## Less mail, from the mail itself

less-title = Less mail
less-kind = Notices of this kind: { $kind }
less-what = Nothing changed yet. The notices stay on your page in the portal, whatever you choose.
less-secures = These notices keep accounts and apps safe. They can come once a day, but they cannot be switched off.
less-daily-what = The daily mail ends. Notices that keep accounts and apps safe still come in it.
less-off = No mail of this kind
less-daily = Once a day in one mail
less-end-daily = End the daily mail
less-done-off = Done. You get no mail of this kind any more.
less-done-daily = Done. These notices come in one mail a day.
less-done-end = Done. The daily mail ended, except for notices that keep accounts and apps safe.
less-choose = To choose for every kind, sign in.

## Mail

notice-mail-less = Less mail of this kind: { $link }
notice-mail-secures = This notice keeps accounts and apps safe and cannot be switched off. Once a day instead: { $link }
digest-subject = { $count ->
        [one] One notice
       *[other] { $count } notices
    } of { $day }
digest-more = { $count ->
        [one] One more stands
       *[other] { $count } more stand
    } on your page.
digest-all = All notices: { $link }
digest-less = Less mail of a kind:
digest-choices = You get this mail because you belong to a team in the partner portal of { $title } and chose one mail a day. Choose anew: { $link }

## The kinds by name

notice-kind-request-submitted = A request was submitted
notice-kind-request-changes = A reviewer asks for changes
notice-kind-request-approved = One approval of several
notice-kind-request-scheduled = A request was approved and has its window
notice-kind-request-rejected = A request was rejected
notice-kind-request-withdrawn = A request was withdrawn
notice-kind-request-deployed = A request is live
notice-kind-request-rolled-back = A request was rolled back
notice-kind-request-moved = A request moved to another window
notice-kind-request-superseded = A newer request took the place of another
notice-kind-app-suspended = An app was suspended
notice-kind-app-resumed = The suspension of an app was lifted
notice-kind-key-revoked = A key was revoked for good
notice-kind-key-expiring = A certificate ends soon
notice-kind-key-added = A key was added
notice-kind-key-removed = A key was removed
notice-kind-findings-new = The nightly check found something
notice-kind-probe-failing = A live app fails from outside
notice-kind-invited = Invitations to a team
notice-kind-webhook-disabled = A webhook was switched off
notice-kind-ticket-opened = A team asks support
notice-kind-ticket-answered = Answers to tickets
notice-kind-ticket-moved = A ticket moved on
notice-kind-review-waits = A request waits for review
notice-kind-review-overdue = A request waits too long for review
notice-kind-review-emergency = An emergency waits for a second person
notice-kind-role-given = You got a role
notice-kind-role-taken = A role was taken from you
notice-kind-invitation-ended = Your invitation was answered
notice-kind-team-agency = Your team moved to another agency
notice-kind-app-transferred = An app moved to another team
notice-kind-app-deleted = A configuration was deleted
notice-kind-token-made = An API token of yours was made
notice-kind-token-revoked = An API token of yours was revoked
notice-kind-token-ending = A token ends soon
notice-kind-webhook-changed = A webhook was made or changed
notice-kind-domain-proved = A domain waits for approval
notice-kind-domain-approved = A domain was approved
notice-kind-domain-removed = A domain was taken from your team
notice-kind-rule-waived = A rule was waived
notice-kind-waiver-ended = A waiver was ended
notice-kind-release-deployed = A release is live
notice-kind-release-rolled-back = An environment was rolled back
notice-kind-release-refused = An environment refused a release
notice-kind-canary-failed = The trial sign-in after a release failed

## Their words

notice-review-waits-subject = { $app }: a request waits for review
notice-review-waits-text = The team { $team } submitted a request of { $app } for { $environment }. Its window is { $window }. The queue shows how long it waits.
notice-review-overdue-subject = { $app }: the answer to a request is late
notice-review-overdue-text = The team { $team } sent a request of { $app } for { $environment }, which was to be answered by { $ends }. Please review it today, or ask a colleague to.
notice-review-emergency-subject = Emergency: { $app } waits for a second person
notice-review-emergency-text = The team { $team } asks for a change of { $app } in { $environment } at once: “{ $reason }”. It is deployed when one of you approves it, and reviewed afterwards.
notice-role-given-subject = You have a role in { $team }
notice-role-given-text = { $who } gave you the role “{ $role }” in { $team } ({ $realm }). If this is a mistake, tell your team or the programme.
notice-role-taken-subject = A role of yours in { $team } ended
notice-role-taken-text = { $who } took the role “{ $role }” in { $team } ({ $realm }) from you. If this is a mistake, tell your team or the programme.
notice-invitation-ended-subject = Your invitation to { $team }: { $answer }
notice-invitation-ended-text = Your invitation of { $email } to { $team } was answered: { $answer }.
answer-accepted = accepted
answer-declined = declined
notice-team-agency-subject = { $team } belongs to { $agency } now
notice-team-agency-text = { $who } moved the team { $team } to { $agency }. Agreements of the new agency count for its apps from now on.
notice-app-transferred-subject = { $app } belongs to { $team } now
notice-app-transferred-text = { $who } moved the app { $app } from { $old_team } to { $team }.
notice-app-deleted-subject = { $app }: deleted in { $environment }
notice-app-deleted-text = { $who } deleted the configuration of { $app } in { $environment }.
notice-token-made-subject = An API token was made: { $name }
notice-token-made-text = The API token “{ $name }” was made in your name. It is good until { $ends }. If it was not you, revoke it at once.
notice-token-revoked-subject = An API token was revoked: { $name }
notice-token-revoked-text = The API token “{ $name }” was revoked. Programs that use it are refused from now on.
notice-token-ending-subject = The token “{ $name }” ends in { $days ->
    [one] 1 day
   *[other] { $days } days
}
notice-token-ending-text = The token “{ $name }” is good until { $ends }. Make a new one and put it in its place before that day; programs that use the old one are refused afterwards.
notice-webhook-changed-subject = A webhook was made or changed
notice-webhook-changed-text = { $who } made or changed the webhook at { $url }. If nobody of your team did this on purpose, switch it off.
notice-domain-proved-subject = { $domain } waits for approval
notice-domain-proved-text = The DNS of { $domain } shows the token of the team { $team }. Approve the domain, or take it from the team.
notice-domain-approved-subject = { $domain } was approved
notice-domain-approved-text = The domain { $domain } was approved. Live apps of your team may use it from now on.
notice-domain-removed-subject = { $domain } was taken from your team
notice-domain-removed-text = { $who } took the domain { $domain } from your team. The validator no longer counts it as yours.
notice-rule-waived-subject = { $app }: the rule { $rule } was waived
notice-rule-waived-text = The rule { $rule } is waived for { $app } until { $ends }. The reason: { $note }
notice-waiver-ended-subject = { $app }: the waiver of { $rule } ended
notice-waiver-ended-text = { $who } ended the waiver of the rule { $rule } for { $app }. The rule counts again.
notice-release-deployed-subject = Release { $number } is live in { $environment }
notice-release-deployed-text = Release { $number } became the current one of { $environment }. What it is: { $note }
notice-release-rolled-back-subject = { $environment } was rolled back by release { $number }
notice-release-rolled-back-text = Release { $number } put an earlier state of { $environment } back. The reason: { $note }
notice-release-refused-subject = { $environment } refused release { $number }
notice-release-refused-text = { $environment } did not take release { $number } and goes on serving the one before. The reason: { $why }
notice-canary-failed-subject = The trial sign-in failed in { $environment }
notice-canary-failed-text = After release { $number } the trial sign-in failed in { $environment }. The reason: { $why }
realm-sandbox = sandbox
realm-production = production
realm-programme = programme
