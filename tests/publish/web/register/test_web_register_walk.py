"""One household from application to exit, objection, correction, relapse: all in a browser.

A narrow screen is looked at page by page and in four languages, a wide one where it differs.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

pytestmark = pytest.mark.browser
TODAY = date.today()
AT_A_DESK = {"/", "/households", "/household/h-1", "/programme", "/figures", "/audit", "/people"}
"""Pages that axe looks at on a wide screen too: what is laid out in another way there."""
SECURE = {"welfare": "2600", "improved_water": "true", "improved_toilet": "true",
          "electricity_at_home": "true"}  # fmt: skip


class Walk:
    """A person at a browser: signs in, takes steps, and looks for what hinders others."""

    def __init__(self, browser: Any, at: str, serious: Callable[[Any], Any], width: int) -> None:
        self.context = browser.new_context(viewport={"width": width, "height": 900})
        self.page = self.context.new_page()
        self.page.set_default_timeout(30000)
        self.at, self.serious, self.width = at, serious, width
        self.faults: list[str] = []
        self.seen: set[str] = set()
        self.signed_in: dict[str, Any] = {}
        self.page.on("pageerror", lambda fault: self.faults.append(str(fault)))
        self.page.on("console", lambda m: self.faults.append(m.text)
                     if m.type == "error" and "Failed to load" not in m.text else None)  # fmt: skip

    def go(self, path: str) -> None:
        self.page.goto(self.at + path)
        self.look(path)

    def look(self, kind: str) -> None:
        """Nothing serious for axe, nothing wider than the screen; once for each kind of page."""
        assert self.page.evaluate("document.documentElement.scrollWidth") <= self.width, kind
        if kind not in self.seen:
            self.seen.add(kind)
            if self.width < 1000 or kind in AT_A_DESK:
                assert self.serious(self.page) == [], kind
            self.picture(re.sub(r"[^a-z0-9]+", "-", kind))

    def sign_in(self, name: str, password: str) -> None:
        self.password = password
        """Who was there before comes back to a session that is still open."""
        self.context.clear_cookies()
        if name in self.signed_in:
            self.context.add_cookies(self.signed_in[name])
            return
        self.go("/sign-in")
        self.page.get_by_label("Name").fill(name)
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_role("button", name="Sign in", exact=True).click()
        self.page.wait_for_url(self.at + "/")
        self.signed_in[name] = self.context.cookies()

    def step(self, label: str, days_ago: int, reason: str = "", **evidence: str) -> None:
        """Take a step: fill in, look at its decision where it has one, sign."""
        self.go("/household/h-1")
        self.page.get_by_role("link", name=label, exact=True).click()
        self.page.wait_for_selector("form.step")
        self.look(f"step {label}")
        self.page.locator("#on").fill((TODAY - timedelta(days=days_ago)).isoformat())
        for name, value in evidence.items():
            field = self.page.locator(f'[name="evidence.{name}"]')
            (field.select_option if value in ("true", "false") else field.fill)(value)
        for box in self.page.get_by_label("The paper is there").all():
            box.check()
        if reason:
            self.page.get_by_label("Reasons").fill(reason)
        look = self.page.get_by_role("button", name="Look at the decision")
        if look.count():
            look.click()
            self.page.wait_for_selector("#decision")
            self.look(f"decision {label}")
        self.page.get_by_role("button", name="Sign", exact=True).click()
        self.page.wait_for_selector("text=Signed and recorded.")

    def change(self, key: str, label: str) -> None:
        """Open the form of a change from the card."""
        self.go(f"/household/{key}")
        self.page.locator("details.changes summary").click()
        self.page.get_by_role("link", name=label, exact=True).click()
        self.page.wait_for_selector("form.step")
        self.look(f"change {label}")

    def picture(self, name: str) -> None:
        """A screenshot, where a folder for them is named."""
        if folder := os.environ.get("EXITLINE_PICTURES"):
            self.page.screenshot(path=f"{folder}/{name}-{self.width}.png", full_page=True)

    def against(self, label: str) -> str:
        """What the card says against a step."""
        self.go("/household/h-1")
        return self.page.locator(".steps li", has_text=label).first.inner_text()


@pytest.mark.parametrize("width", [400, 1280])
def test_from_application_to_exit_objection_correction_and_relapse(
    browser, address, running, password, serious, width, request
):
    engine = request.node.callspec.params["address"]
    if (engine == "sqlite") != (width == 400):
        pytest.skip("each engine at one width")
    with running(address) as at:
        walk = Walk(browser, at, serious, width)
        _apply(walk, password)
        _exit(walk, password)
        _correct(walk, password)
        _relapse(walk, password)
        _object(walk, password)
        _work(walk, password)
        _read(walk, password)
        assert walk.faults == []
        assert walk.seen >= AT_A_DESK
        walk.context.close()
    _check(address)


def _apply(walk: Walk, password: str) -> None:
    """Application, notice, township, county: three offices, no one for another."""
    walk.sign_in("committee", password)
    walk.step("the village takes up an application", 400)
    walk.step("notice of the application", 399)
    assert "the township reviews" in str(walk.page.locator("details").first.text_content())
    walk.sign_in("township", password)
    walk.step("the township reviews", 391)
    walk.sign_in("county", password)
    walk.step("the county enters the household on the list", 390)


def _exit(walk: Walk, password: str) -> None:
    """Proposed, verified, consented, posted, objected to and dismissed, approved, struck off."""
    walk.sign_in("committee", password)
    walk.step("the village proposes the exit", 300, **SECURE)
    walk.sign_in("worker", password)
    assert "the work team verifies" in walk.against("the work team verifies").lower()
    walk.step("the work team verifies", 299)
    walk.sign_in("desk", password)
    walk.step("the household consents", 298)
    walk.sign_in("committee", password)
    walk.step("notice of the exit", 297)
    walk.sign_in("desk", password)
    walk.step("an objection during a notice", 296, reason="The pipe is dry in summer.")
    walk.sign_in("township", password)
    assert "Not yet" in walk.against("the township approves")
    walk.step("dismiss objection", 290, reason="It was seen running in August.")
    walk.step("the township approves", 285)
    walk.sign_in("county-2", password)
    walk.step("the county strikes the household off the list", 280)
    assert "struck off the list" in walk.page.inner_text("main .question")


def _correct(walk: Walk, password: str) -> None:
    """A fact was wrong: corrected with its reason, by the keyboard alone; the wrong card stays."""
    walk.sign_in("worker", password)
    walk.change("h-1", "Correct the facts")
    walk.page.get_by_label("What was wrong").fill("a digit too many")
    walk.page.get_by_label("Expenditure per person", exact=True).fill("95")
    walk.page.get_by_label("Expenditure per person", exact=True).press("Enter")
    walk.page.wait_for_selector("text=Recorded.")
    assert "2 cards, corrected ones among them" in walk.page.inner_text("main")
    walk.change("h-1", "A visit")
    walk.page.get_by_label("What was seen").fill("the family at home")
    walk.page.keyboard.press("Tab")
    walk.page.keyboard.press("Enter")
    walk.page.wait_for_selector("text=Recorded.")


def _relapse(walk: Walk, password: str) -> None:
    """The household falls back below the line: found by one, confirmed by another."""
    walk.sign_in("worker", password)
    walk.step("the household is below the line again", 100, welfare="700")
    walk.sign_in("county", password)
    walk.step("confirm relapse", 99)
    assert "fallen back below the line" in walk.page.inner_text("main .question")


def _object(walk: Walk, password: str) -> None:
    """A second exit, objected to from the street without an account, and the objection is right."""
    walk.sign_in("committee", password)
    walk.step("the village proposes the exit", 10, **SECURE)
    walk.sign_in("worker", password)
    walk.step("the work team verifies", 9)
    walk.step("the household consents", 8)
    walk.sign_in("committee", password)
    walk.step("notice of the exit", 1)
    walk.go("/household/h-1")
    notice = walk.page.get_by_role("link", name="its public page").first.get_attribute("href")
    walk.context.clear_cookies()
    walk.go(str(notice))
    assert "Family <b>h-1</b>" in walk.page.inner_text("main")
    walk.page.get_by_label("What is wrong").fill("They still fetch water from the river.")
    walk.page.get_by_role("button", name="Send the objection").click()
    walk.page.wait_for_selector("text=It waits to be taken up")
    receipt = walk.page.url
    walk.sign_in("committee", password)
    walk.go("/household/h-1")
    walk.page.get_by_role("link", name="Take it up").click()
    assert "river" in walk.page.get_by_label("Reasons").input_value()
    walk.page.get_by_label("The paper is there").check()
    walk.page.get_by_role("button", name="Sign", exact=True).click()
    walk.page.wait_for_selector("text=Signed and recorded.")
    walk.page.goto(receipt)
    walk.page.wait_for_selector("text=It was taken up")
    walk.look("receipt")
    walk.sign_in("township", password)
    walk.step("the objection is right", 0, reason="There is no pipe yet.")
    assert "registered poor" in walk.page.inner_text("main .question")


def _work(walk: Walk, password: str) -> None:
    """A new household, a member, a split and a pair; findings, phones, the programme's page."""
    walk.sign_in("committee", password)
    walk.go("/households/new")
    page = walk.page
    page.get_by_label("Id (required)", exact=True).fill("n-1")
    page.get_by_label("Name of the person").fill("Ana")
    page.get_by_label("Is the head of the household").check()
    page.get_by_role("button", name="Another member").click()
    page.get_by_label("Name of the person").nth(1).fill("Bo")
    page.get_by_role("button", name="Record", exact=True).click()
    page.wait_for_selector("text=Recorded.")
    for kind in ("A member leaves", "The household splits", "A measure", "Facts of a day"):
        walk.change("n-1", kind)
    walk.go("/pairs")
    page.get_by_role("button", name="Look for pairs now").click()
    page.get_by_role("link", name="n-1").first.click()
    page.wait_for_selector("text=one household?")
    walk.look("pair")
    page.get_by_role("button", name="The same household").click()
    page.get_by_role("link", name="part of").first.click()
    page.wait_for_selector("form.step")
    walk.look("merge")
    walk.go("/findings")
    page.get_by_role("button", name="Run the checks now").click()
    page.wait_for_selector("text=Recorded.")
    walk.look("findings run")
    beside = ("/exports", "/standing-in", "/visits", "/household/h-1/papers")
    for path in ("/field", "/programme", "/moves", "/figures", *beside):
        walk.go(path)
    _second_factor(walk, page)


def _second_factor(walk: Walk, page: Any) -> None:
    """The pages of a second factor, as far as the code of an app."""
    walk.go("/account/second/")
    page.goto(walk.at + "/account/second/totp/activate/")
    if page.locator("input[type=password]").count():
        walk.look("reauthenticate")
        page.locator("main input[type=password]").fill(walk.password)
        page.locator("main button").first.click()
        page.wait_for_url("**/totp/activate/")
    walk.look("totp")


def _read(walk: Walk, password: str) -> None:
    """The auditor reads; the administrator sees people and brings a table; in four languages."""
    walk.sign_in("auditor", password)
    walk.go("/audit")
    assert "confirm relapse" in walk.page.inner_text("main")
    walk.go("/procedures")
    walk.sign_in("admin", password)
    for path in ("/people", "/offices", "/status", "/imports"):
        walk.go(path)
    walk.page.get_by_label("Table (CSV").set_input_files(
        {"name": "t.csv", "mimeType": "text/csv", "buffer": b"household,area\nn-5,v\nn-6,x\n"}
    )
    walk.page.get_by_role("button", name="Look at it").click()
    walk.page.wait_for_selector("text=1 of 2 rows would be taken")
    walk.look("preview")
    walk.sign_in("county", password)
    walk.go("/figures")
    paths = ("/", "/households", "/household/h-1", "/household/h-1/change/facts", "/programme")
    languages = (("fr", "ménage"), ("es", "hogar"), ("zh", "户"), ("en", "ousehold"))
    for path in paths:
        for code, word in languages if walk.width < 1000 else languages[2:]:
            walk.page.goto(walk.at + path)
            walk.page.locator(f"button[name=code][value={code}]").click()
            walk.page.wait_for_selector(f"html[lang={code}]")
            assert word in walk.page.inner_text("body").lower()
            walk.look(path + code if code == "zh" else path)


def _check(address: str) -> None:
    """What was signed in the browser follows, byte for byte."""
    from django.db import connections

    from exitline.exits.register.store.audit.check import check
    from exitline.exits.register.store.opening import open_store

    store = open_store(address)
    found = check(store)
    connections[store.alias].close()
    assert found.faults == ()
    assert found.events == 30
