## Connected services
services-link = Ver y cambiar lo que comparte
services-what = Estos servicios reciben información de su cuenta. Se muestran los valores que recibirían ahora.
services-since = Conectado desde
services-last = Último inicio de sesión
services-level = Nivel
services-level-auth-only = Inicio de sesión sin identidad verificada
services-level-identity-verified = Inicio de sesión con identidad verificada
services-offline = Cuando usted no está
services-offline-yes = Sigue conectado después de cerrar la sesión
services-offline-no = No está conectado
services-shared = Lo que recibe
services-nothing = Nada más que el propio inicio de sesión.
services-change-email = Cambiar la dirección de correo electrónico
services-disconnect = Desconectar
services-back = Volver a su cuenta
services-email-changed = El servicio recibe ahora la dirección que eligió.
services-disconnected = El servicio está desconectado. Ya no recibe nada de su cuenta.

## The address of one service
shared-email-title = Dirección de correo electrónico para { $service }
shared-email-hint = El servicio recibe la nueva dirección cuando la pida, a más tardar en su próximo inicio de sesión.
shared-email-button = Guardar
shared-email-keep = Dejar la dirección como está

## Disconnecting
disconnect-title = ¿Desconectar { $service }?
disconnect-what = { $service } dejará de recibir datos de su cuenta. Cuando vuelva a iniciar sesión en este servicio, se le preguntará de nuevo qué puede recibir.
disconnect-kept = Lo que { $service } recibió antes se queda allí, y es posible que su sesión siga abierta allí. Para que lo borren, pídaselo a { $service }.
disconnect-button = Desconectar
disconnect-stay = Seguir conectado

error-consent-not-connected = No está conectado a este servicio. Sus servicios conectados figuran en su cuenta.
