### Pictures, and the first pages of partners and staff.

## Pictures

picture-table = As a table

## What needs the reader

needs-none-staff = Nothing waits for you. New requests, tickets and findings appear here.
need-is-overdue = Answers that are late
need-is-review = Requests to review
need-is-after-review = Reviews owed after emergencies
need-is-sign = Agreements to sign
need-is-counsel = Agreements for counsel to clear
need-is-move-on = Agreements to move on
need-is-partnership = Partnerships in which it is your turn
need-is-domain = Domains to approve
need-is-finish = Requests to finish
need-is-try = Live requests to try
need-is-ticket = Tickets to answer
need-is-key = Certificates that end within 60 days
need-is-agreement = Agreements that end within 60 days
need-is-finding = Live apps with errors
need-since = The oldest waits since { $time }.
need-due = due { $day }

## The board

board-title = From sandbox to production
board-what = Where each app stands. A dashed yellow cell waits for somebody, a thick red one is held up, a thick green one is live.
board-none = No app is on its way. Make an app in the sandbox, then ask for its launch on its page.
board-none-staff = No request is on its way to a live environment.
board-app = App
board-live = Live
board-changed = Changed
board-not-live = Not live
board-draft = Draft
board-submitted = In review
board-changes-requested = Sent back
board-approved = Approved
board-scheduled = Scheduled
board-revision = Rev. { $number }
board-blockers = { $count ->
        [one] 1 blocker
       *[other] { $count } blockers
    }
board-window = window { $day }

## The next window

ships-title = What ships next
next-desc = One bar for each request, from its submission to its window. A line marks today.
next-none = Nothing is approved for it yet. Requests that are approved before the cut-off ship in it.
next-submitted = Submitted
next-window = Window
picture-today = Today

## How long it took

lead-title = From request to live
lead-desc = One bar for each of the last requests, as long as it took. Lines mark the median and the time that nine of ten kept.
lead-none = No request went live yet.
lead-median = Median: { $time }
lead-p90 = Nine of ten: { $time }
lead-took = Took
lead-hours = { $count ->
        [one] 1 hour
       *[other] { $count } hours
    }

## Keys in time

timeline-title = Certificates in time
timeline-desc = One bar for each certificate, until the day that it ends. A line marks today.
timeline-until = until { $day }
timeline-ends = Ends

## Drift

matrix-title = Production: deployed, portal, agreement
matrix-desc = Each row is an app in production: the revision that is deployed, the newest one in the portal, and whether an agreement covers it.
matrix-deployed = Deployed
matrix-portal = Portal
matrix-agreement = Agreement
matrix-covered = Covered
matrix-not-covered = Not covered
matrix-same = Same
matrix-newer = Newer
matrix-differs = Differs

## Usage

today-usage = Usage against the agreements
today-usage-what = The orders in force that will use most of their estimates. The band is how far the months to come may be off.

## Releases

today-releases = Last releases of production
today-releases-none = Nothing was released to production yet. A release is made when a window opens.
