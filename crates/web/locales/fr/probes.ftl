### Mots des essais et des domaines propres.

probes-title = Essayé de l’extérieur
probes-what = Le serveur essaie les adresses de cette configuration comme d’autres le feraient. Un jeu de clés ou une page d’échec de vérification en défaut empêche le lancement ; le reste avertit la personne qui examine. Les applications en production sont essayées chaque jour.
probes-never = Les adresses actuelles n’ont pas encore été essayées.
probes-run = Essayer les adresses maintenant
probe-is-passed = Réussi
probe-is-warning = Avertissement
probe-is-failed = Échec
probe-is-skipped = Non essayé
probe-url-reachable = L’hôte répond
probe-url-certificate = Certificat
probe-url-hsts = Https uniquement (HSTS)
probe-domain-proved = Domaine de l’équipe
probe-keys-jwks = Clés publiées
probe-push-accepts-signed = L’adresse de notification accepte un événement signé
probe-push-refuses-forged = L’adresse de notification refuse un événement falsifié
probe-redirect-pass-through = Aucune URI de redirection ne passe par une autre adresse
probe-failure-to-proof-page = Page d’échec de vérification
probe-age-now = Il y a moins d’une minute
probe-age-minutes = { $count ->
    [one] Il y a une minute
   *[other] Il y a { $count } minutes
}
probe-age-hours = { $count ->
    [one] Il y a une heure
   *[other] Il y a { $count } heures
}
probe-age-days = { $count ->
    [one] Il y a un jour
   *[other] Il y a { $count } jours
}
domains-title = Domaines propres
domains-what = Les applications en production utilisent les domaines du programme ou un domaine de leur équipe. Indiquez le domaine, créez l’enregistrement DNS affiché et vérifiez-le. Le personnel du programme l’approuve ensuite.
domains-own = Domaines de vos équipes
domains-none = Vos équipes n’ont indiqué aucun domaine.
domains-waiting = En attente de votre approbation
domain-is-named = Attend l’enregistrement DNS
domain-is-proved = Prouvé, attend l’approbation
domain-is-approved = Approuvé
domain-record-name = Nom de l’enregistrement TXT
domain-record-text = Son texte
domain-check = Vérifier le DNS de { $domain }
domain-approve = Approuver { $domain }
domain-remove = Renoncer à { $domain }
domain-name-title = Indiquer un domaine
domain-team = Équipe
domain-name = Domaine
domain-name-hint = Seulement le nom enregistré, par exemple fishing-licences.com
domain-name-it = Indiquer le domaine
notice-probe-failing-subject = { $app } : quelque chose qui marchait échoue ({ $environment })
notice-probe-failing-text = L’essai quotidien de { $app } en { $environment } depuis l’extérieur a trouvé quelque chose qui marchait et qui échoue maintenant ({ $count }). Le premier : { $target }. { $why } Vous n’êtes prévenu qu’une fois ; la page montre si l’échec dure.
