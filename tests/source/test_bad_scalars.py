"""What YAML reads otherwise than it looks, or not at all: every finding as a person reads it."""

from pathlib import Path

import pytest

from tests.source.report import report

CASES = {
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
}


@pytest.mark.parametrize(("spec", "expected"), CASES.values(), ids=CASES)
def test_the_report_on_bad_scalars(spec: str, expected: str, tmp_path: Path) -> None:
    assert report(tmp_path, spec) == expected
