### Pictures, and the first pages of partners and staff.

## Pictures

picture-table = Como tabla

## What needs the reader

needs-none-staff = No hay nada pendiente. Aquí aparecen solicitudes, consultas y hallazgos nuevos.
need-is-overdue = Respuestas con retraso
need-is-review = Solicitudes por revisar
need-is-after-review = Revisiones pendientes tras emergencias
need-is-sign = Acuerdos por firmar
need-is-counsel = Acuerdos que debe aprobar la asesoría jurídica
need-is-move-on = Acuerdos que deben avanzar
need-is-partnership = Colaboraciones en las que es su turno
need-is-domain = Dominios por aprobar
need-is-finish = Solicitudes por terminar
need-is-try = Solicitudes en servicio por probar
need-is-ticket = Consultas por responder
need-is-key = Certificados que terminan en 60 días
need-is-agreement = Acuerdos que terminan en 60 días
need-is-finding = Aplicaciones en servicio con errores
need-since = El más antiguo espera desde { $time }.
need-due = vence el { $day }

## The board

board-title = De sandbox a producción
board-what = Dónde está cada aplicación. Una celda amarilla discontinua espera a alguien, una roja gruesa está detenida, una verde gruesa está en servicio.
board-none = Ninguna aplicación está en camino. Cree una aplicación en sandbox y pida su lanzamiento en su página.
board-none-staff = Ninguna solicitud va camino de un entorno en servicio.
board-app = Aplicación
board-live = En servicio
board-changed = Cambiada
board-not-live = No activa
board-draft = Borrador
board-submitted = En revisión
board-changes-requested = Devuelta
board-approved = Aprobada
board-scheduled = Planificada
board-revision = Rev. { $number }
board-blockers = { $count ->
        [one] 1 bloqueo
       *[other] { $count } bloqueos
    }
board-window = ventana { $day }

## The next window

ships-title = Qué se despliega después
next-desc = Una barra por solicitud, del envío a su ventana. Una línea marca hoy.
next-none = Todavía no hay nada aprobado. Se despliegan las solicitudes aprobadas antes del cierre.
next-submitted = Enviada
next-window = Ventana
picture-today = Hoy

## How long it took

lead-title = De la solicitud al servicio
lead-desc = Una barra por cada una de las últimas solicitudes, según lo que tardó. Las líneas marcan la mediana y el tiempo que cumplieron nueve de diez.
lead-none = Todavía no entró ninguna solicitud en servicio.
lead-median = Mediana: { $time }
lead-p90 = Nueve de diez: { $time }
lead-took = Tardó
lead-hours = { $count ->
        [one] 1 hora
       *[other] { $count } horas
    }

## Keys in time

timeline-title = Certificados en el tiempo
timeline-desc = Una barra por certificado, hasta el día en que termina. Una línea marca hoy.
timeline-until = hasta el { $day }
timeline-ends = Termina

## Drift

matrix-title = Producción: desplegado, portal, acuerdo
matrix-desc = Cada fila es una aplicación en producción: la revisión desplegada, la más nueva del portal y si un acuerdo la cubre.
matrix-deployed = Desplegado
matrix-portal = Portal
matrix-agreement = Acuerdo
matrix-covered = Cubierta
matrix-not-covered = Sin acuerdo
matrix-same = Igual
matrix-newer = Más nueva
matrix-differs = Distinta

## Uso

today-usage = Uso frente a los acuerdos
today-usage-what = Los pedidos vigentes que usarán la mayor parte de su estimación. La banda indica cuánto pueden desviarse los meses que vienen.

## Releases

today-releases = Últimas versiones de producción
today-releases-none = Todavía no se desplegó nada en producción. La versión se crea al abrirse una ventana.
