### Ce que voient les personnes qui créent un compte, se connectent et gèrent leur compte.

## Le cadre
skip-to-content = Aller au contenu principal
banner-label = Environnement
banner-practice = Test – n’utilisez pas de vraies données personnelles
sign-out = Se déconnecter
language = Langue
request-id = Id. de la demande
continue = Continuer
change = Modifier
step = Étape { $now } sur { $of }
back-to = Retour à { $service }
form-post-title = Retour au service
app-asks = Connectez-vous pour continuer vers

## Connexion
sign-in-title = Se connecter
sign-in-new = Première visite ?
create-account = Créer un compte
email-label = Adresse e-mail
password-title = Saisissez votre mot de passe
password-label = Mot de passe
password-show = Afficher le mot de passe
password-hide = Masquer le mot de passe
password-is-shown = Votre mot de passe est affiché.
password-is-hidden = Votre mot de passe est masqué.
signing-in-as = Connexion en tant que
second-factor-title = Saisissez votre code à usage unique
second-factor-do = Ouvrez votre application d’authentification et saisissez le code affiché.
code-label = Code à usage unique
code-hint = 6 chiffres
start-over = Recommencer avec un autre compte
locked-title = Trop de tentatives
locked-why = Pour protéger le compte, nous n’acceptons pas d’autre tentative avant { $time }. Il reste { $minutes } min.
locked-do = Si ce n’était pas vous, contactez l’assistance et donnez la référence de cette page.
locked-again = Recommencer

## Créer un compte
sign-up-email-title = Créer un compte
sign-up-email-why = Un seul compte vous ouvre de nombreux services publics.
sign-up-email-hint = Nous enverrons un code à cette adresse.
terms-agree = En continuant, vous acceptez les règles d’utilisation.
have-account = J’ai déjà un compte
check-email-title = Consultez votre messagerie
check-email-sent = Nous avons envoyé un code et un lien à { $email }. Saisissez le code ici ou ouvrez le lien. Si vous ouvrez le lien sur un autre appareil, revenez ensuite ici et appuyez sur Continuer.
mail-code-label = Code reçu par e-mail
mail-code-hint = 6 chiffres, valable une heure
check-email-late = Rien reçu ? Regardez dans les indésirables ou demandez un autre code.
resend = Envoyer un autre code
resent = Nous avons envoyé un autre e-mail. Seuls son code et son lien comptent maintenant.
check-email-wrong = Utiliser une autre adresse e-mail
elsewhere-title = Revenez à votre premier navigateur
elsewhere-why = Votre adresse e-mail est confirmée. Pour protéger votre compte, seul le navigateur où vous avez commencé continue.
elsewhere-do = Revenez à la page où vous avez commencé et appuyez sur Continuer.
elsewhere-start = Recommencer dans ce navigateur
confirm-title = Confirmez votre adresse e-mail
confirm-what = Vous allez confirmer { $email } pour votre nouveau compte.
confirm-elsewhere = Vous avez commencé dans un autre navigateur ou sur un autre appareil. N’appuyez sur le bouton que si c’est bien vous qui avez commencé. Revenez ensuite là-bas : lui continue, pas celui-ci.
confirm-button = Confirmer l’adresse e-mail
new-password-title = Créez un mot de passe
new-password-why = Vous l’utiliserez avec { $email }. Quelques mots sans rapport entre eux font un mot de passe solide.
new-password-hint = Au moins { $count } { $count ->
    [one] caractère
   *[other] caractères
}. Vous pouvez le coller. Aucun signe spécial n’est exigé.
factor-title = Ajoutez une seconde façon de prouver que c’est vous
factor-why = Un mot de passe seul peut être volé. Désormais, vous utiliserez aussi une seconde méthode à chaque connexion.
factor-legend = Choisissez une méthode
factor-totp = Application d’authentification
factor-totp-needs = Une application sur votre téléphone ou ordinateur affiche un nouveau code toutes les 30 secondes. Elle est gratuite et fonctionne sans réseau.
factor-other = Choisir une autre méthode
factor-needed = Choisissez une méthode.
totp-title = Configurez votre application d’authentification
totp-open = Ouvrez une application d’authentification et choisissez d’ajouter un compte.
totp-scan = Scannez cette image avec elle.
totp-qr-alt = Code QR contenant votre clé
totp-type = Ou saisissez cette clé :
totp-then = Saisissez le code que l’application affiche maintenant.
totp-button = Ajouter cette application

## Consentement
consent-title = Partager avec { $service }
consent-why = { $service } demande ce qui suit. Ce service ne reçoit rien d’autre de votre compte.
consent-offline = { $service } demande aussi à rester connecté après votre déconnexion. Jusqu’à ce que nous vous le redemandions, il peut obtenir les informations ci-dessus en votre absence, même quand elles changent.
consent-email-legend = Quelle adresse e-mail { $service } peut-il utiliser ?
consent-email-hint = Il ne reçoit que celle-ci. Vous pourrez la changer plus tard dans les services connectés.
consent-term = Nous vous le redemanderons dans un an, ou si le service demande davantage.
consent-button = Accepter et continuer
consent-cancel = Ne pas partager, annuler

## Le compte
account-title = Votre compte
account-emails = Adresses e-mail
account-methods = Moyens de connexion
account-services = Services connectés
account-no-services = Vous n’avez encore rien partagé avec un service.
account-added = Ajouté le { $day }
account-connected = Connecté le { $day }
account-made = Votre compte est prêt.

## Déconnexion
signed-out-title = Vous êtes déconnecté
signed-out-what = Si vous partagez cet ordinateur, fermez aussi le navigateur.
sign-in-again = Se reconnecter
logout-title = Se déconnecter ?
logout-asked = { $service } demande à vous déconnecter ici. D’autres services que vous avez ouverts peuvent garder leur propre connexion.
logout-what = Vous serez déconnecté ici. D’autres services que vous avez ouverts peuvent garder leur propre connexion.
logout-button = Oui, me déconnecter
logout-stay = Rester connecté

## La boîte de réception des environnements de test
inbox-title = Boîte de réception de test
inbox-what = Le courrier de cet environnement n’est jamais envoyé. Il s’arrête ici.
inbox-to = Afficher le courrier pour
inbox-show = Afficher
inbox-count = { $count ->
    [0] Aucun message
    [one] { $count } message
   *[other] { $count } messages
}

## Ce qui n’a pas marché
error-prefix = Erreur :
error-summary = Il y a un problème
error-title = Nous ne pouvons pas continuer
error-missing-title = Page introuvable
error-fault-title = Une erreur s’est produite
error-code = Code
error-reference = Référence
error-help = Si vous demandez de l’aide, donnez cette référence. Elle ne contient rien sur vous.
error-of-app = Le service qui vous a envoyé ici a fait une erreur dans sa requête. Votre compte n’est pas concerné. Retournez au service et réessayez ; si cela se reproduit, prévenez son service d’assistance.
error-service = Cela s’est produit sur le chemin vers { $service }.
error-fault = Une erreur s’est produite de notre côté. Réessayez dans quelques minutes.
error-unavailable = Le service ne peut pas faire cela maintenant. Réessayez dans quelques minutes.
error-web-not-found = Il n’y a rien à cette adresse. Vérifiez-la.
error-form-stale = Ce formulaire est trop ancien. Rouvrez la page et envoyez-le de nouveau.
error-form-foreign = Ce formulaire vient d’un autre site. Ouvrez la page ici et envoyez-le de nouveau.
error-limits-too-many = Trop de formulaires ont été envoyés depuis votre réseau. Attendez une minute et réessayez.
error-limits-too-slow = Cela a pris trop de temps. Réessayez.
error-email-empty = Saisissez votre adresse e-mail.
error-email-too-long = L’adresse e-mail est trop longue. Elle compte 254 caractères au plus.
error-email-not-ascii = Utilisez une adresse e-mail faite de lettres, de chiffres et de signes simples, sans accents.
error-email-no-at-sign = L’adresse e-mail n’a pas de signe @. Écrivez-la comme nom@example.com.
error-email-local-part = La partie avant le signe @ n’est pas valide. Vérifiez les espaces et les points.
error-email-domain = La partie après le signe @ n’est pas un domaine. Écrivez-la comme nom@example.com.
error-email-throw-away = Ce fournisseur donne des adresses pour peu de temps, vous pourriez perdre votre compte. Utilisez une adresse que vous garderez.
error-password-empty = Saisissez un mot de passe.
error-password-too-short = Le mot de passe est trop court. Utilisez au moins 8 caractères ; quelques mots sans lien se retiennent bien.
error-password-too-long = Le mot de passe est trop long. Utilisez 256 caractères au plus.
error-password-control-character = Le mot de passe contient un caractère qui ne se tape pas sur tous les claviers, comme une tabulation. Retirez-le.
error-password-repeated = Le mot de passe répète toujours le même morceau. Choisissez-en un autre.
error-password-sequence = Le mot de passe est une suite de lettres ou de chiffres voisins. Choisissez-en un autre.
error-password-common = Beaucoup de gens utilisent ce mot de passe, les voleurs l’essaient donc en premier. Choisissez-en un autre.
error-password-like-your-email = Le mot de passe est presque votre adresse e-mail, ce qui se devine facilement. Choisissez-en un autre.
error-password-like-the-service = Le mot de passe est presque le nom du service, ce qui se devine facilement. Choisissez-en un autre.
error-password-like-the-programme = Le mot de passe est presque le nom de ce service de connexion, ce qui se devine facilement. Choisissez-en un autre.
error-password-weak = Le mot de passe est facile à deviner : il est trop court pour ce qu’il contient. Ajoutez un ou deux mots sans lien entre eux.
error-password-weak-keys = Le mot de passe est facile à deviner : il suit les touches d’un clavier. Ajoutez un ou deux mots sans lien entre eux.
error-password-weak-repeats = Le mot de passe est facile à deviner : il se répète. Ajoutez un ou deux mots sans lien entre eux.
error-password-weak-sequence = Le mot de passe est facile à deviner : il contient une suite comme abc ou 6543. Ajoutez un ou deux mots sans lien entre eux.
error-password-weak-date = Le mot de passe est facile à deviner : c’est surtout une date ou une année. Ajoutez un ou deux mots sans lien entre eux.
error-password-weak-name = Le mot de passe est facile à deviner : c’est surtout un nom de personne. Ajoutez un ou deux mots sans lien entre eux.
error-password-weak-word = Le mot de passe est facile à deviner : c’est surtout un seul mot. Ajoutez encore un ou deux mots sans lien entre eux.
error-password-weak-common = Le mot de passe est facile à deviner : il ressemble à un mot de passe très répandu. Ajoutez un ou deux mots sans lien entre eux.
error-password-breached = Ce mot de passe figure dans une liste de mots de passe volés, les voleurs l’essaient donc en premier. Choisissez-en un que vous n’utilisez nulle part ailleurs.
error-totp-empty = Saisissez le code de votre application d’authentification.
error-totp-malformed = Le code compte six chiffres. Saisissez celui que votre application d’authentification affiche maintenant.
error-totp-wrong = Ce code est faux ou a déjà servi. Attendez le suivant et saisissez-le.
error-journey-wrong-code = Ce code est faux. Regardez le dernier e-mail reçu et saisissez de nouveau son code.
error-journey-wrong-link = Ce lien est trop ancien ou a déjà servi. Utilisez le lien ou le code du dernier e-mail reçu.
error-journey-mail-expired = Ce code est trop ancien. Demandez un nouvel e-mail.
error-journey-too-many-codes = Trop de codes faux. Demandez un nouvel e-mail et utilisez son code.
error-journey-too-many-mails = Trop d’e-mails ont été envoyés. Attendez une heure et recommencez.
error-journey-other-browser = Vous avez commencé dans un autre navigateur. Revenez-y et saisissez le code là-bas.
error-journey-wrong-password = L’adresse e-mail ou le mot de passe est faux. Réessayez ou créez un compte.
error-journey-too-many-passwords = Trop de tentatives. Attendez quelques minutes et recommencez.
error-journey-wrong-second-factor = Ce code est faux ou a déjà servi. Attendez le prochain code de votre application d’authentification et saisissez-le.
error-journey-too-many-second-factors = Trop de codes faux. Attendez dix minutes et recommencez.
error-person-suspended = Ce compte est suspendu. Contactez l’assistance et donnez la référence de cette page.
error-person-deleted = Ce compte a été supprimé. Créez un nouveau compte pour continuer.
error-sign-up-address-taken = Un compte existe désormais avec cette adresse e-mail. Connectez-vous avec lui.
error-consent-address-unknown = Cette adresse n’est pas une adresse de votre compte. Choisissez-en une dans la liste.
error-authorize-app-changed = Ce service a été modifié pendant votre connexion. Revenez-y et recommencez.
email-wrong = Saisissez une adresse e-mail comme nom@example.com.
code-wrong = Ce code est faux ou trop ancien. Saisissez le plus récent.

## Attributs
attribute-email = Adresse e-mail
attribute-all-emails = Toutes les adresses e-mail
attribute-locale = Langue
attribute-verified-at = Identité vérifiée le
attribute-x509-subject = Titulaire de la carte (PIV/CAC)
attribute-x509-issuer = Émetteur de la carte (PIV/CAC)
attribute-x509-presented = Carte présentée (PIV/CAC)
attribute-first-name = Prénom
attribute-last-name = Nom
attribute-dob = Date de naissance
attribute-ssn = Numéro de sécurité sociale
attribute-address1 = Adresse
attribute-address2 = Adresse, deuxième ligne
attribute-city = Ville
attribute-state = État
attribute-zipcode = Code postal
attribute-phone = Numéro de téléphone
