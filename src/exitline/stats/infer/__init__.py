"""From cluster totals to estimates: linearisation, degrees of freedom, intervals."""
