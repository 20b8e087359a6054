### Words of the wizard, the versions and the preview.

## The wizard and the edit page
step-contacts = Contactos
f-environment = Dónde empieza
f-environment-hint = Empiece en el entorno de pruebas para probarla. Elija producción para la configuración de una aplicación que se va a lanzar.
environment-test-what = Lo que guarda está activo al instante, solo para pruebas.
environment-live-what = Nada está activo antes de un lanzamiento revisado, en un día de despliegue.
f-justification = Por qué lo necesita la aplicación
f-draft-name = Nombre de este borrador
draft-saved-by = Guardado por { $name }, { $time }
draft-kept = El borrador está guardado. Todo el equipo puede continuarlo.
draft-gone = El borrador se ha descartado.
discard-what = Todo el equipo comparte este borrador. Se pierde lo que se escribió.
discard-yes = Sí, descartarlo
conflict-title = Otra persona guardó este borrador
conflict-what = { $name } lo guardó el { $time }, mientras usted trabajaba en él. Aún no se ha guardado nada suyo y nada se ha perdido.
conflict-both = Ambas versiones
conflict-mine = Lo que usted escribió (en el formulario de abajo)
conflict-theirs = Guardado por { $name }
conflict-now = Abajo están los valores tal como están guardados ahora. Revíselos y continúe.
stale-title = La revisión { $number } se guardó mientras usted trabajaba
stale-what = Lo que escribió está en el formulario. Esto es lo que cambiaría en esa revisión si lo guarda ahora:
stale-differs = La revisión { $number } se guardó después de empezar este borrador. Guardarlo ahora cambiaría: { $lines }
cleared = Se ha borrado porque ya no tiene lugar: { $fields }
add-redirect-uri = Añadir otra URI
add-post-logout = Añadir otra dirección
add-acs-url = Añadir otra URL
remove = Quitar
f-post-logout-hint = Adónde se puede enviar a las personas al cerrar la sesión.
f-acs-urls-hint = Adónde se envían las aserciones.
f-keys-now = Claves en el texto de arriba:
contacts-what = Personas a quienes escribir sobre esta aplicación. El programa escribe al contacto técnico cuando falla el inicio de sesión.
presets-title = Textos preparados
presets-what = Cada uno rellena el texto de su página en todos los idiomas, con los nombres de su aplicación y de su organismo. Después puede cambiar el texto.
presets-apply = Rellenar con los textos elegidos
preset-none = Conservar el texto de abajo
preset-blank = Sin texto
preset-first-time = Primera vez aquí
preset-agency-email = Usar el correo del organismo
preset-piv-cac = Usar una tarjeta del gobierno
preset-same-email = Usar el mismo correo
preset-troubleshoot = Problemas para entrar

## Versions
restored = La revisión { $number } está guardada con los valores de la revisión { $old }. Aún no está activa: pida un cambio en la página Lanzamiento.
versions-from = De la revisión
versions-to = A la revisión
versions-compare-button = Comparar
versions-two = De la revisión { $from } a la { $to }
versions-older = Versiones anteriores
versions-restore-live = Guarda de nuevo los valores anteriores, como una nueva revisión. Se activa con un cambio revisado, en un día de despliegue.
diff-json = El documento, línea por línea

## The preview
preview-open = Ver lo que verán las personas
preview-title = Lo que verán las personas
preview-what = Son las páginas reales del inicio de sesión con el nombre, el logotipo y el texto de ayuda de esta aplicación. Nada en ellas se puede enviar.
preview-language = Idioma de la vista previa
preview-narrow = En un teléfono (320 píxeles)
preview-wide = En una pantalla ancha
preview-sign-in = Iniciar sesión
preview-sign-up = Crear una cuenta
preview-consent = Consentimiento
preview-error = Error
preview-mail = Correo
preview-alone = Abrir por separado
preview-value = (el valor de la persona)
preview-error-sentence = Así leen las personas que algo salió mal con una petición de su aplicación.

## Home
home-search = Buscar una aplicación por nombre, nombre corto o emisor
home-search-button = Buscar
home-found-none = Ninguna aplicación coincide con «{ $words }».
home-all-apps = Mostrar todas las aplicaciones
