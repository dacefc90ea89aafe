"""Direct estimates and covariates of areas, from what a notebook or a study gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from exitline.errors import MeasureError, nearest
from exitline.stats.smallarea.errors import SmallAreaError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from exitline.stats.engine.base import Engine
    from exitline.stats.infer.blocks import Block
    from exitline.stats.infer.estimates import Estimates
    from exitline.stats.smallarea.area.result import Areas
    from exitline.stats.smallarea.joins import JoinedAreas

    Floats = NDArray[np.float64]

DIRECT, VARIANCE, SIZE, DF, AREA = (
    f"exitline__{name}" for name in ("direct", "variance", "size", "df", "area")
)


@dataclass(frozen=True)
class SmallAreaData:
    """Where direct estimates and covariates come from.

    Attributes
    ----------
    data : Estimates, path or table
    area : str
    variance : str or None
        Column of sampling variances.
    covariates : path or table, or None
    line : str or None
    size : str or None
        Column of effective sample sizes.
    smooth : {"none", "unstable", "all"}
    drop : bool
        Whether areas that the covariates do not have are left out.
    on : str or None
        The column of areas in the covariates, where it has another name there.
    proximity : array, pandas.DataFrame or None
    errors : mapping of str to str, or None
        From columns of the model to columns with their error variances.
    """

    data: Any
    area: str
    variance: str | None = None
    covariates: Any = None
    line: str | None = None
    size: str | None = None
    smooth: str = "none"
    drop: bool = False
    on: str | None = None
    proximity: Any = None
    errors: Mapping[str, str] | None = None

    def areas(
        self, formula: str, engine: Engine, *, sized: bool
    ) -> tuple[Areas, JoinedAreas | None]:
        """The areas of a model, and what became of those of both tables.

        Parameters
        ----------
        formula : str
        engine : Engine
        sized : bool
            Whether effective sample sizes take the place of variances.
        """
        from exitline.stats.infer.estimates import Estimates
        from exitline.stats.measure.modelling.formula import parse_formula

        left = parse_formula(formula).response
        response = left.text
        if isinstance(self.data, Estimates):
            table, block = self._of_estimates(self.data, response)
            what = (block.measure, block.line, block.share)
            frame, joined = self._with_covariates(table, engine, left.columns, formula)
        else:
            what = (response, "", False)
            frame, joined = self._of_table(engine, left.columns, formula)
        return self._made(formula, frame, engine, what, sized=sized), joined

    def _of_estimates(self, found: Estimates, response: str) -> tuple[pd.DataFrame, Block]:
        """The design's direct estimates of one measure, by area."""
        import pandas as pd

        fits = [b for b in found.blocks if b.by == self.area and b.measure == response]
        fits = [b for b in fits if self.line in (None, b.line)]
        if len(fits) != 1:
            known = sorted({b.measure for b in found.blocks if b.by == self.area})
            raise MeasureError(
                f"no single measure '{response}' by '{self.area}' among the estimates",
                where="formula",
                expected=f"one measure by '{self.area}': " + (", ".join(known[:20]) or "none"),
                got=f"{len(fits)} that fit",
                remedy=nearest(response, known)
                or (f"estimate(..., by='{self.area}')" if not known else "name its line, too"),
            )
        block = fits[0]
        columns = {
            AREA: list(block.rows.code_labels), response: block.estimate,
            VARIANCE: block.se**2, SIZE: block.n.astype(np.float64), DF: block.df,
        }  # fmt: skip
        return pd.DataFrame(columns), block

    def _effective(self, frame: pd.DataFrame, measure: str, line: str) -> Floats | None:
        """Effective sample sizes: as given, or the households that a simple random sample would
        need for the variance that areas have in the pool."""
        from exitline.stats.infer.estimates import Estimates
        from exitline.stats.smallarea.area.smoothing import pooled

        size = _column(frame, SIZE)
        if not isinstance(self.data, Estimates) or size is None:
            return size
        share = self.data.find(measure=measure, line=line, by="").estimate
        one = pooled(frame[VARIANCE].to_numpy(), size, frame[DF].to_numpy())
        return size * share * (1.0 - share) / one if one > 0 else size

    def _named(self, formula: str) -> list[object]:
        """Everything that names columns."""
        return [formula, self.variance or "", self.size or "", dict(self.errors or {})]

    def _of_table(
        self, engine: Engine, response: Sequence[str], formula: str
    ) -> tuple[pd.DataFrame, JoinedAreas | None]:
        """One row for each area, from the user's own table or tables."""
        frame = read_areas(self.data, engine, self.area, "areas", self._named(formula))
        named = {VARIANCE: self.variance, SIZE: self.size}
        for name, column in named.items():
            if column is not None:
                frame[name] = numbers_of(frame, column)
        if self.covariates is None:
            return frame, None
        return self._with_covariates(frame, engine, response, formula)

    def _with_covariates(
        self, frame: pd.DataFrame, engine: Engine, response: Sequence[str], formula: str
    ) -> tuple[pd.DataFrame, JoinedAreas | None]:
        """Direct estimates beside the covariates of every area.

        The response is the direct estimates' own, whatever else is called so; covariates are
        those of the table of covariates.
        """
        from exitline.stats.smallarea.joins import joined

        if self.covariates is None:
            raise SmallAreaError(
                "there are no covariates of areas",
                expected="a table with a row for each area",
                got="direct estimates alone",
                remedy="name it: covariates=",
            )
        on, named = self.on or self.area, self._named(formula)
        other = read_areas(self.covariates, engine, on, "covariates", named)
        if SIZE not in frame and self.size is not None:
            frame[SIZE] = numbers_of(frame, self.size)
        match = joined(list(frame[AREA]), list(other[AREA]))
        if not self.drop or not match.both:
            match.refuse(f"column '{self.on or self.area}'")
        own = frame.set_index(AREA)
        other = other.drop(columns=[c for c in response if c in other.columns])
        keep = [c for c in own.columns if c not in other.columns and c != self.area]
        merged = other.merge(own[keep], left_on=AREA, right_index=True, how="left")
        return merged.reset_index(drop=True), match

    def _made(
        self,
        formula: str,
        frame: pd.DataFrame,
        engine: Engine,
        what: tuple[str, str, bool],
        *,
        sized: bool,
    ) -> Areas:
        """The model's arrays from one table with everything in it."""
        from exitline.stats.data.source import open_source
        from exitline.stats.data.studies.uses import without_twins
        from exitline.stats.smallarea.area.result import Areas
        from exitline.stats.smallarea.area.smoothing import KnownVariances, smoothed
        from exitline.stats.smallarea.formula import learn, read

        own = [name for name in (AREA, VARIANCE, SIZE, DF) if name in frame.columns]
        seen = frame.drop(columns=own)
        place = next(n for n in ("place", "_place", "__place") if n not in seen.columns)
        seen[place] = range(len(seen))
        table = engine.attach(without_twins(open_source(seen), [formula, place]), "exitline_areas")
        learned = learn(formula, table, engine.run)
        rows = read(learned, table, engine.run, [place]).in_order(place)
        variance = _column(frame, VARIANCE)
        size, df = _column(frame, SIZE), _column(frame, DF)
        if variance is None and not sized:
            raise SmallAreaError(
                "there are no sampling variances",
                expected="a column with the variance of each direct estimate",
                got="none",
                remedy='name it: variance="..."',
            )
        effective = self._effective(frame, what[0], what[1]) if sized else None
        given = np.isfinite(rows.y)
        names = tuple(str(one) for one in frame[AREA])
        replaced = np.zeros(len(names), dtype=bool)
        if variance is None:
            variance = np.full(len(names), np.nan)
        elif given.any() and not (sized and self.smooth == "none"):
            some = [names[i] for i in np.flatnonzero(given)]
            sizes, freedom = (None if a is None else a[given] for a in (size, df))
            found = smoothed(variance[given], KnownVariances(sizes, freedom), self.smooth, some)
            variance = variance.copy()
            variance[given], replaced[given] = found.variance, found.replaced
        return Areas(
            names, rows.y, variance, rows.x, rows.known, learned.names,
            effective, what[0], what[1], what[2],
            neighbours=None
            if self.proximity is None
            else _proximity(self.proximity, names, self.area),
            errors=None if self.errors is None else _covariances(self.errors, frame, learned.names),
            smoothed=replaced, terms=learned.terms,
        )  # fmt: skip


def _proximity(given: Any, names: tuple[str, ...], area: str) -> Floats:
    """Proximity weights in the order of the areas; a table may name them in a column."""
    import pandas as pd

    from exitline.stats.data.values import written

    if not isinstance(given, pd.DataFrame):
        found = np.asarray(given, dtype=np.float64)
        if found.shape == (len(names), len(names)):
            return found
        got = " x ".join(str(n) for n in found.shape)
    else:
        if area in given.columns and given.shape[1] == len(given) + 1:
            # the column names the rows, and the columns stand in the same order
            given = given.set_index(area)
            given = given.set_axis(list(given.index), axis=1)
        table = given.set_axis([written(one) for one in given.index], axis=0)
        table = table.set_axis([written(one) for one in given.columns], axis=1)
        missing = [one for one in names if one not in table.index or one not in table.columns]
        if not missing:
            return np.asarray(table.loc[list(names), list(names)], dtype=np.float64)
        got = (
            f"no row or column for {len(missing)} "
            f"{'area' if len(missing) == 1 else 'areas'}, such as '{missing[0]}'"
        )
    raise SmallAreaError(
        "proximity weights that do not fit the areas",
        where="proximity",
        expected=f"{len(names)} rows and columns, one for each area with covariates",
        got=got,
        remedy="give a table whose rows and columns are named by areas",
    )


def _covariances(given: Mapping[str, str], frame: pd.DataFrame, columns: Any) -> Floats:
    """Error covariances of covariates by area: variances of the columns that are named."""
    found = np.zeros((len(frame), len(columns), len(columns)))
    for name, column in given.items():
        if name not in columns:
            raise SmallAreaError(
                f"the model has no column '{name}'",
                where="errors",
                expected="one of " + ", ".join(columns),
                got=repr(name),
                remedy=nearest(name, columns) or "name a column of the model",
            )
        at = list(columns).index(name)
        values = numbers_of(frame, column).to_numpy()
        if not np.all(values >= 0):
            raise SmallAreaError(
                f"error variances of '{name}' that are missing or negative",
                where=f"column '{column}'",
                expected="zero or above, for every area",
                got=f"{int(np.sum(~(values >= 0)))} that are not",
                remedy="fill them; 0 where the covariate is exact",
            )
        found[:, at, at] = values
    return found


def read_areas(
    data: Any, engine: Engine, area: str, name: str, named: Sequence[object] = ()
) -> pd.DataFrame:
    """A small table with a row for each area, its keys written in one way.

    Of columns that differ in upper and lower case alone, those that are `named` are read.
    """
    from exitline.stats.data.source import open_source
    from exitline.stats.data.studies.uses import without_twins
    from exitline.stats.data.values import Uses, written

    source = open_source(data).using(Uses(code=frozenset({area})))
    source = without_twins(source, [area, *named])
    table = engine.attach(source, f"exitline_{name}")
    if area not in table.columns:
        raise SmallAreaError(
            f"the {name} have no column '{area}'",
            expected="one of " + ", ".join(list(table.columns)[:20]),
            got=f"'{area}'",
            remedy=nearest(area, table.columns) or "name the column that holds areas",
        )
    frame: pd.DataFrame = engine.run(table).to_pandas()
    frame.insert(0, AREA, [written(value) for value in frame[area]])
    _refuse_keys(frame[AREA], area, name)
    return frame


def _refuse_keys(keys: Any, area: str, name: str) -> None:
    """Refuse areas without a name, and those that stand in two rows."""
    missing, twice = int(keys.isna().sum()), keys[keys.duplicated() & keys.notna()]
    if missing or len(twice):
        raise SmallAreaError(
            f"{name}: a row for each area is needed",
            where=f"column '{area}'",
            expected="every area once",
            got=f"{missing} rows without a name"
            if missing
            else f"'{twice.iloc[0]}' in several rows",
            remedy="name every area, and take one row for each",
        )


def require_column(frame: pd.DataFrame, column: str) -> None:
    """Refuse a column that the table of areas does not have."""
    if column not in frame.columns:
        known = [c for c in frame.columns if not c.startswith("exitline__")]
        raise SmallAreaError(
            f"the data have no column '{column}'",
            expected="one of " + ", ".join(known[:20]),
            got=f"'{column}'",
            remedy=nearest(column, known) or "name a column of the data",
        )


def numbers_of(frame: pd.DataFrame, column: str) -> Any:
    """A column of numbers, or an error."""
    import pandas as pd

    require_column(frame, column)
    found = frame[column]
    if not pd.api.types.is_numeric_dtype(found):
        raise SmallAreaError(
            f"'{column}' is no number",
            where=f"column '{column}'",
            expected="numbers",
            got=f"values of the kind {found.dtype}",
            remedy="write it as a number",
        )
    return found.astype("float64")


def _column(frame: pd.DataFrame, name: str) -> Floats | None:
    """A column as an array, if it is there."""
    return frame[name].to_numpy(dtype=np.float64) if name in frame.columns else None
