# Solicitudes de lanzamiento, sus pruebas, el entorno de ensayo y las revisiones.
state-superseded = Sustituida
event-supersede = Sustituida por una solicitud más reciente
notice-request-superseded-subject = { $app }: solicitud sustituida
notice-request-superseded-text = Una solicitud más reciente de { $app } para { $environment } sustituyó a esta. Sus aprobaciones ya no cuentan.
rule-link = Resolver aquí
conflict-of-interest = Usted pertenece a un equipo del organismo que solicita: { $agency }. Decide un revisor ajeno a ese organismo.
app-stage = Crear la configuración de ensayo
f-public-date = Fecha pública
f-public-date-hint = El día en que el público lo encuentra en su sitio, como año-mes-día. Conviene dejar unos días tras el despliegue para probar con calma: { $day } o después.
launch-replaces = Esta solicitud sustituye a la abierta cuando la envíe. Hasta entonces la otra sigue su curso.
launch-replaces-which = Ver esa solicitud
launch-replace = Sustituirla por una solicitud más reciente
launch-newer = La revisión { $number } se guardó después de enviar esta solicitud. No forma parte de ella: sustituya la solicitud para pedirla.
launch-superseded = Una solicitud más reciente sustituyó a esta.
launch-superseded-by = Abrir la solicitud más reciente
answer-due = El programa responde a más tardar el { $day }.
answer-overdue = Fuera de plazo
answer-in-time = En plazo
reviews-queue = Solicitudes que esperan revisión
reviews-request = Solicitud
reviews-team = Equipo
reviews-age = Espera
reviews-due = Responder antes del
agreement-match-title = Lo que dice el acuerdo
agreement-match = Aplicación y nivel
agreement-covers-auth = Incluye «{ $app }» y cubre solo la autenticación.
agreement-covers-verified = Incluye «{ $app }» y cubre la verificación de identidad.
agreement-lists-not = No incluye «{ $app }».
comments-title = Comentarios sobre los campos
comments-none = Nadie ha dicho nada todavía.
comment-whole = Toda la solicitud
comment-by-staff = { $who }, programa, { $time }
comment-by-team = { $who }, equipo, { $time }
comment-settled = Resuelto
comment-waits = Se comunica con la decisión
comment-settle = Dar por resuelto
comment-go = Ir al campo
comment-add = Comentar un campo
comment-told-later = Mientras revisa, el equipo no lo ve. Se le comunica con su decisión.
comment-field = Campo
comment-text = Comentario
comment-say = Guardar el comentario
evidence-open = Documentos de prueba: la autorización para operar (ATO)
evidence-title = Autorización para operar
evidence-what = El entorno detrás de las direcciones de la aplicación necesita una autorización para operar (ATO). Guarde su número, sus fechas y, si puede, el propio documento. Los revisores lo ven.
evidence-none = Todavía no se guarda ningún documento.
evidence-number = Número de documento
evidence-number-hint = Tal como figura en el documento.
evidence-issued = Válido desde
evidence-expires = Último día
evidence-day-hint = Año-mes-día, por ejemplo 2026-11-30.
evidence-standing = Estado
evidence-file = Archivo
evidence-file-hint = PDF, PNG o JPEG de 5 MB como máximo. Puede omitirse.
evidence-no-file = No se guarda
evidence-file-is = { $kind }, { $size } KB
evidence-by = Guardado por
evidence-kept-by = { $who }, { $time }
evidence-holds = Vigente
evidence-later = Aún no
evidence-ends-soon = Termina pronto
evidence-ended = Terminado
evidence-add = Guardar un documento
evidence-remove = Quitar
evidence-kept = El documento está guardado.
evidence-removed = El documento se quitó.
answer-waited = { $count ->
    [one] { $count } día hábil
   *[other] { $count } días hábiles
}
reviews-promise = { $count ->
    [one] Una solicitud se responde en { $count } día hábil.
   *[other] Una solicitud se responde en { $count } días hábiles.
}
reviews-overdue = { $count ->
    [one] { $count } solicitud está fuera de plazo.
   *[other] { $count } solicitudes están fuera de plazo.
}
