"""Variables in the header: how they are declared, and which values they take from whom."""

from pathlib import Path

import pytest

from mlinfra.source.tree import plain
from tests.source.report import HEADER, read, report

CASES = {
    "variables declared wrong": (
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
variables:
  a: 3
  b: {default: 1}
  c: {type: text}
  d: {type: string, defualt: x}
  2e: {type: string, default: x}
  f: {type: string, default: x, allowed: x}
""",
        """\
ml-platform.yaml:11:6: error[MLI208]: a must be a mapping such as {type: integer, default: …}, not 3
   11 |   a: 3
      |      ^
   help: declare it as {type: string, integer, number, boolean, list or map, default, description, allowed}
ml-platform.yaml:12:3: error[MLI208]: variables.b lacks type
   12 |   b: {default: 1}
      |   ^
   help: add type, one of string, integer, number, boolean, list, map
ml-platform.yaml:13:13: error[MLI208]: type must be one of string, integer, number, boolean, list, map, not "text"
   13 |   c: {type: text}
      |             ^^^^
   help: declare it as {type: string, integer, number, boolean, list or map, default, description, allowed}
ml-platform.yaml:14:21: error[MLI203]: unknown key "defualt" in variables.d
   14 |   d: {type: string, defualt: x}
      |                     ^^^^^^^
   help: did you mean "default"? Defined: allowed, default, description, lookup, type
ml-platform.yaml:15:3: error[MLI208]: "2e" can't be the name of a variable
   15 |   2e: {type: string, default: x}
      |   ^^
   help: write letters, digits, - and _, a letter first, such as "min_auc"
ml-platform.yaml:16:42: error[MLI204]: allowed must be a list, not "x"
   16 |   f: {type: string, default: x, allowed: x}
      |                                          ^
   help: write allowed: [x]
6 errors
""",
    ),
    "values of another type than declared": (
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
variables:
  a: {type: string, default: 1}
  b: {type: integer, default: 1.5}
  c: {type: number, default: true}
  d: {type: boolean, default: 'true'}
  e: {type: list, default: {}}
  f: {type: map, default: []}
  g: {type: string, default: }
""",
        """\
ml-platform.yaml:11:30: error[MLI209]: variable "a" takes text, not a number
   11 |   a: {type: string, default: 1}
      |                              ^
   note: ml-platform.yaml:11:3: it is declared here
   11 |   a: {type: string, default: 1}
      |   ^
   help: quote it if text is meant
ml-platform.yaml:12:31: error[MLI209]: variable "b" takes a whole number, not 1.5
   12 |   b: {type: integer, default: 1.5}
      |                               ^^^
   note: ml-platform.yaml:12:3: it is declared here
   12 |   b: {type: integer, default: 1.5}
      |   ^
   help: give a value of the declared type that is among the allowed ones, or change the declaration
ml-platform.yaml:13:30: error[MLI209]: variable "c" takes a number, not true or false
   13 |   c: {type: number, default: true}
      |                              ^^^^
   note: ml-platform.yaml:13:3: it is declared here
   13 |   c: {type: number, default: true}
      |   ^
   help: give a value of the declared type that is among the allowed ones, or change the declaration
ml-platform.yaml:14:31: error[MLI209]: variable "d" takes true or false, not text
   14 |   d: {type: boolean, default: 'true'}
      |                               ^^^^^^
   note: ml-platform.yaml:14:3: it is declared here
   14 |   d: {type: boolean, default: 'true'}
      |   ^
   help: write it without quotes: true
ml-platform.yaml:15:28: error[MLI209]: variable "e" takes a list, not a mapping
   15 |   e: {type: list, default: {}}
      |                            ^^
   note: ml-platform.yaml:15:3: it is declared here
   15 |   e: {type: list, default: {}}
      |   ^
   help: give a value of the declared type that is among the allowed ones, or change the declaration
ml-platform.yaml:16:27: error[MLI209]: variable "f" takes a mapping, not a list
   16 |   f: {type: map, default: []}
      |                           ^^
   note: ml-platform.yaml:16:3: it is declared here
   16 |   f: {type: map, default: []}
      |   ^
   help: give a value of the declared type that is among the allowed ones, or change the declaration
ml-platform.yaml:17:30: error[MLI209]: variable "g" takes text, not nothing
   17 |   g: {type: string, default: }
      |                              ^
   note: ml-platform.yaml:17:3: it is declared here
   17 |   g: {type: string, default: }
      |   ^
   help: give a value of the declared type that is among the allowed ones, or change the declaration
7 errors
""",
    ),
    "values that are not allowed": (
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
variables:
  size: {type: string, default: large, allowed: [small, medium]}
  count: {type: integer, default: 1, allowed: [1, two]}
""",
        """\
ml-platform.yaml:11:33: error[MLI209]: "large" is not a value that variable "size" allows
   11 |   size: {type: string, default: large, allowed: [small, medium]}
      |                                 ^^^^^
   note: ml-platform.yaml:11:3: it is declared here
   11 |   size: {type: string, default: large, allowed: [small, medium]}
      |   ^^^^
   help: allowed: "small", "medium"
ml-platform.yaml:12:51: error[MLI209]: variable "count" takes a whole number, not text
   12 |   count: {type: integer, default: 1, allowed: [1, two]}
      |                                                   ^^^
   note: ml-platform.yaml:12:38: it is declared here
   12 |   count: {type: integer, default: 1, allowed: [1, two]}
      |                                      ^^^^^^^
   help: give a value of the declared type that is among the allowed ones, or change the declaration
2 errors
""",
    ),
    "a variable without a value": (
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
    variables: {b: 1}
variables:
  a: {type: string}
  b: {type: integer}
""",
        """\
ml-platform.yaml:12:3: error[MLI210]: variable "a" has no value in dev, prod
   12 |   a: {type: string}
      |   ^
   help: add `default:`, or `variables: {a: …}` to the target
ml-platform.yaml:13:3: error[MLI210]: variable "b" has no value in dev
   13 |   b: {type: integer}
      |   ^
   help: add `default:`, or `variables: {b: …}` to the target
2 errors
""",
    ),
    "values of a target": (
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
    variables: {aa: x, b: x, c: 3}
variables:
  ab: {type: string, default: x}
  b: {type: integer, default: 1}
  c: {type: integer, default: 1, allowed: [1, 2]}
""",
        """\
ml-platform.yaml:10:17: error[MLI211]: variable "aa" is not declared
   10 |     variables: {aa: x, b: x, c: 3}
      |                 ^^
   help: Defined: ab, b, c
ml-platform.yaml:10:27: error[MLI209]: variable "b" takes a whole number, not text
   10 |     variables: {aa: x, b: x, c: 3}
      |                           ^
   note: ml-platform.yaml:13:3: it is declared here
   13 |   b: {type: integer, default: 1}
      |   ^
   help: give a value of the declared type that is among the allowed ones, or change the declaration
ml-platform.yaml:10:33: error[MLI209]: 3 is not a value that variable "c" allows
   10 |     variables: {aa: x, b: x, c: 3}
      |                                 ^
   note: ml-platform.yaml:14:3: it is declared here
   14 |   c: {type: integer, default: 1, allowed: [1, 2]}
      |   ^
   help: allowed: 1, 2
3 errors
""",
    ),
}

VARIABLES = """\
variables:
  min_auc: {type: number, default: 0.8}
  n: {type: integer, default: 1}
  flag: {type: boolean, default: true}
  l: {type: list, default: []}
  m: {type: map, default: {}}
  size: {type: string, default: small, allowed: [small]}
"""

GIVEN = {
    "unknown variable": (
        {"min_uac": "0.9"},
        """\
ml-platform.yaml:10:1: error[MLI211]: --var min_uac: variable "min_uac" is not declared
   10 | variables:
      | ^^^^^^^^^
   note: ml-platform.yaml:11:3: variables.min_auc is written here
   11 |   min_auc: {type: number, default: 0.8}
      |   ^^^^^^^
   help: did you mean "min_auc"? Defined: flag, l, m, min_auc, n, size
1 error
""",
    ),
    "wrong type": (
        {"n": "many", "flag": "maybe", "l": "[1", "m": "[]"},
        """\
ml-platform.yaml:12:3: error[MLI209]: --var n: variable "n" takes a whole number, not what is given
   12 |   n: {type: integer, default: 1}
      |   ^
   help: give a value of the declared type that is among the allowed ones, or change the declaration
ml-platform.yaml:13:3: error[MLI209]: --var flag: variable "flag" takes true or false, not what is given
   13 |   flag: {type: boolean, default: true}
      |   ^^^^
   help: give a value of the declared type that is among the allowed ones, or change the declaration
ml-platform.yaml:14:3: error[MLI209]: --var l: variable "l" takes a list, not what is given
   14 |   l: {type: list, default: []}
      |   ^
   help: give a value of the declared type that is among the allowed ones, or change the declaration
ml-platform.yaml:15:3: error[MLI209]: --var m: variable "m" takes a mapping, not what is given
   15 |   m: {type: map, default: {}}
      |   ^
   help: give a value of the declared type that is among the allowed ones, or change the declaration
4 errors
""",
    ),
    "not allowed": (
        {"size": "large"},
        """\
ml-platform.yaml:16:3: error[MLI209]: what is given is not a value that variable "size" allows
   16 |   size: {type: string, default: small, allowed: [small]}
      |   ^^^^
   note: ml-platform.yaml:16:3: it is declared here
   16 |   size: {type: string, default: small, allowed: [small]}
      |   ^^^^
   help: allowed: "small"
1 error
""",
    ),
}


@pytest.mark.parametrize(("spec", "expected"), CASES.values(), ids=CASES)
def test_the_report_on_variables(spec: str, expected: str, tmp_path: Path) -> None:
    assert report(tmp_path, spec) == expected


@pytest.mark.parametrize(("given", "expected"), GIVEN.values(), ids=GIVEN)
def test_the_report_on_values_of_the_command_line(given: dict[str, str], expected: str, tmp_path: Path) -> None:
    assert report(tmp_path, HEADER + VARIABLES, given) == expected


def test_values_come_from_the_command_line_then_the_target_then_the_default(tmp_path: Path) -> None:
    spec = HEADER + "    variables: {n: 2, min_auc: 0.9}\n" + VARIABLES
    given = {"n": "3", "l": '["a"]', "m": '{"k": [1]}', "flag": "false", "size": "small"}
    _, header, _ = read(tmp_path, spec, given)
    values = {
        target.name: {name: plain(value) for name, value in target.variables.items()} for target in header.targets
    }
    common = {"n": 3, "flag": False, "l": ["a"], "m": {"k": [1]}, "size": "small"}
    assert values == {"dev": {"min_auc": 0.8, **common}, "prod": {"min_auc": 0.9, **common}}
