"""How weights are made: calibration to known totals, trimming, non-response, replicates."""
