"""A list for public notice cannot carry an id number, a phone, a bank account or health."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exitline.api.releases.notice import NoticePlan, notice
from exitline.cli import main
from exitline.proof.disclose.identifiers import kind_of_name, kind_of_value
from exitline.publish.notices import NoticeError
from exitline.publish.notices.page import render

SECRET = {
    "id number": "11010519491231002X",  # the example of GB 11643-1999
    "phone": "13800138000",
    "bank account": "6228480402564890018",  # passes Luhn
}


def _homes(**columns: object) -> pd.DataFrame:
    base = {"village": ["East", "East", "West"], "ref": ["E-1", "E-2", "W-1"],
            "decision": ["met", "met", "not met"]}  # fmt: skip
    return pd.DataFrame(base | columns)


def _plan(**changes: object) -> NoticePlan:
    columns = {"village": "village", "reference": "ref", "decision": "decision"}
    plan = {"columns": columns, "posted": date(2020, 11, 2), "title": "Exits proposed",
            "objections": "In writing to the village committee."}  # fmt: skip
    return NoticePlan(**plan | changes)


def test_a_list_shows_the_fields_and_no_others():
    homes = _homes(phone="13800138000", id_card=SECRET["id number"], illness="yes")
    page = render(notice(homes, _plan(procedure="china-2016-exit")))
    assert "E-1" in page
    assert "Objections until 2020-11-09 (7 days)" in page
    for kept_back in ("13800138000", SECRET["id number"], "illness", "yes"):
        assert kept_back not in page


def test_days_come_from_the_procedure():
    assert notice(_homes(), _plan(procedure="china-2020-monitoring")).days == 5
    assert notice(_homes(), _plan(procedure="china-2016-exit", step="first notice")).days == 7
    assert notice(_homes(), _plan()).last_day is None
    with pytest.raises(NoticeError, match="has no step"):
        notice(_homes(), _plan(procedure="china-2016-exit", step="vilage notice"))


@pytest.mark.parametrize("field", ["reference", "name", "decision", "date", "village"])
@pytest.mark.parametrize("kind", SECRET)
@pytest.mark.parametrize("form", ["{}", "ref {}", " {} ", "no.{}/2020"])
def test_no_value_of_such_a_form_gets_onto_a_list(field, kind, form):
    """In any field, in any row, within other text; the message never shows it."""
    columns = {"village": "village", "reference": "ref", "decision": "decision"} | {field: "hidden"}
    secret = form.format(SECRET[kind])
    homes = _homes(hidden=["E-1", secret, "W-1"])
    with pytest.raises(NoticeError, match="must not be put up") as raised:
        notice(homes, _plan(columns=columns))
    assert kind in str(raised.value)
    assert SECRET[kind] not in str(raised.value)


@pytest.mark.parametrize(
    "column",
    ["id_card", "身份证号", "Phone", "联系电话", "bank_account", "银行卡号", "disability", "疾病",
     "健康状况", "address", "iban", "national_id", "mobile_no", "chronic_illness"],
)  # fmt: skip
@pytest.mark.parametrize("field", ["reference", "name", "decision"])
def test_no_column_of_such_a_name_gets_onto_a_list(column, field):
    columns = {"village": "village", "reference": "ref"} | {field: column}
    with pytest.raises(NoticeError, match="must not be put up"):
        notice(_homes(**{column: "x"}), _plan(columns=columns))


def test_free_text_and_health_words_are_no_decisions():
    with pytest.raises(NoticeError, match="health or identity"):
        notice(_homes(decision=["met", "不符合：患病", "met"]), _plan())
    with pytest.raises(NoticeError, match="longer than 80"):
        notice(_homes(decision=["met", "x" * 81, "met"]), _plan())
    many = pd.DataFrame({"village": "v", "ref": [f"r{i}" for i in range(20)],
                         "decision": [f"because {i}" for i in range(20)]})  # fmt: skip
    with pytest.raises(NoticeError, match="different texts"):
        notice(many, _plan())


def test_what_is_not_on_the_allow_list_cannot_be_asked_for():
    with pytest.raises(NoticeError, match="shows a village and a household"):
        notice(_homes(), _plan(columns={"village": "village", "reference": "ref", "income": "ref"}))
    with pytest.raises(NoticeError, match="shows a village and a household"):
        notice(_homes(), _plan(columns={"village": "village"}))
    with pytest.raises(NoticeError, match="rows have no village"):
        notice(_homes(village=["East", None, "West"]), _plan())
    with pytest.raises(NoticeError, match="nobody to list"):
        notice(_homes(), _plan(only="cannot tell"))
    with pytest.raises(NoticeError, match="text of the notice"):
        notice(_homes(), _plan(objections=f"pay to {SECRET['bank account']}"))


def test_both_engines_make_the_same_list(engine):
    made = notice(_homes(), _plan(only="met"), engine=engine)
    assert made.villages == (("East", (("E-1", "met"), ("E-2", "met"))),)


def _luhn_digit(body: str) -> str:
    digits = [int(d) for d in reversed(body)]
    total = sum((2 * d - 9 if d > 4 else 2 * d) if i % 2 == 0 else d for i, d in enumerate(digits))
    return str(-total % 10)


@given(st.integers(0, 10**14 - 1), st.sampled_from(["", " ", "-"]))
def test_every_card_number_is_recognised_and_no_wrong_digit(body, separator):
    start = f"62{body:014d}"[:15]
    number = start + _luhn_digit(start)
    shown = separator.join(number[i : i + 4] for i in range(0, 16, 4))
    assert kind_of_value(f"card {shown}") == "bank account"
    wrong = start + str((int(number[-1]) + 1) % 10)
    assert kind_of_value(wrong) is None


@given(st.dates(date(1930, 1, 1), date(2020, 12, 31)), st.integers(0, 999), st.randoms())
def test_every_identity_number_is_recognised_and_no_wrong_check(born, serial, chance):
    weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]  # as printed in GB 11643
    body = f"{chance.choice([110105, 532926, 620723])}{born:%Y%m%d}{serial:03d}"
    total = sum(int(d) * w for d, w in zip(body, weights, strict=True))
    check = "10X98765432"[total % 11]
    assert kind_of_value(f"号码{body}{check}。") == "id number"
    wrong = body + ("1" if check != "1" else "2")
    assert kind_of_value(wrong) in (None, "bank account")


@pytest.mark.parametrize(
    "iban",
    ["GB82 WEST 1234 5698 7654 32", "AL47212110090000000235698741", "de89370400440532013000"],
)
def test_account_numbers_of_the_standard_are_recognised(iban):
    assert kind_of_value(iban) == "bank account"
    assert kind_of_value(iban[:-1] + ("3" if iban[-1] != "3" else "4")) is None


@pytest.mark.parametrize(
    "text", ["2020-11-02", "household 2041", "E-1", "12,345.67", "620723", "met"]
)
def test_ordinary_texts_are_not_taken_for_numbers_of_people(text):
    assert kind_of_value(text) is None


@pytest.mark.parametrize(
    "name", ["village_name", "county_name", "region", "water", "hhid", "size", "line", "welfare"]
)
def test_ordinary_columns_are_not_taken_for_those_of_people(name):
    assert kind_of_name(name) is None


def test_the_command_writes_one_sheet_a_village(tmp_path, capsys):
    _homes().to_csv(tmp_path / "homes.csv", index=False)
    common = ["notice", str(tmp_path / "homes.csv"), "--village", "village", "--reference", "ref",
              "--title", "拟退出户公示", "--objections", "向村委会提出", "--posted", "2020-11-02",
              "--days", "7", "--language", "zh"]  # fmt: skip
    with pytest.raises(SystemExit) as end:
        main([*common, "--out", str(tmp_path / "n.html"), "--out", str(tmp_path / "n.csv")])
    assert not end.value.code
    page = (tmp_path / "n.html").read_text(encoding="utf-8")
    assert page.count("<section>") == 2
    assert "异议截止日期：2020-11-09（7 天）" in page
    assert (tmp_path / "n.csv").read_text().splitlines() == ["village,reference", "East,E-1",
                                                             "East,E-2", "West,W-1"]  # fmt: skip
    assert "2个村的3户" in " ".join(capsys.readouterr().out.split())
    with pytest.raises(SystemExit) as end:
        main([*common, "--out", str(tmp_path / "n.docx")])
    assert end.value.code == 1


def test_markup_in_a_name_stays_text():
    page = render(notice(_homes(ref=["<b>1", "2", "3"]), _plan()))
    assert "&lt;b&gt;1" in page
