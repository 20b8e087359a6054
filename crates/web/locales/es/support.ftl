### Words of technical support.

nav-support = Soporte
tickets-title = Soporte
tickets-what = Preguntas de sus equipos al soporte técnico; primero la respuesta más reciente. También puede responder por correo.
tickets-what-staff = Preguntas de todos los equipos al soporte técnico; primero la respuesta más reciente, con el tiempo desde la última palabra.
tickets-filter = Consultas por estado
tickets-all = Todas
tickets-none = Aquí no hay consultas.
tickets-older = Consultas anteriores
ticket-new = Preguntar a soporte
ticket-new-what = Diga qué hizo, qué pasó y qué esperaba. No incluya datos personales de quienes inician sesión: el identificador de la solicitud basta para encontrar lo que pasó.
ticket-team = Equipo
ticket-category = De qué se trata
ticket-app = Aplicación
ticket-app-hint = Su nombre corto, como en la dirección de su página
ticket-request = Identificador de la solicitud
ticket-request-hint = Como lo mostró la página de error o la respuesta
ticket-subject = Asunto
ticket-text = Su pregunta
ticket-text-hint = Texto sin formato, como máximo 10 000 caracteres
ticket-send = Enviar a soporte
ticket-conversation = Conversación
ticket-answer = Responder
ticket-your-answer = Su respuesta
ticket-send-answer = Enviar la respuesta
ticket-move = Cambiar el estado
ticket-move-it = Cambiar estado
ticket-is-over = Esta consulta está cerrada. Abra otra si hay algo más que decir.
ticket-opened-by = Abierta por { $who }, { $time }
ticket-who = { $who } ({ $side })
ticket-by-mail = por correo
ticket-moved-to = Nuevo estado: { $state }
ticket-side-partner = equipo
ticket-side-support = soporte
ticket-is-open = Abierta
ticket-is-waiting-for-partner = En espera del equipo
ticket-is-waiting-for-support = En espera de soporte
ticket-is-solved = Resuelta
ticket-is-closed = Cerrada
ticket-about-sign-in = Inicios de sesión que fallan
ticket-about-configuration = Configuración, claves y logotipo
ticket-about-launch = Lanzamiento o cambio
ticket-about-agreement = Acuerdo
ticket-about-portal = Equipos y el portal
ticket-about-other = Otra cosa
ticket-mail-above = Escriba su respuesta encima de esta línea.
support-ask-app = Preguntar a soporte sobre esta aplicación
support-ask-request = Preguntar a soporte sobre esta solicitud
inbox-answer-to = Las respuestas, enviadas con cualquier programa de correo por { $smtp }, van a
help-support-what = Soporte responde a lo que las guías dejan abierto, en una página de su equipo y por correo. Indique el identificador de la solicitud que muestra la página de error: basta para encontrar lo que pasó.
help-ask-support = Preguntar a soporte
notice-ticket-opened-subject = Soporte: { $subject }
notice-ticket-opened-text =
    { $who }, del equipo { $team }, pregunta sobre «{ $subject }»:

    { $words }
notice-ticket-answered-subject = Re: Soporte: { $subject }
notice-ticket-answered-text =
    { $who } respondió sobre «{ $subject }»:

    { $words }
notice-ticket-moved-subject = Soporte: { $subject } – { $state }
notice-ticket-moved-text = { $who } cambió el estado de la consulta «{ $subject }»: { $state }.
error-ticket-not-found = No hay ninguna consulta así que usted pueda ver. Revise su dirección.
error-ticket-team = Diga cuál de sus equipos pregunta. Quien aún no pertenece a ningún equipo pide una invitación a un administrador.
error-ticket-app = Su equipo no tiene esa aplicación. Déjela vacía o elija una de las suyas.
error-ticket-subject = Escriba en una línea de 3 a 150 caracteres de qué se trata.
error-ticket-text = Escriba texto sin formato de 10 000 caracteres como máximo.
error-ticket-request-id = Esto no es un identificador de solicitud. Cópielo de la página de error o de la respuesta, o déjelo vacío.
error-ticket-closed = La consulta está cerrada. Abra otra y mencione esta.
error-ticket-state = La consulta no puede pasar a este estado desde donde está. Cárguela de nuevo.
error-ticket-full = La consulta tiene 500 entradas. Abra otra y mencione esta.
error-ticket-too-many = Abrió muchas consultas en una hora. Responda en una de ellas o espere.
