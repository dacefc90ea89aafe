"""From the engine's tables to arrays: cells, codes, levels, and which areas nest in which."""
