### Mots des pages des partenaires et du personnel.

## The frame
nav-label = Pages des partenaires
