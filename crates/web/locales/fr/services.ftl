## Connected services
services-link = Voir et modifier ce que vous partagez
services-what = Ces services reçoivent des informations de votre compte. Vous voyez les valeurs qu’ils recevraient maintenant.
services-since = Connecté depuis
services-last = Dernière connexion
services-level = Niveau
services-level-auth-only = Connexion sans identité vérifiée
services-level-identity-verified = Connexion avec identité vérifiée
services-offline = En votre absence
services-offline-yes = Reste connecté après votre déconnexion
services-offline-no = Non connecté
services-shared = Ce qu’il reçoit
services-nothing = Rien d’autre que la connexion elle-même.
services-change-email = Changer l’adresse e-mail
services-disconnect = Dissocier
services-back = Retour à votre compte
services-email-changed = Le service reçoit désormais l’adresse que vous avez choisie.
services-disconnected = Le service est dissocié. Il ne reçoit plus rien de votre compte.

## The address of one service
shared-email-title = Adresse e-mail pour { $service }
shared-email-hint = Le service reçoit la nouvelle adresse à sa prochaine demande, au plus tard à votre prochaine connexion.
shared-email-button = Enregistrer
shared-email-keep = Garder l’adresse actuelle

## Disconnecting
disconnect-title = Dissocier { $service } ?
disconnect-what = { $service } ne recevra plus rien de votre compte. À votre prochaine connexion à ce service, nous vous redemanderons ce qu’il peut recevoir.
disconnect-kept = Ce que { $service } a déjà reçu y reste, et vous y êtes peut-être encore connecté. Pour le faire supprimer, adressez-vous à { $service }.
disconnect-button = Dissocier
disconnect-stay = Rester connecté

error-consent-not-connected = Vous n’êtes pas connecté à ce service. Vos services connectés figurent dans votre compte.
