# The e-mail addresses of an account.
emails-title = Your email addresses
emails-what = Each confirmed address signs you in and gets every notice about your account. Services receive the primary one unless you choose another for them.
emails-primary = Primary
emails-make-primary = Make primary
emails-make-primary-named = Make { $email } the primary address
emails-remove = Remove
emails-remove-named = Remove { $email }
emails-waiting = Not confirmed yet
emails-enter-code = Enter the code
emails-add = Add an address
emails-add-button = Add address
emails-back = Back to your account
emails-later = Do this later
emails-sent = We sent a code and a link to { $email }. Type the code here, or open the link.
emails-added = The address is confirmed and belongs to your account now.
emails-removed = The address is removed.
emails-made-primary = This is your primary address now.
emails-link-what = Confirm that { $email } is your address and that you asked to add it to your account.
emails-link-elsewhere = You are not signed in to that account in this browser. If you did not ask for this, close this page.
emails-link-done-title = Address confirmed
emails-link-done = The address belongs to the account now. Go back to the browser in which you asked for it.
account-manage-emails = Change your email addresses
error-addresses-yours-already = This email address belongs to your account already.
error-addresses-enough = Your account has as many email addresses as it can have. Remove one first.
error-addresses-not-yours = Your account does not have this email address. Look at the list again.
error-addresses-last = This is the only email address of your account. Add another one first.
mail-address-subject = Confirm this email address for { $title }
mail-address-text =
    Your code is { $code }

    Type it where you asked to add this address to your account, or open this link:
    { $link }

    Both work for { $minutes } minutes. If you did not ask for this, ignore this message: nothing is added without the code or the link.
mail-address-in-use-subject = Somebody asked to add your address to another account
mail-address-in-use-text =
    Somebody who is signed in to { $title } asked to add this email address to their account. It belongs to an account already, so it was not added, and they were not told.

    If that was you, sign in to the account of this address instead:
    { $link }

    If not, you need to do nothing.
mail-address-added-subject = An email address was added to your account
mail-address-added-text =
    { $email } was added to your { $title } account. It can be used to sign in, and it gets every notice.

    If you did not do this, sign in, remove the address and change your password:
    { $link }
mail-address-removed-subject = An email address was removed from your account
mail-address-removed-text =
    { $email } was removed from your { $title } account.

    If you did not do this, sign in with another address of yours and look at your account:
    { $link }
