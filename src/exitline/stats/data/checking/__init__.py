"""Checks of data, design and standard before a study is run."""
