"""Characters that nobody sees: warned of where they are written, and without a say in lines, columns and comments."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlinfra.source.tree import plain
from mlinfra.source.yaml_events import read_yaml
from tests.source.report import report
from tests.spec import HEADER

OVERRIDE, HEART, LINE_SEPARATOR = "\u202e", "\u2764\ufe0f", "\u2028"
ENGLAND = "".join(chr(0xE0000 + ord(letter)) for letter in "gbeng")
LONG = "".join(chr(0xE0000 + ord(letter)) for letter in "ignorethereview")
CASES = {
    "in a comment": (
        f"# only {OVERRIDE}for tests\n",
        """\
ml-platform.yaml:6:8: warning[MLI135]: nobody sees U+202E RIGHT-TO-LEFT OVERRIDE
    6 | # only <U+202E>for tests
      |        ^^^^^^^^
   help: delete it; where a text needs it, write an escape such as "\\u200f" and ignore MLI135 with the reason
1 warning
""",
    ),
    "in a key and in a value": (
        f"x-a{OVERRIDE}: {{b: c\u200bd}}\n",
        """\
ml-platform.yaml:6:4: warning[MLI135]: nobody sees U+202E RIGHT-TO-LEFT OVERRIDE
    6 | x-a<U+202E>: {b: c<U+200B>d}
      |    ^^^^^^^^
   help: delete it; where a text needs it, write an escape such as "\\u200f" and ignore MLI135 with the reason
ml-platform.yaml:6:12: warning[MLI135]: nobody sees U+200B ZERO WIDTH SPACE
    6 | x-a<U+202E>: {b: c<U+200B>d}
      |                   ^^^^^^^^
   help: delete it; where a text needs it, write an escape such as "\\u200f" and ignore MLI135 with the reason
2 warnings
""",
    ),
    "as an escape": (
        'x-a: "b\\u202ec"\n',
        """\
ml-platform.yaml:6:6: warning[MLI135]: nobody sees U+202E RIGHT-TO-LEFT OVERRIDE in this text
    6 | x-a: "b\\u202ec"
      |      ^^^^^^^^^^
   help: leave it out, or ignore MLI135 with the reason
1 warning
""",
    ),
    "a carriage return that ends no line": (
        "# a\r# b\n",
        """\
ml-platform.yaml:6:4: warning[MLI135]: nobody sees U+000D CARRIAGE RETURN
    6 | # a
      |    ^
   help: delete it; where a text needs it, write an escape such as "\\u200f" and ignore MLI135 with the reason
1 warning
""",
    ),
    "text in tags": (
        "# a\U000e0041\U000e0042\n",
        """\
ml-platform.yaml:6:4: warning[MLI135]: nobody sees U+E0041, U+E0042
    6 | # a<U+E0041><U+E0042>
      |    ^^^^^^^^^^^^^^^^^^
   help: delete it; where a text needs it, write an escape such as "\\u200f" and ignore MLI135 with the reason
1 warning
""",
    ),
    "emoji, Persian, a keycap": (
        'x-a: "' + HEART + ' \u0645\u06cc\u200c\u062e \U0001f469\u200d\U0001f4bb 1\ufe0f\u20e3"\n',
        "",
    ),
    "flags of parts of a country": ("# \U0001f3f4" + ENGLAND + "\U000e007f \U0001f3f4\u200d\u2620\ufe0f\n", ""),
    "a flag that does not end": (
        f"# \U0001f3f4{ENGLAND}\n",
        """\
ml-platform.yaml:6:4: warning[MLI135]: nobody sees U+E0067, U+E0062, U+E0065, U+E006E, U+E0067
    6 | # \U0001f3f4<U+E0067><U+E0062><U+E0065><U+E006E><U+E0067>
      |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
   help: delete it; where a text needs it, write an escape such as "\\u200f" and ignore MLI135 with the reason
1 warning
""",
    ),
    "ends of lines": ("x-a: b\r\n", ""),
    "many": (
        "".join(f"# {OVERRIDE}\n" for _ in range(1000)),
        None,
    ),
}


@pytest.mark.parametrize(("spec", "expected"), CASES.values(), ids=CASES)
def test_a_character_that_nobody_sees_is_a_warning_at_its_place(
    spec: str, expected: str | None, tmp_path: Path
) -> None:
    said = report(tmp_path, (HEADER + spec).encode())
    if expected is None:
        assert said.splitlines()[-5].endswith("nobody sees U+202E RIGHT-TO-LEFT OVERRIDE, nor 980 more further down")
    else:
        assert said == expected


@pytest.mark.parametrize("separator", ["\x85", "\u2028", "\u2029"])
def test_a_comment_ends_where_editors_end_its_line(separator: str) -> None:
    document = read_yaml("f", f"a: 1 # for now{separator}b: 2\n")
    assert document.root is not None
    assert plain(document.root) == {"a": 1}


@pytest.mark.parametrize("separator", ["\x85", "\u2028", "\u2029"])
@pytest.mark.parametrize("form", ["{}", "'{}'", '"{}"', "|-\n  {}"])
def test_a_separator_of_lines_is_part_of_the_text(separator: str, form: str) -> None:
    text = f"a{separator}b"
    document = read_yaml("f", f"k{separator}: {form.format(text)}\n")
    assert document.root is not None
    assert plain(document.root) == {f"k{separator}": text}


def test_a_text_behind_a_flag_is_no_part_of_it(tmp_path: Path) -> None:
    said = report(tmp_path, (HEADER + f"# \U0001f3f4{LONG}\U000e007f\n").encode())
    assert "nobody sees U+E0069, U+E0067" in said


STRANGE = st.text(st.sampled_from("a \x85\u2028\u2029\u202e\u200b\u00e9\U0001f600\tb"), max_size=12)
BEFORE = (
    "# {}\n",
    'x-k: "{}"\n',
    "x-k: '{}'\n",
    "x-k: |\n  {}\n",
    "x-k: a{}\n",
    '"x-k{}": 1\n',
    "x-k: [b, # {}\n  c]\r\n",
    "# {}\r",
)


@given(strange=STRANGE, before=st.sampled_from(BEFORE), same_line=STRANGE)
def test_a_fault_is_said_to_be_where_an_editor_shows_it(strange: str, before: str, same_line: str) -> None:
    above = before.format(strange.strip(" \t") if "a{}" in before else strange)
    quoted = same_line.replace("\t", "")
    text = f'{above}z: {{"k{quoted}": 1, y: .nan}}\n'
    found = [item for item in read_yaml("f", text).diagnostics if item.severity == "error"]
    lines = above.replace("\r\n", "\n").replace("\r", "\n").count("\n")
    assert [(item.span.line, item.span.column) for item in found] == [(lines + 1, len(quoted) + 16)]


@pytest.mark.parametrize("escape", ["\\0", "\\e", "\\x7f", "\\x9b", "\\uFEFF", "\\uFDD0", "\\U0010FFFF"])
@pytest.mark.parametrize("form", ['x-a: "{}"', '"x-{}": a', 'x-a: ["a", {{b: "{}"}}]'])
def test_a_character_that_no_file_may_hold_is_no_part_of_a_text_either(escape: str, form: str) -> None:
    assert [item.code.id for item in read_yaml("f", form.format(escape)).diagnostics] == ["MLI103"]
