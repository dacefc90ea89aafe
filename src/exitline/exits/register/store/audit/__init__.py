"""Whether the register is what was recorded: chains, heads, decisions, exports, backups."""
