import-title = Importar una aplicación
import-what = Traiga una aplicación desde Login.gov, GOV.UK One Login, metadatos de SAML o de OpenID Connect, o un documento de Durward. No se descarta nada: lo que no tiene sitio aquí se conserva y se nombra, lo desconocido es un error.
import-faults = Esto no se puede importar
import-meant = ¿Quiso decir
import-read = { $name }, leído como { $format }
import-mapped = { $count ->
    [one] Un campo encontró su sitio.
   *[other] { $count } campos encontraron su sitio.
}
import-new = Esta configuración todavía no existe.
import-same = Esto es lo que ya está guardado.
import-changes = Al guardar cambiaría:
import-kept = Se conserva y una exportación lo devuelve
import-notes = Conviene saberlo
import-text = Pegue el texto
import-file = O elija un archivo
import-format = Formato
import-guess = Deducirlo del texto
import-place = La mayoría de los formatos no dicen a dónde pertenece la aplicación. Un documento de Durward sí.
import-as-written = Como dice el texto
import-team = Equipo
import-handle = Nombre corto
import-environment = Entorno
import-effect = En el entorno de pruebas, una aplicación guardada funciona enseguida. En preproducción y producción espera una solicitud de lanzamiento o de cambio.
import-save = Importar y guardar
import-check = Solo comprobar
import-link = Importar una aplicación
formats-title = Exportar
formats-what = La misma aplicación en otros formatos. Nunca contiene secretos. Lo que un formato no puede decir va en un miembro llamado «durward», para que una importación devuelva la misma aplicación; omítalo para programas que no lo conocen.
formats-whole = Dice todo sobre esta aplicación.
formats-beside = Aparte, en «durward»: { $fields }
formats-get = Descargar
formats-plain = Sin «durward»
formats-link = Exportar en otros formatos
