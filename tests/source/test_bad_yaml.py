"""What the YAML itself can have wrong: every finding as a person reads it."""

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
   help: put a comma between the values, or close the bracket
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
   help: this line is indented differently from those above, or a quote or bracket is not closed above
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
   help: merge the two
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
   help: merge the two
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
   help: quote it: "on"
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
1 error
""",
    ),
    "nested too deep": (
        "data: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\n",
        """\
ml-platform.yaml:1:70: error[MLI112]: nested deeper than 64 levels
    1 | data: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[
      |                                                                      ^
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
    "tags of another type": (
        """\
data:
  x: {a: !!binary aGk=, b: !secret b, c: !!set {d, e}, f: !!timestamp 2025-01-01, g: !!omap [h: 1]}
""",
        """\
ml-platform.yaml:2:10: error[MLI113]: tag !!binary is not supported here
    2 |   x: {a: !!binary aGk=, b: !secret b, c: !!set {d, e}, f: !!timestamp 2025-01-01, g: !!omap [h: 1]}
      |          ^^^^^^^^^^^^^
   help: leave the tag out, or use one of !!str, !!int, !!float, !!bool, !!null, !!map, !!seq
ml-platform.yaml:2:28: error[MLI113]: tag !secret is not supported here
    2 |   x: {a: !!binary aGk=, b: !secret b, c: !!set {d, e}, f: !!timestamp 2025-01-01, g: !!omap [h: 1]}
      |                            ^^^^^^^^^
   help: leave the tag out, or use one of !!str, !!int, !!float, !!bool, !!null, !!map, !!seq
ml-platform.yaml:2:42: error[MLI113]: tag !!set is not supported here
    2 |   x: {a: !!binary aGk=, b: !secret b, c: !!set {d, e}, f: !!timestamp 2025-01-01, g: !!omap [h: 1]}
      |                                          ^^^^^^^
   help: leave the tag out, or use one of !!str, !!int, !!float, !!bool, !!null, !!map, !!seq
ml-platform.yaml:2:59: error[MLI113]: tag !!timestamp is not supported here
    2 |   x: {a: !!binary aGk=, b: !secret b, c: !!set {d, e}, f: !!timestamp 2025-01-01, g: !!omap [h: 1]}
      |                                                           ^^^^^^^^^^^^^^^^^^^^^^
   help: leave the tag out, or use one of !!str, !!int, !!float, !!bool, !!null, !!map, !!seq
ml-platform.yaml:2:86: error[MLI113]: tag !!omap is not supported here
    2 |   x: {a: !!binary aGk=, b: !secret b, c: !!set {d, e}, f: !!timestamp 2025-01-01, g: !!omap [h: 1]}
      |                                                                                      ^^^^^^^^
   help: leave the tag out, or use one of !!str, !!int, !!float, !!bool, !!null, !!map, !!seq
5 errors
""",
    ),
    "values that are no numbers": (
        """\
data:
  x: [.nan, -.inf, 1.0e+999, !!int twelve, !!bool maybe, !!float "", 0x_]
""",
        """\
ml-platform.yaml:2:7: error[MLI114]: .nan is not a number that can be deployed
    2 |   x: [.nan, -.inf, 1.0e+999, !!int twelve, !!bool maybe, !!float "", 0x_]
      |       ^^^^
   help: write a finite number, or quote it if text is meant
ml-platform.yaml:2:13: error[MLI114]: -.inf is not a number that can be deployed
    2 |   x: [.nan, -.inf, 1.0e+999, !!int twelve, !!bool maybe, !!float "", 0x_]
      |             ^^^^^
   help: write a finite number, or quote it if text is meant
ml-platform.yaml:2:20: error[MLI114]: 1.0e+999 is not a number that can be deployed
    2 |   x: [.nan, -.inf, 1.0e+999, !!int twelve, !!bool maybe, !!float "", 0x_]
      |                    ^^^^^^^^
   help: write a finite number, or quote it if text is meant
ml-platform.yaml:2:30: error[MLI114]: "twelve" is not a value of type int
    2 |   x: [.nan, -.inf, 1.0e+999, !!int twelve, !!bool maybe, !!float "", 0x_]
      |                              ^^^^^^^^^^^^
   help: leave the tag out
ml-platform.yaml:2:44: error[MLI114]: "maybe" is not a value of type bool
    2 |   x: [.nan, -.inf, 1.0e+999, !!int twelve, !!bool maybe, !!float "", 0x_]
      |                                            ^^^^^^^^^^^^
   help: leave the tag out
ml-platform.yaml:2:58: error[MLI114]: "" is not a value of type float
    2 |   x: [.nan, -.inf, 1.0e+999, !!int twelve, !!bool maybe, !!float "", 0x_]
      |                                                          ^^^^^^^^^^
   help: leave the tag out
ml-platform.yaml:2:70: error[MLI114]: "0x_" is not a value of type int
    2 |   x: [.nan, -.inf, 1.0e+999, !!int twelve, !!bool maybe, !!float "", 0x_]
      |                                                                      ^^^
   help: write a finite number, or quote it if text is meant
7 errors
""",
    ),
    "signs with a meaning of their own": (
        """\
data:
  x: {a: =, b: <<}
""",
        """\
ml-platform.yaml:2:10: error[MLI113]: "=" has a meaning of its own in YAML
    2 |   x: {a: =, b: <<}
      |          ^
   help: quote it: "="
ml-platform.yaml:2:16: error[MLI113]: "<<" has a meaning of its own in YAML
    2 |   x: {a: =, b: <<}
      |                ^^
   help: quote it: "<<"
2 errors
""",
    ),
    "words that are read as truth values": (
        """\
apiVersion: mlinfra/v1
platform: churn
location: westeurope
targets:
  dev: {subscription: 11111111-1111-1111-1111-111111111111, mode: development}
  prod:
    subscription: 22222222-2222-2222-2222-222222222222
    mode: production
    promote_from: dev
data:
  x: {a: yes, b: No, c: on, d: OFF, e: true, f: 'yes'}
""",
        """\
ml-platform.yaml:11:10: warning[MLI115]: yes is read as true
   11 |   x: {a: yes, b: No, c: on, d: OFF, e: true, f: 'yes'}
      |          ^^^
   help: write true, or "yes" in quotes if text is meant
ml-platform.yaml:11:18: warning[MLI115]: No is read as false
   11 |   x: {a: yes, b: No, c: on, d: OFF, e: true, f: 'yes'}
      |                  ^^
   help: write false, or "No" in quotes if text is meant
ml-platform.yaml:11:25: warning[MLI115]: on is read as true
   11 |   x: {a: yes, b: No, c: on, d: OFF, e: true, f: 'yes'}
      |                         ^^
   help: write true, or "on" in quotes if text is meant
ml-platform.yaml:11:32: warning[MLI115]: OFF is read as false
   11 |   x: {a: yes, b: No, c: on, d: OFF, e: true, f: 'yes'}
      |                                ^^^
   help: write false, or "OFF" in quotes if text is meant
4 warnings
""",
    ),
    "times that are read as numbers": (
        """\
apiVersion: mlinfra/v1
platform: churn
location: westeurope
targets:
  dev: {subscription: 11111111-1111-1111-1111-111111111111, mode: development}
  prod:
    subscription: 22222222-2222-2222-2222-222222222222
    mode: production
    promote_from: dev
data:
  x:
    a: [1:30, 12:30:45, 190:20:30.15, '1:30', 2025-01-01, 10:65]
""",
        """\
ml-platform.yaml:12:9: warning[MLI116]: 1:30 is read as the number 90
   12 |     a: [1:30, 12:30:45, 190:20:30.15, '1:30', 2025-01-01, 10:65]
      |         ^^^^
   help: write 90, or "1:30" in quotes if text is meant
ml-platform.yaml:12:15: warning[MLI116]: 12:30:45 is read as the number 45045
   12 |     a: [1:30, 12:30:45, 190:20:30.15, '1:30', 2025-01-01, 10:65]
      |               ^^^^^^^^
   help: write 45045, or "12:30:45" in quotes if text is meant
ml-platform.yaml:12:25: warning[MLI116]: 190:20:30.15 is read as the number 685230.15
   12 |     a: [1:30, 12:30:45, 190:20:30.15, '1:30', 2025-01-01, 10:65]
      |                         ^^^^^^^^^^^^
   help: write 685230.15, or "190:20:30.15" in quotes if text is meant
3 warnings
""",
    ),
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
   help: merge the two
1 error
""",
    ),
}


@pytest.mark.parametrize(("spec", "expected"), CASES.values(), ids=CASES)
def test_the_report_on_bad_yaml(spec: str | bytes, expected: str, tmp_path: Path) -> None:
    assert report(tmp_path, spec) == expected
