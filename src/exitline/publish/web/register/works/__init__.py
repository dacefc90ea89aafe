"""Pages of works: the list, one work with its steps and assets, a step, an inspection."""
