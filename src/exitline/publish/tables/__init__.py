"""Tables as people read them: CSV, HTML, a workbook, SDMX; protected by `proof.disclose`."""
