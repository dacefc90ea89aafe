"""From cluster totals to estimates: linearisation, degrees of freedom, intervals, comparisons.

May import `stats.data` and `stats.measure`; NumPy on small arrays, never an engine and never Ibis.
Provides `inference.infer`, `estimates.Estimates` and what compares them.
"""

from exitline import late

for _name in ("numpy.f2py", "numpy.ma", "numpy.testing"):  # scipy.special loads all of numpy
    late.package(_name)
