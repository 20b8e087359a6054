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
app-asks = Connectez-vous pour continuer vers

## Connexion
sign-in-title = Se connecter
sign-in-new = Première visite ?
create-account = Créer un compte
email-label = Adresse e-mail
password-title = Saisissez votre mot de passe
password-label = Mot de passe
signing-in-as = Connexion en tant que
second-factor-title = Saisissez votre code à usage unique
second-factor-do = Ouvrez votre application d’authentification et saisissez le code affiché.
code-label = Code à usage unique
code-hint = 6 chiffres
start-over = Recommencer avec un autre compte

## Créer un compte
sign-up-email-title = Créer un compte
sign-up-email-why = Un seul compte vous ouvre de nombreux services publics.
sign-up-email-hint = Nous enverrons un code à cette adresse.
terms-agree = En continuant, vous acceptez les règles d’utilisation.
have-account = J’ai déjà un compte
check-email-title = Consultez votre messagerie
check-email-sent = Nous avons envoyé un code et un lien à { $email }. Saisissez le code ici ou ouvrez le lien dans ce navigateur.
mail-code-label = Code reçu par e-mail
mail-code-hint = 6 chiffres, valable une heure
check-email-late = Rien reçu ? Regardez dans les indésirables ou demandez un autre code.
resend = Envoyer un autre code
check-email-wrong = Utiliser une autre adresse e-mail
elsewhere-title = Revenez à votre premier navigateur
elsewhere-why = Ce lien a été ouvert dans un autre navigateur ou sur un autre appareil que celui où vous avez commencé. Pour protéger votre compte, il n’a aucun effet ici.
elsewhere-do = Revenez à la page où vous avez commencé et saisissez le code reçu par e-mail.
elsewhere-start = Recommencer dans ce navigateur
confirm-title = Confirmez votre adresse e-mail
confirm-what = Vous allez confirmer { $email } pour votre nouveau compte.
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
error-service = Cela s’est produit sur le chemin vers { $service }.
error-fault = Une erreur s’est produite de notre côté. Réessayez dans quelques minutes.
error-unavailable = Le service ne peut pas faire cela maintenant. Réessayez dans quelques minutes.
error-web-not-found = Il n’y a rien à cette adresse. Vérifiez-la.
error-form-stale = Ce formulaire est trop ancien. Rouvrez la page et envoyez-le de nouveau.
error-form-foreign = Ce formulaire vient d’un autre site. Ouvrez la page ici et envoyez-le de nouveau.
error-limits-too-many = Trop de formulaires ont été envoyés depuis votre réseau. Attendez une minute et réessayez.
error-limits-too-slow = Cela a pris trop de temps. Réessayez.
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
