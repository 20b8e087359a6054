## Connected services
services-link = See and change what you share
services-what = These services receive information from your account. You see the values that they would get now.
services-since = Connected since
services-last = Last sign-in
services-level = Level
services-level-auth-only = Sign-in without verified identity
services-level-identity-verified = Sign-in with verified identity
services-offline = When you are away
services-offline-yes = Stays connected after you sign out
services-offline-no = Not connected
services-shared = What it receives
services-nothing = Nothing but the sign-in itself.
services-change-email = Change the email address
services-disconnect = Disconnect
services-back = Back to your account
services-email-changed = The service now receives the address that you chose.
services-disconnected = The service is disconnected. It receives nothing from your account any more.

## The address of one service
shared-email-title = Email address for { $service }
shared-email-hint = The service receives the new address when it asks next, at the latest at your next sign-in.
shared-email-button = Save
shared-email-keep = Keep the address as it is

## Disconnecting
disconnect-title = Disconnect { $service }?
disconnect-what = { $service } then receives nothing from your account any more. When you sign in to it again, you are asked again what it may receive.
disconnect-kept = What { $service } received before stays there, and you may still be signed in there. To have it deleted, ask { $service }.
disconnect-button = Disconnect
disconnect-stay = Stay connected

error-consent-not-connected = You are not connected to this service. Your connected services are listed in your account.
