### Pictures, and the first pages of partners and staff.

## Pictures

picture-table = Sous forme de tableau

## What needs the reader

needs-none-staff = Rien ne vous attend. Les nouvelles demandes, les tickets et les constats apparaissent ici.
need-is-overdue = Réponses en retard
need-is-review = Demandes à examiner
need-is-after-review = Examens dus après des urgences
need-is-sign = Accords à signer
need-is-counsel = Accords à valider par le service juridique
need-is-move-on = Accords à faire avancer
need-is-partnership = Partenariats où c’est votre tour
need-is-domain = Domaines à approuver
need-is-finish = Demandes à terminer
need-is-try = Demandes en service à essayer
need-is-ticket = Tickets auxquels répondre
need-is-key = Certificats qui prennent fin sous 60 jours
need-is-agreement = Accords qui prennent fin sous 60 jours
need-is-finding = Applications en service avec des erreurs
need-since = Le plus ancien attend depuis { $time }.
need-due = à faire avant le { $day }

## The board

board-title = Du bac à sable à la production
board-what = Où en est chaque application. Une case jaune pointillée attend quelqu’un, une rouge épaisse est bloquée, une verte épaisse est en service.
board-none = Aucune application n’est en route. Créez une application dans le bac à sable, puis demandez sa mise en service sur sa page.
board-none-staff = Aucune demande n’est en route vers un environnement en service.
board-app = Application
board-live = En service
board-changed = Modifiée
board-not-live = Pas en ligne
board-draft = Brouillon
board-submitted = En examen
board-changes-requested = Renvoyée
board-approved = Approuvée
board-scheduled = Planifiée
board-revision = Rév. { $number }
board-blockers = { $count ->
        [one] 1 blocage
       *[other] { $count } blocages
    }
board-window = fenêtre { $day }

## The next window

ships-title = Ce qui part ensuite
next-desc = Une barre par demande, de l’envoi à sa fenêtre. Une ligne marque aujourd’hui.
next-none = Rien n’est encore approuvé. Les demandes approuvées avant la clôture y partent.
next-submitted = Envoyée
next-window = Fenêtre
picture-today = Aujourd’hui

## How long it took

lead-title = De la demande à la mise en service
lead-desc = Une barre par demande récente, selon sa durée. Des lignes marquent la médiane et la durée tenue par neuf sur dix.
lead-none = Aucune demande n’est encore en service.
lead-median = Médiane : { $time }
lead-p90 = Neuf sur dix : { $time }
lead-took = Durée
lead-hours = { $count ->
        [one] 1 heure
       *[other] { $count } heures
    }

## Keys in time

timeline-title = Les certificats dans le temps
timeline-desc = Une barre par certificat, jusqu’au jour où il prend fin. Une ligne marque aujourd’hui.
timeline-until = jusqu’au { $day }
timeline-ends = Fin

## Drift

matrix-title = Production : déployé, portail, accord
matrix-desc = Chaque ligne est une application en production : la révision déployée, la plus récente du portail, et si un accord la couvre.
matrix-deployed = Déployé
matrix-portal = Portail
matrix-agreement = Accord
matrix-covered = Couverte
matrix-not-covered = Sans accord
matrix-same = Identique
matrix-newer = Plus récente
matrix-differs = Différente

## Utilisation

today-usage = Utilisation par rapport aux accords
today-usage-what = Les commandes en vigueur qui utiliseront la plus grande part de leur estimation. La bande montre de combien les mois à venir peuvent s’écarter.

## Releases

today-releases = Dernières livraisons de production
today-releases-none = Rien n’a encore été livré en production. Une livraison est faite à l’ouverture d’une fenêtre.
