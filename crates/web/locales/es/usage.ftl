# Uso y facturación de los pedidos.
nav-usage = Uso
usage-title = Uso y facturación
usage-what = Lo que ha usado cada pedido firmado, cuánto cuesta y cuándo se agota su estimación.
usage-none = Todavía no hay ningún pedido firmado cuyo uso pueda ver.
usage-of = Uso de { $number }
usage-of-month = Uso de { $number } en { $month }
usage-spent-of = { $spent } de { $estimated }
usage-percent = { $percent } % de la estimación
usage-no-estimate = Sin estimación
usage-estimate = Estimación
usage-spent = Usado hasta ahora
usage-expected = Previsto para todo el período
usage-exhausted = La estimación se agota el
usage-not-exhausted = No en este período
usage-under-model = Con el modelo de precios { $model }
usage-picture = Uso y previsión frente a la estimación
usage-picture-what = Se han usado { $spent }, se prevén { $expected } para todo el período y la estimación es de { $estimated }. La superficie va de { $low } a { $high }.
usage-sign-spent = Usado
usage-sign-expected = Previsto
usage-today = Hoy
usage-months = Líneas de factura por mes y aplicación
usage-months-what = El pedido se factura con el modelo de precios { $model }. Abra un mes para ver sus precios y los asientos que hay detrás.
usage-no-months = Ninguna aplicación de este pedido ha recibido a nadie todavía.
usage-month = Mes
usage-app = Aplicación
usage-all-apps = Todas las aplicaciones
usage-users = Usuarios
usage-auths = Inicios de sesión
usage-verified-users = Usuarios verificados
usage-new-proofings = Verificaciones nuevas
usage-existing-proofings = Verificaciones existentes
usage-auth-billable = Usuarios facturados por iniciar sesión
usage-amount = Importe
usage-amount-other = Con el otro modelo de precios
usage-sum = Suma
usage-band = Entre
usage-basis = Según
usage-basis-ledger = Registro
usage-basis-both = Registro y previsión
usage-basis-expected = Previsión
usage-lines-csv = Descargar las líneas de factura (CSV)
usage-other-model = Otro modelo de precios
usage-show-model = Mostrar
usage-forecast = Cómo se hace la previsión
usage-why-today = El registro se lee el { $day }.
usage-why-seasonal = Un mes venidero es el mismo mes del año anterior, multiplicado por { $now } y dividido entre { $before }: los inicios de sesión de los últimos { $months } meses completos y los de esos mismos meses un año antes.
usage-why-mean =
    { $count ->
        [one] Un mes venidero es como el último mes completo.
       *[other] Un mes venidero es la media de los últimos { $count } meses completos.
    }
usage-why-pace = Aún no hay ningún mes completo: los { $days } días transcurridos se extienden a un mes de { $of } días.
usage-why-nothing = Todavía no se ha usado nada: solo cuenta lo que se debe sin uso.
usage-why-month-ledger = { $month }, según el registro: { $users } usuarios facturados por iniciar sesión, { $auths } inicios de sesión, { $new } verificaciones nuevas y { $existing } existentes suman { $amount }; { $sum } hasta entonces.
usage-why-month-both = { $month }, según el registro y para los { $left } de { $of } días restantes: { $users } usuarios facturados por iniciar sesión, { $auths } inicios de sesión, { $new } verificaciones nuevas y { $existing } existentes suman { $amount }; { $sum } al final.
usage-why-month-expected = { $month }, previsto: { $users } usuarios facturados por iniciar sesión, { $auths } inicios de sesión, { $new } verificaciones nuevas y { $existing } existentes suman { $amount }; { $sum } al final.
usage-why-minimum = Los precios mínimos se deben desde { $month }, el primer mes con uso, también en los meses posteriores sin uso. Los meses anteriores no deben ninguno.
usage-why-minimum-always = Esta tabla de precios hace que los mínimos se deban en todos los meses del periodo, también antes del primer inicio de sesión.
usage-why-minimum-later = Nadie ha iniciado sesión todavía: los precios mínimos se deben desde el primer mes con uso, y no antes.
usage-why-band =
    { $count ->
        [one] La superficie va del { $low } al { $high } % de lo esperado: hasta donde llegó el último mes completo.
       *[other] La superficie va del { $low } al { $high } % de lo esperado: lo que se separaron los últimos { $count } meses completos.
    }
usage-why-band-unknown = Hay menos de dos meses completos, así que no se sabe cuánto difieren: la superficie va del { $low } al { $high } % de lo esperado.
usage-why-band-season = Donde la estimación aceptada dice que un mes es más tranquilo o más intenso que esos, la superficie llega también hasta ahí.
usage-why-exhausted = La suma alcanza la estimación el { $day }, si cada mes se reparte por igual entre sus días.
usage-why-enough = La suma queda por debajo de la estimación hasta el final del período.
usage-why-no-estimate = El pedido no indica ninguna estimación.
usage-counted = Qué se cuenta
usage-counted-what = Cada primera entrega de una sesión a una aplicación en producción, una vez por iniciar sesión y una vez por una identidad verificada. Las aplicaciones propias del programa nunca se cuentan. Los usuarios facturados por iniciar sesión son todos menos los verificados.
usage-counted-apps = Aplicaciones de este pedido: { $apps }.
usage-sandbox =
    { $count ->
        [0] Los inicios de sesión en el entorno de pruebas nunca se facturan.
        [one] Un inicio de sesión en el entorno de pruebas este mes no se factura: allí nunca se factura.
       *[other] { $count } inicios de sesión en el entorno de pruebas este mes no se facturan: allí nunca se factura.
    }
usage-demo = En esta demostración, un inicio de sesión cuenta en el día que muestra el reloj del portal.
usage-not-complete = Este mes no ha terminado: sus líneas aún crecen.
usage-unit-active-user-month = Usuarios facturados por iniciar sesión
usage-unit-auth = Inicios de sesión
usage-unit-new-proofing = Verificaciones nuevas
usage-unit-existing-proofing = Verificaciones existentes
usage-line-tier = { $unit }: { $quantity } a { $price }
usage-line-minimum = { $unit }: hasta el mínimo de { $amount }
usage-line-cap = { $unit }: hasta el tope de { $amount }
usage-line-sum = Suma
usage-ages = Usuarios verificados según la antigüedad de su verificación
usage-age = Antigüedad
usage-age-new = Vistos por primera vez en este período
usage-age-year1 = Primer año
usage-age-upfront = Primer año, verificados para este socio
usage-age-existing = Primer año, verificados para otros o ya contados
usage-age-year2 = Segundo año
usage-age-year3 = Tercer año
usage-age-year4 = Cuarto año
usage-age-year5 = Quinto año
usage-age-over5 = Más antiguos
usage-age-unknown = Desconocida
usage-entries = Asientos del registro
usage-entries-what = Una persona es un resumen criptográfico del identificador que reciben sus aplicaciones. Su organismo puede obtener el mismo resumen de sus propios datos; a nadie más le conduce a una persona.
usage-entry = Asiento
usage-time = Hora (UTC)
usage-level = Comunicado
usage-level-auth = Inicio de sesión
usage-level-verified = Identidad verificada
usage-person = Persona
usage-verified-on = Verificada el
usage-here = Verificada para este socio
usage-yes = Sí
usage-more = Asientos siguientes
usage-entries-csv = Descargar los asientos (CSV)
usage-digests = De qué se hicieron estas líneas
usage-digests-what = El SHA-256 de las líneas del archivo CSV sin la primera. Los mismos asientos dan las mismas líneas y el mismo resumen, en cualquier momento.
usage-digest-of =
    { $count ->
        [one] { $name }, un asiento
       *[other] { $name }, { $count } asientos
    }
notice-kind-usage-reached = Un pedido ha usado una parte de su estimación
notice-usage-reached-subject = { $number }: se ha usado el { $percent } % de la estimación
notice-usage-reached-text = El pedido { $number } ha usado { $spent }, el { $percent } % de su estimación de { $estimated }. Consulte su uso y su previsión. Si la estimación no basta, pida una modificación a su gestor de cuenta.
error-usage-not-found = No hay ningún pedido firmado con este número cuyo uso pueda ver. Compruebe el número; lo ven los administradores del organismo.
error-usage-month = No es un mes del pedido. Escriba un mes de su período como 2026-10.
error-usage-app = No existe esa aplicación en esta factura. Use el nombre corto de una de sus líneas.
error-usage-price-model = No existe ese modelo de precios en este programa. Elija uno de los que ofrece la página.
