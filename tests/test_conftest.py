"""``golden`` compares, and under ``--update`` rewrites; slow files come first: tried on small suites of tests."""

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


def test_files_with_slow_tests_come_first_and_keep_their_order(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(CONFTEST.read_text(encoding="utf-8"))
    pytester.makeini("[pytest]\nmarkers = slow: takes long")
    quick = "def test_one(): pass\n\ndef test_two(): pass"
    pytester.makepyfile(test_a=quick, test_b=f"import pytest\n\n{quick}\n\n@pytest.mark.slow\ndef test_long(): pass")
    collected = pytester.runpytest_inprocess("--collect-only", "-q").outlines
    names = [
        "test_b.py::test_one",
        "test_b.py::test_two",
        "test_b.py::test_long",
        "test_a.py::test_one",
        "test_a.py::test_two",
    ]
    assert collected[: len(names)] == names
