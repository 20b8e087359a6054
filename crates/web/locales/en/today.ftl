### Pictures, and the first pages of partners and staff.

## Pictures

picture-table = As a table
