# Launch requests, their evidence, staging and reviews.
state-superseded = Replaced
event-supersede = Replaced by a newer request
notice-request-superseded-subject = { $app }: request replaced
notice-request-superseded-text = A newer request of { $app } for { $environment } took the place of this one. Its approvals count no more.
rule-link = Close it here
conflict-of-interest = You belong to a team of the agency that asks: { $agency }. A reviewer from outside that agency decides.
