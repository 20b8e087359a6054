release-kind-repair = Reparación
release-canary = Inicio de sesión de prueba
canary-passed = Correcto tras la versión { $number }
canary-failed = Falló tras la versión { $number } en «{ $step }»
environment-elsewhere = Funciona en otro lugar
environment-refuses = Rechaza la versión siguiente
difference-title = Lo que no debe diferir
difference-what = Lo publicado, lo servido y lo acordado, comparado ahora mismo.
difference-more = { $count ->
    [one] Y { $count } diferencia más.
   *[other] Y { $count } diferencias más. Repare estas primero.
}
environment-more-apps = { $count ->
    [one] { $count } aplicación más
   *[other] { $count } aplicaciones más
}
difference-none = No hay diferencias.
difference-kind = Qué difiere
difference-environment = Entorno
difference-repair = Reparación
difference-not-served = El entorno no sirve la revisión publicada.
difference-altered = El portal guarda un documento distinto del publicado. Consulte el registro de auditoría.
difference-agency = El equipo pertenece a otra agencia que la que nombra la versión.
difference-deleted = La configuración se eliminó y la aplicación aún se sirve.
difference-agreement = Ningún acuerdo vigente hoy cubre la aplicación. Suspéndala o renueve el acuerdo.
difference-by-release = Con una versión nueva
difference-by-hand = No con una versión
repair-button = Reparar { $environment }
repair-what = Una versión nueva vuelve a llevar lo publicado y retira lo eliminado.
whole-title = El entorno completo
whole-what = Devuelve todas las aplicaciones a como estaban después de esta versión, en una sola versión nueva. Las claves retiradas y las aplicaciones eliminadas no vuelven.
whole-button = Revertir todo el entorno hasta aquí
