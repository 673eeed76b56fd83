"""What the YAML itself can have wrong, its texts and its keys: every finding as a person reads it."""

from pathlib import Path

import pytest

from tests.source.report import report

CASES = {
    "a tab can't indent": (
        "data:\n  x:\n\t\ttype: uri_file\n",
        """\
ml-platform.yaml:3:1: error[MLI105]: a tab can't indent YAML
    3 |         type: uri_file
      | ^^^^
   help: replace the tab by spaces, two a level
1 error
""",
    ),
    "a quote that is not closed": (
        """\
data:
  x: {path: 'a}
""",
        """\
ml-platform.yaml:2:16: error[MLI104]: YAML does not parse: found unexpected end of stream
    2 |   x: {path: 'a}
      |                ^
   note: ml-platform.yaml:2:13: the quote is opened here
    2 |   x: {path: 'a}
      |             ^
   help: close the quote or bracket that is opened above
1 error
""",
    ),
    "a bracket that is not closed": (
        """\
data:
  x: {tags: [a, b}
""",
        """\
ml-platform.yaml:2:18: error[MLI104]: YAML does not parse: did not find expected ',' or ']'
    2 |   x: {tags: [a, b}
      |                  ^
   note: ml-platform.yaml:2:13: the bracket is opened here
    2 |   x: {tags: [a, b}
      |             ^
   help: put a comma between the values, close the bracket, or quote a text that holds ": "
1 error
""",
    ),
    "a colon in a plain text": (
        """\
data:
  x:
    description: note: important
""",
        """\
ml-platform.yaml:3:22: error[MLI104]: YAML does not parse: mapping values are not allowed in this context
    3 |     description: note: important
      |                      ^
   help: quote a text that holds ": ", or check the indentation of this line and the one above
1 error
""",
    ),
    "a line indented differently": (
        """\
data:
  x:
      type: uri_file
     path: a
""",
        """\
ml-platform.yaml:4:6: error[MLI104]: YAML does not parse: did not find expected key
    4 |      path: a
      |      ^
   note: ml-platform.yaml:2:3: the mapping begins here
    2 |   x:
      |   ^
   help: 5 blanks stand before this line, and 6 before the one above: write 6 to go on there
1 error
""",
    ),
    "a sign that can't start a text": (
        """\
data:
  x: {path: @latest}
""",
        """\
ml-platform.yaml:2:13: error[MLI104]: YAML does not parse: found character that cannot start any token
    2 |   x: {path: @latest}
      |             ^
   help: quote a text that starts with @: "@…"
1 error
""",
    ),
    "an expression in brackets without quotes": (
        """\
data:
  x: [path-${each.key}]
""",
        """\
ml-platform.yaml:2:13: error[MLI104]: YAML does not parse: did not find expected ',' or ']'
    2 |   x: [path-${each.key}]
      |             ^
   note: ml-platform.yaml:2:6: the bracket is opened here
    2 |   x: [path-${each.key}]
      |      ^
   help: inside brackets quote a text that holds ${…}: "${…}"
1 error
""",
    ),
    "an expression in braces without quotes": (
        """\
data:
  x: {path: ${var.path}}
""",
        """\
ml-platform.yaml:2:14: error[MLI104]: YAML does not parse: did not find expected ',' or '}'
    2 |   x: {path: ${var.path}}
      |              ^
   note: ml-platform.yaml:2:6: the brace is opened here
    2 |   x: {path: ${var.path}}
      |      ^
   help: inside braces quote a text that holds ${…}: "${…}"
1 error
""",
    ),
    "an escape that does not exist": (
        """\
data:
  x: {path: "C:\\data"}
""",
        """\
ml-platform.yaml:2:16: error[MLI104]: YAML does not parse: found unknown escape character
    2 |   x: {path: "C:\\data"}
      |                ^
   note: ml-platform.yaml:2:13: the quote is opened here
    2 |   x: {path: "C:\\data"}
      |             ^
   help: write \\\\ for a backslash, or use single quotes
1 error
""",
    ),
    "a surrogate as an escape": (
        """\
data:
  x: {path: "\\ud800"}
""",
        """\
ml-platform.yaml:2:16: error[MLI104]: YAML does not parse: found invalid Unicode character escape code
    2 |   x: {path: "\\ud800"}
      |                ^
   note: ml-platform.yaml:2:13: the quote is opened here
    2 |   x: {path: "\\ud800"}
      |             ^
   help: write the character itself
1 error
""",
    ),
    "a key written twice": (
        """\
data:
  x: {type: uri_file}
  y: {}
  x: {type: mltable}
""",
        """\
ml-platform.yaml:4:3: error[MLI109]: "x" is written twice
    4 |   x: {type: mltable}
      |   ^
   note: ml-platform.yaml:2:3: it is first written here
    2 |   x: {type: uri_file}
      |   ^
   help: both have type: delete one "x", or give it another name
1 error
""",
    ),
    "a field written twice, quoted or not": (
        """\
data:
  x:
    type: uri_file
    'type': mltable
""",
        """\
ml-platform.yaml:4:5: error[MLI109]: "type" is written twice
    4 |     'type': mltable
      |     ^^^^^^
   note: ml-platform.yaml:3:5: it is first written here
    3 |     type: uri_file
      |     ^^^^
   help: delete one of the two
1 error
""",
    ),
    "keys that are no text": (
        """\
on: push
2024: a
1.5: b
null: c
~: d
[a, b]: e
? {k: v}
: f
'': g
&a "": h
""",
        """\
ml-platform.yaml:1:1: error[MLI110]: the key on is read as true, not text
    1 | on: push
      | ^^
   help: quote it: "on"; a workflow of GitHub is no part of a spec: leave it out
ml-platform.yaml:2:1: error[MLI110]: the key 2024 is read as a number, not text
    2 | 2024: a
      | ^^^^
   help: quote it: "2024"
ml-platform.yaml:3:1: error[MLI110]: the key 1.5 is read as a number, not text
    3 | 1.5: b
      | ^^^
   help: quote it: "1.5"
ml-platform.yaml:4:1: error[MLI110]: the key null is read as nothing, not text
    4 | null: c
      | ^^^^
   help: quote it: "null"
ml-platform.yaml:5:1: error[MLI110]: the key ~ is read as nothing, not text
    5 | ~: d
      | ^
   help: quote it: "~"
ml-platform.yaml:6:1: error[MLI110]: the key is a list, not text
    6 | [a, b]: e
      | ^
   help: write a name
ml-platform.yaml:7:3: error[MLI110]: the key is a mapping, not text
    7 | ? {k: v}
      |   ^
   help: write a name
ml-platform.yaml:9:1: error[MLI110]: the key is empty
    9 | '': g
      | ^^
   help: write a name
ml-platform.yaml:10:1: error[MLI110]: the key is empty
   10 | &a "": h
      | ^^^^^
   help: write a name
9 errors
""",
    ),
}


@pytest.mark.parametrize(("spec", "expected"), CASES.values(), ids=CASES)
def test_the_report_on_bad_yaml(spec: str, expected: str, tmp_path: Path) -> None:
    assert report(tmp_path, spec) == expected
