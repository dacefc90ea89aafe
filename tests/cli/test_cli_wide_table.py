"""A table that is wider than the terminal wraps: no column vanishes, no number is cut."""

from __future__ import annotations

from exitline.cli.shared import show


def test_a_table_that_does_not_fit_keeps_every_column_and_number(capsys):
    rows = [
        ("nearest to the line", "1,062", "17.2 % (12.0-24.0)", "43.5 % (31.6-56.3)",
         "+10.8 points (+0.2 to +21.4)"),
        ("everyone who lost 30 % or more", "12", "1 % (0-2)", "3 % (1-5)", None),
    ]  # fmt: skip
    headings = ("way of choosing", "visits", "found of those who fell", "right of those visited",
                "model finds more by")  # fmt: skip
    show.table("Tried", headings, rows, right=(1, 2, 3, 4))
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80
    words = " ".join(lines).split()
    for text in (*headings, *rows[0], *rows[1]):
        assert all(word in words for word in (text or "-").split()), text


def test_positions_of_columns_that_are_not_there_are_passed_over(capsys):
    show.table("Found", ("check", "households short"), [("k-anonymity", 3)], right=(1, 2))
    assert "k-anonymity" in capsys.readouterr().out
