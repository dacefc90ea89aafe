"""Make china.csv from the files of the World Bank's release; see SOURCE.txt.

python make.py FOLDER    # with deciles.csv, means.csv, headcounts.csv of the release
"""

import sys
from pathlib import Path

import pandas as pd

LINES = {
    "headcount_ratio_international_povline": "at_2.15",
    "headcount_ratio_lower_mid_income_povline": "at_3.65",
    "headcount_ratio_upper_mid_income_povline": "at_6.85",
}

given = Path(sys.argv[1])
key = ["year", "level"]
deciles = pd.read_csv(given / "deciles.csv").rename(
    columns={"reporting_year": "year", "reporting_level": "level"}
)
people = pd.read_csv(given / "means.csv").rename(
    columns={"reporting_year": "year", "reporting_level": "level", "reporting_pop": "people"}
)
published = pd.read_csv(given / "headcounts.csv").rename(
    columns={"reporting_level": "level", **LINES}
)
published = published[published["ppp_version"] == 2017]
published[list(LINES.values())] = (published[list(LINES.values())] / 100).round(12)

made = deciles.merge(people[[*key, "people"]], on=key, how="left")
made = made.merge(published[[*key, *LINES.values()]], on=key, how="left")
columns = [*key, "people", "mean", *(f"decile{i}" for i in range(1, 11)), "gini", "mld"]
made["people"] = made["people"].astype("Int64")
made[[*columns, *LINES.values()]].to_csv(Path(__file__).with_name("china.csv"), index=False)
