"""Changes as a newcomer would try them: each made in a scratch copy, and working there.

CONTRIBUTING.md says which files each takes; here each takes those files and no others, at most
three beside its page and its test.
"""

# ruff: noqa: E501

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TABLE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").split("## Changes as a newcomer")[1]


@dataclass(frozen=True)
class Change:
    """What is written where, what shows that it works, and what that shows."""

    edits: dict[str, tuple[tuple[str, str], ...]]
    code: str
    shows: object
    new: dict[str, str] = field(default_factory=dict)


SCORES = "rows = {'y': [1.0, 2, 3, 4], 'w': [1.0] * 4}\n"
CHANGES = {
    "a measure": Change(
        {"stats/measure/measures/counts.py": ((
            "MEASURES = (mean,",
            'def toy() -> Measure:\n    """A toy."""\n'
            '    return ratio_of("toy", Term("poor"), Term("one"), "share", "toy")\n\n\n'
            "MEASURES = (toy, mean,",
        ),)},
        "found = xl.estimate(data, 'toy', welfare='y', line=2.5, design=design).find()"
        ".estimate",
        0.5,
    ),
    "a quantile rule": Change(
        {"stats/measure/passes/inverse.py": (("LINEAR = {", 'LINEAR = {\n    "toy": (0.5, 0.0),'),)},
        "q = lambda rule: xl.estimate(data, f\"quantile(0.3, '{rule}')\", welfare='y', design=design)"
        ".find().estimate\nfound = q('toy') == q('hf5')",
        True,
    ),
    "a variance": Change(
        {"stats/data/sampling/replicated.py": (
            ('"SDR", "other"', '"SDR", "toy", "other"'),
            ('            "BRR": 1.0 / replicates,',
             '            "BRR": 1.0 / replicates,\n            "toy": 4.0 / replicates,'),
        )},
        "two = pa.table({'y': [1.0, 3], 'w': [1.0, 1], 'r1': [2.0, 0], 'r2': [0.0, 2]})\n"
        "se = lambda kind: xl.estimate(two, 'mean', welfare='y', design=xl.Design("
        "weight='w', replicates='r*', kind=kind)).find().se\n"
        "out = CliRunner().invoke(exitline, ['estimate', '--help']).output\n"
        "found = [round(se('toy') / se('BRR'), 9), 'toy' in out]",
        [2.0, True],
    ),
    "a file format": Change(
        {"stats/data/readers/formats.py": ((
            '        "csv": FileFormat(',
            '        "toy": FileFormat("a toy", (".toy",), lambda head: head.startswith(b"TOY"),\n'
            '                          _reader("toy:read_toy")),\n        "csv": FileFormat(',
        ),)},
        "Path('a.toy').write_bytes(b'TOY 3 5')\n"
        "found = xl.estimate('a.toy', 'mean', welfare='y').find().estimate",
        4.0,
        new={"stats/data/readers/toy.py":
             "import pyarrow as pa\nfrom exitline.stats.data.scannable import Source\n"
             "def read_toy(held, *, missing=()):\n"
             "    numbers = [float(n) for n in held.path.read_text().split()[1:]]\n"
             "    table = pa.table({'y': numbers})\n"
             "    return Source(kind='arrow', path=held.path, table=table)\n"},
    ),
    "an engine": Change(
        {"stats/engine/__init__.py": ((
            '        "spark": lazily',
            '        "toy": lazily("exitline.stats.engine.toy:Toy"),\n        "spark": lazily',
        ),)},
        "out = CliRunner().invoke(exitline, ['estimate', '--help']).output\n"
        "found = [xl.estimate(data, 'mean', welfare='y', engine='toy').find().estimate,\n"
        "         '[duckdb|toy|spark]' in out]",
        [2.5, True],
        new={"stats/engine/toy.py":
             "from exitline.stats.engine.duckdb import DuckDB\n"
             "class Toy(DuckDB):\n    name = 'toy'\n"},
    ),
    "an interval": Change(
        {
            "words/intervals.py": (('    "mean": collected(', '    "toy": collected("toys"),\n    "mean": collected('),),
            "stats/infer/intervals.py": ((
                "xlogit_share = logit_share",
                "def toy_share(share: Floats, se: Floats, df: Floats, level: float = 0.95) -> Bounds:\n"
                '    """A toy."""\n    return Bounds(share - 0.1, share + 0.1)\n\n\n'
                "xlogit_share = logit_share",
            ),),
        },
        "one = xl.estimate(data, 'headcount', welfare='y', line=2.5, interval='toy').find()\n"
        "found = [round(one.ci_low, 9), round(one.ci_high, 9)]",
        [0.4, 0.6],
    ),
    "a scene kind": Change(
        {
            "publish/film/kinds.py": (
                ("@dataclass(frozen=True, kw_only=True)\nclass SourcesScene",
                 "@dataclass(frozen=True, kw_only=True)\nclass ToyScene(Scene):\n"
                 '    """A toy."""\n\n    kind: ClassVar[str] = "toy"\n\n\n'
                 "@dataclass(frozen=True, kw_only=True)\nclass SourcesScene"),
                ("        TitleScene, NumberScene,", "        ToyScene, TitleScene, NumberScene,"),
            ),
            "publish/film/paint/registry.py": (
                ("PAINTERS: dict", "from exitline.publish.film.paint.toy import ToyPainter\n\n"
                 "PAINTERS: dict"),
                ('    "title": TitlePainter,', '    "toy": ToyPainter,\n    "title": TitlePainter,'),
            ),
        },
        "from exitline.publish.film.kinds import read_scene\n"
        "from exitline.publish.film.readers import StoryReader\n"
        "from exitline.rules.yamlfile.tree import read_text\n"
        "scene = read_scene(read_text('{scene: toy, seconds: 4}', 's'), 1, "
        "StoryReader(('en',), Path('.')))\n"
        "found = scene.kind",
        "toy",
        new={"publish/film/paint/toy.py":
             "from exitline.publish.film.paint.base import Painter\n"
             "class ToyPainter(Painter):\n    def still(self, ink):\n        pass\n"},
    ),
    "a study key": Change(
        {
            "stats/data/studies/study_file.py": ((
                "    min_count: Annotated[float, _COUNT] | None = None",
                "    min_count: Annotated[float, _COUNT] | None = None\n    toy: Whole | None = None",
            ), ("    Year,\n", "    Whole,\n    Year,\n")),
            "stats/data/studies/study.py": ((
                "    min_count: float | None = None",
                "    min_count: float | None = None\n    toy: int | None = None",
            ),),
            "stats/data/studies/made.py": (('"confidence", "min_count")', '"confidence", "min_count", "toy")'),),
        },
        "from exitline.stats.data import parse_study\n"
        "from exitline.api.schemas import schema\n"
        "found = [parse_study('study: x\\ndata: {households: a.csv}\\ntoy: 7').toy,\n"
        "         'toy' in schema('study')['properties']]",
        [7, True],
    ),
    "an exit criterion": Change(
        {
            "rules/standard/criteria.py": ((
                '        "villages": CriterionForm(',
                '        "toy": CriterionForm("toy", ("county",), lambda *_: {}, "a toy", compared=False),\n'
                '        "villages": CriterionForm(',
            ),),
            "rules/standard/keys.py": ((
                "    villages: Text | None = Field(", "    toy: Text | None = None\n"
                "    villages: Text | None = Field(",
            ),),
            "exits/decide/chain.py": ((
                '    "villages": _of_villages,',
                '    "toy": lambda criterion, asked: _undecided(criterion, asked.units, "a toy"),\n'
                '    "villages": _of_villages,',
            ),),
        },
        "from exitline.exits.decide.chain import DECIDE\n"
        "from exitline.rules.standard import read_standard\n"
        "from exitline.rules.standard.describe import describe\n"
        "made = read_standard('''{standard: s, title: t, jurisdiction: world, sources: {me: {title: m}},\n"
        "  county: {source: me, exits: {play: {label: Play, toy: yes}}}}''', 's.yaml')\n"
        "words = ' '.join(s for part in describe(made) for s in part.sentences)\n"
        "found = [made.county.criteria[0].kind, 'Play: a toy.' in words, 'toy' in DECIDE]",
        ["toy", True, True],
    ),
    "a language": Change(
        {},
        "from exitline.words.catalogue import language\n"
        "from exitline.words.texts import languages\n"
        "out = CliRunner().invoke(exitline, ['notice', '--help']).output\n"
        "found = ['pt' in languages(), language('pt')('All together'), '|pt|' in out]",
        [True, "Conjunto", True],
        new={"words/locales/pt/exitline.po":
             (ROOT / "src/exitline/words/locales/es/exitline.po").read_text(encoding="utf-8")
             .replace("Language: es", "Language: pt")},
    ),
    "a CLI option": Change(
        {"cli/measures.py": (
            ('@click.option("--json"', '@click.option("--toy", is_flag=True, help="Play.")\n'
             '@click.option("--json"'),
            ("def command(name: str | None, as_json: bool)",
             "def command(name: str | None, toy: bool, as_json: bool)"),
            ("    from exitline import api\n", "    from exitline import api\n\n    if toy:\n"
             '        click.echo("played")\n'),
        )},
        "found = CliRunner().invoke(exitline, ['measures', '--toy']).output[:6]",
        "played",
    ),
    "the report's headline": Change(
        {"publish/report/headline.py": ((
            "    return Headline(\n        _question(content, first, levels),",
            '    return Headline(\n        "Toy: " + _question(content, first, levels),',
        ),)},
        "Path('a.csv').write_text('y\\n1\\n3\\n')\n"
        "Path('s.yaml').write_text('study: x\\ndata: {households: a.csv}\\n"
        "columns: {welfare: y}\\nlines: [{value: 2}]\\nmeasures: [headcount]\\nperiod: year\\n')\n"
        "xl.run('s.yaml', 'out')\n"
        "found = 'Toy: ' in Path('out/report.html').read_text()",
        True,
    ),
}  # fmt: skip
START = """
import json, sys
from pathlib import Path
import pyarrow as pa
from click.testing import CliRunner
import exitline as xl
from exitline.cli import exitline
data = pa.table({'y': [1.0, 2, 3, 4], 'w': [1.0] * 4})
design = xl.Design(weight='w')
shown = {}
for name, code in json.loads(sys.argv[1]).items():
    here = dict(globals())
    try:
        exec(code, here)
        shown[name] = here['found']
    except BaseException as reason:
        shown[name] = f'{type(reason).__name__}: {reason}'
print(json.dumps(shown))
"""


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """What every change shows, all made in one copy of the package."""
    root = tmp_path_factory.mktemp("scratch")
    package = root / "exitline"
    shutil.copytree(ROOT / "src/exitline", package, ignore=shutil.ignore_patterns("__pycache__"))
    for change in CHANGES.values():
        for file, edits in change.edits.items():
            text = (package / file).read_text(encoding="utf-8")
            for old, new in edits:
                assert old in text, f"{file}: {old}"
                text = text.replace(old, new, 1)
            (package / file).write_text(text, encoding="utf-8")
        for file, text in change.new.items():
            assert not (package / file).exists()
            (package / file).parent.mkdir(exist_ok=True)
            (package / file).write_text(text, encoding="utf-8")
    code = json.dumps({name: change.code for name, change in CHANGES.items()})
    done = subprocess.run(
        [sys.executable, "-c", START, code], cwd=root, capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": str(root)}, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_works_with_the_files_it_is_said_to_take(shown, name: str) -> None:
    change = CHANGES[name]
    files = [*change.edits, *change.new]
    assert len(files) <= 3
    assert shown[name] == change.shows
    row = next(line for line in TABLE.splitlines() if line.startswith(f"| {name} |"))
    said = row.split("|")[2]
    missing = [file for file in change.edits if f"`{file}`" not in said]
    assert missing == []
    assert said.count("`") // 2 == len(files)
