# Usage and billing of orders.
nav-usage = Usage
usage-title = Usage and billing
usage-what = What each signed order has used, what it comes to, and when its estimate is used up.
usage-none = There is no signed order yet whose usage you may see.
usage-of = Usage of { $number }
usage-of-month = Usage of { $number } in { $month }
usage-spent-of = { $spent } of { $estimated }
usage-percent = { $percent } % of the estimate
usage-no-estimate = No estimate
usage-estimate = Estimate
usage-spent = Used so far
usage-expected = Expected for the whole period
usage-exhausted = Estimate used up on
usage-not-exhausted = Not in this period
usage-under-model = Under price model { $model }
usage-picture = Used and expected against the estimate
usage-picture-what = { $spent } are used, { $expected } are expected for the whole period, the estimate is { $estimated }. The area shows between { $low } and { $high }.
usage-sign-spent = Used
usage-sign-expected = Expected
usage-today = Today
usage-months = Invoice lines by month and app
usage-months-what = The order is billed by price model { $model }. Open a month for its prices and the entries behind it.
usage-no-months = No app of this order has handed anybody over yet.
usage-month = Month
usage-app = App
usage-all-apps = All apps
usage-users = Users
usage-auths = Sign-ins
usage-verified-users = Verified users
usage-new-proofings = New proofings
usage-existing-proofings = Existing proofings
usage-auth-billable = Users billed for signing in
usage-amount = Amount
usage-amount-other = Under the other price model
usage-sum = Sum
usage-band = Between
usage-basis = From
usage-basis-ledger = Ledger
usage-basis-both = Ledger and forecast
usage-basis-expected = Forecast
usage-lines-csv = Download the invoice lines (CSV)
usage-other-model = Another price model
usage-show-model = Show
usage-forecast = How the forecast is made
usage-why-today = The ledger is read on { $day }.
usage-why-seasonal = A month to come is the same month a year before, times { $now } and divided by { $before }: the sign-ins of the last { $months } complete months, and those of the same months a year before.
usage-why-mean =
    { $count ->
        [one] A month to come is like the last complete month.
       *[other] A month to come is the mean of the last { $count } complete months.
    }
usage-why-pace = No month is complete yet: the { $days } days so far are stretched to a month of { $of } days.
usage-why-nothing = Nothing was used yet: only what is due without usage counts.
usage-why-month-ledger = { $month }, from the ledger: { $users } users billed for signing in, { $auths } sign-ins, { $new } new and { $existing } existing proofings come to { $amount }; { $sum } so far.
usage-why-month-both = { $month }, from the ledger and for the { $left } of { $of } days to come: { $users } users billed for signing in, { $auths } sign-ins, { $new } new and { $existing } existing proofings come to { $amount }; { $sum } by its end.
usage-why-month-expected = { $month }, expected: { $users } users billed for signing in, { $auths } sign-ins, { $new } new and { $existing } existing proofings come to { $amount }; { $sum } by its end.
usage-why-minimum = Minimum prices are due from { $month } on, the first month with use, also in later months without use. Months before it owe none.
usage-why-minimum-always = This price table makes minimum prices due in every month of the period, also before the first sign-in.
usage-why-minimum-later = Nobody has signed in yet: minimum prices are due from the first month with use on, and not before.
usage-why-band =
    { $count ->
        [one] The area reaches from { $low } to { $high } % of what is expected: as far as the last complete month.
       *[other] The area reaches from { $low } to { $high } % of what is expected: as far apart as the last { $count } complete months were.
    }
usage-why-band-unknown = Fewer than two months are complete, so nothing is known of how they differ: the area reaches from { $low } to { $high } % of what is expected.
usage-why-band-season = Where the accepted estimate says that a month is quieter or busier than those, the area reaches as far as that too.
usage-why-exhausted = The sum reaches the estimate on { $day }, if each month is spread evenly over its days.
usage-why-enough = The sum stays below the estimate until the period ends.
usage-why-no-estimate = The order names no estimate.
usage-counted = What is counted
usage-counted-what = Each first hand-off of a sign-in session to an app in production, once for signing in and once for a verified identity. The programme’s own apps are never counted. Users billed for signing in are all users less the verified ones.
usage-counted-apps = Apps of this order: { $apps }.
usage-sandbox =
    { $count ->
        [0] Sign-ins in the sandbox are never billed.
        [one] One sign-in in the sandbox this month is not billed: the sandbox never is.
       *[other] { $count } sign-ins in the sandbox this month are not billed: the sandbox never is.
    }
usage-demo = In this demonstration a sign-in counts on the day that the portal’s clock shows.
usage-not-complete = This month is not over: its lines still grow.
usage-unit-active-user-month = Users billed for signing in
usage-unit-auth = Sign-ins
usage-unit-new-proofing = New proofings
usage-unit-existing-proofing = Existing proofings
usage-line-tier = { $unit }: { $quantity } at { $price }
usage-line-minimum = { $unit }: up to the minimum of { $amount }
usage-line-cap = { $unit }: down to the cap of { $amount }
usage-line-sum = Sum
usage-ages = Verified users by age of their proofing
usage-age = Age
usage-age-new = First seen in this period
usage-age-year1 = First year
usage-age-upfront = First year, proofed for this partner
usage-age-existing = First year, proofed for others or counted before
usage-age-year2 = Second year
usage-age-year3 = Third year
usage-age-year4 = Fourth year
usage-age-year5 = Fifth year
usage-age-over5 = Older
usage-age-unknown = Not known
usage-entries = Entries of the ledger
usage-entries-what = A person is a digest of the identifier that your apps get. Your agency can make the same digest of its own records; it leads nobody else to a person.
usage-entry = Entry
usage-time = Time (UTC)
usage-level = Told
usage-level-auth = Signing in
usage-level-verified = Verified identity
usage-person = Person
usage-verified-on = Proofed on
usage-here = Proofed for this partner
usage-yes = Yes
usage-more = Next entries
usage-entries-csv = Download the entries (CSV)
usage-digests = What these lines were made of
usage-digests-what = The SHA-256 of the lines of the CSV file without its first line. The same entries give the same lines and the same digest, at any time.
usage-digest-of =
    { $count ->
        [one] { $name }, one entry
       *[other] { $name }, { $count } entries
    }
notice-kind-usage-reached = An order has used a part of its estimate
notice-usage-reached-subject = { $number }: { $percent } % of the estimate are used
notice-usage-reached-text = Order { $number } has used { $spent }, { $percent } % of its estimate of { $estimated }. See its usage and forecast. If the estimate will not do, ask your account manager for a modification.
error-usage-not-found = There is no signed order of this number whose usage you may see. Check the number; partner admins of the agency see it.
error-usage-month = This is not a month of the order. Write a month of its period like 2026-10.
error-usage-app = There is no such app on this invoice. Use the short name of one of its lines.
error-usage-price-model = There is no such price model in this programme. Choose one that the page offers.
