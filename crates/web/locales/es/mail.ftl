### Correos a las personas.

mail-on-the-way = Usted va de camino a { $app }.
mail-confirm-subject = Confirme su correo electrónico para { $title }
mail-confirm-text =
    Alguien, esperamos que usted, está creando una cuenta en { $title } con este correo electrónico.

    Escriba este código en la página en la que empezó: { $code }

    O abra este enlace y pulse el botón:
    { $link }

    El código y el enlace valen { $minutes } minutos. Si no fue usted, no haga nada: no habrá ninguna cuenta.
mail-exists-subject = Ya tiene una cuenta en { $title }
mail-exists-text =
    Alguien, quizá usted, quiere crear una cuenta en { $title } con este correo electrónico. Ya tiene una cuenta.

    Inicie sesión aquí:
    { $link }

    Si no fue usted, no haga nada. No se dijo a nadie que la cuenta existe.
mail-created-subject = Su cuenta en { $title } está lista
mail-created-text =
    Su cuenta se creó con este correo electrónico y una aplicación de autenticación.

    La encuentra aquí:
    { $link }

    Si no fue usted, alguien tiene acceso a su correo. Cambie la contraseña de su buzón y póngase en contacto con la asistencia.
