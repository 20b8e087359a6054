### Palabras de las pruebas y de los dominios propios.

probes-title = Probado desde fuera
probes-what = El servidor prueba las direcciones de esta configuración como lo harían otros. Un juego de claves o una página para identidad no verificada que fallan impiden el lanzamiento; lo demás es un aviso para quien revisa. Las aplicaciones en producción se prueban cada día.
probes-never = Las direcciones actuales aún no se han probado.
probes-run = Probar las direcciones ahora
probe-is-passed = Correcto
probe-is-warning = Aviso
probe-is-failed = Con errores
probe-is-skipped = Sin probar
probe-url-reachable = El servidor responde
probe-url-certificate = Certificado
probe-url-hsts = Solo https (HSTS)
probe-domain-proved = Dominio del equipo
probe-keys-jwks = Claves publicadas
probe-push-accepts-signed = La dirección de avisos acepta un evento firmado
probe-push-refuses-forged = La dirección de avisos rechaza un evento falsificado
probe-redirect-pass-through = Ninguna URI de redirección pasa por otra dirección
probe-failure-to-proof-page = Página para identidad no verificada
probe-age-now = Hace menos de un minuto
probe-age-minutes = { $count ->
    [one] Hace un minuto
   *[other] Hace { $count } minutos
}
probe-age-hours = { $count ->
    [one] Hace una hora
   *[other] Hace { $count } horas
}
probe-age-days = { $count ->
    [one] Hace un día
   *[other] Hace { $count } días
}
domains-title = Dominios propios
domains-what = Las aplicaciones en producción usan los dominios del programa o un dominio de su equipo. Indique el dominio, cree el registro DNS que se muestra y compruébelo. Después lo aprueba el personal del programa.
domains-own = Dominios de sus equipos
domains-none = Sus equipos no han indicado ningún dominio.
domains-waiting = Pendientes de su aprobación
domain-is-named = Falta el registro DNS
domain-is-proved = Comprobado, pendiente de aprobación
domain-is-approved = Aprobado
domain-record-name = Nombre del registro TXT
domain-record-text = Su texto
domain-check = Comprobar el DNS de { $domain }
domain-approve = Aprobar { $domain }
domain-remove = Renunciar a { $domain }
domain-name-title = Indicar un dominio
domain-team = Equipo
domain-name = Dominio
domain-name-hint = Solo el nombre registrado, por ejemplo fishing-licences.com
domain-name-it = Indicar el dominio
notice-probe-failing-subject = { $app }: algo que funcionaba falla ahora ({ $environment })
notice-probe-failing-text = La prueba diaria de { $app } en { $environment } desde fuera encontró algo que antes funcionaba y ahora falla ({ $count }). Lo primero: { $target }. { $why } Se le avisa una sola vez; la página muestra si sigue fallando.
