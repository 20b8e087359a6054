### How notices reach members, and the words of their kinds.

## How notices come

notices-choices-link = Elija cómo le llegan los avisos
choices-title = Cómo le llegan los avisos
choices-what = Todos los avisos están en su página. Elija para cada clase si además le llega un correo.
choices-daily = El correo del día sale a las { $time } ({ $zone }) y reúne lo llegado desde el anterior.
choices-secures = Los avisos marcados «seguridad» protegen cuentas y aplicaciones. Pueden llegar una vez al día, pero no se pueden desactivar.
choices-security = seguridad
choices-save = Guardar
choices-saved = Sus elecciones se guardaron.
delivery-at-once = Correo al momento
delivery-digest = Un correo al día
delivery-portal = Solo en la página
topic-requests = Lanzamientos y cambios
topic-releases = Versiones desplegadas
topic-agreements = Acuerdos y uso
topic-apps = Aplicaciones y claves
topic-team = Equipo y acceso
topic-support = Soporte

## Less mail, from the mail itself

less-title = Menos correo
less-kind = Avisos de esta clase: { $kind }
less-what = Todavía no ha cambiado nada. Los avisos siguen en su página del portal, elija lo que elija.
less-secures = Estos avisos protegen cuentas y aplicaciones. Pueden llegar una vez al día, pero no se pueden desactivar.
less-daily-what = El correo diario termina. Los avisos que protegen cuentas y aplicaciones siguen llegando en él.
less-off = Ningún correo de esta clase
less-daily = Una vez al día en un correo
less-end-daily = Terminar el correo diario
less-done-off = Hecho. Ya no recibirá correos de esta clase.
less-done-daily = Hecho. Estos avisos llegan en un correo al día.
less-done-end = Hecho. El correo diario terminó, salvo los avisos que protegen cuentas y aplicaciones.
less-choose = Para elegir para cada clase, inicie sesión.

## Mail

notice-mail-less = Menos correo de esta clase: { $link }
notice-mail-secures = Este aviso protege cuentas y aplicaciones y no se puede desactivar. Una vez al día: { $link }
digest-subject = { $count ->
        [one] Un aviso
       *[other] { $count } avisos
    } del { $day }
digest-more = { $count ->
        [one] Hay uno más
       *[other] Hay { $count } más
    } en su página.
digest-all = Todos los avisos: { $link }
digest-less = Menos correo de una clase:
digest-choices = Recibe este correo porque pertenece a un equipo del portal de socios de { $title } y eligió un correo al día. Elija de nuevo: { $link }

## The kinds by name

notice-kind-request-submitted = Se envió una solicitud
notice-kind-request-changes = Un revisor pide cambios
notice-kind-request-approved = Una aprobación de varias
notice-kind-request-scheduled = Una solicitud aprobada tiene su ventana
notice-kind-request-rejected = Se rechazó una solicitud
notice-kind-request-withdrawn = Se retiró una solicitud
notice-kind-request-deployed = Una solicitud está en servicio
notice-kind-request-rolled-back = Se revirtió una solicitud
notice-kind-request-moved = Una solicitud cambió de ventana
notice-kind-request-superseded = Una solicitud más nueva reemplazó a otra
notice-kind-app-suspended = Se suspendió una aplicación
notice-kind-app-resumed = Se levantó la suspensión de una aplicación
notice-kind-key-revoked = Se revocó una clave para siempre
notice-kind-key-expiring = Un certificado termina pronto
notice-kind-key-added = Se añadió una clave
notice-kind-key-removed = Se quitó una clave
notice-kind-findings-new = La comprobación nocturna encontró algo
notice-kind-probe-failing = Una aplicación en servicio falla desde fuera
notice-kind-invited = Invitaciones a un equipo
notice-kind-webhook-disabled = Se desactivó un webhook
notice-kind-ticket-opened = Un equipo pide soporte
notice-kind-ticket-answered = Respuestas a consultas
notice-kind-ticket-moved = Una consulta cambió de estado
notice-kind-review-waits = Una solicitud espera revisión
notice-kind-review-overdue = Una solicitud espera demasiado la revisión
notice-kind-review-emergency = Una emergencia espera a una segunda persona
notice-kind-role-given = Usted recibió un rol
notice-kind-role-taken = Se le retiró un rol
notice-kind-invitation-ended = Su invitación fue respondida
notice-kind-team-agency = Su equipo pasó a otro organismo
notice-kind-app-transferred = Una aplicación pasó a otro equipo
notice-kind-app-deleted = Se eliminó una configuración
notice-kind-token-made = Se creó un token de API suyo
notice-kind-token-revoked = Se revocó un token de API suyo
notice-kind-token-ending = Un token vence pronto
notice-kind-webhook-changed = Se creó o cambió un webhook
notice-kind-domain-proved = Un dominio espera aprobación
notice-kind-domain-approved = Se aprobó un dominio
notice-kind-domain-removed = Se retiró un dominio a su equipo
notice-kind-rule-waived = Se dispensó una regla
notice-kind-waiver-ended = Terminó una dispensa
notice-kind-release-deployed = Una versión está en servicio
notice-kind-release-rolled-back = Se revirtió un entorno
notice-kind-release-refused = Un entorno rechazó una versión
notice-kind-canary-failed = Falló el inicio de sesión de prueba tras una versión

## Their words

notice-review-waits-subject = { $app }: una solicitud espera revisión
notice-review-waits-text = El equipo { $team } envió una solicitud de { $app } para { $environment }. Su ventana es { $window }. La cola muestra cuánto espera.
notice-review-overdue-subject = { $app }: la respuesta a una solicitud se retrasa
notice-review-overdue-text = El equipo { $team } envió una solicitud de { $app } para { $environment } que debía responderse a más tardar el { $ends }. Revísela hoy o pídaselo a un colega.
notice-review-emergency-subject = Emergencia: { $app } espera a una segunda persona
notice-review-emergency-text = El equipo { $team } pide cambiar { $app } en { $environment } de inmediato: «{ $reason }». Se despliega cuando uno de ustedes lo aprueba, y se revisa después.
notice-role-given-subject = Usted tiene un rol en { $team }
notice-role-given-text = { $who } le dio el rol «{ $role }» en { $team } ({ $realm }). Si es un error, avise a su equipo o al programa.
notice-role-taken-subject = Un rol suyo en { $team } terminó
notice-role-taken-text = { $who } le retiró el rol «{ $role }» en { $team } ({ $realm }). Si es un error, avise a su equipo o al programa.
notice-invitation-ended-subject = Su invitación a { $team }: { $answer }
notice-invitation-ended-text = Su invitación de { $email } a { $team } fue respondida: { $answer }.
answer-accepted = aceptada
answer-declined = rechazada
notice-team-agency-subject = { $team } pertenece ahora a { $agency }
notice-team-agency-text = { $who } trasladó el equipo { $team } a { $agency }. Desde ahora cuentan para sus aplicaciones los acuerdos del nuevo organismo.
notice-app-transferred-subject = { $app } pertenece ahora a { $team }
notice-app-transferred-text = { $who } trasladó la aplicación { $app } de { $old_team } a { $team }.
notice-app-deleted-subject = { $app }: eliminada en { $environment }
notice-app-deleted-text = { $who } eliminó la configuración de { $app } en { $environment }.
notice-token-made-subject = Se creó un token de API: { $name }
notice-token-made-text = Se creó en su nombre el token de API «{ $name }». Vale hasta el { $ends }. Si no fue usted, revóquelo enseguida.
notice-token-revoked-subject = Se revocó un token de API: { $name }
notice-token-revoked-text = El token de API «{ $name }» fue revocado. Desde ahora se rechazan los programas que lo usan.
notice-token-ending-subject = El token «{ $name }» vence en { $days ->
    [one] 1 día
   *[other] { $days } días
}
notice-token-ending-text = El token «{ $name }» vale hasta el { $ends }. Cree uno nuevo y póngalo en su lugar antes de ese día; después se rechaza a los programas que usen el antiguo.
notice-webhook-changed-subject = Se creó o cambió un webhook
notice-webhook-changed-text = { $who } creó o cambió el webhook en { $url }. Si nadie de su equipo lo hizo a propósito, desactívelo.
notice-domain-proved-subject = { $domain } espera aprobación
notice-domain-proved-text = El DNS de { $domain } muestra el código del equipo { $team }. Apruebe el dominio o retírelo al equipo.
notice-domain-approved-subject = { $domain } fue aprobado
notice-domain-approved-text = El dominio { $domain } fue aprobado. Desde ahora pueden usarlo las aplicaciones en servicio de su equipo.
notice-domain-removed-subject = { $domain } se retiró a su equipo
notice-domain-removed-text = { $who } retiró el dominio { $domain } a su equipo. El validador ya no lo cuenta como suyo.
notice-rule-waived-subject = { $app }: se dispensó la regla { $rule }
notice-rule-waived-text = La regla { $rule } queda dispensada para { $app } hasta el { $ends }. El motivo: { $note }
notice-waiver-ended-subject = { $app }: terminó la dispensa de { $rule }
notice-waiver-ended-text = { $who } terminó la dispensa de la regla { $rule } para { $app }. La regla vuelve a contar.
notice-release-deployed-subject = La versión { $number } está en servicio en { $environment }
notice-release-deployed-text = La versión { $number } es ahora la actual de { $environment }. Qué es: { $note }
notice-release-rolled-back-subject = { $environment } se revirtió con la versión { $number }
notice-release-rolled-back-text = La versión { $number } restauró un estado anterior de { $environment }. El motivo: { $note }
notice-release-refused-subject = { $environment } rechazó la versión { $number }
notice-release-refused-text = { $environment } no tomó la versión { $number } y sigue sirviendo la anterior. El motivo: { $why }
notice-canary-failed-subject = Falló el inicio de sesión de prueba en { $environment }
notice-canary-failed-text = Tras la versión { $number } falló el inicio de sesión de prueba en { $environment }. El motivo: { $why }
realm-sandbox = sandbox
realm-production = producción
realm-programme = programa
