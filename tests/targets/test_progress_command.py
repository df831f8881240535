"""`manage.py progress`: the table, the JSON, and one clear sentence for everything that is wrong."""

import json
import os
import subprocess
import sys
from datetime import datetime
from io import StringIO

import pytest
import time_machine
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.utils import translation

from crm.common.months import AMSTERDAM
from tests.factories.targets import EventFactory

NOW = datetime(2027, 4, 7, 12, 0, tzinfo=AMSTERDAM)


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("progress", *arguments, stdout=out)
    return out.getvalue()


@pytest.mark.django_db
class TestAnswers:
    def test_json_for_a_pair(self):
        EventFactory(startup=True)
        with time_machine.travel(NOW):
            shown = json.loads(
                run("--as-of", "2027-03-31", "--known-at", "2027-03-22T00:00:00+01:00", "--json")
            )
        assert (shown["as_of"], shown["known_at"]) == ("2027-03-31", "2027-03-21T23:00:00Z")
        assert shown["targets"]["startups"]["counted"] == 1

    def test_today_in_amsterdam_and_now_by_default(self):
        with time_machine.travel(datetime(2027, 1, 1, 0, 30, tzinfo=AMSTERDAM), tick=False):
            shown = json.loads(run("--json"))
        assert (shown["as_of"], shown["known_at"]) == ("2027-01-01", "2026-12-31T23:30:00Z")

    def test_a_table_for_people_in_their_language(self):
        EventFactory(startup=True)
        with translation.override("en"), time_machine.travel(NOW):
            table = run("--as-of", "2027-03-31")
        lines = table.splitlines()
        assert len(lines) == 7
        assert "Startups" in lines[2]
        assert "1 / 20" in lines[2]
        assert "–" in lines[6]

    def test_a_table_from_before_any_measurement(self):
        assert run("--as-of", "2020-01-01").count("–") >= 5


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--as-of", "gisteren"], "gisteren"),
        (["--as-of", "2027-02-30"], "2027-02-30"),
        (["--as-of", "20270331"], "20270331"),
        (["--as-of", "2027-W13-3"], "2027-W13-3"),
        (["--as-of", "31-03-2027"], "31-03-2027"),
        (["--as-of", ""], "“”"),
        (["--as-of", "٢٠٢٧-٠٣-٣١"], "٢٠٢٧"),
        (["--known-at", "2027-04-07"], "2027-04-07"),
        (["--known-at", "2027-04-07T10:00:00"], "offset"),
        (["--known-at", "2027-04-07T25:00:00Z"], "T25"),
        (["--known-at", "0001-01-01T00:00:00+02:00"], "0001"),
        (["--known-at", "2027-04-07T10:00:01Z"], "2027-04-07T10:00:01Z"),
        (["--known-at", "9999-12-31T23:59:59-12:00"], "9999"),
    ],
)
def test_a_wrong_day_or_moment_is_one_sentence_and_exit_code_2(arguments, named):
    with (
        translation.override("en"),
        time_machine.travel(NOW, tick=False),
        pytest.raises(CommandError) as refused,
    ):
        run(*arguments)
    assert refused.value.returncode == 2
    assert named in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.django_db
def test_the_present_moment_is_not_the_future():
    with time_machine.travel(NOW, tick=False):
        assert json.loads(run("--known-at", "2027-04-07T12:00:00+02:00", "--json"))["as_of"] == "2027-04-07"


@pytest.mark.django_db
def test_a_moment_long_ago_is_answered():
    shown = json.loads(run("--as-of", "0001-01-01", "--known-at", "0001-01-01T00:00:00Z", "--json"))
    assert shown["targets"]["companies"]["observed"] is None


def test_a_database_that_cannot_be_read_is_one_sentence(monkeypatch):
    def unreachable(*_arguments):
        raise OperationalError("connection refused\nis the server running?")

    monkeypatch.setattr("crm.targets.management.commands.progress.progress", unreachable)
    with pytest.raises(CommandError, match="connection refused") as refused:
        run()
    assert refused.value.returncode == 2
    assert "\n" not in str(refused.value)


class TestFromTheShell:
    def shell(self, url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {"DATABASE_URL": url}
        command = [sys.executable, "-m", "django", *arguments]
        return subprocess.run(
            command, env=environment, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False
        )

    def one_sentence(self, finished) -> bool:
        return (
            finished.returncode == 2
            and finished.stdout == ""
            and len(finished.stderr.strip().splitlines()) == 1
            and "Traceback" not in finished.stderr
        )

    def test_a_database_that_is_not_there_is_not_made(self, tmp_path):
        path = tmp_path / "none.sqlite3"
        assert self.one_sentence(self.shell(f"sqlite:///{path}", "progress"))
        assert not path.exists()

    def test_a_database_that_was_not_migrated(self, tmp_path):
        path = tmp_path / "empty.sqlite3"
        path.touch()
        assert self.one_sentence(self.shell(f"sqlite:///{path}", "progress", "--json"))

    def test_a_server_that_does_not_answer(self):
        assert self.one_sentence(self.shell("postgres://nobody@127.0.0.1:9/none", "progress"))

    def test_migrate_alone_makes_it_work(self, tmp_path):
        url = f"sqlite:///{tmp_path / 'fresh.sqlite3'}"
        assert self.shell(url, "migrate", "-v0").returncode == 0
        finished = self.shell(url, "progress", "--as-of", "2026-03-31", "--json")
        assert finished.stderr == ""
        assert json.loads(finished.stdout)["targets"]["companies"]["observed"] == 483
