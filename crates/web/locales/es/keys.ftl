### Avisos a los miembros, claves y webhooks.

## Avisos

nav-notices = Avisos
nav-notices-new = Avisos ({ $count } nuevos)
notices-title = Avisos
notices-what = Lo que pasó con las aplicaciones, las claves y las solicitudes de su equipo. Cada aviso llega también a su buzón. Se guardan 90 días.
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
