### Mails to people.

mail-on-the-way = You are on your way to { $app }.
mail-confirm-subject = Confirm your email address for { $title }
mail-confirm-text =
    Somebody, we hope you, is creating an account at { $title } with this email address.

    Type this code on the page where you started: { $code }

    Or open this link and press the button:
    { $link }

    The code and the link are good for { $minutes } minutes. If it was not you, do nothing: there will be no account.
mail-exists-subject = You already have an account at { $title }
mail-exists-text =
    Somebody, perhaps you, wants to create an account at { $title } with this email address. It has an account already.

    Sign in here:
    { $link }

    If it was not you, do nothing. Nobody was told that the account exists.
mail-created-subject = Your account at { $title } is ready
mail-created-text =
    Your account was created with this email address and an authentication app.

    You find it here:
    { $link }

    If it was not you, somebody has access to your mail. Change the password of your mailbox and contact support.
mail-suspended-subject = Your account at { $title } is suspended
mail-suspended-text =
    The staff of { $title } suspended your account. You are signed out everywhere, and nobody can sign in with it until it is reinstated.

    Your data is kept. If you do not know why this was done, contact support.
mail-reinstated-subject = Your account at { $title } may be used again
mail-reinstated-text =
    Your account is no longer suspended. Sign in here:
    { $link }

    Services that you were signed in to ask you to sign in again.
mail-signed-out-subject = You were signed out of { $title } everywhere
mail-signed-out-text =
    Support ended every session of your account. Your password and your other ways to sign in stay as they are.

    Sign in here:
    { $link }

    If you did not ask for this, contact support.
