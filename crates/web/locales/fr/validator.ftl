# Le validateur : règles, constats, dérogations, contrôle nocturne.
rules-title = Règles du validateur
rules-what = Ces règles valent de la même façon pour la page, l’API, la ligne de commande, l’examen et le contrôle nocturne. Les phrases sont en anglais dans toutes les langues.
rules-all = Toutes les règles
rules-group = Règles sur le même sujet
rules-from = Origine :
rules-sandbox = Bac à sable :
rules-live = Préproduction et production :
rules-not-there = non contrôlé
rules-why = Pourquoi
rules-fix = Que faire
rules-example = Exemple
rules-bad = Pas ainsi
rules-good = Mais ainsi
rules-waivable = Un examinateur peut déroger à cette règle pour une application, avec un motif et jusqu’à un jour donné.
rules-never-waived = On ne déroge jamais à cette règle.
tab-findings = Constats
nav-findings = Constats
findings-none = Le validateur ne trouve rien dans cette configuration.
findings-nightly = Contrôle nocturne
findings-checked = Dernier contrôle : { $time }
findings-nothing-new = Rien de nouveau depuis le contrôle précédent.
findings-new = Nouveau depuis le contrôle précédent :
findings-not-checked = Les applications en service sont contrôlées chaque nuit. Cette configuration n’était alors pas en service.
findings-errors = { $count ->
    [one] { $count } erreur
   *[other] { $count } erreurs
}
findings-warnings = { $count ->
    [one] { $count } avertissement
   *[other] { $count } avertissements
}
finding-waived = Dérogation jusqu’au { $until }. { $owner } en répond. Motif : { $reason }
severity-waived = Dérogation
live-findings-title = Constats dans les applications en service
live-findings-what = Ce que le dernier contrôle nocturne a trouvé dans les applications que le public utilise, le pire d’abord.
live-findings-none = Le dernier contrôle n’a rien trouvé.
waivers = Dérogations
waivers-what = Une dérogation dit qu’une règle ne vaut pas pour cette application jusqu’à un jour donné. Elle prend fin d’elle-même.
waivers-none = Aucune dérogation pour cette configuration.
waiver-line = { $owner } en répond · accordée par { $by } · jusqu’au { $until }
waiver-holds = En vigueur
waiver-ended = Terminée
waiver-end = Mettre fin à cette dérogation
waiver-give = Déroger à une règle
waiver-no-rule = Aucun constat de cette configuration n’admet de dérogation.
waiver-rule = Règle
waiver-owner = Qui répond entre-temps de l’application
waiver-owner-hint = Une adresse e-mail
waiver-reason = Motif
waiver-until = Dernier jour
waiver-until-hint = Dans l’année
waiver-give-button = Déroger à la règle
notice-findings-new-subject = { $app } : nouveaux constats en { $environment }
notice-findings-new-text = Le contrôle nocturne de { $app } en { $environment } a trouvé du nouveau ({ $count }). Le premier : { $first }
error-waiver-own-app = Vous faites partie de l’équipe de l’application ou avez écrit sa révision la plus récente. Demandez la dérogation à un autre examinateur.
error-waiver-owner = Indiquez l’adresse e-mail de la personne qui répond entre-temps de l’application.
error-waiver-reason = Écrivez en 10 à 500 caractères pourquoi la règle n’a pas à valoir.
error-waiver-until = Le dernier jour doit être après aujourd’hui et dans l’année.
error-waiver-not-found = Cette dérogation n’existe pas ou a déjà pris fin.
