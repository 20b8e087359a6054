# Las direcciones de correo de una cuenta.
emails-title = Sus direcciones de correo
emails-what = Con cada dirección confirmada puede iniciar sesión, y cada una recibe todos los avisos sobre su cuenta. Los servicios reciben la principal, salvo que elija otra para ellos.
emails-primary = Principal
emails-make-primary = Hacer principal
emails-make-primary-named = Hacer de { $email } la dirección principal
emails-remove = Quitar
emails-remove-named = Quitar { $email }
emails-waiting = Aún sin confirmar
emails-enter-code = Escribir el código
emails-add = Añadir una dirección
emails-add-button = Añadir dirección
emails-back = Volver a su cuenta
emails-later = Hacerlo más tarde
emails-sent = Enviamos un código y un enlace a { $email }. Escriba aquí el código o abra el enlace.
emails-added = La dirección está confirmada y ya pertenece a su cuenta.
emails-removed = La dirección se ha quitado.
emails-made-primary = Esta es ahora su dirección principal.
emails-link-what = Confirme que { $email } es su dirección y que pidió añadirla a su cuenta.
emails-link-elsewhere = En este navegador no ha iniciado sesión en esa cuenta. Si no pidió esto, cierre esta página.
emails-link-done-title = Dirección confirmada
emails-link-done = La dirección ya pertenece a la cuenta. Vuelva al navegador en el que la pidió.
account-manage-emails = Cambiar sus direcciones de correo
error-addresses-yours-already = Esta dirección de correo ya pertenece a su cuenta.
error-addresses-enough = Su cuenta tiene tantas direcciones de correo como puede tener. Quite una primero.
error-addresses-not-yours = Su cuenta no tiene esta dirección de correo. Mire la lista otra vez.
error-addresses-last = Es la única dirección de correo de su cuenta. Añada otra primero.
mail-address-subject = Confirme esta dirección de correo para { $title }
mail-address-text =
    Su código es { $code }

    Escríbalo donde pidió añadir esta dirección a su cuenta, o abra este enlace:
    { $link }

    Ambos valen durante { $minutes } minutos. Si no lo pidió, no haga caso de este mensaje: sin el código o el enlace no se añade nada.
mail-address-in-use-subject = Alguien pidió añadir su dirección a otra cuenta
mail-address-in-use-text =
    Alguien con una sesión abierta en { $title } pidió añadir esta dirección de correo a su cuenta. La dirección ya pertenece a una cuenta, así que no se añadió y no se le dijo.

    Si fue usted, inicie sesión en la cuenta de esta dirección:
    { $link }

    Si no, no tiene que hacer nada.
mail-address-added-subject = Se añadió una dirección de correo a su cuenta
mail-address-added-text =
    { $email } se añadió a su cuenta de { $title }. Sirve para iniciar sesión y recibe todos los avisos.

    Si no fue usted, inicie sesión, quite la dirección y cambie su contraseña:
    { $link }
mail-address-removed-subject = Se quitó una dirección de correo de su cuenta
mail-address-removed-text =
    { $email } se quitó de su cuenta de { $title }.

    Si no fue usted, inicie sesión con otra de sus direcciones y revise su cuenta:
    { $link }
