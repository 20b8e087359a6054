release-kind-repair = Réparation
release-canary = Connexion témoin
canary-passed = Réussie après la version { $number }
canary-failed = Échouée après la version { $number } à « { $step } »
environment-elsewhere = Fonctionne ailleurs
environment-refuses = Refuse la version suivante
difference-title = Ce qui ne doit pas différer
difference-what = Ce qui a été publié, ce qui est servi et ce qui a été convenu, comparés à l’instant.
difference-more = { $count ->
    [one] Et { $count } autre différence.
   *[other] Et { $count } autres différences. Réparez d’abord celles-ci.
}
environment-more-apps = { $count ->
    [one] { $count } autre application
   *[other] { $count } autres applications
}
difference-none = Aucune différence.
difference-kind = Ce qui diffère
difference-environment = Environnement
difference-repair = Réparation
difference-not-served = L’environnement ne sert pas la révision publiée.
difference-altered = Le portail garde un autre document que celui qui a été publié. Consultez le journal d’audit.
difference-agency = L’équipe relève d’une autre agence que celle que nomme la version.
difference-deleted = La configuration a été supprimée et l’application est encore servie.
difference-agreement = Aucun accord en vigueur aujourd’hui ne couvre l’application. Suspendez-la ou renouvelez l’accord.
difference-by-release = Par une nouvelle version
difference-by-hand = Pas par une version
repair-button = Réparer { $environment }
repair-what = Une nouvelle version apporte à nouveau ce qui a été publié et retire ce qui a été supprimé.
whole-title = L’environnement entier
whole-what = Ramène toutes les applications à leur état après cette version, en une seule nouvelle version. Les clés retirées et les applications supprimées ne reviennent pas.
whole-button = Ramener tout l’environnement à ce point
