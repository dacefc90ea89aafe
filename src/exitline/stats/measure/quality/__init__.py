"""What the data look like before anything is computed: faults, labels, profiles."""
