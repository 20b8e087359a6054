### Words of the partners’ and staff’s pages.

## The frame
nav-label = Partner pages
