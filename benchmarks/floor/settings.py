"""The floors' own server: stock Django with its stock admin templates and DRF, on the product's tables."""

from benchmarks.settings import *  # noqa: F403 the same database, key and session

INSTALLED_APPS = [
    "django.contrib.admin" if app == "crm.backoffice.apps.BackofficeConfig" else app
    for app in INSTALLED_APPS  # noqa: F405 the product's
    if not app.startswith("allauth") and app not in {"crm.api", "crm.portal", "axes"}
]
MIDDLEWARE = [
    "benchmarks.middleware.QueryCountMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
ROOT_URLCONF = "benchmarks.floor.urls"
TEMPLATES = [{**TEMPLATES[0], "DIRS": []}]  # noqa: F405 the product's
REST_FRAMEWORK = {}
