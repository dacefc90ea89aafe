"""What models need of the rows: formulas, model matrices, products, moments of a census."""
