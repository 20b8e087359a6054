# Les adresses e-mail d’un compte.
emails-title = Vos adresses e-mail
emails-what = Chaque adresse confirmée permet de se connecter et reçoit tous les avis sur votre compte. Les services reçoivent l’adresse principale, sauf si vous en choisissez une autre pour eux.
emails-primary = Principale
emails-make-primary = Rendre principale
emails-make-primary-named = Faire de { $email } l’adresse principale
emails-remove = Retirer
emails-remove-named = Retirer { $email }
emails-waiting = Pas encore confirmées
emails-enter-code = Saisir le code
emails-add = Ajouter une adresse
emails-add-button = Ajouter l’adresse
emails-back = Retour à votre compte
emails-later = Le faire plus tard
emails-sent = Nous avons envoyé un code et un lien à { $email }. Saisissez le code ici ou ouvrez le lien.
emails-added = L’adresse est confirmée et fait désormais partie de votre compte.
emails-removed = L’adresse est retirée.
emails-made-primary = C’est maintenant votre adresse principale.
emails-link-what = Confirmez que { $email } est votre adresse et que vous avez demandé à l’ajouter à votre compte.
emails-link-elsewhere = Vous n’êtes pas connecté à ce compte dans ce navigateur. Si vous n’avez rien demandé, fermez cette page.
emails-link-done-title = Adresse confirmée
emails-link-done = L’adresse fait désormais partie du compte. Retournez au navigateur dans lequel vous l’avez demandée.
account-manage-emails = Modifier vos adresses e-mail
error-addresses-yours-already = Cette adresse e-mail fait déjà partie de votre compte.
error-addresses-enough = Votre compte a autant d’adresses e-mail qu’il peut en avoir. Retirez-en d’abord une.
error-addresses-not-yours = Votre compte n’a pas cette adresse e-mail. Regardez de nouveau la liste.
error-addresses-last = C’est la seule adresse e-mail de votre compte. Ajoutez-en d’abord une autre.
mail-address-subject = Confirmez cette adresse e-mail pour { $title }
mail-address-text =
    Votre code est { $code }

    Saisissez-le là où vous avez demandé à ajouter cette adresse à votre compte, ou ouvrez ce lien :
    { $link }

    Les deux sont valables { $minutes } minutes. Si vous n’avez rien demandé, ignorez ce message : sans le code ou le lien, rien n’est ajouté.
mail-address-in-use-subject = Quelqu’un a demandé à ajouter votre adresse à un autre compte
mail-address-in-use-text =
    Une personne connectée à { $title } a demandé à ajouter cette adresse e-mail à son compte. L’adresse fait déjà partie d’un compte : elle n’a pas été ajoutée, et cette personne n’en a rien su.

    Si c’était vous, connectez-vous plutôt au compte de cette adresse :
    { $link }

    Sinon, vous n’avez rien à faire.
mail-address-added-subject = Une adresse e-mail a été ajoutée à votre compte
mail-address-added-text =
    { $email } a été ajoutée à votre compte { $title }. Elle permet de se connecter et reçoit tous les avis.

    Si ce n’était pas vous, connectez-vous, retirez l’adresse et changez votre mot de passe :
    { $link }
mail-address-removed-subject = Une adresse e-mail a été retirée de votre compte
mail-address-removed-text =
    { $email } a été retirée de votre compte { $title }.

    Si ce n’était pas vous, connectez-vous avec une autre de vos adresses et regardez votre compte :
    { $link }
