"""What commands share: options, guards, numbers, how results are shown."""
