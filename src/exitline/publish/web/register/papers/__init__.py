"""Files of papers: brought with a step or later, looked at by those who may see the card."""
