### Pictures, and the first pages of partners and staff.

## Pictures

picture-table = Como tabla
