### Words of probes and dedicated domains.

probes-title = Tried from outside
probes-what = The server tries the addresses of this configuration as others would. A failed key set or failure-to-proof page stops a launch; the rest is a warning to the reviewer. Live apps are tried every day.
probes-never = The addresses as they are now were not tried yet.
probes-run = Try the addresses now
probe-is-passed = Passed
probe-is-warning = Warning
probe-is-failed = Failed
probe-is-skipped = Not tried
probe-url-reachable = The host answers
probe-url-certificate = Certificate
probe-url-hsts = Https only (HSTS)
probe-domain-proved = Domain of the team
probe-keys-jwks = Published keys
probe-push-accepts-signed = Push endpoint takes a signed event
probe-push-refuses-forged = Push endpoint refuses a forged event
probe-redirect-pass-through = A redirect URI passes through no other address
probe-failure-to-proof-page = Failure-to-proof page
probe-age-now = Less than a minute ago
probe-age-minutes = { $count ->
    [one] One minute ago
   *[other] { $count } minutes ago
}
probe-age-hours = { $count ->
    [one] One hour ago
   *[other] { $count } hours ago
}
probe-age-days = { $count ->
    [one] One day ago
   *[other] { $count } days ago
}
domains-title = Dedicated domains
domains-what = Live apps use the programme's own domains, or a domain that their team owns. Name the domain, set the DNS record that is shown, and check it. Then programme staff approve it.
domains-own = Domains of your teams
domains-none = Your teams have named no domain.
domains-waiting = Waiting for your approval
domain-is-named = Waits for the DNS record
domain-is-proved = Proved, waits for approval
domain-is-approved = Approved
domain-record-name = Name of the TXT record
domain-record-text = Its text
domain-check = Check the DNS of { $domain }
domain-approve = Approve { $domain }
domain-remove = Give up { $domain }
domain-name-title = Name a domain
domain-team = Team
domain-name = Domain
domain-name-hint = The registered name alone, such as fishing-licences.com
domain-name-it = Name the domain
notice-probe-failing-subject = { $app }: something that worked fails now ({ $environment })
notice-probe-failing-text = The daily test of { $app } in { $environment } from outside found something that worked before and fails now ({ $count }). The first: { $target }. { $why } You are told once; the page shows whether it still fails.
