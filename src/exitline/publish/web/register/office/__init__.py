"""Pages of the administrator: offices, versions of procedures, whether all is well."""
