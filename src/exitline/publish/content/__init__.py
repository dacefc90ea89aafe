"""What of a run may be published: one object that report, explorer, tables and claims read."""
