### Palabras de las páginas de socios y personal.

## The frame
nav-label = Páginas de socios
