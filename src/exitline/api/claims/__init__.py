"""Claims made, checked and computed again."""
