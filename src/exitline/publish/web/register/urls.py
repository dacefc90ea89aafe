"""Every address of the register."""

from __future__ import annotations

from django.urls import path

from exitline.publish.web.register import public, reading, signing, stepping, working
from exitline.publish.web.register.changing import views as changing

urlpatterns = [
    path("", working.home, name="home"),
    path("households", working.listing, name="households"),
    path("households/new", changing.new_household, name="new-household"),
    path("household/<str:key>/change/<str:kind>", changing.change, name="change"),
    path("moves", changing.moves, name="moves"),
    path("moves/<int:number>", changing.settle_move, name="settle-move"),
    path("household/<str:key>", working.show, name="card"),
    path("household/<str:key>/step/<str:name>", stepping.step, name="step"),
    path("audit", reading.audit, name="audit"),
    path("people", reading.people, name="people"),
    path("people/appoint", reading.appoint, name="appoint"),
    path("people/end", reading.end, name="end"),
    path("sign-in", signing.sign_in, name="sign-in"),
    path("sign-out", signing.sign_out, name="sign-out"),
    path("hold", signing.hold, name="hold"),
    path("language", signing.speak, name="language"),
    path("notice/<str:code>", public.notice, name="notice"),
    path("notice/<str:code>/object", public.object_to, name="object"),
    path("objection/<str:code>", public.receipt, name="receipt"),
    path("health", public.health, name="health"),
    path("static/<str:name>", signing.static, name="static"),
]
handler404 = "exitline.publish.web.register.signing.nothing"
