"""Keys, envelopes and statements: who says so."""
