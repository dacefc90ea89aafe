"""The log of events in one file: chained lines, kept texts, everything taken again."""
