### Avis aux membres, clés et webhooks.

## Avis

nav-notices = Avis
nav-notices-new = Avis ({ $count } nouveaux)
notices-title = Avis
notices-what = Ce qui est arrivé aux applications, aux clés et aux demandes de votre équipe. Chaque avis arrive aussi dans votre messagerie. Ils sont gardés 90 jours.
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
