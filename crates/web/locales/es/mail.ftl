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
mail-suspended-subject = Su cuenta en { $title } está suspendida
mail-suspended-text =
    El personal de { $title } suspendió su cuenta. Su sesión se cerró en todas partes y nadie puede iniciar sesión con ella hasta que se restablezca.

    Sus datos se conservan. Si no sabe por qué se hizo, póngase en contacto con la asistencia.
mail-reinstated-subject = Su cuenta en { $title } puede usarse de nuevo
mail-reinstated-text =
    Su cuenta ya no está suspendida. Inicie sesión aquí:
    { $link }

    Los servicios en los que tenía una sesión abierta le pedirán que inicie sesión otra vez.
mail-signed-out-subject = Se cerraron todas sus sesiones en { $title }
mail-signed-out-text =
    La asistencia cerró todas las sesiones de su cuenta. Su contraseña y sus otros métodos de inicio de sesión no cambian.

    Inicie sesión aquí:
    { $link }

    Si usted no lo pidió, póngase en contacto con la asistencia.
