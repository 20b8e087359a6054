# The validator: rules, findings, waivers, the nightly check.
rules-title = Rules of the validator
rules-what = These rules hold for the page, the API, the command line, the review and the nightly check alike. The sentences are in English in every language.
rules-all = All rules
rules-group = Rules about the same thing
rules-from = From:
rules-sandbox = Sandbox:
rules-live = Staging and production:
rules-not-there = not checked
rules-why = Why
rules-fix = What to do
rules-example = Example
rules-bad = Not like this
rules-good = Like this
rules-waivable = A reviewer may waive this rule for an app, with a reason and until a day.
rules-never-waived = This rule is never waived.
tab-findings = Findings
nav-findings = Findings
findings-none = The validator finds nothing in this configuration.
findings-nightly = Nightly check
findings-checked = Last checked: { $time }
findings-nothing-new = Nothing is new since the check before.
findings-new = New since the check before:
findings-not-checked = Live apps are checked every night. This configuration has not been live then.
findings-errors = { $count ->
    [one] { $count } error
   *[other] { $count } errors
}
findings-warnings = { $count ->
    [one] { $count } warning
   *[other] { $count } warnings
}
finding-waived = Waived until { $until }. { $owner } answers for it. Reason: { $reason }
severity-waived = Waived
live-findings-title = Findings in live apps
live-findings-what = What the last nightly check found in apps that real people use, the worst first.
live-findings-none = The last check found nothing.
waivers = Waivers
waivers-what = A waiver says that a rule does not hold for this app until a day. It ends by itself.
waivers-none = No rule is waived for this configuration.
waiver-line = { $owner } answers for it · given by { $by } · until { $until }
waiver-holds = Holds
waiver-ended = Ended
waiver-end = End this waiver
waiver-give = Waive a rule
waiver-no-rule = No finding of this configuration can be waived.
waiver-rule = Rule
waiver-owner = Who answers for the app meanwhile
waiver-owner-hint = An e-mail address
waiver-reason = Reason
waiver-until = Last day
waiver-until-hint = Within a year
waiver-give-button = Waive the rule
notice-findings-new-subject = { $app }: new findings in { $environment }
notice-findings-new-text = The nightly check of { $app } in { $environment } found something new ({ $count }). The first one: { $first }
error-waiver-own-app = You belong to the app's team or wrote its newest revision. Ask another reviewer for the waiver.
error-waiver-owner = Write the e-mail address of the person who answers for the app meanwhile.
error-waiver-reason = Write in 10 to 500 characters why the rule need not hold.
error-waiver-until = The last day must be after today and within a year.
error-waiver-not-found = There is no such waiver, or it has ended already.
