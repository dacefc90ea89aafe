"""What `exitline init` proposes for a file that it sees for the first time."""
