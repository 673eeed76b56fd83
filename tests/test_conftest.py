"""``golden`` compares, and under ``--update`` rewrites: tried on a small test suite of its own."""

from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

CONFTEST = Path(__file__).with_name("conftest.py")
SUITE = """
from pathlib import Path

def test_page(golden):
    golden(Path(__file__).parent / "expected" / "page.txt", "one\\r\\ntwö\\n")
"""


@pytest.fixture
def suite(pytester: pytest.Pytester) -> pytest.Pytester:
    pytester.makeconftest(CONFTEST.read_text(encoding="utf-8"))
    pytester.makepyfile(test_suite=SUITE)
    return pytester


def test_golden_names_the_command_that_writes_a_missing_file(suite: pytest.Pytester) -> None:
    result = suite.runpytest_inprocess()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*page.txt does not exist; `make update` writes it*"])


def test_golden_fails_on_other_bytes(suite: pytest.Pytester) -> None:
    expected = suite.mkdir("expected") / "page.txt"
    expected.write_bytes("one\ntwö\n".encode())
    suite.runpytest_inprocess().assert_outcomes(failed=1)
    assert expected.read_bytes() == "one\ntwö\n".encode()


def test_update_writes_the_bytes_that_golden_then_accepts(suite: pytest.Pytester) -> None:
    suite.runpytest_inprocess("--update").assert_outcomes(passed=1)
    assert (suite.path / "expected" / "page.txt").read_bytes() == "one\r\ntwö\n".encode()
    suite.runpytest_inprocess().assert_outcomes(passed=1)
