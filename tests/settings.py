"""Settings of the test run: the product's own, with a test key, fast hashes and plain static files."""

import os

os.environ.setdefault("SECRET_KEY", "test-key-that-is-long-enough-and-varied-0123456789-abcdefghijklmnop")
os.environ.setdefault("ALLOWED_HOSTS", "127.0.0.1,localhost,testserver")
os.environ["CRM_DEMO"] = "true"
os.environ["CRM_SECOND_FACTOR"] = "false"
os.environ["CRM_FOUR_EYES"] = "true"
os.environ["DEBUG"] = "false"

from crm.settings import *  # noqa: F403 the product's settings after the environment is set

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
LOGGING = {"version": 1, "disable_existing_loggers": False}

if DATABASE["ENGINE"] == "django.db.backends.sqlite3":  # noqa: F405 from the product's settings
    # A file of its own per process: several runs on one machine must not share a test database.
    DATABASE["TEST"] = {"NAME": str(VAR_DIR / f"test-{os.getpid()}.sqlite3")}  # noqa: F405 from the product's settings
    DATABASE["OPTIONS"]["init_command"] = (  # noqa: F405 from the product's settings
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA foreign_keys=ON;"
    )
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
