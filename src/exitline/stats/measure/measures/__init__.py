"""What each measure is made of: one module a family, listed once in the catalogue."""
