"""What anchors, aliases and nesting can have wrong: every finding as a person reads it."""

from pathlib import Path

import pytest

from tests.source.report import report

CASES = {
    "an alias of nothing": (
        """\
data:
  x: &common {type: uri_file}
  y: *comon
""",
        """\
ml-platform.yaml:3:6: error[MLI111]: anchor &comon is not defined above
    3 |   y: *comon
      |      ^^^^^^
   note: ml-platform.yaml:2:6: &common is written here
    2 |   x: &common {type: uri_file}
      |      ^^^^^^^^^
   help: did you mean "common"? Defined: common
1 error
""",
    ),
    "an anchor inside itself": (
        """\
data: &data
  x: *data
""",
        """\
ml-platform.yaml:2:6: error[MLI111]: *data is used inside itself
    2 |   x: *data
      |      ^^^^^
   note: ml-platform.yaml:1:7: &data is written here
    1 | data: &data
      |       ^^^^^
   help: give every anchor its own name, define it before it is used, and don't use it inside itself
1 error
""",
    ),
    "an anchor defined twice": (
        """\
data:
  x: &a {type: uri_file}
  y: &a {type: mltable}
""",
        """\
ml-platform.yaml:3:6: error[MLI111]: anchor &a is defined twice
    3 |   y: &a {type: mltable}
      |      ^^^^
   note: ml-platform.yaml:2:6: &a is first defined here
    2 |   x: &a {type: uri_file}
      |      ^^^^
   help: give one of the two another name
1 error
""",
    ),
    "aliases that multiply": (
        """\
a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]
b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]
c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]
d: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c, *c]
e: &e [*d, *d, *d, *d, *d, *d, *d, *d, *d, *d]
f: &f [*e, *e, *e, *e, *e, *e, *e, *e, *e, *e]
""",
        """\
ml-platform.yaml:5:36: error[MLI112]: aliases repeat more than 100,000 values
    5 | e: &e [*d, *d, *d, *d, *d, *d, *d, *d, *d, *d]
      |                                    ^^
   help: write out what is meant; for one platform in many parts use `include:`
1 error
""",
    ),
    "nested too deep": (
        "data: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\n",
        """\
ml-platform.yaml:1:70: error[MLI112]: nested deeper than 64 levels
    1 | data: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[
      |                                                                      ^
   help: write out what is meant; for one platform in many parts use `include:`
1 error
""",
    ),
    "aliases that nest too deep": (
        """\
a: &a0 [1]
b1: &a1 [*a0]
b2: &a2 [*a1]
b3: &a3 [*a2]
b4: &a4 [*a3]
b5: &a5 [*a4]
b6: &a6 [*a5]
b7: &a7 [*a6]
b8: &a8 [*a7]
b9: &a9 [*a8]
b10: &a10 [*a9]
b11: &a11 [*a10]
b12: &a12 [*a11]
b13: &a13 [*a12]
b14: &a14 [*a13]
b15: &a15 [*a14]
b16: &a16 [*a15]
b17: &a17 [*a16]
b18: &a18 [*a17]
b19: &a19 [*a18]
b20: &a20 [*a19]
b21: &a21 [*a20]
b22: &a22 [*a21]
b23: &a23 [*a22]
b24: &a24 [*a23]
b25: &a25 [*a24]
b26: &a26 [*a25]
b27: &a27 [*a26]
b28: &a28 [*a27]
b29: &a29 [*a28]
b30: &a30 [*a29]
b31: &a31 [*a30]
b32: &a32 [*a31]
b33: &a33 [*a32]
b34: &a34 [*a33]
b35: &a35 [*a34]
b36: &a36 [*a35]
b37: &a37 [*a36]
b38: &a38 [*a37]
b39: &a39 [*a38]
b40: &a40 [*a39]
b41: &a41 [*a40]
b42: &a42 [*a41]
b43: &a43 [*a42]
b44: &a44 [*a43]
b45: &a45 [*a44]
b46: &a46 [*a45]
b47: &a47 [*a46]
b48: &a48 [*a47]
b49: &a49 [*a48]
b50: &a50 [*a49]
b51: &a51 [*a50]
b52: &a52 [*a51]
b53: &a53 [*a52]
b54: &a54 [*a53]
b55: &a55 [*a54]
b56: &a56 [*a55]
b57: &a57 [*a56]
b58: &a58 [*a57]
b59: &a59 [*a58]
b60: &a60 [*a59]
b61: &a61 [*a60]
b62: &a62 [*a61]
b63: &a63 [*a62]
""",
        """\
ml-platform.yaml:64:12: error[MLI112]: nested deeper than 64 levels
   64 | b63: &a63 [*a62]
      |            ^^^^
   help: write out what is meant; for one platform in many parts use `include:`
1 error
""",
    ),
    "merge of what is no mapping": (
        """\
x-a: &a [1]
data:
  x: {<<: *a}
  y: {<<: text}
""",
        """\
ml-platform.yaml:3:11: error[MLI117]: `<<:` merges only mappings
    3 |   x: {<<: *a}
      |           ^^
   help: let it be an alias of a mapping, such as `<<: *defaults`
ml-platform.yaml:4:11: error[MLI117]: `<<:` merges only mappings
    4 |   y: {<<: text}
      |           ^^^^
   help: let it be an alias of a mapping, such as `<<: *defaults`
2 errors
""",
    ),
}


@pytest.mark.parametrize(("spec", "expected"), CASES.values(), ids=CASES)
def test_the_report_on_bad_aliases(spec: str, expected: str, tmp_path: Path) -> None:
    assert report(tmp_path, spec) == expected
