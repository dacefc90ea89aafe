"""Questions to the register: cards, worklists, what may be done, where everybody stood."""
