"""Two or more figures side by side: differences, ratios, changes, who stands apart."""
