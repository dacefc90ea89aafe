"""Tables as people read them: CSV, HTML, a workbook, SDMX.

May import `proof.disclose`, which protects them. Provides `build.build` and `write.write_table`.
"""
