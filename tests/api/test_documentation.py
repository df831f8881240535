"""docs/api.md says what is: its commands are run, and its tables are held against the code."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from crm.api.broker.vacancy_fields import READ_ONLY_KEYS, VACANCY_FIELDS
from crm.api.problems import PROBLEMS
from crm.estate.models import Vacancy, VacancyChange
from tests.api.conftest import make_caller

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/api.md").read_text()
RAISED = re.compile(r'(?:Fault|UnreadableError|bad_json)\(\s*"([a-z_]+)"')
# Codes that Django's own validators give.
OF_DJANGO = {
    "invalid",
    "max_digits",
    "max_decimal_places",
    "max_whole_digits",
    "min_value",
    "max_value",
    "reference",
    "bag_object",
}


def section(title: str) -> str:
    return PAGE.partition(f"## {title}")[2].partition("\n## ")[0]


def first_cells(text: str) -> set[str]:
    """What stands in backticks in the first column of a section's tables."""
    rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("| ")]
    return {name for row in rows for name in re.findall(r"`([^`]+)`", row)}


@pytest.mark.django_db(transaction=True)
def test_the_quick_start_is_run_as_it_stands_on_the_page(live_server, tmp_path):
    caller = make_caller()
    blocks = re.findall(r"```bash\n(.*?)```", section("Quick start in ten minutes"), re.DOTALL)
    assert len(blocks) == 6
    script = "\n".join(f"{block}\necho\necho =====" for block in blocks)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        env={
            "PATH": os.environ["PATH"],
            "API": f"{live_server.url}/api/v1",
            "KEY": caller.secret,
            "HOME": str(tmp_path),
            "no_proxy": "*",
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    me, made, seen, listed, changed, withdrawn = [part.strip() for part in done.stdout.split("=====")][:6]
    assert f'"name":"{caller.office.name}"' in me
    assert '"status":"submitted"' in made
    assert seen == made
    assert listed == f'{{"items":[{made}],"next":null}}'
    assert '"rentPerM2Year":"179.50"' in changed
    assert '"status":"withdrawn"' in withdrawn
    vacancy = Vacancy.objects.get()
    assert (vacancy.reference, vacancy.version, vacancy.status) == ("KP-2026-014", 3, "withdrawn")
    assert set(VacancyChange.objects.values_list("actor", flat=True)) == {caller.key.prefix}


def test_the_field_table_names_every_field():
    text = section("Fields of a listing")
    assert first_cells(text) == {field.key for field in VACANCY_FIELDS}
    answered = text.partition("Answered, never sent:")[2]
    assert {key for key in READ_ONLY_KEYS if f"`{key}`" not in answered} == set()


def test_the_required_fields_are_marked():
    rows = [line for line in section("Fields of a listing").splitlines() if "**required**" in line]
    marked = {name for row in rows for name in re.findall(r"`([^`]+)`", row.split("|")[1])}
    assert {field.key for field in VACANCY_FIELDS if field.required} <= marked


def test_the_catalogue_names_every_problem_with_its_status():
    for kind, problem in PROBLEMS.items():
        assert f"| `{kind}` | {problem.status} |" in PAGE


def test_the_catalogue_names_every_code():
    sources = [
        *(ROOT / "crm/api").rglob("*.py"),
        *(ROOT / "crm/estate").glob("vacancy*.py"),
        ROOT / "crm/estate/services/vacancies.py",
    ]
    raised = {code for path in sources for code in RAISED.findall(path.read_text())}
    assert "rent_unusual" in raised
    assert (raised | OF_DJANGO) - first_cells(section("When something goes wrong")) == set()


def test_every_proof_of_the_rule_table_is_there():
    proofs = re.findall(r"`(test_\w+\.py)::(test_\w+)`", section("The Dutch API Design Rules"))
    assert len(proofs) > 20
    missing = [name for file, name in proofs if f"def {name}(" not in (ROOT / "tests/api" / file).read_text()]
    assert missing == []
