"""The addresses of accounts: those of allauth that an office has a use for."""

from __future__ import annotations

from allauth.account import views
from django.urls import include, path

from exitline.publish.web.register import signing

urlpatterns = [
    path("login/", signing.sign_in, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("signup/", views.signup, name="account_signup"),
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path("password/", views.password_change, name="account_change_password"),
    path("second/", include("allauth.mfa.urls")),
    path("elsewhere/", include("allauth.socialaccount.urls")),
    path("elsewhere/", include("allauth.socialaccount.providers.openid_connect.urls")),
]
