# Utilisation et facturation des commandes.
nav-usage = Utilisation
usage-title = Utilisation et facturation
usage-what = Ce que chaque commande signée a utilisé, ce qu’elle coûte et quand son estimation est épuisée.
usage-none = Il n’y a pas encore de commande signée dont vous puissiez voir l’utilisation.
usage-of = Utilisation de { $number }
usage-of-month = Utilisation de { $number } en { $month }
usage-spent-of = { $spent } sur { $estimated }
usage-percent = { $percent } % de l’estimation
usage-no-estimate = Aucune estimation
usage-estimate = Estimation
usage-spent = Utilisé jusqu’ici
usage-expected = Prévu pour toute la période
usage-exhausted = Estimation épuisée le
usage-not-exhausted = Pas dans cette période
usage-under-model = Selon le modèle de prix { $model }
usage-picture = Utilisation et prévision face à l’estimation
usage-picture-what = { $spent } sont utilisés, { $expected } sont prévus pour toute la période, l’estimation est de { $estimated }. La surface va de { $low } à { $high }.
usage-sign-spent = Utilisé
usage-sign-expected = Prévu
usage-today = Aujourd’hui
usage-months = Lignes de facture par mois et application
usage-months-what = La commande est facturée selon le modèle de prix { $model }. Ouvrez un mois pour voir ses prix et les écritures qui le composent.
usage-no-months = Aucune application de cette commande n’a encore reçu personne.
usage-month = Mois
usage-app = Application
usage-all-apps = Toutes les applications
usage-users = Utilisateurs
usage-auths = Connexions
usage-verified-users = Utilisateurs vérifiés
usage-new-proofings = Nouvelles vérifications
usage-existing-proofings = Vérifications existantes
usage-auth-billable = Utilisateurs facturés pour la connexion
usage-amount = Montant
usage-amount-other = Selon l’autre modèle de prix
usage-sum = Somme
usage-band = Entre
usage-basis = D’après
usage-basis-ledger = Registre
usage-basis-both = Registre et prévision
usage-basis-expected = Prévision
usage-lines-csv = Télécharger les lignes de facture (CSV)
usage-other-model = Un autre modèle de prix
usage-show-model = Afficher
usage-forecast = Comment la prévision est faite
usage-why-today = Le registre est lu le { $day }.
usage-why-seasonal = Un mois à venir est le même mois de l’année précédente, multiplié par { $now } et divisé par { $before } : les connexions des { $months } derniers mois complets, et celles des mêmes mois un an plus tôt.
usage-why-mean =
    { $count ->
        [one] Un mois à venir est comme le dernier mois complet.
       *[other] Un mois à venir est la moyenne des { $count } derniers mois complets.
    }
usage-why-pace = Aucun mois n’est encore complet : les { $days } jours écoulés sont étendus à un mois de { $of } jours.
usage-why-nothing = Rien n’a encore été utilisé : seul compte ce qui est dû sans utilisation.
usage-why-month-ledger = { $month }, d’après le registre : { $users } utilisateurs facturés pour la connexion, { $auths } connexions, { $new } vérifications nouvelles et { $existing } existantes font { $amount } ; { $sum } jusque-là.
usage-why-month-both = { $month }, d’après le registre et pour les { $left } jours à venir sur { $of } : { $users } utilisateurs facturés pour la connexion, { $auths } connexions, { $new } vérifications nouvelles et { $existing } existantes font { $amount } ; { $sum } à la fin.
usage-why-month-expected = { $month }, prévu : { $users } utilisateurs facturés pour la connexion, { $auths } connexions, { $new } vérifications nouvelles et { $existing } existantes font { $amount } ; { $sum } à la fin.
usage-why-minimum = Les prix minimaux sont dus à partir de { $month }, le premier mois d’utilisation, y compris les mois suivants sans utilisation. Les mois antérieurs n’en doivent aucun.
usage-why-minimum-always = Cette grille de prix rend les minimums dus chaque mois de la période, même avant la première connexion.
usage-why-minimum-later = Personne ne s’est encore connecté : les prix minimaux sont dus à partir du premier mois d’utilisation, et pas avant.
usage-why-band =
    { $count ->
        [one] La surface va de { $low } à { $high } % de ce qui est attendu : jusqu’où est allé le dernier mois complet.
       *[other] La surface va de { $low } à { $high } % de ce qui est attendu : l’écart entre les { $count } derniers mois complets.
    }
usage-why-band-unknown = Moins de deux mois sont complets : on ne sait pas encore combien ils diffèrent. La surface va de { $low } à { $high } % de ce qui est attendu.
usage-why-band-season = Là où l’estimation acceptée annonce un mois plus calme ou plus chargé que ceux-là, la surface va aussi jusque-là.
usage-why-exhausted = La somme atteint l’estimation le { $day }, si chaque mois est réparti également sur ses jours.
usage-why-enough = La somme reste sous l’estimation jusqu’à la fin de la période.
usage-why-no-estimate = La commande n’indique aucune estimation.
usage-counted = Ce qui est compté
usage-counted-what = Chaque première remise d’une session à une application en production, une fois pour la connexion et une fois pour une identité vérifiée. Les applications propres du programme ne sont jamais comptées. Les utilisateurs facturés pour la connexion sont tous les utilisateurs moins les vérifiés.
usage-counted-apps = Applications de cette commande : { $apps }.
usage-sandbox =
    { $count ->
        [0] Les connexions dans le bac à sable ne sont jamais facturées.
        [one] Une connexion dans le bac à sable ce mois-ci n’est pas facturée : il ne l’est jamais.
       *[other] { $count } connexions dans le bac à sable ce mois-ci ne sont pas facturées : il ne l’est jamais.
    }
usage-demo = Dans cette démonstration, une connexion compte au jour que montre l’horloge du portail.
usage-not-complete = Ce mois n’est pas terminé : ses lignes augmentent encore.
usage-unit-active-user-month = Utilisateurs facturés pour la connexion
usage-unit-auth = Connexions
usage-unit-new-proofing = Nouvelles vérifications
usage-unit-existing-proofing = Vérifications existantes
usage-line-tier = { $unit } : { $quantity } à { $price }
usage-line-minimum = { $unit } : jusqu’au minimum de { $amount }
usage-line-cap = { $unit } : ramené au plafond de { $amount }
usage-line-sum = Somme
usage-ages = Utilisateurs vérifiés par ancienneté de leur vérification
usage-age = Ancienneté
usage-age-new = Vus pour la première fois dans cette période
usage-age-year1 = Première année
usage-age-upfront = Première année, vérifiés pour ce partenaire
usage-age-existing = Première année, vérifiés pour d’autres ou déjà comptés
usage-age-year2 = Deuxième année
usage-age-year3 = Troisième année
usage-age-year4 = Quatrième année
usage-age-year5 = Cinquième année
usage-age-over5 = Plus ancienne
usage-age-unknown = Inconnue
usage-entries = Écritures du registre
usage-entries-what = Une personne est une empreinte de l’identifiant que reçoivent vos applications. Votre organisme peut faire la même empreinte à partir de ses propres données ; elle ne mène personne d’autre à une personne.
usage-entry = Écriture
usage-time = Heure (UTC)
usage-level = Communiqué
usage-level-auth = Connexion
usage-level-verified = Identité vérifiée
usage-person = Personne
usage-verified-on = Vérifiée le
usage-here = Vérifiée pour ce partenaire
usage-yes = Oui
usage-more = Écritures suivantes
usage-entries-csv = Télécharger les écritures (CSV)
usage-digests = De quoi ces lignes sont faites
usage-digests-what = Le SHA-256 des lignes du fichier CSV sans la première. Les mêmes écritures donnent les mêmes lignes et la même empreinte, à tout moment.
usage-digest-of =
    { $count ->
        [one] { $name }, une écriture
       *[other] { $name }, { $count } écritures
    }
notice-kind-usage-reached = Une commande a utilisé une partie de son estimation
notice-usage-reached-subject = { $number } : { $percent } % de l’estimation sont utilisés
notice-usage-reached-text = La commande { $number } a utilisé { $spent }, soit { $percent } % de son estimation de { $estimated }. Voyez son utilisation et sa prévision. Si l’estimation ne suffit pas, demandez un avenant à votre gestionnaire de compte.
error-usage-not-found = Il n’y a pas de commande signée de ce numéro dont vous puissiez voir l’utilisation. Vérifiez le numéro ; les administrateurs de l’organisme la voient.
error-usage-month = Ce n’est pas un mois de la commande. Écrivez un mois de sa période comme 2026-10.
error-usage-app = Il n’y a pas cette application sur cette facture. Utilisez le nom court d’une de ses lignes.
error-usage-price-model = Il n’y a pas ce modèle de prix dans ce programme. Choisissez-en un que la page propose.
