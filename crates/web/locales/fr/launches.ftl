# Demandes de lancement, leurs preuves, la préproduction et les examens.
state-superseded = Remplacée
event-supersede = Remplacée par une demande plus récente
notice-request-superseded-subject = { $app } : demande remplacée
notice-request-superseded-text = Une demande plus récente de { $app } pour { $environment } a pris la place de celle-ci. Ses approbations ne comptent plus.
rule-link = Régler ce point
conflict-of-interest = Vous appartenez à une équipe de l’organisme demandeur : { $agency }. Un examinateur extérieur à cet organisme décide.
