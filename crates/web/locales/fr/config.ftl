### Words of the wizard, the versions and the preview.

## The wizard and the edit page
step-contacts = Contacts
f-environment = Où elle commence
f-environment-hint = Commencez dans le bac à sable pour l’essayer. Choisissez la production pour la configuration d’une application à lancer.
environment-test-what = Ce que vous enregistrez est actif aussitôt, pour des essais seulement.
environment-live-what = Rien n’est actif avant un lancement relu, un jour de déploiement.
f-justification = Pourquoi l’application en a besoin
f-draft-name = Nom de ce brouillon
draft-saved-by = Enregistré par { $name }, { $time }
draft-kept = Le brouillon est enregistré. Toute l’équipe peut le poursuivre.
draft-gone = Le brouillon est jeté.
discard-what = Toute l’équipe partage ce brouillon. Ce qui a été saisi est perdu.
discard-yes = Oui, le jeter
conflict-title = Quelqu’un d’autre a enregistré ce brouillon
conflict-what = { $name } l’a enregistré le { $time }, pendant que vous y travailliez. Rien de votre saisie n’est encore enregistré, et rien n’est perdu.
conflict-both = Les deux versions
conflict-mine = Votre saisie (dans le formulaire ci-dessous)
conflict-theirs = Enregistré par { $name }
conflict-now = Voici les valeurs telles qu’elles sont enregistrées maintenant. Vérifiez-les et continuez.
stale-title = La révision { $number } a été enregistrée pendant votre travail
stale-what = Votre saisie est dans le formulaire. Voici ce que l’enregistrer maintenant changerait dans cette révision :
stale-differs = La révision { $number } a été enregistrée depuis le début de ce brouillon. L’enregistrer maintenant changerait : { $lines }
cleared = Effacé, car il n’y a plus de place pour cela : { $fields }
add-redirect-uri = Ajouter une URI
add-post-logout = Ajouter une adresse
add-acs-url = Ajouter une URL
remove = Retirer
f-post-logout-hint = Où les personnes peuvent être renvoyées après la déconnexion.
f-acs-urls-hint = Où les assertions sont envoyées.
f-keys-now = Clés dans le texte ci-dessus :
contacts-what = Personnes à qui écrire au sujet de cette application. Le programme écrit au contact technique quand la connexion échoue.
presets-title = Textes tout prêts
presets-what = Chacun remplit le texte de sa page dans toutes les langues, avec les noms de votre application et de votre organisme. Vous pouvez ensuite modifier le texte.
presets-apply = Remplir avec les textes choisis
preset-none = Garder le texte ci-dessous
preset-blank = Pas de texte
preset-first-time = Première visite
preset-agency-email = Utiliser l’adresse de l’organisme
preset-piv-cac = Utiliser une carte officielle
preset-same-email = Utiliser la même adresse
preset-troubleshoot = Difficultés de connexion

## Versions
restored = La révision { $number } est enregistrée avec les valeurs de la révision { $old }. Rien n’est encore actif : demandez un changement sur la page Lancement.
versions-from = De la révision
versions-to = À la révision
versions-compare-button = Comparer
versions-two = De la révision { $from } à la { $to }
versions-older = Versions plus anciennes
versions-restore-live = Enregistre de nouveau les anciennes valeurs, comme une nouvelle révision. Elle devient active avec un changement relu, un jour de déploiement.
diff-json = Le document, ligne par ligne

## The preview
preview-open = Voir ce que les personnes verront
preview-title = Ce que les personnes verront
preview-what = Ce sont les vraies pages de connexion avec le nom, le logo et le texte d’aide de cette application. Rien ne peut y être envoyé.
preview-language = Langue de l’aperçu
preview-narrow = Sur un téléphone (320 pixels)
preview-wide = Sur un écran large
preview-sign-in = Connexion
preview-sign-up = Créer un compte
preview-consent = Consentement
preview-error = Erreur
preview-mail = Courriel
preview-alone = Ouvrir seule
preview-value = (la valeur de la personne)
preview-error-sentence = C’est ainsi que les personnes lisent qu’une demande de votre application a échoué.

## Home
home-search = Chercher une application par nom, nom court ou émetteur
home-search-button = Chercher
home-found-none = Aucune application ne correspond à « { $words } ».
home-all-apps = Montrer toutes les applications
