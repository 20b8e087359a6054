### How notices reach members, and the words of their kinds.

## How notices come

notices-choices-link = Choisir comment les avis vous parviennent
choices-title = Comment les avis vous parviennent
choices-what = Tous les avis figurent sur votre page. Choisissez pour chaque sorte si un courriel vous prévient aussi.
choices-daily = Le courriel du jour part à { $time } ({ $zone }) et réunit ce qui est arrivé depuis le précédent.
choices-secures = Les avis marqués « sécurité » protègent les comptes et les applications. Ils peuvent arriver une fois par jour, mais ne peuvent pas être désactivés.
choices-security = sécurité
choices-save = Enregistrer
choices-saved = Vos choix ont été enregistrés.
delivery-at-once = Courriel aussitôt
delivery-digest = Un courriel par jour
delivery-portal = Seulement sur la page
topic-requests = Mises en service et modifications
topic-releases = Livraisons
topic-agreements = Accords et usage
topic-apps = Applications et clés
topic-team = Équipe et accès
topic-support = Assistance

## Less mail, from the mail itself

less-title = Moins de courriels
less-kind = Avis de cette sorte : { $kind }
less-what = Rien n’a encore changé. Les avis restent sur votre page du portail, quel que soit votre choix.
less-secures = Ces avis protègent les comptes et les applications. Ils peuvent arriver une fois par jour, mais ne peuvent pas être désactivés.
less-daily-what = Le courriel quotidien s’arrête. Les avis qui protègent les comptes et les applications y arrivent encore.
less-off = Aucun courriel de cette sorte
less-daily = Une fois par jour dans un courriel
less-end-daily = Arrêter le courriel quotidien
less-done-off = C’est fait. Vous ne recevrez plus de courriel de cette sorte.
less-done-daily = C’est fait. Ces avis arrivent dans un courriel par jour.
less-done-end = C’est fait. Le courriel quotidien est arrêté, sauf pour les avis qui protègent les comptes et les applications.
less-choose = Pour choisir pour chaque sorte, connectez-vous.

## Mail

notice-mail-less = Moins de courriels de cette sorte : { $link }
notice-mail-secures = Cet avis protège les comptes et les applications et ne peut pas être désactivé. Une fois par jour : { $link }
digest-subject = { $count ->
        [one] Un avis
       *[other] { $count } avis
    } du { $day }
digest-more = { $count ->
        [one] Un autre figure
       *[other] { $count } autres figurent
    } sur votre page.
digest-all = Tous les avis : { $link }
digest-less = Moins de courriels d’une sorte :
digest-choices = Vous recevez ce courriel parce que vous appartenez à une équipe du portail des partenaires de { $title } et avez choisi un courriel par jour. Choisir à nouveau : { $link }

## The kinds by name

notice-kind-request-submitted = Une demande a été envoyée
notice-kind-request-changes = Un examinateur demande des modifications
notice-kind-request-approved = Une approbation sur plusieurs
notice-kind-request-scheduled = Une demande approuvée a sa fenêtre
notice-kind-request-rejected = Une demande a été rejetée
notice-kind-request-withdrawn = Une demande a été retirée
notice-kind-request-deployed = Une demande est en service
notice-kind-request-rolled-back = Une demande a été annulée
notice-kind-request-moved = Une demande a changé de fenêtre
notice-kind-request-superseded = Une demande plus récente en a remplacé une autre
notice-kind-app-suspended = Une application a été suspendue
notice-kind-app-resumed = La suspension d’une application a été levée
notice-kind-key-revoked = Une clé a été révoquée définitivement
notice-kind-key-expiring = Un certificat prend bientôt fin
notice-kind-key-added = Une clé a été ajoutée
notice-kind-key-removed = Une clé a été retirée
notice-kind-findings-new = Le contrôle nocturne a trouvé quelque chose
notice-kind-probe-failing = Une application en service échoue de l’extérieur
notice-kind-invited = Invitations dans une équipe
notice-kind-webhook-disabled = Un webhook a été désactivé
notice-kind-ticket-opened = Une équipe demande de l’aide
notice-kind-ticket-answered = Réponses aux tickets
notice-kind-ticket-moved = Un ticket a changé d’état
notice-kind-review-waits = Une demande attend un examen
notice-kind-review-overdue = Une demande attend l’examen trop longtemps
notice-kind-review-emergency = Une urgence attend une deuxième personne
notice-kind-role-given = Vous avez reçu un rôle
notice-kind-role-taken = Un rôle vous a été retiré
notice-kind-invitation-ended = Votre invitation a reçu une réponse
notice-kind-team-agency = Votre équipe a changé d’organisme
notice-kind-app-transferred = Une application a changé d’équipe
notice-kind-app-deleted = Une configuration a été supprimée
notice-kind-token-made = Un jeton d’API à vous a été créé
notice-kind-token-revoked = Un jeton d’API à vous a été révoqué
notice-kind-token-ending = Un jeton expire bientôt
notice-kind-webhook-changed = Un webhook a été créé ou modifié
notice-kind-domain-proved = Un domaine attend une approbation
notice-kind-domain-approved = Un domaine a été approuvé
notice-kind-domain-removed = Un domaine a été retiré à votre équipe
notice-kind-rule-waived = Une règle a été levée
notice-kind-waiver-ended = Une dispense a pris fin
notice-kind-release-deployed = Une livraison est en service
notice-kind-release-rolled-back = Un environnement a été rétabli
notice-kind-release-refused = Un environnement a refusé une livraison
notice-kind-canary-failed = La connexion d’essai après une livraison a échoué

## Their words

notice-review-waits-subject = { $app } : une demande attend un examen
notice-review-waits-text = L’équipe { $team } a envoyé une demande de { $app } pour { $environment }. Sa fenêtre est { $window }. La file montre depuis quand elle attend.
notice-review-overdue-subject = { $app } : la réponse à une demande est en retard
notice-review-overdue-text = L’équipe { $team } a envoyé une demande de { $app } pour { $environment }, à laquelle il fallait répondre au plus tard le { $ends }. Examinez-la aujourd’hui ou demandez-le à un collègue.
notice-review-emergency-subject = Urgence : { $app } attend une deuxième personne
notice-review-emergency-text = L’équipe { $team } demande de changer { $app } en { $environment } immédiatement : « { $reason } ». Le déploiement se fait dès que l’un de vous l’approuve ; l’examen vient ensuite.
notice-role-given-subject = Vous avez un rôle dans { $team }
notice-role-given-text = { $who } vous a donné le rôle « { $role } » dans { $team } ({ $realm }). Si c’est une erreur, prévenez votre équipe ou le programme.
notice-role-taken-subject = Un de vos rôles dans { $team } a pris fin
notice-role-taken-text = { $who } vous a retiré le rôle « { $role } » dans { $team } ({ $realm }). Si c’est une erreur, prévenez votre équipe ou le programme.
notice-invitation-ended-subject = Votre invitation dans { $team } : { $answer }
notice-invitation-ended-text = Votre invitation de { $email } dans { $team } a reçu une réponse : { $answer }.
answer-accepted = acceptée
answer-declined = déclinée
notice-team-agency-subject = { $team } appartient désormais à { $agency }
notice-team-agency-text = { $who } a déplacé l’équipe { $team } vers { $agency }. Désormais les accords du nouvel organisme valent pour ses applications.
notice-app-transferred-subject = { $app } appartient désormais à { $team }
notice-app-transferred-text = { $who } a déplacé l’application { $app } de { $old_team } vers { $team }.
notice-app-deleted-subject = { $app } : supprimée en { $environment }
notice-app-deleted-text = { $who } a supprimé la configuration de { $app } en { $environment }.
notice-token-made-subject = Un jeton d’API a été créé : { $name }
notice-token-made-text = Le jeton d’API « { $name } » a été créé en votre nom. Il est valable jusqu’au { $ends }. Si ce n’était pas vous, révoquez-le aussitôt.
notice-token-revoked-subject = Un jeton d’API a été révoqué : { $name }
notice-token-revoked-text = Le jeton d’API « { $name } » a été révoqué. Les programmes qui l’utilisent sont désormais refusés.
notice-token-ending-subject = Le jeton « { $name } » expire dans { $days ->
    [one] 1 jour
   *[other] { $days } jours
}
notice-token-ending-text = Le jeton « { $name } » est valable jusqu’au { $ends }. Créez-en un nouveau et mettez-le à sa place avant ce jour ; ensuite, les programmes qui utilisent l’ancien sont refusés.
notice-webhook-changed-subject = Un webhook a été créé ou modifié
notice-webhook-changed-text = { $who } a créé ou modifié le webhook à { $url }. Si personne de votre équipe ne l’a fait exprès, désactivez-le.
notice-domain-proved-subject = { $domain } attend une approbation
notice-domain-proved-text = Le DNS de { $domain } montre le jeton de l’équipe { $team }. Approuvez le domaine ou retirez-le à l’équipe.
notice-domain-approved-subject = { $domain } a été approuvé
notice-domain-approved-text = Le domaine { $domain } a été approuvé. Les applications en service de votre équipe peuvent désormais l’utiliser.
notice-domain-removed-subject = { $domain } a été retiré à votre équipe
notice-domain-removed-text = { $who } a retiré le domaine { $domain } à votre équipe. Le validateur ne le compte plus comme vôtre.
notice-rule-waived-subject = { $app } : la règle { $rule } a été levée
notice-rule-waived-text = La règle { $rule } est levée pour { $app } jusqu’au { $ends }. La raison : { $note }
notice-waiver-ended-subject = { $app } : la dispense de { $rule } a pris fin
notice-waiver-ended-text = { $who } a mis fin à la dispense de la règle { $rule } pour { $app }. La règle compte de nouveau.
notice-release-deployed-subject = La livraison { $number } est en service en { $environment }
notice-release-deployed-text = La livraison { $number } est désormais celle de { $environment }. De quoi il s’agit : { $note }
notice-release-rolled-back-subject = { $environment } a été rétabli par la livraison { $number }
notice-release-rolled-back-text = La livraison { $number } a rétabli un état antérieur de { $environment }. La raison : { $note }
notice-release-refused-subject = { $environment } a refusé la livraison { $number }
notice-release-refused-text = { $environment } n’a pas pris la livraison { $number } et continue de servir la précédente. La raison : { $why }
notice-canary-failed-subject = La connexion d’essai a échoué en { $environment }
notice-canary-failed-text = Après la livraison { $number }, la connexion d’essai a échoué en { $environment }. La raison : { $why }
realm-sandbox = bac à sable
realm-production = production
realm-programme = programme
