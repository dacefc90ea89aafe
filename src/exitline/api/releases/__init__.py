"""What leaves the house: tables, micro data, lists for public notice."""
