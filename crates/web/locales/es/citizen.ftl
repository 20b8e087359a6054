### Lo que ven las personas al crear su cuenta, iniciar sesión y cuidar su cuenta.

## El marco
skip-to-content = Ir al contenido principal
banner-label = Entorno
banner-practice = Prueba (Test): no use datos personales reales
sign-out = Cerrar sesión
language = Idioma
request-id = Id. de la solicitud
continue = Continuar
change = Cambiar
step = Paso { $now } de { $of }
back-to = Volver a { $service }
form-post-title = Volviendo al servicio
app-asks = Inicie sesión para continuar a

## Iniciar sesión
sign-in-title = Iniciar sesión
sign-in-new = ¿Es su primera vez aquí?
create-account = Crear una cuenta
email-label = Correo electrónico
password-title = Escriba su contraseña
password-label = Contraseña
password-show = Mostrar la contraseña
password-hide = Ocultar la contraseña
password-is-shown = Su contraseña está a la vista.
password-is-hidden = Su contraseña está oculta.
signing-in-as = Inicia sesión como
second-factor-title = Escriba su código de un solo uso
second-factor-do = Abra su aplicación de autenticación y escriba el código que muestra.
code-label = Código de un solo uso
code-hint = 6 dígitos
start-over = Empezar de nuevo con otra cuenta
locked-title = Demasiados intentos
locked-why = Para proteger la cuenta, no aceptamos otro intento antes de { $time }. Faltan { $minutes } min.
locked-do = Si no fue usted quien lo intentó, póngase en contacto con la asistencia y dé la referencia de esta página.
locked-again = Empezar de nuevo

## Crear una cuenta
sign-up-email-title = Crear una cuenta
sign-up-email-why = Con una sola cuenta puede entrar en muchos servicios del gobierno.
sign-up-email-hint = Enviaremos un código a esta dirección.
terms-agree = Al continuar, acepta las reglas de uso.
have-account = Ya tengo una cuenta
check-email-title = Revise su correo
check-email-sent = Enviamos un código y un enlace a { $email }. Escriba aquí el código o abra el enlace. Si abre el enlace en otro dispositivo, vuelva después aquí y pulse Continuar.
mail-code-label = Código del correo
mail-code-hint = 6 dígitos, válido durante una hora
check-email-late = ¿No ha llegado? Mire en el correo no deseado o pida otro.
resend = Enviar otro código
resent = Enviamos otro correo. Ahora solo valen su código y su enlace.
check-email-wrong = Usar otro correo electrónico
elsewhere-title = Vuelva a su primer navegador
elsewhere-why = Su correo electrónico está confirmado. Para proteger su cuenta, solo continúa el navegador en el que empezó.
elsewhere-do = Vuelva a la página en la que empezó y pulse Continuar.
elsewhere-start = Empezar de nuevo en este navegador
confirm-title = Confirme su correo electrónico
confirm-what = Va a confirmar { $email } para su nueva cuenta.
confirm-elsewhere = Usted empezó en otro navegador o en otro dispositivo. Pulse el botón solo si fue usted quien empezó. Después vuelva allí: aquel continúa, este no.
confirm-button = Confirmar el correo
new-password-title = Cree una contraseña
new-password-why = La usará con { $email }. Unas palabras sin relación entre sí forman una contraseña fuerte.
new-password-hint = Al menos { $count } { $count ->
    [one] carácter
   *[other] caracteres
}. Puede pegarla. No hacen falta signos especiales.
factor-title = Añada una segunda forma de demostrar que es usted
factor-why = Una contraseña sola se puede robar. Desde ahora usará también un segundo método cada vez que inicie sesión.
factor-legend = Elija un método
factor-totp = Aplicación de autenticación
factor-totp-needs = Una aplicación en su teléfono u ordenador muestra un código nuevo cada 30 segundos. Es gratis y funciona sin red.
factor-other = Elegir otro método
factor-needed = Elija un método.
totp-title = Configure su aplicación de autenticación
totp-open = Abra una aplicación de autenticación y elija añadir una cuenta.
totp-scan = Escanee esta imagen con ella.
totp-qr-alt = Código QR con su clave
totp-type = O escriba esta clave:
totp-then = Escriba el código que muestra ahora la aplicación.
totp-button = Añadir esta aplicación

## Consentimiento
consent-title = Compartir con { $service }
consent-why = { $service } pide lo siguiente. No recibe nada más de su cuenta.
consent-offline = { $service } también pide seguir conectado después de que usted cierre la sesión. Hasta que le preguntemos de nuevo, puede obtener la información de arriba sin que usted esté presente, también cuando cambie.
consent-email-legend = ¿Qué dirección de correo electrónico puede usar { $service }?
consent-email-hint = Recibe solo esta. Puede cambiarla más tarde en los servicios conectados.
consent-term = Le preguntaremos de nuevo dentro de un año o cuando el servicio pida más.
consent-button = Aceptar y continuar
consent-cancel = No compartir, cancelar

## La cuenta
account-title = Su cuenta
account-emails = Correos electrónicos
account-methods = Formas de iniciar sesión
account-services = Servicios conectados
account-no-services = Todavía no ha compartido nada con ningún servicio.
account-added = Añadido el { $day }
account-connected = Conectado el { $day }
account-made = Su cuenta está lista.

## Cerrar sesión
signed-out-title = Ha cerrado la sesión
signed-out-what = Si comparte este ordenador, cierre también el navegador.
sign-in-again = Iniciar sesión de nuevo
logout-title = ¿Cerrar sesión?
logout-asked = { $service } pide cerrar aquí su sesión. Otros servicios que abrió pueden mantener su propia sesión.
logout-what = Se cerrará aquí su sesión. Otros servicios que abrió pueden mantener su propia sesión.
logout-button = Sí, cerrar sesión
logout-stay = Seguir con la sesión abierta

## El buzón de los entornos de prueba
inbox-title = Buzón de prueba
inbox-what = El correo de este entorno nunca se envía. Termina aquí.
inbox-to = Mostrar el correo para
inbox-show = Mostrar
inbox-count = { $count ->
    [0] Ningún mensaje
    [one] { $count } mensaje
   *[other] { $count } mensajes
}

## Lo que salió mal
error-prefix = Error:
error-summary = Hay un problema
error-title = No podemos continuar
error-missing-title = Página no encontrada
error-fault-title = Algo salió mal
error-code = Código
error-reference = Referencia
error-help = Si pide ayuda, dé esta referencia. No contiene nada sobre usted.
error-of-app = El servicio que lo envió aquí cometió un error en su solicitud. Su cuenta no está afectada. Vuelva al servicio e inténtelo de nuevo; si vuelve a ocurrir, avise a su mesa de ayuda.
error-service = Esto ocurrió de camino a { $service }.
error-fault = Algo falló por nuestra parte. Inténtelo de nuevo en unos minutos.
error-unavailable = El servicio no puede hacer esto ahora. Inténtelo de nuevo en unos minutos.
error-web-not-found = No hay nada en esta dirección. Compruebe que está bien escrita.
error-form-stale = Este formulario es demasiado antiguo. Abra de nuevo la página y envíelo otra vez.
error-form-foreign = Este formulario se envió desde otro sitio. Abra la página aquí y envíelo de nuevo.
error-limits-too-many = Se han enviado demasiados formularios desde su red. Espere un minuto e inténtelo de nuevo.
error-limits-too-slow = Tardó demasiado. Inténtelo de nuevo.
error-email-empty = Escriba su correo electrónico.
error-email-too-long = El correo electrónico es demasiado largo. Puede tener 254 caracteres como máximo.
error-email-not-ascii = Use un correo electrónico de letras, cifras y signos sencillos, sin acentos.
error-email-no-at-sign = El correo electrónico no tiene el signo @. Escríbalo como nombre@example.com.
error-email-local-part = La parte anterior al signo @ no es válida. Compruebe si hay espacios o puntos de más.
error-email-domain = La parte posterior al signo @ no es un dominio. Escríbala como nombre@example.com.
error-email-throw-away = Este proveedor da direcciones por poco tiempo y usted podría perder su cuenta. Use una dirección que vaya a conservar.
error-password-empty = Escriba una contraseña.
error-password-too-short = La contraseña es demasiado corta. Use al menos 8 caracteres; unas palabras sin relación son fáciles de recordar.
error-password-too-long = La contraseña es demasiado larga. Use 256 caracteres como máximo.
error-password-control-character = La contraseña contiene un carácter que no se puede escribir en todos los teclados, como un tabulador. Quítelo.
error-password-repeated = La contraseña repite lo mismo una y otra vez. Elija otra.
error-password-sequence = La contraseña es una serie de letras o cifras seguidas. Elija otra.
error-password-common = Muchas personas usan esta contraseña y los ladrones la prueban primero. Elija otra.
error-password-like-your-email = La contraseña es casi su correo electrónico y es fácil de adivinar. Elija otra.
error-password-like-the-service = La contraseña es casi el nombre del servicio y es fácil de adivinar. Elija otra.
error-password-like-the-programme = La contraseña es casi el nombre de este servicio de acceso y es fácil de adivinar. Elija otra.
error-password-weak = La contraseña es fácil de adivinar: es demasiado corta para lo que contiene. Añada una o dos palabras sin relación entre sí.
error-password-weak-keys = La contraseña es fácil de adivinar: sigue las teclas de un teclado. Añada una o dos palabras sin relación entre sí.
error-password-weak-repeats = La contraseña es fácil de adivinar: se repite. Añada una o dos palabras sin relación entre sí.
error-password-weak-sequence = La contraseña es fácil de adivinar: contiene una serie como abc o 6543. Añada una o dos palabras sin relación entre sí.
error-password-weak-date = La contraseña es fácil de adivinar: es sobre todo una fecha o un año. Añada una o dos palabras sin relación entre sí.
error-password-weak-name = La contraseña es fácil de adivinar: es sobre todo un nombre. Añada una o dos palabras sin relación entre sí.
error-password-weak-word = La contraseña es fácil de adivinar: es sobre todo una palabra. Añada una o dos palabras más sin relación entre sí.
error-password-weak-common = La contraseña es fácil de adivinar: se parece a una que usan muchas personas. Añada una o dos palabras sin relación entre sí.
error-password-breached = Esta contraseña se encontró en una lista de contraseñas robadas y los ladrones la prueban primero. Elija una que no use en ningún otro lugar.
error-totp-empty = Escriba el código de su aplicación de autenticación.
error-totp-malformed = El código tiene seis cifras. Escriba el que muestra ahora su aplicación de autenticación.
error-totp-wrong = Este código es incorrecto o ya se usó. Espere al siguiente y escríbalo.
error-journey-wrong-code = Este código es incorrecto. Mire el último correo y escriba de nuevo su código.
error-journey-wrong-link = Este enlace es demasiado antiguo o ya se usó. Use el enlace o el código del último correo.
error-journey-mail-expired = Este código es demasiado antiguo. Pida otro correo.
error-journey-too-many-codes = Demasiados códigos incorrectos. Pida otro correo y use su código.
error-journey-too-many-mails = Se enviaron demasiados correos. Espere una hora y empiece de nuevo.
error-journey-other-browser = Usted empezó en otro navegador. Vuelva a él y escriba allí el código.
error-journey-wrong-password = El correo electrónico o la contraseña son incorrectos. Inténtelo de nuevo o cree una cuenta.
error-journey-too-many-passwords = Demasiados intentos. Espere unos minutos y empiece de nuevo.
error-journey-wrong-second-factor = Este código es incorrecto o ya se usó. Espere al siguiente código de su aplicación de autenticación y escríbalo.
error-journey-too-many-second-factors = Demasiados códigos incorrectos. Espere diez minutos y empiece de nuevo.
error-person-suspended = Esta cuenta está suspendida. Póngase en contacto con la asistencia y dé la referencia de esta página.
error-person-deleted = Esta cuenta se eliminó. Cree una cuenta nueva para continuar.
error-sign-up-address-taken = Ya existe una cuenta con este correo electrónico. Inicie sesión con ella.
error-consent-address-unknown = Esta dirección no es de su cuenta. Elija una de la lista.
error-authorize-app-changed = Este servicio cambió mientras usted iniciaba sesión. Vuelva a él y empiece de nuevo.
email-wrong = Escriba un correo electrónico como nombre@example.com.
code-wrong = Este código es incorrecto o demasiado antiguo. Escriba el más reciente.

## Atributos
attribute-email = Correo electrónico
attribute-all-emails = Todos los correos electrónicos
attribute-locale = Idioma
attribute-verified-at = Identidad verificada el
attribute-x509-subject = Titular de la tarjeta (PIV/CAC)
attribute-x509-issuer = Emisor de la tarjeta (PIV/CAC)
attribute-x509-presented = Tarjeta presentada (PIV/CAC)
attribute-first-name = Nombre
attribute-last-name = Apellidos
attribute-dob = Fecha de nacimiento
attribute-ssn = Número de Seguro Social
attribute-address1 = Dirección
attribute-address2 = Dirección, segunda línea
attribute-city = Ciudad
attribute-state = Estado
attribute-zipcode = Código postal
attribute-phone = Número de teléfono
