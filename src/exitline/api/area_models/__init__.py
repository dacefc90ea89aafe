"""Small areas: what is asked, checked, fitted and shown."""
