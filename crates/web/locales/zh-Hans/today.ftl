### Pictures, and the first pages of partners and staff.

## Pictures

picture-table = 以表格显示
