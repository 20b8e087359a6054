# Demandes de lancement, leurs preuves, la préproduction et les examens.
state-superseded = Remplacée
event-supersede = Remplacée par une demande plus récente
notice-request-superseded-subject = { $app } : demande remplacée
notice-request-superseded-text = Une demande plus récente de { $app } pour { $environment } a pris la place de celle-ci. Ses approbations ne comptent plus.
rule-link = Régler ce point
conflict-of-interest = Vous appartenez à une équipe de l’organisme demandeur : { $agency }. Un examinateur extérieur à cet organisme décide.
app-stage = Créer la configuration de préproduction
f-public-date = Date d’ouverture au public
f-public-date-hint = Le jour où le public le trouve sur votre site, sous la forme année-mois-jour. Quelques jours après le déploiement sont conseillés, pour essayer au calme : { $day } ou plus tard.
launch-replaces = Cette demande prend la place de celle qui est ouverte lorsque vous l’envoyez. D’ici là, l’autre suit son cours.
launch-replaces-which = Voir cette demande
launch-replace = La remplacer par une demande plus récente
launch-newer = La révision { $number } a été enregistrée après l’envoi de cette demande. Elle n’en fait pas partie : remplacez la demande pour la demander.
launch-superseded = Une demande plus récente a pris la place de celle-ci.
launch-superseded-by = Ouvrir la demande plus récente
answer-due = Le programme répond au plus tard le { $day }.
answer-overdue = En retard
answer-in-time = Dans les délais
reviews-queue = Demandes en attente d’examen
reviews-request = Demande
reviews-team = Équipe
reviews-age = Attend
reviews-due = Réponse avant le
agreement-match-title = Ce que dit l’accord
agreement-match = Application et niveau
agreement-covers-auth = Il liste « { $app } » et couvre l’authentification seule.
agreement-covers-verified = Il liste « { $app } » et couvre la vérification d’identité.
agreement-lists-not = Il ne liste pas « { $app } ».
comments-title = Commentaires sur les champs
comments-none = Personne n’a encore rien dit.
comment-whole = La demande entière
comment-by-staff = { $who }, programme, { $time }
comment-by-team = { $who }, équipe, { $time }
comment-settled = Réglé
comment-waits = Communiqué avec la décision
comment-settle = Marquer comme réglé
comment-go = Aller au champ
comment-add = Commenter un champ
comment-told-later = Pendant votre examen, l’équipe ne le voit pas. Il lui est communiqué avec votre décision.
comment-field = Champ
comment-text = Commentaire
comment-say = Garder le commentaire
evidence-open = Documents de preuve : l’autorisation d’exploitation (ATO)
evidence-title = Autorisation d’exploitation
evidence-what = L’environnement derrière les adresses de l’application a besoin d’une autorisation d’exploitation (ATO). Gardez son numéro, ses dates et, si vous le pouvez, le document lui-même. Les examinateurs le voient.
evidence-none = Aucun document n’est encore gardé.
evidence-number = Numéro du document
evidence-number-hint = Tel qu’il figure sur le document.
evidence-issued = Valable à partir du
evidence-expires = Dernier jour
evidence-day-hint = Année-mois-jour, par exemple 2026-11-30.
evidence-standing = État
evidence-file = Fichier
evidence-file-hint = PDF, PNG ou JPEG de 5 Mo au plus. Facultatif.
evidence-no-file = Non gardé
evidence-file-is = { $kind }, { $size } Ko
evidence-by = Gardé par
evidence-kept-by = { $who }, { $time }
evidence-holds = Valable
evidence-later = Pas encore
evidence-ends-soon = Prend fin bientôt
evidence-ended = Terminé
evidence-add = Garder un document
evidence-remove = Retirer
evidence-kept = Le document est gardé.
evidence-removed = Le document a été retiré.
answer-waited = { $count ->
    [one] { $count } jour ouvré
   *[other] { $count } jours ouvrés
}
reviews-promise = { $count ->
    [one] Une demande reçoit une réponse en { $count } jour ouvré.
   *[other] Une demande reçoit une réponse en { $count } jours ouvrés.
}
reviews-overdue = { $count ->
    [one] { $count } demande est en retard.
   *[other] { $count } demandes sont en retard.
}
