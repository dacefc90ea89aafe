"""Tables that come into the register: looked at first, refused row by row, taken back whole."""
