"""The product's settings for a benchmark server: its own key, loopback, and a header that counts SQL queries."""

import os

os.environ.setdefault("SECRET_KEY", "benchmark-key-that-is-long-enough-0123456789-abcdefghijklmnopqrstuvwxyz")
os.environ.setdefault("ALLOWED_HOSTS", "127.0.0.1,localhost")
os.environ["CRM_DEMO"] = "true"
os.environ["CRM_SECOND_FACTOR"] = "false"

from crm.settings import *  # noqa: F403 the product's settings after the environment is set

MIDDLEWARE = ["benchmarks.middleware.QueryCountMiddleware", *MIDDLEWARE]  # noqa: F405 the product's
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
LOGGING = {"version": 1, "disable_existing_loggers": False, "root": {"level": "WARNING"}}
