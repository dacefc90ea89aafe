"""The queries themselves: what is found first, what is summed, on which columns."""
