"""Tables of categories: shares, their errors, tests of independence."""
