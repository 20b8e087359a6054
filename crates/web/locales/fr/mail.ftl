### E-mails aux personnes.

mail-on-the-way = Vous vous rendez sur { $app }.
mail-confirm-subject = Confirmez votre adresse e-mail pour { $title }
mail-confirm-text =
    Quelqu’un, vous, nous l’espérons, crée un compte sur { $title } avec cette adresse e-mail.

    Saisissez ce code sur la page où vous avez commencé : { $code }

    Ou ouvrez ce lien et appuyez sur le bouton :
    { $link }

    Le code et le lien sont valables { $minutes } minutes. Si ce n’était pas vous, ne faites rien : il n’y aura pas de compte.
mail-exists-subject = Vous avez déjà un compte sur { $title }
mail-exists-text =
    Quelqu’un, peut-être vous, veut créer un compte sur { $title } avec cette adresse e-mail. Elle a déjà un compte.

    Connectez-vous ici :
    { $link }

    Si ce n’était pas vous, ne faites rien. Personne n’a appris que le compte existe.
mail-created-subject = Votre compte sur { $title } est prêt
mail-created-text =
    Votre compte a été créé avec cette adresse e-mail et une application d’authentification.

    Vous le trouvez ici :
    { $link }

    Si ce n’était pas vous, quelqu’un a accès à votre messagerie. Changez le mot de passe de votre messagerie et contactez l’assistance.
mail-suspended-subject = Votre compte sur { $title } est suspendu
mail-suspended-text =
    Le personnel de { $title } a suspendu votre compte. Vous êtes déconnecté partout, et personne ne peut se connecter avec ce compte tant qu’il n’est pas rétabli.

    Vos données sont conservées. Si vous ne savez pas pourquoi, contactez l’assistance.
mail-reinstated-subject = Votre compte sur { $title } peut de nouveau être utilisé
mail-reinstated-text =
    Votre compte n’est plus suspendu. Connectez-vous ici :
    { $link }

    Les services auxquels vous étiez connecté vous demanderont de vous connecter à nouveau.
mail-signed-out-subject = Vous avez été déconnecté de { $title } partout
mail-signed-out-text =
    L’assistance a mis fin à toutes les sessions de votre compte. Votre mot de passe et vos autres moyens de connexion ne changent pas.

    Connectez-vous ici :
    { $link }

    Si vous ne l’avez pas demandé, contactez l’assistance.
