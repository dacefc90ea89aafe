"""Work without a network: forms for ODK and KoboToolbox, lists of households, what comes back."""
