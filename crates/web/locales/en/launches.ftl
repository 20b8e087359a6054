# Launch requests, their evidence, staging and reviews.
state-superseded = Replaced
event-supersede = Replaced by a newer request
notice-request-superseded-subject = { $app }: request replaced
notice-request-superseded-text = A newer request of { $app } for { $environment } took the place of this one. Its approvals count no more.
rule-link = Close it here
conflict-of-interest = You belong to a team of the agency that asks: { $agency }. A reviewer from outside that agency decides.
app-stage = Make the staging configuration
f-public-date = Public date
f-public-date-hint = The day on which people find it on your site, as year-month-day. Some days after the deployment are advised, to try it in peace: { $day } or later.
launch-replaces = This request takes the place of the open one when you send it. Until then the other one goes on.
launch-replaces-which = Look at that request
launch-replace = Replace it with a newer request
launch-newer = Revision { $number } was saved after this request was sent. It is not part of it: replace the request to ask for it.
launch-superseded = A newer request took the place of this one.
launch-superseded-by = Open the newer request
answer-due = The programme answers by { $day }.
answer-overdue = Overdue
answer-in-time = In time
reviews-queue = Requests that wait for a review
reviews-request = Request
reviews-team = Team
reviews-age = Waits
reviews-due = Answer by
agreement-match-title = What the agreement says
agreement-match = App and level
agreement-covers-auth = It lists “{ $app }” and covers authentication only.
agreement-covers-verified = It lists “{ $app }” and covers identity verification.
agreement-lists-not = It does not list “{ $app }”.
comments-title = Comments on fields
comments-none = Nobody has said anything yet.
comment-whole = The whole request
comment-by-staff = { $who }, programme, { $time }
comment-by-team = { $who }, team, { $time }
comment-settled = Settled
comment-waits = Told with the decision
comment-settle = Settle this comment
comment-go = Go to the field
comment-add = Say something about a field
comment-told-later = While you review, the team does not see it. It is told with your decision.
comment-field = Field
comment-text = Comment
comment-say = Keep the comment
evidence-open = Documents of evidence: the authority to operate (ATO)
evidence-title = Authority to operate
evidence-what = The environment behind the app’s addresses needs an authority to operate (ATO). Keep its number, its days and, if you may, the document itself. Reviewers see it.
evidence-none = No document is kept yet.
evidence-number = Document number
evidence-number-hint = As it stands on the document.
evidence-issued = Holds from
evidence-expires = Last day
evidence-day-hint = Year-month-day, such as 2026-11-30.
evidence-standing = Standing
evidence-file = File
evidence-file-hint = PDF, PNG or JPEG of at most 5 MB. It can be left out.
evidence-no-file = Not kept
evidence-file-is = { $kind }, { $size } KB
evidence-by = Kept by
evidence-kept-by = { $who }, { $time }
evidence-holds = Holds
evidence-later = Not yet
evidence-ends-soon = Ends soon
evidence-ended = Ended
evidence-add = Keep a document
evidence-remove = Remove
evidence-kept = The document is kept.
evidence-removed = The document was removed.
answer-waited = { $count ->
    [one] { $count } working day
   *[other] { $count } working days
}
reviews-promise = { $count ->
    [one] A request is answered within { $count } working day.
   *[other] A request is answered within { $count } working days.
}
reviews-overdue = { $count ->
    [one] { $count } request is overdue.
   *[other] { $count } requests are overdue.
}
