import-title = Importer une application
import-what = Apportez une application depuis Login.gov, GOV.UK One Login, des métadonnées SAML ou OpenID Connect, ou un document Durward. Rien n’est écarté : ce qui n’a pas de place ici est conservé et nommé, ce qui est inconnu est une erreur.
import-faults = Ceci ne peut pas être importé
import-meant = Vouliez-vous dire
import-read = { $name }, lu comme { $format }
import-mapped = { $count ->
    [one] Un champ a trouvé sa place.
   *[other] { $count } champs ont trouvé leur place.
}
import-new = Cette configuration n’existe pas encore.
import-same = C’est ce qui est déjà enregistré.
import-changes = L’enregistrement changerait :
import-kept = Conservé, et rendu par une exportation
import-notes = Bon à savoir
import-text = Collez le texte
import-file = Ou choisissez un fichier
import-format = Format
import-guess = Le déduire du texte
import-place = La plupart des formats ne disent pas où se range l’application. Un document Durward le dit.
import-as-written = Comme le dit le texte
import-team = Équipe
import-handle = Nom court
import-environment = Environnement
import-effect = Dans le bac à sable, une application enregistrée fonctionne aussitôt. En préproduction et en production, elle attend une demande de lancement ou de changement.
import-save = Importer et enregistrer
import-check = Vérifier seulement
import-link = Importer une application
formats-title = Exporter
formats-what = La même application dans d’autres formats. Il n’y a jamais de secrets dedans. Ce qu’un format ne peut pas dire voyage dans un membre nommé « durward », pour qu’une importation rende la même application ; omettez-le pour les programmes qui ne le connaissent pas.
formats-whole = Dit tout de cette application.
formats-beside = À part, dans « durward » : { $fields }
formats-get = Télécharger
formats-plain = Sans « durward »
formats-link = Exporter dans d’autres formats
