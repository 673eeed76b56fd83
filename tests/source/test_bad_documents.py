"""What a file as a whole can have wrong, and the characters in it: every finding as a person reads it."""

from pathlib import Path

import pytest

from tests.source.report import report

CASES = {
    "several documents": (
        """\
data: {}
---
data: {}
""",
        """\
ml-platform.yaml:2:1: error[MLI108]: a second document starts here
    2 | ---
      | ^^^
   help: delete the `---`, or put what follows in a file of its own under `include:`
1 error
""",
    ),
    "the marks of a merge": (
        """\
data:
  x: {path: a}
<<<<<<< HEAD
  y: {path: b}
=======
  y: {path: c}
>>>>>>> origin/main
""",
        """\
ml-platform.yaml:4:4: error[MLI104]: YAML does not parse: could not find expected ':'
    4 |   y: {path: b}
      |    ^
   note: ml-platform.yaml:3:1: the key begins here
    3 | <<<<<<< HEAD
      | ^
   help: line 3 is a mark of a merge: choose a side, and delete the marks
1 error
""",
    ),
    "the marks of a merge in front of a key": (
        """\
<<<<<<< HEAD
owner: a@b.example
=======
owner: c@b.example
>>>>>>> main
data: {}
""",
        """\
ml-platform.yaml:2:6: error[MLI104]: YAML does not parse: mapping values are not allowed in this context
    2 | owner: a@b.example
      |      ^
   help: line 1 is a mark of a merge: choose a side, and delete the marks
1 error
""",
    ),
    "the marks of a merge in a text": (
        """\
a: |
  <<<<<<< HEAD
  =======
b: [
""",
        """\
ml-platform.yaml:4:5: error[MLI104]: YAML does not parse: did not find expected node content
    4 | b: [
      |     ^
   help: write a value, or close the bracket that is opened above
1 error
""",
    ),
    "a mark of a merge that was left": (
        """\
a: 1
=======
b: 2
""",
        """\
ml-platform.yaml:3:1: error[MLI104]: YAML does not parse: could not find expected ':'
    3 | b: 2
      | ^
   note: ml-platform.yaml:2:1: the key begins here
    2 | =======
      | ^
   help: line 2 is a mark of a merge: choose a side, and delete the marks
1 error
""",
    ),
    "the marks of a merge with what both came from": (
        """\
a: 1
||||||| 1234567
b: 2
""",
        """\
ml-platform.yaml:2:2: error[MLI104]: YAML does not parse: did not find expected comment or line break
    2 | ||||||| 1234567
      |  ^
   help: line 2 is a mark of a merge: choose a side, and delete the marks
1 error
""",
    ),
    "an empty file": (
        "",
        """\
ml-platform.yaml:1:1: error[MLI106]: the file is empty
    1 |
      | ^
   help: start with `apiVersion: mlinfra/v1`, `platform:`, `location:` and `targets:`
1 error
""",
    ),
    "comments alone": (
        """\
# yaml-language-server: $schema=x

# nothing yet
""",
        """\
ml-platform.yaml:1:1: error[MLI106]: the file is empty
    1 | # yaml-language-server: $schema=x
      | ^
   help: start with `apiVersion: mlinfra/v1`, `platform:`, `location:` and `targets:`
1 error
""",
    ),
    "an empty document": (
        """\
---
...
""",
        """\
ml-platform.yaml:1:1: error[MLI106]: the file is empty
    1 | ---
      | ^^^
   help: start with `apiVersion: mlinfra/v1`, `platform:`, `location:` and `targets:`
1 error
""",
    ),
    "a list at the top": (
        """\
- data: {}
- jobs: {}
""",
        """\
ml-platform.yaml:1:1: error[MLI107]: the file holds a list, not sections
    1 | - data: {}
      | ^^^^^^^^^^
   help: start with `apiVersion: mlinfra/v1`, `platform:`, `location:` and `targets:`
1 error
""",
    ),
    "a text at the top": (
        "apiVersion\n",
        """\
ml-platform.yaml:1:1: error[MLI107]: the file holds a single value, not sections
    1 | apiVersion
      | ^^^^^^^^^^
   help: start with `apiVersion: mlinfra/v1`, `platform:`, `location:` and `targets:`
1 error
""",
    ),
    "a byte that is not UTF-8": (
        b"owner: J\xfcrgen\n",
        """\
ml-platform.yaml:1:9: error[MLI102]: byte 0xFC is not UTF-8
    1 | owner: J�rgen
      |         ^
   help: save the file as UTF-8
1 error
""",
    ),
    "a file in UTF-16": (
        b"\xff\xfeo\x00w\x00n\x00e\x00r\x00:\x00 \x00a\x00\n\x00",
        """\
ml-platform.yaml:1:1: error[MLI102]: the file is UTF-16, not UTF-8
   help: save the file as UTF-8
1 error
""",
    ),
    "a NUL and an escape": (
        "owner: a\x00b\njobs: {} # \x1b[31m\n",
        """\
ml-platform.yaml:1:9: error[MLI103]: control character U+0000 in the file
    1 | owner: a␀b
      |         ^
   help: delete the character, or save the file as UTF-8 text
ml-platform.yaml:2:12: error[MLI103]: control character U+001B in the file
    2 | jobs: {} # ␛[31m
      |            ^
   help: delete the character, or save the file as UTF-8 text
2 errors
""",
    ),
    "control characters as escapes": (
        """\
owner: "a\\0b"
location: "\\e[31m"
data: "tab\\tand\\nline"
""",
        """\
ml-platform.yaml:1:8: error[MLI103]: the text holds the control character U+0000
    1 | owner: "a\\0b"
      |        ^^^^^^
   help: leave the character out
ml-platform.yaml:2:11: error[MLI103]: the text holds the control character U+001B
    2 | location: "\\e[31m"
      |           ^^^^^^^^
   help: leave the character out
2 errors
""",
    ),
    "a line and a column are characters": (
        "\ufeffdata: {é: '日本', 😀: &a 1, b: *c}\n",
        """\
ml-platform.yaml:1:29: error[MLI111]: anchor &c is not defined above
    1 | data: {é: '日本', 😀: &a 1, b: *c}
      |                                ^^
   help: Defined: a
1 error
""",
    ),
    "lines end as on Windows": (
        "data:\r\n  x: 1\r\n  x: 2\r\n",
        """\
ml-platform.yaml:3:3: error[MLI109]: "x" is written twice
    3 |   x: 2
      |   ^
   note: ml-platform.yaml:2:3: it is first written here
    2 |   x: 1
      |   ^
   help: delete one of the two
1 error
""",
    ),
}


@pytest.mark.parametrize(("spec", "expected"), CASES.values(), ids=CASES)
def test_the_report_on_a_bad_document(spec: str | bytes, expected: str, tmp_path: Path) -> None:
    assert report(tmp_path, spec) == expected
