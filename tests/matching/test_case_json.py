"""Files read as strict JSON: what is refused before a case is looked at."""

import pytest
from django.utils import translation

from crm.common.errors import RuleError
from crm.matching.case_json import read_json_file


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def whole_file_fault(path) -> str:
    with pytest.raises(RuleError) as caught:
        read_json_file(str(path))
    (fault,) = caught.value.faults
    assert fault.field == ""
    return str(fault.message)


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"", "The file is not JSON: line 1, column 1: Expecting value."),
        (b'{"on": 1,}', "The file is not JSON: line 1, column 10: "),
        (b'{"on":\n "a\x00"}', "The file is not JSON: line 2, column 4: "),
        (b'{"on": "\xe9"}', "The file is not UTF-8: the byte at position 8 does not belong there."),
        ('{"on": 1}'.encode("utf-16"), "The file is not UTF-8: "),
        (b"[" * 100_000, "The JSON is nested deeper than 20 levels."),
        (b'{"a":' * 100_000, "The JSON is nested deeper than 20 levels."),
        (b"[" * 21 + b"]" * 21, "The JSON is nested deeper than 20 levels."),
    ],
)
def test_a_file_that_is_no_json_is_refused(tmp_path, data, fault):
    path = tmp_path / "case.json"
    path.write_bytes(data)
    assert whole_file_fault(path).startswith(fault)


def test_twenty_levels_and_brackets_within_texts_are_read(tmp_path):
    path = tmp_path / "case.json"
    text = "[" * 20 + '"' + "[{" * 50 + '\\"]"' + "]" * 20
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    value = read_json_file(str(path))
    for _level in range(20):
        (value,) = value
    assert value == "[{" * 50 + '"]'


def test_a_file_that_cannot_be_read_is_refused(tmp_path):
    assert whole_file_fault(tmp_path / "absent.json") == "The file does not exist."
    assert whole_file_fault(tmp_path) == "This is a folder, not a file."
    assert whole_file_fault("a\0b").startswith("The file cannot be read: ")
    (tmp_path / "file").write_text("{}")
    reason = whole_file_fault(tmp_path / "file" / "case.json")
    assert reason == "The file cannot be read: Not a directory"


def test_a_huge_file_is_refused_before_it_is_parsed(tmp_path, monkeypatch):
    monkeypatch.setattr("crm.matching.case_json.LARGEST_FILE", 10)
    (tmp_path / "case.json").write_text("{}" + " " * 9)
    assert whole_file_fault(tmp_path / "case.json") == "The file is larger than 64 MiB."
