"""All forms of grouped data mean the same; bad ones are refused, all faults at once."""

from __future__ import annotations

import numpy as np
import pytest

import exitline as xl
from exitline.errors import DataError, ExitlineError, MeasureError

SHARES = [0.03, 0.05, 0.06, 0.07, 0.08, 0.09, 0.11, 0.13, 0.15, 0.23]


def test_four_forms_of_the_same_data():
    means = np.array(SHARES) * 10 * 50
    forms = (
        xl.grouped(shares=SHARES, mean=50),
        xl.grouped(shares=[100 * s for s in SHARES], mean=50),
        xl.grouped(population=np.arange(1, 11) / 10, lorenz=np.cumsum(SHARES), mean=50),
        xl.grouped(population=np.arange(0, 11) * 10, lorenz=[0, *np.cumsum(SHARES) * 100], mean=50),
        xl.grouped(population=np.arange(1, 10) / 10, lorenz=np.cumsum(SHARES)[:-1], mean=50),
        xl.grouped(counts=[7] * 10, means=means),
        xl.grouped(shares=SHARES, counts=[3] * 10, mean=50),
    )
    values = [f.estimate("headcount", 30).estimate for f in forms]
    assert values == pytest.approx([values[0]] * len(forms), rel=1e-12)
    assert forms[5].points.mean == pytest.approx(50)


def test_rounded_percentages_are_divided_by_their_sum_and_said():
    found = xl.grouped(shares=[3.0, 5.1, 6.0, 7.0, 8.0, 9.0, 11.0, 13.0, 15.0, 23.3], mean=1)
    assert found.points.population[-1] == found.points.lorenz[-1] == 1
    assert "100.4" in str(found.points.notes[0])


def test_counts_and_bounds_alone():
    """Half a million people of a known lognormal, counted between bounds: it is found again."""
    from exitline.stats.grouped_data.families import Lognormal

    truth = Lognormal(0.7)
    upper = np.array([100, 200, 300, 450, 700, 1000, np.inf])
    below = np.append(truth.below(upper[:-1] / 400), 1.0)
    counts = np.diff(below, prepend=0.0) * 5e5
    found = xl.grouped(counts=counts, upper=upper, curves=("lognormal", "gb2"))
    fit = found.fits["lognormal"]
    assert (fit.curve.parameters["sigma"], fit.mean) == pytest.approx((0.7, 400), rel=1e-5)
    for curve in ("lognormal", "gb2"):
        headcount = found.estimate("headcount", 250, curve=curve).estimate
        assert headcount == pytest.approx(truth.headcount(250 / 400), abs=2e-3)
    with pytest.raises(MeasureError, match="needs shares or means"):
        xl.grouped(counts=counts, upper=upper)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "four forms"),
        ({"shares": SHARES, "lorenz": SHARES}, "four forms"),
        ({"shares": SHARES[::-1]}, "less per head than a poorer one"),
        ({"shares": SHARES[:5]}, "do not sum to 1"),
        ({"shares": [0.2, 0.3, 0.5]}, "too few classes"),
        ({"shares": [0.1] * 10}, "same mean"),
        ({"shares": [*SHARES[:-1], None]}, "missing or infinite"),
        ({"shares": ["a"] * 10}, "not numbers"),
        ({"shares": [-0.02, 0.1, 0.22, 0.3, 0.4]}, "negative"),
        ({"population": [0.2, 0.5, 0.7, 1], "lorenz": [0.1, 0.3, 1]}, "differ in length"),
        ({"population": [0.5, 0.2, 0.7, 1], "lorenz": [0.1, 0.2, 0.5, 1]}, "do not rise"),
        ({"counts": [1, 0, 2, 3], "means": [1, 2, 3, 4]}, "nobody"),
        ({"counts": [1, 1, 2, 3], "means": [0, 0, 0, 0]}, "not positive"),
        ({"counts": [1, 1, 2, 3], "means": [1, 2, 3, 4], "mean": 9}, "does not fit"),
        ({"counts": [1, 1, 2, 3], "means": [1, 5, 6, 9], "upper": [2, 4, 8, 10]}, "outside"),
        ({"counts": [1, 1, 2, 3], "means": [1, 3, 6, 9], "upper": [2, 8, 4, 10]}, "do not rise"),
        ({"counts": [1, 1, 2, 3], "upper": [2, 8]}, "differ in number"),
        ({"shares": SHARES, "mean": 0}, "mean is not a positive number"),
        ({"shares": SHARES, "mean": float("nan")}, "mean is not a positive number"),
        ({"shares": SHARES, "curves": "kubic"}, "no curve 'kubic'"),
        ({"shares": []}, "nobody"),
    ],
)  # fmt: skip
def test_bad_data_are_refused(given, said):
    with pytest.raises(ExitlineError, match=said) as raised:
        xl.grouped(**given)
    assert raised.value.remedy or given.get("curves")


def test_all_faults_at_once():
    with pytest.raises(DataError) as raised:
        xl.grouped(counts=[1, 1, 2, 3], means=[1, None, 3, 4], mean=-1)
    assert len(raised.value.others) == 1


def test_bad_questions_are_refused():
    data = xl.grouped(shares=SHARES)
    for measure in ("headcuont", "fgt", "fgt(-1)", "share(0)", "quantile(x)", "gini(2)"):
        with pytest.raises(MeasureError):
            data.estimate(measure, 1.0)
    with pytest.raises(MeasureError, match="needs a poverty line"):
        data.estimate("headcount")
    with pytest.raises(MeasureError, match="was not fitted"):
        data.estimate("gini", curve="gb2")


def test_without_a_mean_money_is_missing_with_its_reason():
    data = xl.grouped(shares=SHARES)
    for found in (data.estimate("median"), data.estimate("headcount", 20)):
        assert np.isnan(found.estimate)
        assert "mean is not known" in found.note
    assert data.estimate("gini").note == ""


def test_lines_outside_the_data_are_marked():
    data = xl.grouped(shares=SHARES, mean=50, curves="quadratic")
    assert data.estimate("headcount", 40).note == ""
    assert "below the first class" in data.estimate("headcount", 13).note
    low = data.estimate("headcount", 1)
    assert (low.estimate, "tells nothing" in low.note) == (0, True)
    assert "within the last class" in data.estimate("headcount", 120).note
    for line in (0, -3):
        assert "not positive" in data.estimate("headcount", line).note
