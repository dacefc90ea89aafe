"""What django-allauth is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

_HERE = "exitline.publish.web.register.accounts"
APPS = [
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
]
TABLES = ("contenttypes", "auth", "sessions", "account", "mfa", "socialaccount")
"""Applications whose tables are made when a register is served."""
SETTINGS: dict[str, Any] = {
    "AUTHENTICATION_BACKENDS": ["allauth.account.auth_backends.AuthenticationBackend"],
    "TEMPLATES": [
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "DIRS": [str(Path(__file__).parent / "templates")],
            "APP_DIRS": True,
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    f"{_HERE}.shell.around",
                ]
            },
        }
    ],
    "CACHES": {
        "default": {
            "BACKEND": "django.core.cache.backends.db.DatabaseCache",
            "LOCATION": "register_cache",
        }
    },  # tries of passwords and objections are counted over all processes
    "USE_I18N": True,
    "LANGUAGE_CODE": "en",
    "LANGUAGES": [("en", "English"), ("es", "Spanish"), ("fr", "French"), ("zh-hans", "Chinese")],
    "LANGUAGE_COOKIE_NAME": "language",
    "LOGIN_URL": "/sign-in",
    "LOGIN_REDIRECT_URL": "/",
    "ACCOUNT_ADAPTER": f"{_HERE}.adapters.Accounts",
    "ACCOUNT_LOGIN_METHODS": {"username"},
    "ACCOUNT_SIGNUP_FIELDS": ["username*", "password1*", "password2*"],
    "ACCOUNT_EMAIL_VERIFICATION": "none",
    "ACCOUNT_UNIQUE_EMAIL": False,
    "ACCOUNT_SESSION_REMEMBER": True,
    "ACCOUNT_PRESERVE_USERNAME_CASING": True,
    "ACCOUNT_LOGOUT_REDIRECT_URL": "/sign-in",
    "ACCOUNT_RATE_LIMITS": {"login_failed": "10/15m/key"},
    "MFA_ADAPTER": f"{_HERE}.adapters.SecondFactor",
    "MFA_SUPPORTED_TYPES": ["totp", "webauthn", "recovery_codes"],
    "MFA_PASSKEY_LOGIN_ENABLED": True,
    "MFA_ALLOW_UNVERIFIED_EMAIL": True,
    "MFA_TOTP_ISSUER": "exitline",
    "SOCIALACCOUNT_ADAPTER": f"{_HERE}.adapters.Elsewhere",
    "SOCIALACCOUNT_LOGIN_ON_GET": True,  # a link: a form may not lead to another site
    "SOCIALACCOUNT_AUTO_SIGNUP": True,
    "SOCIALACCOUNT_EMAIL_VERIFICATION": "none",
    "SOCIALACCOUNT_OPENID_CONNECT_URL_PREFIX": "",
    "SOCIALACCOUNT_PROVIDERS": {"openid_connect": {"APPS": []}},
    "AUTH_PASSWORD_VALIDATORS": [
        {
            "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
            "OPTIONS": {"min_length": 10},
        },
        {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    ],
}
