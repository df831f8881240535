"""The stock admin for staff's deeds: none of our templates, not even those of widgets, and its own static files."""

from benchmarks.floor.settings import *  # noqa: F403 stock Django on the product's tables

INSTALLED_APPS = [app for app in INSTALLED_APPS if app != "crm.backoffice.apps.DeskConfig"]  # noqa: F405 the floor's
ROOT_URLCONF = "benchmarks.floor.desk_urls"
DEBUG = True  # serves static files from their packages
