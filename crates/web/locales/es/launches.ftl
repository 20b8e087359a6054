# Solicitudes de lanzamiento, sus pruebas, el entorno de ensayo y las revisiones.
state-superseded = Sustituida
event-supersede = Sustituida por una solicitud más reciente
notice-request-superseded-subject = { $app }: solicitud sustituida
notice-request-superseded-text = Una solicitud más reciente de { $app } para { $environment } sustituyó a esta. Sus aprobaciones ya no cuentan.
rule-link = Resolver aquí
conflict-of-interest = Usted pertenece a un equipo del organismo que solicita: { $agency }. Decide un revisor ajeno a ese organismo.
