### Words of technical support.

nav-support = Support
tickets-title = Support
tickets-what = Questions of your teams to technical support, newest answer first. You can also answer by mail.
tickets-what-staff = Questions of every team to technical support, newest answer first, with the time since anybody said something.
tickets-filter = Tickets by state
tickets-all = All
tickets-none = There are no tickets here.
tickets-older = Older tickets
ticket-new = Ask support
ticket-new-what = Say what you did, what happened and what you expected. Leave out personal data of people who sign in: the request id is enough to find what happened.
ticket-team = Team
ticket-category = What it is about
ticket-app = App
ticket-app-hint = Its short name, as in the address of its page
ticket-request = Request id
ticket-request-hint = As the error page or the answer printed it
ticket-subject = Subject
ticket-text = Your question
ticket-text-hint = Plain text, at most 10,000 characters
ticket-send = Send to support
ticket-conversation = Conversation
ticket-answer = Answer
ticket-your-answer = Your answer
ticket-send-answer = Send answer
ticket-move = Change the state
ticket-move-it = Change state
ticket-is-over = This ticket is closed. Open a new one if there is more to say.
ticket-opened-by = Opened by { $who }, { $time }
ticket-who = { $who } ({ $side })
ticket-by-mail = by mail
ticket-moved-to = New state: { $state }
ticket-side-partner = team
ticket-side-support = support
ticket-is-open = Open
ticket-is-waiting-for-partner = Waiting for the team
ticket-is-waiting-for-support = Waiting for support
ticket-is-solved = Solved
ticket-is-closed = Closed
ticket-about-sign-in = Sign-ins that fail
ticket-about-configuration = Configuration, keys and logo
ticket-about-launch = Launch or change
ticket-about-agreement = Agreement
ticket-about-portal = Teams and the portal
ticket-about-other = Something else
ticket-mail-above = Write your answer above this line.
support-ask-app = Ask support about this app
support-ask-request = Ask support about this request
inbox-answer-to = Answers, sent by any mail program over { $smtp }, go to
help-support-what = Support answers questions that the guides leave open, on a page of your team and by mail. Name the request id of the error page: it is enough to find what happened.
help-ask-support = Ask support
notice-ticket-opened-subject = Support: { $subject }
notice-ticket-opened-text =
    { $who } of the team { $team } asks about “{ $subject }”:

    { $words }
notice-ticket-answered-subject = Re: Support: { $subject }
notice-ticket-answered-text =
    { $who } answered about “{ $subject }”:

    { $words }
notice-ticket-moved-subject = Support: { $subject } – { $state }
notice-ticket-moved-text = { $who } moved the ticket “{ $subject }” on: { $state }.
error-ticket-not-found = There is no such support ticket that you may see. Check its address.
error-ticket-team = Say which of your teams asks. Who belongs to no team yet asks a partner admin for an invitation.
error-ticket-app = There is no such app of your team. Leave it out, or choose one of your own apps.
error-ticket-subject = Write in one line of 3 to 150 characters what it is about.
error-ticket-text = Write plain text of at most 10,000 characters.
error-ticket-request-id = This is not a request id. Copy it from the error page or the answer, or leave it out.
error-ticket-closed = The ticket is closed. Open a new one, and name this one in it.
error-ticket-state = The ticket cannot move to this state from where it stands. Load it again.
error-ticket-full = The ticket has 500 entries. Open a new one, and name this one in it.
error-ticket-too-many = You opened many tickets within the hour. Answer in one of them, or wait.
