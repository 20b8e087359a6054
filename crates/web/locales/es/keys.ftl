### Avisos a los miembros, claves y webhooks.

## Avisos

nav-notices = Avisos
nav-notices-new = Avisos ({ $count } nuevos)
notices-title = Avisos
notices-what = Lo que pasó con las aplicaciones, las claves y las solicitudes de su equipo. Cada aviso llega también a su buzón, salvo que haya elegido otra cosa. Se guardan 90 días.
notices-none = Todavía no hay avisos para usted.
notices-read = Marcar todos como vistos
notices-older = Avisos anteriores
notice-new = Nuevo
notices-language = Idioma de sus avisos
notices-language-save = Usar este idioma
notices-language-saved = Desde ahora sus avisos se escriben en este idioma.
notice-mail-footer =
    Véalo en el portal:
    { $link }

    Recibe este correo porque pertenece a un equipo del portal de socios de { $title }.
notice-request-submitted-subject = { $app }: solicitud para { $environment } enviada
notice-request-submitted-text = Se envió la solicitud para poner { $app } en servicio en { $environment }. Si se aprueba a tiempo, entra en servicio el { $window }.
notice-request-changes-subject = { $app }: se piden cambios
notice-request-changes-text = Un revisor pide cambios en la solicitud de { $app } para { $environment }. El motivo: { $note }
notice-request-approved-subject = { $app }: una aprobación dada
notice-request-approved-text = La solicitud de { $app } para { $environment } tiene una aprobación. Necesita otra antes de programarse.
notice-request-scheduled-subject = { $app }: aprobada, entra en servicio el { $window }
notice-request-scheduled-text = La solicitud de { $app } para { $environment } fue aprobada. Se despliega en la ventana del { $window }.
notice-request-rejected-subject = { $app }: solicitud rechazada
notice-request-rejected-text = La solicitud de { $app } para { $environment } fue rechazada. El motivo: { $note }
notice-request-withdrawn-subject = { $app }: solicitud retirada
notice-request-withdrawn-text = La solicitud de { $app } para { $environment } fue retirada.
notice-request-deployed-subject = { $app } está en servicio en { $environment }
notice-request-deployed-text = La solicitud de { $app } se desplegó. La nueva configuración ya está en servicio en { $environment }.
notice-request-rolled-back-subject = { $app }: revertida en { $environment }
notice-request-rolled-back-text = Lo que trajo la solicitud de { $app } se revirtió en { $environment }. Vuelve a estar en servicio la configuración anterior. El motivo: { $note }
notice-key-expiring-subject = { $app }: un certificado vence en { $days ->
        [one] { $days } día
       *[other] { $days } días
    }
notice-key-expiring-text = Un certificado de { $app } en { $environment } vence el { $ends }. Añada la clave siguiente a su lado, cambie su aplicación a ella y después quite la antigua. Huella: { $fingerprint }
notice-key-added-subject = { $app }: se añadió una clave en { $environment }
notice-key-added-text = { $who } añadió una clave pública a { $app } en { $environment }. Si nadie de su equipo lo hizo a propósito, quítela y avise al programa. Huella: { $fingerprint }
notice-key-removed-subject = { $app }: se quitó una clave en { $environment }
notice-key-removed-text = { $who } quitó una clave pública de { $app } en { $environment }. Huella: { $fingerprint }
notice-webhook-disabled-subject = Se desactivó un webhook
notice-webhook-disabled-text = El webhook de { $url } se desactivó tras { $failures } entregas fallidas seguidas. El último motivo: { $why } Repare el destino y active el webhook de nuevo. Lo que perdió puede repetirse.

## Webhooks

nav-webhooks = Webhooks
webhooks-title = Webhooks
webhooks-what = Un webhook cuenta a sus propios programas lo que pasa con las aplicaciones, las claves y las solicitudes de su equipo. Cada mensaje va firmado; lo que falla se intenta de nuevo durante un día aproximadamente.
webhooks-none = Su equipo todavía no tiene ningún webhook.
webhook-new = Webhook nuevo
webhook-team = Equipo
webhook-url = Dirección
webhook-url-hint = Una dirección https que cualquiera pueda alcanzar, como https://hooks.agency.gov/durward.
webhook-description = Descripción
webhook-description-hint = Qué escucha allí.
webhook-events = Eventos
webhook-events-hint = Elija lo que se cuenta. Sin elección se cuenta todo.
webhook-create = Crear el webhook
webhook-save = Guardar
webhook-saved = El webhook se guardó.
webhook-secret-once = El secreto se muestra solo esta vez. Guárdelo donde su programa verifica las firmas.
webhook-secret-overlap = Durante 24 horas los mensajes se firman también con el secreto anterior.
webhook-secret = Secreto
webhook-on = Activo
webhook-off = Desactivado
webhook-off-why = Desactivado el { $time }. { $why }
webhook-failing = Falló { $count ->
        [one] una vez
       *[other] { $count } veces seguidas
    }
webhook-test = Enviar un evento de prueba
webhook-rotate = Secreto nuevo
webhook-switch-off = Desactivar
webhook-switch-on = Activar de nuevo
webhook-delete = Eliminar
webhook-deliveries = Entregas
webhook-deliveries-none = Todavía no se entregó nada.
webhook-delivery = Entrega
webhook-state-waiting = En espera
webhook-state-delivered = Entregado
webhook-state-failed = Fallido
webhook-state-missed = Perdido
webhook-next-try = Próximo intento { $time }
webhook-answered = Respondió { $status } en { $ms } ms
webhook-no-answer = Sin respuesta tras { $ms } ms: { $why }
webhook-replay = Entregar una vez más
webhook-is-replay = Una repetición
webhook-sent = Lo que se envía
webhook-tries = Intentos
webhook-how = Cómo verificar un mensaje
webhook-how-text = Tome las cabeceras webhook-id y webhook-timestamp y el cuerpo tal como llegó. Únalos con puntos, calcule HMAC-SHA256 con el secreto descodificado (la parte tras whsec_ es Base64) y compárelo con cada valor de webhook-signature tras «v1,». Rechace una hora a más de cinco minutos y recuerde el webhook-id para aceptar cada mensaje una sola vez.
webhook-all = Todo

## Claves

nav-keys-ending = Claves que vencen
keys-add = Añadir una clave
keys-add-what = Añada la clave siguiente junto a la antigua. Ambas valen al mismo tiempo.
keys-paste = Certificado, clave pública, JWK o conjunto de claves
keys-paste-hint = PEM o JSON. Nunca una clave privada.
keys-file = O un archivo
keys-file-hint = PEM, DER o JSON.
keys-address = Dirección del conjunto de claves
keys-address-hint = Dónde publica su aplicación sus claves (jwks_uri). Déjela vacía si no lo hace.
keys-address-save = Guardar la dirección
keys-saved = Las claves se guardaron.
keys-request = Las claves están guardadas, no en servicio. Solicite el cambio: se despliega en la próxima ventana tras la revisión.
keys-request-go = Solicitar el cambio
keys-ending-title = Claves que vencen
keys-ending-what = Certificados de aplicaciones en servicio que vencen en 90 días o ya vencieron, el próximo primero. Se avisa a los equipos a 90, 60, 30, 14, 7 y 1 días.
keys-ending-none = Ningún certificado vence en 90 días.
key-remove = Quitar esta clave
key-remove-anyway = Sé que todavía se usa
key-serial = Número de serie
key-sha256 = SHA-256
key-use = Parte del tráfico, 30 días
key-use-unknown = Aún no se sabe
key-use-percent = { $percent } % ({ $uses } usos)
key-last-used = Último uso
key-never = No en los últimos 30 días
key-safe = Se puede quitar: se usa otra clave
key-in-use = Todavía en uso
key-only = La única clave
key-waits = Espere: aún no la sustituye otra clave
key-unknown = Aún no se conoce ningún uso
key-ended = Vencida

## Secretos
secrets-title = Secretos
secrets-what = La aplicación se identifica con un secreto. Vale solo en este entorno y se muestra una vez. Para cambiarlo, cree un segundo, haga que la aplicación lo use y dé fin al primero.
secrets-none = Todavía no hay ningún secreto. La aplicación no puede obtener tokens aquí hasta que tenga uno.
secrets-elsewhere = Este entorno funciona en otro proceso y los secretos nunca viajan. Haga que la aplicación se identifique con una clave.
secret-shown = Copie el secreto ahora. No se volverá a mostrar.
secret-made = Creado
secret-made-by = Hecho por
secret-ends = Termina
secret-no-end = Cuando se le dé fin
secret-unused = Aún no usado
secret-end = Dar fin a este secreto
secret-make = Crear un secreto
secret-days = Días hasta que termine
secret-days-hint = De 1 a 730. Déjelo vacío para un secreto que valga hasta que usted le dé fin.
