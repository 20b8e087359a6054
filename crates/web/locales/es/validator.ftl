# El validador: reglas, hallazgos, exenciones, la comprobación nocturna.
rules-title = Reglas del validador
rules-what = Estas reglas valen por igual para la página, la API, la línea de comandos, la revisión y la comprobación nocturna. Las frases están en inglés en todos los idiomas.
rules-all = Todas las reglas
rules-group = Reglas sobre lo mismo
rules-from = Procede de:
rules-sandbox = Entorno de pruebas:
rules-live = Preproducción y producción:
rules-not-there = no se comprueba
rules-why = Por qué
rules-fix = Qué hacer
rules-example = Ejemplo
rules-bad = Así no
rules-good = Así sí
rules-waivable = Un revisor puede eximir a una aplicación de esta regla, con un motivo y hasta un día.
rules-never-waived = De esta regla no se exime nunca.
tab-findings = Hallazgos
nav-findings = Hallazgos
findings-none = El validador no encuentra nada en esta configuración.
findings-nightly = Comprobación nocturna
findings-checked = Última comprobación: { $time }
findings-nothing-new = No hay nada nuevo desde la comprobación anterior.
findings-new = Nuevo desde la comprobación anterior:
findings-not-checked = Las aplicaciones activas se comprueban cada noche. Esta configuración no estaba activa entonces.
findings-errors = { $count ->
    [one] { $count } error
   *[other] { $count } errores
}
findings-warnings = { $count ->
    [one] { $count } advertencia
   *[other] { $count } advertencias
}
finding-waived = Exenta hasta { $until }. Responde { $owner }. Motivo: { $reason }
severity-waived = Exenta
live-findings-title = Hallazgos en aplicaciones activas
live-findings-what = Lo que la última comprobación nocturna encontró en aplicaciones que usan personas reales, lo peor primero.
live-findings-none = La última comprobación no encontró nada.
waivers = Exenciones
waivers-what = Una exención dice que una regla no vale para esta aplicación hasta un día. Termina por sí sola.
waivers-none = Esta configuración no está exenta de ninguna regla.
waiver-line = Responde { $owner } · concedida por { $by } · hasta { $until }
waiver-holds = Vigente
waiver-ended = Terminada
waiver-end = Terminar esta exención
waiver-give = Eximir de una regla
waiver-no-rule = No hay hallazgos de esta configuración de los que se pueda eximir.
waiver-rule = Regla
waiver-owner = Quién responde mientras tanto por la aplicación
waiver-owner-hint = Una dirección de correo electrónico
waiver-reason = Motivo
waiver-until = Último día
waiver-until-hint = Dentro de un año
waiver-give-button = Eximir de la regla
notice-findings-new-subject = { $app }: nuevos hallazgos en { $environment }
notice-findings-new-text = La comprobación nocturna de { $app } en { $environment } encontró algo nuevo ({ $count }). Lo primero: { $first }
error-waiver-own-app = Usted pertenece al equipo de la aplicación o escribió su revisión más reciente. Pida la exención a otro revisor.
error-waiver-owner = Escriba la dirección de correo electrónico de la persona que responde mientras tanto por la aplicación.
error-waiver-reason = Escriba en 10 a 500 caracteres por qué la regla no tiene que valer.
error-waiver-until = El último día debe ser posterior a hoy y estar dentro de un año.
error-waiver-not-found = No existe esa exención, o ya ha terminado.
