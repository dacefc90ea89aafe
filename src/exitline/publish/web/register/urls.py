"""Every address of the register."""

from __future__ import annotations

from django.urls import include, path

from exitline.publish.web.register import (
    public,
    reading,
    signing,
    stepping,
    working,
)
from exitline.publish.web.register.changing import views as changing
from exitline.publish.web.register.intake import field, imports
from exitline.publish.web.register.office import views as office
from exitline.publish.web.register.papers import views as papers
from exitline.publish.web.register.programme import views as programme
from exitline.publish.web.register.quality import views as quality
from exitline.publish.web.register.works import views as works

urlpatterns = [
    path("", working.home, name="home"),
    path("households", working.listing, name="households"),
    path("households/new", changing.new_household, name="new-household"),
    path("household/<str:key>/change/<str:kind>", changing.change, name="change"),
    path("visits", working.visits, name="visits"),
    path("moves", changing.moves, name="moves"),
    path("moves/<int:number>", changing.settle_move, name="settle-move"),
    path("household/<str:key>", working.show, name="card"),
    path("household/<str:key>/step/<str:name>", stepping.step, name="step"),
    path("household/<str:key>/papers", papers.papers, name="papers"),
    path("household/<str:key>/papers/<int:number>", papers.file, name="paper-file"),
    path("pairs", quality.pairs, name="pairs"),
    path("pairs/find", quality.find_pairs, name="find-pairs"),
    path("pairs/<int:number>", quality.pair, name="pair"),
    path("pairs/<int:number>/decide", quality.decide, name="decide-pair"),
    path("findings", quality.findings, name="findings"),
    path("findings/run", quality.run_checks, name="run-checks"),
    path("findings/<int:number>/explain", quality.explain, name="explain"),
    path("imports", imports.imports, name="imports"),
    path("imports/take", imports.take, name="take-import"),
    path("imports/<int:number>/undo", imports.undo, name="undo-import"),
    path("exports", reading.exports, name="exports"),
    path("exports/<int:number>/file", reading.fetch, name="fetch-export"),
    path("field", field.field, name="field"),
    path("field/form/<str:name>.xlsx", field.form, name="field-form"),
    path("field/households.csv", field.entities, name="field-list"),
    path("field/<int:number>", field.settle, name="settle-submission"),
    path("programme", programme.show, name="programme"),
    path("programme/table", programme.table, name="programme-table"),
    path("works", works.listing, name="works"),
    path("works/new", works.enter, name="new-work"),
    path("works/<str:key>/correct", works.correct, name="correct-work"),
    path("works/<str:key>/notice", works.notice, name="work-notice"),
    path("works/<str:key>", works.show, name="work"),
    path("works/<str:key>/step", works.step, name="work-step"),
    path("works/<str:key>/inspect", works.inspect, name="inspect-asset"),
    path("figures", programme.figures, name="figures"),
    path("figures/run", programme.measure, name="run-figures"),
    path("figures/<str:name>", programme.read, name="read-figures"),
    path("offices", office.offices, name="offices"),
    path("procedures", office.procedures, name="procedures"),
    path("procedures/<str:digest>", office.procedure, name="procedure"),
    path("status", office.status, name="status"),
    path("audit", reading.audit, name="audit"),
    path("people", reading.people, name="people"),
    path("people/appoint", reading.appoint, name="appoint"),
    path("people/end", reading.end, name="end"),
    path("standing-in", reading.standing_in, name="standing-in"),
    path("sign-in", signing.sign_in, name="sign-in"),
    path("sign-in/kept", signing.kept, name="kept"),
    path("account/", include("exitline.publish.web.register.accounts.urls")),
    path("sign-out", signing.sign_out, name="sign-out"),
    path("hold", signing.hold, name="hold"),
    path("language", signing.speak, name="language"),
    path("notice/<str:code>", public.notice, name="notice"),
    path("notice/<str:code>/object", public.object_to, name="object"),
    path("objection/<str:code>", public.receipt, name="receipt"),
    path("health", public.health, name="health"),
    path("static/<path:name>", signing.static, name="static"),
]
handler404 = "exitline.publish.web.register.signing.nothing"
