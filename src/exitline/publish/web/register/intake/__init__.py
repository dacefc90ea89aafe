"""Tables and submissions that come in through pages: looked at first, taken, undone."""
