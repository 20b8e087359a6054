### Avis aux membres, clés et webhooks.

## Avis

nav-notices = Avis
nav-notices-new = Avis ({ $count } nouveaux)
notices-title = Avis
notices-what = Ce qui est arrivé aux applications, aux clés et aux demandes de votre équipe. Chaque avis arrive aussi dans votre messagerie, sauf si vous avez choisi autrement. Ils sont gardés 90 jours.
notices-none = Il n’y a pas encore d’avis pour vous.
notices-read = Tout marquer comme vu
notices-older = Avis plus anciens
notice-new = Nouveau
notices-language = Langue de vos avis
notices-language-save = Utiliser cette langue
notices-language-saved = Vos avis sont désormais écrits dans cette langue.
notice-mail-footer =
    À voir dans le portail :
    { $link }

    Vous recevez cet e-mail parce que vous appartenez à une équipe du portail des partenaires de { $title }.
notice-request-submitted-subject = { $app } : demande pour { $environment } envoyée
notice-request-submitted-text = La demande de mise en service de { $app } en { $environment } a été envoyée. Si elle est approuvée à temps, la mise en service a lieu le { $window }.
notice-request-changes-subject = { $app } : modifications demandées
notice-request-changes-text = Un réviseur demande des modifications de la demande de { $app } pour { $environment }. La raison : { $note }
notice-request-approved-subject = { $app } : une approbation donnée
notice-request-approved-text = La demande de { $app } pour { $environment } a une approbation. Il en faut une autre avant qu’elle soit planifiée.
notice-request-scheduled-subject = { $app } : approuvée, mise en service le { $window }
notice-request-scheduled-text = La demande de { $app } pour { $environment } a été approuvée. Elle est déployée dans la fenêtre du { $window }.
notice-request-rejected-subject = { $app } : demande rejetée
notice-request-rejected-text = La demande de { $app } pour { $environment } a été rejetée. La raison : { $note }
notice-request-withdrawn-subject = { $app } : demande retirée
notice-request-withdrawn-text = La demande de { $app } pour { $environment } a été retirée.
notice-request-deployed-subject = { $app } est en service en { $environment }
notice-request-deployed-text = La demande de { $app } a été déployée. La nouvelle configuration est désormais en service en { $environment }.
notice-request-rolled-back-subject = { $app } : retour en arrière en { $environment }
notice-request-rolled-back-text = Ce que la demande de { $app } avait apporté a été annulé en { $environment }. L’ancienne configuration est de nouveau en service. La raison : { $note }
notice-key-expiring-subject = { $app } : un certificat expire dans { $days ->
        [one] { $days } jour
       *[other] { $days } jours
    }
notice-key-expiring-text = Un certificat de { $app } en { $environment } expire le { $ends }. Ajoutez la clé suivante à côté, passez votre application à celle-ci, puis retirez l’ancienne. Empreinte : { $fingerprint }
notice-key-added-subject = { $app } : une clé a été ajoutée en { $environment }
notice-key-added-text = { $who } a ajouté une clé publique à { $app } en { $environment }. Si personne de votre équipe ne l’a fait exprès, retirez-la et prévenez le programme. Empreinte : { $fingerprint }
notice-key-removed-subject = { $app } : une clé a été retirée en { $environment }
notice-key-removed-text = { $who } a retiré une clé publique de { $app } en { $environment }. Empreinte : { $fingerprint }
notice-webhook-disabled-subject = Un webhook a été désactivé
notice-webhook-disabled-text = Le webhook de { $url } a été désactivé après { $failures } envois échoués de suite. La dernière raison : { $why } Réparez la destination, puis réactivez le webhook. Ce qu’il a manqué peut être rejoué.

## Webhooks

nav-webhooks = Webhooks
webhooks-title = Webhooks
webhooks-what = Un webhook dit à vos propres programmes ce qui arrive aux applications, aux clés et aux demandes de votre équipe. Chaque message est signé ; ce qui échoue est réessayé pendant environ un jour.
webhooks-none = Votre équipe n’a pas encore de webhook.
webhook-new = Nouveau webhook
webhook-team = Équipe
webhook-url = Adresse
webhook-url-hint = Une adresse https que chacun peut joindre, comme https://hooks.agency.gov/durward.
webhook-description = Description
webhook-description-hint = Ce qui écoute là.
webhook-events = Événements
webhook-events-hint = Choisissez ce qui est dit. Sans choix, tout l’est.
webhook-create = Créer le webhook
webhook-save = Enregistrer
webhook-saved = Le webhook a été enregistré.
webhook-secret-once = Le secret n’est montré que cette fois. Gardez-le là où votre programme vérifie les signatures.
webhook-secret-overlap = Pendant 24 heures, les messages sont aussi signés avec l’ancien secret.
webhook-secret = Secret
webhook-on = Actif
webhook-off = Désactivé
webhook-off-why = Désactivé le { $time }. { $why }
webhook-failing = Échec { $count ->
        [one] une fois
       *[other] { $count } fois de suite
    }
webhook-test = Envoyer un événement de test
webhook-rotate = Nouveau secret
webhook-switch-off = Désactiver
webhook-switch-on = Réactiver
webhook-delete = Supprimer
webhook-deliveries = Envois
webhook-deliveries-none = Rien n’a encore été envoyé.
webhook-delivery = Envoi
webhook-state-waiting = En attente
webhook-state-delivered = Remis
webhook-state-failed = Échoué
webhook-state-missed = Manqué
webhook-next-try = Prochain essai { $time }
webhook-answered = Réponse { $status } en { $ms } ms
webhook-no-answer = Pas de réponse après { $ms } ms : { $why }
webhook-replay = Envoyer encore une fois
webhook-is-replay = Une répétition
webhook-sent = Ce qui est envoyé
webhook-tries = Essais
webhook-how = Comment vérifier un message
webhook-how-text = Prenez les en-têtes webhook-id et webhook-timestamp et le corps tel quel. Joignez-les par des points, calculez HMAC-SHA256 avec le secret décodé (la partie après whsec_ est en Base64) et comparez avec chaque valeur de webhook-signature après « v1, ». Refusez une heure à plus de cinq minutes, et retenez le webhook-id pour n’accepter chaque message qu’une fois.
webhook-all = Tout

## Clés

nav-keys-ending = Clés qui expirent
keys-add = Ajouter une clé
keys-add-what = Ajoutez la clé suivante à côté de l’ancienne. Les deux sont valables en même temps.
keys-paste = Certificat, clé publique, JWK ou jeu de clés
keys-paste-hint = PEM ou JSON. Jamais une clé privée.
keys-file = Ou un fichier
keys-file-hint = PEM, DER ou JSON.
keys-address = Adresse du jeu de clés
keys-address-hint = Où votre application publie ses clés (jwks_uri). Laissez vide si elle ne le fait pas.
keys-address-save = Enregistrer l’adresse
keys-saved = Les clés ont été enregistrées.
keys-request = Les clés sont enregistrées, pas en service. Demandez la modification : elle est déployée à la prochaine fenêtre après la révision.
keys-request-go = Demander la modification
keys-ending-title = Clés qui expirent
keys-ending-what = Certificats d’applications en service qui expirent dans 90 jours ou ont expiré, le prochain d’abord. Les équipes sont prévenues à 90, 60, 30, 14, 7 et 1 jours.
keys-ending-none = Aucun certificat n’expire dans les 90 jours.
key-remove = Retirer cette clé
key-remove-anyway = Je sais qu’elle est encore utilisée
key-serial = Numéro de série
key-sha256 = SHA-256
key-use = Part du trafic, 30 jours
key-use-unknown = Pas encore connu
key-use-percent = { $percent } % ({ $uses } utilisations)
key-last-used = Dernière utilisation
key-never = Pas dans les 30 derniers jours
key-safe = Peut être retirée : une autre clé est utilisée
key-in-use = Encore utilisée
key-only = La seule clé
key-waits = Attendez : aucune autre clé n’a pris le relais
key-unknown = Aucune utilisation connue
key-ended = Expirée

## Secrets
secrets-title = Secrets
secrets-what = L’application prouve son identité par un secret. Il ne vaut que dans cet environnement et n’est affiché qu’une fois. Pour en changer, créez-en un deuxième, faites-le utiliser par l’application, puis mettez fin au premier.
secrets-none = Aucun secret pour l’instant. L’application ne peut pas obtenir de jetons ici avant d’en avoir un.
secrets-elsewhere = Cet environnement tourne dans un autre processus et les secrets ne voyagent jamais. Faites prouver son identité à l’application par une clé.
secret-shown = Copiez le secret maintenant. Il ne sera plus affiché.
secret-made = Créé
secret-made-by = Fait par
secret-ends = Fin
secret-no-end = Quand on y met fin
secret-unused = Pas encore utilisé
secret-end = Mettre fin à ce secret
secret-make = Créer un secret
secret-days = Jours jusqu’à sa fin
secret-days-hint = De 1 à 730. Laissez vide pour un secret valable jusqu’à ce que vous y mettiez fin.
