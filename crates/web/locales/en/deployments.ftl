release-kind-repair = Repair
release-canary = Canary sign-in
canary-passed = Passed after release { $number }
canary-failed = Failed after release { $number } at “{ $step }”
environment-elsewhere = Runs elsewhere
environment-refuses = Refuses the next release
difference-title = What must not differ
difference-what = What was released, what is served and what was agreed, compared just now.
difference-more = { $count ->
    [one] And { $count } more difference.
   *[other] And { $count } more differences. Repair these first.
}
environment-more-apps = { $count ->
    [one] { $count } more app
   *[other] { $count } more apps
}
difference-none = Nothing differs.
difference-kind = What differs
difference-environment = Environment
difference-repair = Repair
difference-not-served = The environment does not serve the released revision.
difference-altered = The portal keeps another document than the one that was released. Look at the audit record.
difference-agency = The team is of another agency than the release names.
difference-deleted = The configuration was deleted, and the app is still served.
difference-agreement = No agreement that holds today covers the app. Suspend it, or renew the agreement.
difference-by-release = By a new release
difference-by-hand = Not by a release
repair-button = Repair { $environment }
repair-what = A new release brings again what was released, and takes out what was deleted.
whole-title = The whole environment
whole-what = Brings every app back to what it was after this release, as one new release. Removed keys and deleted apps stay away.
whole-button = Roll the whole environment back to here
