"""Works in a register: taken in from a folder, read as its tables, steps, inspections, pages.

May import: the records of works, the register's store.
Provides: `take_in`, `records_in`, `take_work_step`, `inspect_asset`, and what the pages show.
"""
