"""The application refuses to start with unsafe settings, and says all that is wrong."""

import json
import logging
import os
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from crm.common.logs import JsonFormatter
from crm.common.safety import refuse_unsafe_settings
from tests.architecture.rooms import ROOT

GOOD_KEY = "k3y-" + "abcdefghijklmnopqrstuvwxyz0123456789" * 2


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"secret_key": ""}, "SECRET_KEY"),
        ({"secret_key": "x" * 80}, "SECRET_KEY"),
        ({"secret_key": "django-insecure-" + GOOD_KEY}, "SECRET_KEY"),
        ({"allowed_hosts": []}, "ALLOWED_HOSTS"),
        ({"allowed_hosts": ["*"]}, "ALLOWED_HOSTS"),
        ({"allowed_hosts": [".example"]}, "ALLOWED_HOSTS"),
        ({"demo": True}, "CRM_DEMO"),
    ],
)
def test_an_unsafe_setting_stops_the_application(settings, named):
    safe = {
        "debug": False,
        "demo": False,
        "secret_key": GOOD_KEY,
        "allowed_hosts": ["crm.kennispark.example"],
    }
    refuse_unsafe_settings(**safe)
    with pytest.raises(ImproperlyConfigured, match=named):
        refuse_unsafe_settings(**(safe | settings))


def test_all_unsafe_settings_are_named_at_once():
    environment = {key: value for key, value in os.environ.items() if key not in {"DJANGO_SETTINGS_MODULE"}}
    environment |= {"SECRET_KEY": "short", "ALLOWED_HOSTS": "*", "DEBUG": "false", "CRM_DEMO": "false"}
    run = subprocess.run(
        [sys.executable, "-c", "import crm.settings"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode != 0
    assert "SECRET_KEY" in run.stderr
    assert "ALLOWED_HOSTS" in run.stderr


def test_a_log_line_is_one_json_object_without_the_request():
    record = logging.LogRecord("crm", logging.WARNING, "file.py", 1, "Kept %s rows", (3,), None)
    record.request = "GET /admin/?q=Jansen"
    line = JsonFormatter().format(record)
    assert json.loads(line)["message"] == "Kept 3 rows"
    assert "Jansen" not in line
