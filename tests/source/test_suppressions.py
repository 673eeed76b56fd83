"""`# mlinfra: ignore MLI123 because …` silences what is no error, and says what is wrong with itself."""

from pathlib import Path

import pytest

from tests.source.report import HEADER, report

CASES = {
    "a warning with a reason": (
        """\
data:
  a:
    x: yes # mlinfra: ignore MLI115 because the service wants it
    # mlinfra: ignore MLI115, MLI116 because these too

    # another comment
    y: [no, 1:30]
""",
        "",
    ),
    "without a reason": (
        """\
data:
  a:
    x: yes # mlinfra: ignore MLI115
    y: no # mlinfra: ignore MLI115 because
""",
        """\
ml-platform.yaml:12:12: warning[MLI131]: MLI115 is ignored without a reason
   12 |     x: yes # mlinfra: ignore MLI115
      |            ^^^^^^^^^^^^^^^^^^^^^^^^
   help: add `because …` with the reason
ml-platform.yaml:13:11: warning[MLI131]: MLI115 is ignored without a reason
   13 |     y: no # mlinfra: ignore MLI115 because
      |           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
   help: add `because …` with the reason
2 warnings
""",
    ),
    "an error": (
        """\
data:
  a:
    x: ${HOME} # mlinfra: ignore MLI235 because it works
""",
        """\
ml-platform.yaml:12:8: error[MLI235]: "${HOME}" is not known
   12 |     x: ${HOME} # mlinfra: ignore MLI235 because it works
      |        ^^^^^^^
   help: for a literal ${HOME} write $${HOME}
ml-platform.yaml:12:16: warning[MLI132]: MLI235 is an error, which can't be ignored
   12 |     x: ${HOME} # mlinfra: ignore MLI235 because it works
      |                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
   help: mend what the error says, and delete the comment
1 error, 1 warning
""",
    ),
    "what is not there": (
        """\
data:
  # mlinfra: ignore MLI115 because it was here
  a: {x: true}
# mlinfra: ignore MLI116 because it is the end
""",
        """\
ml-platform.yaml:11:3: info[MLI133]: there is no MLI115 to ignore here
   11 |   # mlinfra: ignore MLI115 because it was here
      |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
   help: delete the comment
ml-platform.yaml:13:1: info[MLI133]: there is no MLI116 to ignore here
   13 | # mlinfra: ignore MLI116 because it is the end
      | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
   help: delete the comment
2 infos
""",
    ),
    "what is not understood": (
        """\
data: # mlinfra: ignore
  a: {} # mlinfra: ignore MLI12 because
  b: {} #mlinfra: disable MLI123 because
""",
        """\
ml-platform.yaml:10:7: warning[MLI134]: the comment is not one that mlinfra reads
   10 | data: # mlinfra: ignore
      |       ^^^^^^^^^^^^^^^^^
   help: write # mlinfra: ignore MLI123 because …
ml-platform.yaml:11:9: warning[MLI134]: the comment is not one that mlinfra reads
   11 |   a: {} # mlinfra: ignore MLI12 because
      |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
   help: write # mlinfra: ignore MLI123 because …
ml-platform.yaml:12:9: warning[MLI134]: the comment is not one that mlinfra reads
   12 |   b: {} #mlinfra: disable MLI123 because
      |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
   help: write # mlinfra: ignore MLI123 because …
3 warnings
""",
    ),
    "text that only looks like a comment": (
        """\
jobs:
  a:
    command: |
      run # mlinfra: ignore MLI115 because
      # mlinfra: ignore MLI115 because
    x: 'a#mlinfra: ignore MLI115'
""",
        "",
    ),
}


@pytest.mark.parametrize(("spec", "expected"), CASES.values(), ids=CASES)
def test_the_report_on_ignored_findings(spec: str, expected: str, tmp_path: Path) -> None:
    assert report(tmp_path, HEADER + spec) == expected
