"""How gunicorn serves when nobody tells it anything: on loopback only, with our own log lines."""

import runpy

import gunicorn
import pytest

from tools.bootstrap import ROOT


@pytest.fixture
def settings(monkeypatch):
    monkeypatch.setattr(gunicorn, "SERVER", gunicorn.SERVER)  # the file renames it

    def read(**environment: str) -> dict:
        for name in ("PORT", "WEB_CONCURRENCY"):
            monkeypatch.delenv(name, raising=False)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(str(ROOT / "gunicorn.conf.py"))

    return read


@pytest.mark.parametrize(
    ("environment", "port"), [({}, 8000), ({"PORT": ""}, 8000), ({"PORT": "9001"}, 9001)]
)
def test_it_listens_on_loopback_alone_whatever_port_is_asked(settings, environment, port):
    assert settings(**environment)["bind"] == f"127.0.0.1:{port}"


def test_addresses_of_visitors_are_not_logged(settings):
    assert settings()["accesslog"] is None


def test_no_product_or_version_is_told_to_visitors(settings):
    settings()
    assert gunicorn.SERVER == "crm"


def test_its_own_lines_are_those_of_the_application(settings):
    formatters = settings()["logconfig_dict"]["formatters"]
    assert formatters["json"]["()"] == "crm.common.logs.JsonFormatter"
