"""Accounts by django-allauth: passwords, a second factor, passkeys, sign-in elsewhere (OIDC).

`settings` what it is told, `adapters` where the register has its say (who may come in, how secrets
of a second factor are kept), `oidc` the file that names providers, `shell` our page around its
forms, `urls` its addresses. Its pages speak its own translations; ours stand around them.
"""
