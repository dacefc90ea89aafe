"""The sampling design as its documentation declares it, and what weights were calibrated to."""
