"""Whether cards fit together: numbered cross-checks, and households that may be one."""
