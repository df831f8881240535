"""What the import contract cannot see, read from the source files; each check is shown to bite on a planted line."""

import re

import pytest

from tests.architecture import checks
from tests.architecture.rooms import DOORS, ROOT, is_command, is_door, room_of_file, sources

MOST_LINES, MOST_TEST_LINES, MOST_SETTINGS_LINES = 400, 600, 250
FORBIDDEN_NAMES = {"utils.py", "helpers.py", "misc.py"}


def offences(check, wanted=lambda path: True) -> list[str]:
    return [
        f"{path.relative_to(ROOT)} {offence}"
        for path in sources()
        if wanted(path)
        for offence in check(path.read_text())
    ]


def test_doors_never_write_by_themselves():
    assert offences(checks.writes, lambda path: is_door(path) and not is_command(path)) == []


def test_domain_functions_never_read_the_clock():
    assert offences(checks.clock_readings, lambda path: not is_door(path)) == []


def test_there_are_no_signals():
    assert offences(checks.signal_imports) == []


def test_imports_stand_at_the_top():
    assert offences(checks.inner_imports) == []


def test_no_error_is_swallowed_whole():
    assert offences(checks.broad_excepts) == []


def test_verbs_take_keyword_arguments_only():
    assert (
        offences(
            checks.positional_verbs, lambda path: "services" in str(path) and room_of_file(path) not in DOORS
        )
        == []
    )


def test_source_files_stay_short_enough_to_read():
    long = {
        str(path.relative_to(ROOT)): count
        for path in [*sources(), *(ROOT / "tests").rglob("*.py")]
        if (count := len(path.read_text().splitlines()))
        > (MOST_TEST_LINES if "tests" in path.parts else MOST_LINES)
    }
    assert long == {}
    assert len((ROOT / "crm/settings.py").read_text().splitlines()) <= MOST_SETTINGS_LINES


def test_no_file_has_a_name_that_says_nothing():
    assert [path for path in sources() if path.name in FORBIDDEN_NAMES] == []


def test_nothing_reads_a_path_outside_the_product_or_names_a_registry():
    pattern = re.compile(
        r"/work/|\.\./shared|pypi\.org|registry\.npm[j]s|unp[k]g|js[d]elivr|google[a]pis", re.IGNORECASE
    )
    texts = [
        *sources(),
        *(ROOT / "templates").rglob("*.html"),
        *(ROOT / "crm").rglob("*.css"),
        *(ROOT / "crm").rglob("*.js"),
    ]
    assert [path for path in texts if "vendor" not in path.parts and pattern.search(path.read_text())] == []


def test_no_template_carries_an_inline_script_or_style():
    pattern = re.compile(
        r"<script(?![^>]*\bsrc=)(?![^>]*application/json)|<style|\sstyle=|\son[a-z]+=", re.IGNORECASE
    )
    pages = [path for path in (ROOT / "templates").rglob("*.html") if "reports" not in path.parts]
    assert [str(path.relative_to(ROOT)) for path in pages if pattern.search(path.read_text())] == []


@pytest.mark.parametrize(
    ("check", "planted", "innocent"),
    [
        (checks.writes, "lead.save()", "context.update(x=1)"),
        (checks.writes, "Lead.objects.filter(pk=1).update(stage='x')", "super().delete(x)"),
        (checks.clock_readings, "at = timezone.now()", "at = when.now"),
        (checks.clock_readings, "day = date.today()", "day = month.first_day"),
        (checks.signal_imports, "from django.dispatch import receiver", "from django.db.models import F"),
        (checks.inner_imports, "def f():\n    import json", "import json"),
        (
            checks.broad_excepts,
            "try:\n    x\nexcept Exception:\n    pass",
            "try:\n    x\nexcept OSError:\n    pass",
        ),
        (checks.positional_verbs, "def move(lead, *, by, at): ...", "def move(*, lead, by, at): ..."),
    ],
)
def test_each_check_bites_on_a_planted_violation(check, planted, innocent):
    assert check(planted)
    assert check(innocent) == []
