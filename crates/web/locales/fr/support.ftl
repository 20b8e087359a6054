### Words of technical support.

nav-support = Support
tickets-title = Support
tickets-what = Questions de vos équipes au support technique, la réponse la plus récente d’abord. Vous pouvez aussi répondre par courriel.
tickets-what-staff = Questions de toutes les équipes au support technique, la réponse la plus récente d’abord, avec le temps écoulé depuis le dernier mot.
tickets-filter = Demandes par état
tickets-all = Toutes
tickets-none = Il n’y a pas de demandes ici.
tickets-older = Demandes plus anciennes
ticket-new = Demander au support
ticket-new-what = Dites ce que vous avez fait, ce qui s’est passé et ce que vous attendiez. N’indiquez pas de données personnelles de ceux qui se connectent : l’identifiant de requête suffit pour retrouver ce qui s’est passé.
ticket-team = Équipe
ticket-category = Sujet de la demande
ticket-app = Application
ticket-app-hint = Son nom court, comme dans l’adresse de sa page
ticket-request = Identifiant de requête
ticket-request-hint = Tel que la page d’erreur ou la réponse l’a affiché
ticket-subject = Objet
ticket-text = Votre question
ticket-text-hint = Texte brut, 10 000 caractères au plus
ticket-send = Envoyer au support
ticket-conversation = Conversation
ticket-answer = Répondre
ticket-your-answer = Votre réponse
ticket-send-answer = Envoyer la réponse
ticket-move = Changer l’état
ticket-move-it = Changer l’état
ticket-is-over = Cette demande est close. Ouvrez-en une autre s’il reste quelque chose à dire.
ticket-opened-by = Ouverte par { $who }, { $time }
ticket-who = { $who } ({ $side })
ticket-by-mail = par courriel
ticket-moved-to = Nouvel état : { $state }
ticket-side-partner = équipe
ticket-side-support = support
ticket-is-open = Ouverte
ticket-is-waiting-for-partner = En attente de l’équipe
ticket-is-waiting-for-support = En attente du support
ticket-is-solved = Résolue
ticket-is-closed = Close
ticket-about-sign-in = Connexions qui échouent
ticket-about-configuration = Configuration, clés et logo
ticket-about-launch = Lancement ou changement
ticket-about-agreement = Accord
ticket-about-portal = Équipes et portail
ticket-about-other = Autre chose
ticket-mail-above = Écrivez votre réponse au-dessus de cette ligne.
support-ask-app = Interroger le support sur cette application
support-ask-request = Interroger le support sur cette requête
inbox-answer-to = Les réponses, envoyées avec n’importe quel logiciel de courrier par { $smtp }, vont à
help-support-what = Le support répond à ce que les guides laissent ouvert, sur une page de votre équipe et par courriel. Donnez l’identifiant de requête de la page d’erreur : il suffit pour retrouver ce qui s’est passé.
help-ask-support = Demander au support
notice-ticket-opened-subject = Support : { $subject }
notice-ticket-opened-text =
    { $who }, de l’équipe { $team }, demande au sujet de « { $subject } » :

    { $words }
notice-ticket-answered-subject = Re: Support : { $subject }
notice-ticket-answered-text =
    { $who } a répondu au sujet de « { $subject } » :

    { $words }
notice-ticket-moved-subject = Support : { $subject } – { $state }
notice-ticket-moved-text = { $who } a changé l’état de la demande « { $subject } » : { $state }.
error-ticket-not-found = Il n’y a pas de telle demande que vous puissiez voir. Vérifiez son adresse.
error-ticket-team = Dites laquelle de vos équipes demande. Qui n’a pas encore d’équipe demande une invitation à un administrateur.
error-ticket-app = Votre équipe n’a pas cette application. Laissez le champ vide ou choisissez l’une des vôtres.
error-ticket-subject = Écrivez en une ligne de 3 à 150 caractères de quoi il s’agit.
error-ticket-text = Écrivez du texte brut de 10 000 caractères au plus.
error-ticket-request-id = Ce n’est pas un identifiant de requête. Copiez-le de la page d’erreur ou de la réponse, ou laissez le champ vide.
error-ticket-closed = La demande est close. Ouvrez-en une autre et mentionnez celle-ci.
error-ticket-state = La demande ne peut pas passer à cet état d’où elle est. Rechargez-la.
error-ticket-full = La demande a 500 entrées. Ouvrez-en une autre et mentionnez celle-ci.
error-ticket-too-many = Vous avez ouvert beaucoup de demandes en une heure. Répondez dans l’une d’elles ou attendez.
