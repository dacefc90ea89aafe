"""Changes of the register: steps, cards, members, areas and people; each in one transaction."""
