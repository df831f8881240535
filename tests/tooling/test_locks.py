"""What is installed is written down: exact versions with a reason each, and locks with hashes that match them."""

import re
from importlib.metadata import packages_distributions

import pytest

from tools.bootstrap import ROOT

REQUIREMENT = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(?:\[[^]]*\])?==(?P<version>\S+)(?P<reason>\s+# \S.*)?$")


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def required(name: str) -> dict[str, str]:
    lines = [
        line for line in (ROOT / name).read_text(encoding="utf-8").splitlines() if re.match("[A-Za-z]", line)
    ]
    return {normal(match["name"]): match["version"] for line in lines if (match := REQUIREMENT.match(line))}


def locked(name: str) -> dict[str, str]:
    pins = re.findall(
        r"^([A-Za-z0-9._-]+)==(\S+) \\$", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE
    )
    return {normal(package): version for package, version in pins}


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_each_requirement_is_exact_and_says_why_it_is_there(name):
    for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith(("#", "-r ")):
            match = REQUIREMENT.match(line)
            assert match, f"{line!r} is not an exact version"
            assert match["reason"], f"{line!r} gives no reason"


def test_the_locks_hold_what_is_required():
    product, tools = required("requirements.txt"), required("requirements-dev.txt")
    assert product.items() <= locked("requirements.lock").items()
    assert (product | tools).items() <= locked("requirements-dev.lock").items()


def test_tools_are_tested_against_the_product_s_own_versions():
    assert locked("requirements.lock").items() <= locked("requirements-dev.lock").items()


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_every_locked_package_has_hashes(name):
    blocks = re.split(r"^(?=[A-Za-z0-9])", (ROOT / name).read_text(encoding="utf-8"), flags=re.MULTILINE)
    blocks = [block for block in blocks if re.match(r"[A-Za-z0-9]", block)]
    assert len(blocks) == len(locked(name))
    for block in blocks:
        assert "--hash=sha256:" in block, block.splitlines()[0]


# Packages that are used under another word than the name of their module.
USED_AS = {"argon2-cffi": "Argon2PasswordHasher", "psycopg": "statement_timeout", "gunicorn": "gunicorn"}


@pytest.mark.parametrize("requirement", sorted(required("requirements.txt")))
def test_the_product_uses_what_it_requires(requirement):
    modules = {
        module
        for module, packages in packages_distributions().items()
        if requirement in {normal(package) for package in packages}
    }
    words = {USED_AS[requirement]} if requirement in USED_AS else modules
    sources = [*(ROOT / "crm").rglob("*.py"), *(ROOT / "accounts").rglob("*.py"), ROOT / "gunicorn.conf.py"]
    used = re.compile(rf"\b(?:{'|'.join(map(re.escape, words))})\b")
    assert any(used.search(path.read_text(encoding="utf-8")) for path in sources)
