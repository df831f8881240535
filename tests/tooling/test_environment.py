"""`.env.example` names every variable that is read, and no other."""

import itertools
import re

import yaml

from tools.bootstrap import ROOT

READ_BY_SETTINGS = re.compile(r"""env(?:\.[a-z_]+)?\(\s*["']([A-Z][A-Z0-9_]*)["']""")
READ_BY_PROCESS = re.compile(r"""os\.environ(?:\.get\(|\[)["']([A-Z][A-Z0-9_]*)["']""")
INTERPOLATED = re.compile(r"(?<!\$)\$\{([A-Z][A-Z0-9_]*)")
EXAMPLE = re.compile(r"^(?:# )?([A-Z][A-Z0-9_]*)=", re.MULTILINE)


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def in_settings() -> set[str]:
    return set(READ_BY_SETTINGS.findall(text("crm/settings.py")))


def in_example() -> list[str]:
    return EXAMPLE.findall(text(".env.example"))


def in_compose() -> set[str]:
    return set(INTERPOLATED.findall(text("docker-compose.yml")))


def test_the_example_is_what_settings_compose_and_gunicorn_read():
    in_gunicorn = set(READ_BY_PROCESS.findall(text("gunicorn.conf.py"))) - {
        "PORT"
    }  # of the demo, not of .env
    assert set(in_example()) == in_settings() | in_compose() | in_gunicorn


def test_no_variable_stands_in_it_twice():
    assert sorted(in_example()) == sorted(set(in_example()))


def test_every_variable_has_a_line_of_explanation_above_it():
    lines = text(".env.example").splitlines()
    bare = [
        line
        for before, line in itertools.pairwise(lines)
        if EXAMPLE.match(line) and not before.startswith("# ")
    ]
    assert bare == []


def test_what_compose_sets_in_a_container_is_read_there():
    services = yaml.safe_load(text("docker-compose.yml"))["services"]
    for name in ("web", "worker", "migrate"):
        assert set(services[name]["environment"]) <= in_settings()


def test_the_example_holds_no_secret_and_is_refused_as_it_stands():
    assert re.search(r"^SECRET_KEY=$", text(".env.example"), re.MULTILINE)
    assert re.search(r"^POSTGRES_PASSWORD=$", text(".env.example"), re.MULTILINE)


def test_what_must_never_be_true_in_production_is_false_in_the_example():
    assert re.search(r"^DEBUG=false$", text(".env.example"), re.MULTILINE)
    assert re.search(r"^CRM_DEMO=false$", text(".env.example"), re.MULTILINE)
