### Pictures, and the first pages of partners and staff.

## Pictures

picture-table = Sous forme de tableau
