"""How long states last: spells, survival, hazards, exits that hold."""
