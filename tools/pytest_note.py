"""A pytest plug-in: repeats a note of the test command above the runner's closing line, where it is seen."""

import os

NOTE = "CRM_TEST_NOTE"


def pytest_terminal_summary(terminalreporter):
    note = os.environ.get(NOTE)
    if note:
        terminalreporter.section("NOT TESTED", sep="!", red=True, bold=True)
        terminalreporter.line(note)
