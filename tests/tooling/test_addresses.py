"""No file names a package registry or a content network: what is installed comes from wherever the machine is set to."""

import subprocess

from tools.bootstrap import ROOT

# In halves, so that this file does not hold them itself.
HOSTS = [
    "".join(halves)
    for halves in (
        ("pypi", ".org"),
        ("files.python", "hosted"),
        ("registry.", "npmjs"),
        ("deb.", "debian"),
        ("cdn", "."),
        ("unp", "kg"),
        ("js", "delivr"),
        ("google", "apis"),
    )
]


def test_no_file_names_a_registry_or_a_content_network():
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    found = []
    for name in filter(None, listed.split("\0")):
        path = ROOT / name
        if path.is_file():
            content = path.read_bytes()
            found += [f"{name}: {host}" for host in HOSTS if host.encode() in content]
    assert listed
    assert found == []
