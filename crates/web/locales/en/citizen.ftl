### What people see when they sign up, sign in and look after their account.

## The frame
skip-to-content = Skip to main content
banner-label = Environment
banner-practice = Test – do not use real personal information
sign-out = Sign out
language = Language
request-id = Request id
continue = Continue
change = Change
step = Step { $now } of { $of }
back-to = Back to { $service }
form-post-title = Going back to the service
app-asks = Sign in to continue to

## Sign in
sign-in-title = Sign in
sign-in-new = First time here?
create-account = Create an account
email-label = Email address
password-title = Enter your password
password-label = Password
password-show = Show password
password-hide = Hide password
password-is-shown = Your password is shown.
password-is-hidden = Your password is hidden.
signing-in-as = Signing in as
second-factor-title = Enter your one-time code
second-factor-do = Open your authentication app and type the code that it shows.
code-label = One-time code
code-hint = 6 digits
start-over = Start again with another account
locked-title = Too many attempts
locked-why = To keep the account safe, we do not take another attempt before { $time }. That is in { $minutes } min.
locked-do = If it was not you who tried, contact support and give the reference of this page.
locked-again = Start again

## Create an account
sign-up-email-title = Create an account
sign-up-email-why = One account lets you sign in to many government services.
sign-up-email-hint = We will send a code to this address.
terms-agree = By continuing you accept the rules of use.
have-account = I already have an account
check-email-title = Check your email
check-email-sent = We sent a code and a link to { $email }. Type the code here, or open the link. If you open the link on another device, come back here afterwards and press Continue.
mail-code-label = Code from the email
mail-code-hint = 6 digits, good for one hour
check-email-late = Nothing there? Look in your spam folder, or ask for another one.
resend = Send another code
resent = We sent another email. Only its code and link count now.
check-email-wrong = Use another email address
elsewhere-title = Go back to your first browser
elsewhere-why = Your email address is confirmed. To keep your account safe, only the browser where you started goes on.
elsewhere-do = Go back to the page where you started and press Continue.
elsewhere-start = Start again in this browser
confirm-title = Confirm your email address
confirm-what = You are about to confirm { $email } for your new account.
confirm-elsewhere = You started in another browser or on another device. Press the button only if it was you who started. Then go back there: it goes on, this one does not.
confirm-button = Confirm email address
new-password-title = Create a password
new-password-why = You will use it with { $email }. A few words that do not belong together make a strong password.
new-password-hint = At least { $count } { $count ->
    [one] character
   *[other] characters
}. You can paste it. No special signs are needed.
factor-title = Add a second way to prove it is you
factor-why = A password alone can be stolen. From now on you will use a second method too whenever you sign in.
factor-legend = Choose a method
factor-totp = Authentication app
factor-totp-needs = An app on your phone or computer shows a new code every 30 seconds. It is free and works without a network.
factor-other = Choose another method
factor-needed = Choose a method.
totp-title = Set up your authentication app
totp-open = Open an authentication app and choose to add an account.
totp-scan = Scan this picture with it.
totp-qr-alt = QR code with your key
totp-type = Or type this key:
totp-then = Type the code that the app now shows.
totp-button = Add this app

## Consent
consent-title = Share with { $service }
consent-why = { $service } asks for the following. It receives nothing else from your account.
consent-offline = { $service } also asks to stay connected after you sign out. Until we ask you again, it can get the information above without you being there, also when it changes.
consent-email-legend = Which email address may { $service } use?
consent-email-hint = It receives this one alone. You can change it later under connected services.
consent-term = We will ask again after one year, or when the service asks for more.
consent-button = Agree and continue
consent-cancel = Do not share, cancel

## The account
account-title = Your account
account-emails = Email addresses
account-methods = Ways to sign in
account-services = Connected services
account-no-services = You have not shared anything with a service yet.
account-added = Added { $day }
account-connected = Connected { $day }
account-made = Your account is ready.

## Signing out
signed-out-title = You are signed out
signed-out-what = If you share this computer, close the browser too.
sign-in-again = Sign in again
logout-title = Sign out?
logout-asked = { $service } asks to sign you out here. Other services that you opened may keep their own sign-in.
logout-what = You will be signed out here. Other services that you opened may keep their own sign-in.
logout-button = Yes, sign out
logout-stay = Stay signed in

## The inbox of test environments
inbox-title = Test inbox
inbox-what = Mail of this environment is never sent. It ends here.
inbox-to = Show mail to
inbox-show = Show
inbox-count = { $count ->
    [0] No messages
    [one] { $count } message
   *[other] { $count } messages
}

## What went wrong
error-prefix = Error:
error-summary = There is a problem
error-title = We cannot continue
error-missing-title = Page not found
error-fault-title = Something went wrong
error-code = Code
error-reference = Reference
error-help = If you ask for help, give this reference. It holds nothing about you.
error-of-app = The service that sent you here made a mistake in its request. Your account is not affected. Go back to the service and try again; if it happens again, tell its help desk.
error-service = This happened on the way to { $service }.
error-fault = Something went wrong on our side. Try again in a few minutes.
error-unavailable = The service cannot do this right now. Try again in a few minutes.
error-web-not-found = There is nothing at this address. Check it for mistakes.
error-form-stale = This form is too old. Open the page again and send it once more.
error-form-foreign = This form was sent from another site. Open the page here and send it again.
error-limits-too-many = Too many forms were sent from your network. Wait a minute and try again.
error-limits-too-slow = This took too long. Try again.
error-email-empty = Enter your email address.
error-email-too-long = The email address is too long. Addresses have at most 254 characters.
error-email-not-ascii = Use an email address of plain letters, digits and signs, without accents.
error-email-no-at-sign = The email address has no @ sign. Write it like name@example.com.
error-email-local-part = The part before the @ sign is not valid. Check it for spaces and stray dots.
error-email-domain = The part after the @ sign is not a domain. Write it like name@example.com.
error-email-throw-away = This provider gives addresses away for a short time, so you could lose your account. Use an address that you will keep.
error-password-empty = Enter a password.
error-password-too-short = The password is too short. Use at least 8 characters; a few unrelated words are easy to remember.
error-password-too-long = The password is too long. Use at most 256 characters.
error-password-control-character = The password holds a character that cannot be typed on every keyboard, such as a tab. Leave it out.
error-password-repeated = The password repeats one piece again and again. Choose another.
error-password-sequence = The password is a row of neighbouring letters or digits. Choose another.
error-password-common = Many people use this password, so thieves try it first. Choose another.
error-password-like-your-email = The password is mostly your email address, which is easy to guess. Choose another.
error-password-like-the-service = The password is mostly the name of the service, which is easy to guess. Choose another.
error-password-like-the-programme = The password is mostly the name of this sign-in service, which is easy to guess. Choose another.
error-password-weak = The password is easy to guess: it is too short for what it is made of. Add a word or two that do not belong together.
error-password-weak-keys = The password is easy to guess: it follows the keys of a keyboard. Add a word or two that do not belong together.
error-password-weak-repeats = The password is easy to guess: it repeats itself. Add a word or two that do not belong together.
error-password-weak-sequence = The password is easy to guess: it holds a row such as abc or 6543. Add a word or two that do not belong together.
error-password-weak-date = The password is easy to guess: it is mostly a date or a year. Add a word or two that do not belong together.
error-password-weak-name = The password is easy to guess: it is mostly a name. Add a word or two that do not belong together.
error-password-weak-word = The password is easy to guess: it is mostly one word. Add another word or two that do not belong together.
error-password-weak-common = The password is easy to guess: it is close to one that many people use. Add a word or two that do not belong together.
error-password-breached = This password was found in a list of stolen passwords, so thieves try it first. Choose one that you use nowhere else.
error-totp-empty = Enter the code of your authentication app.
error-totp-malformed = The code has six digits. Enter the one that your authentication app shows now.
error-totp-wrong = This code is wrong or was used before. Wait for the next code and enter it.
error-journey-wrong-code = This code is wrong. Check the email that came last and type its code again.
error-journey-wrong-link = This link is too old or was used before. Use the link or the code of the email that came last.
error-journey-mail-expired = This code is too old. Ask for a new email.
error-journey-too-many-codes = Too many wrong codes. Ask for a new email and use its code.
error-journey-too-many-mails = Too many emails were sent. Wait an hour and begin again.
error-journey-other-browser = You began in another browser. Go back to it and type the code there.
error-journey-wrong-password = The email address or the password is wrong. Try again, or create an account.
error-journey-too-many-passwords = Too many attempts. Wait a few minutes and begin again.
error-journey-wrong-second-factor = This code is wrong or was used before. Wait for the next code of your authentication app and enter it.
error-journey-too-many-second-factors = Too many wrong codes. Wait ten minutes and begin again.
error-person-suspended = This account is suspended. Contact support and give the reference of this page.
error-person-deleted = This account was deleted. Create a new account to go on.
error-sign-up-address-taken = There is an account with this email address by now. Sign in with it.
error-consent-address-unknown = This address is not one of your account. Choose one of those that are listed.
error-authorize-app-changed = This service was changed while you were signing in. Go back to it and start again.
email-wrong = Type an email address such as name@example.com.
code-wrong = This code is wrong or too old. Type the newest one.

## Attributes
attribute-email = Email address
attribute-all-emails = All email addresses
attribute-locale = Language
attribute-verified-at = Identity verified on
attribute-x509-subject = Card holder (PIV/CAC)
attribute-x509-issuer = Card issuer (PIV/CAC)
attribute-x509-presented = Card shown (PIV/CAC)
attribute-first-name = First name
attribute-last-name = Last name
attribute-dob = Date of birth
attribute-ssn = Social Security number
attribute-address1 = Address
attribute-address2 = Address, second line
attribute-city = City
attribute-state = State
attribute-zipcode = ZIP code
attribute-phone = Phone number
