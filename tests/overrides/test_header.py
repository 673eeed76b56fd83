"""The header: what each key takes, and what is said where it does not."""

from pathlib import Path

import pytest

from mlinfra.source.tree import plain
from tests.source.report import HEADER, read, report

CASES = {
    "a header that says nothing": (
        "x-own: 1\n",
        """\
ml-platform.yaml:1:1: error[MLI202]: the header lacks apiVersion
    1 | x-own: 1
      | ^^^^^
   help: add apiVersion: mlinfra/v1
ml-platform.yaml:1:1: error[MLI202]: the header lacks platform
    1 | x-own: 1
      | ^^^^^
   help: add platform: churn
ml-platform.yaml:1:1: error[MLI202]: the header lacks targets
    1 | x-own: 1
      | ^^^^^
   help: add targets: {dev: {subscription: 11111111-1111-1111-1111-111111111111, mode: development}}
3 errors
""",
    ),
    "another version of the language": (
        """\
apiVersion: mlinfra/v2
platform: churn
location: westeurope
targets:
  dev: {subscription: 11111111-1111-1111-1111-111111111111, mode: development}
""",
        """\
ml-platform.yaml:1:13: error[MLI201]: apiVersion "mlinfra/v2" is not one that this release of mlinfra reads
    1 | apiVersion: mlinfra/v2
      |             ^^^^^^^^^^
   help: write `apiVersion: mlinfra/v1`
1 error
""",
    ),
    "unknown keys at the top": (
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
owners: a
compute_cluster: {}
x-mine: 1
zzz: {}
""",
        """\
ml-platform.yaml:10:1: error[MLI203]: unknown section or header key "owners"
   10 | owners: a
      | ^^^^^^
   help: did you mean "owner"?
ml-platform.yaml:11:1: error[MLI203]: unknown section or header key "compute_cluster"
   11 | compute_cluster: {}
      | ^^^^^^^^^^^^^^^
   help: did you mean "compute_clusters"?
ml-platform.yaml:13:1: error[MLI203]: unknown section or header key "zzz"
   13 | zzz: {}
      | ^^^
3 errors
""",
    ),
    "names that break a rule": (
        """\
apiVersion: mlinfra/v1
platform: Churn-Model
short: CHURN_MODEL
location: West Europe
cloud: azure
targets:
  production: {subscription: my-subscription, mode: prod}
  scripts: {subscription: 11111111-1111-1111-1111-111111111111, mode: development}
  Dev: {subscription: 11111111-1111-1111-1111-111111111111, mode: development, resource_group: {name: 'rg.'}}
""",
        """\
ml-platform.yaml:2:11: error[MLI205]: platform must be 2 to 12 lower-case letters and digits, a letter first, such \
as churn, not "Churn-Model"
    2 | platform: Churn-Model
      |           ^^^^^^^^^^^
ml-platform.yaml:3:8: error[MLI205]: short must be 2 to 8 lower-case letters and digits, such as churn, not \
"CHURN_MODEL"
    3 | short: CHURN_MODEL
      |        ^^^^^^^^^^^
ml-platform.yaml:4:11: error[MLI205]: location must be the name of an Azure region such as westeurope, in lower case \
without spaces, not "West Europe"
    4 | location: West Europe
      |           ^^^^^^^^^^^
ml-platform.yaml:5:8: error[MLI205]: cloud must be one of public, usgov, china, not "azure"
    5 | cloud: azure
      |        ^^^^^
ml-platform.yaml:7:3: error[MLI205]: "production" can't be the name of a target
    7 |   production: {subscription: my-subscription, mode: prod}
      |   ^^^^^^^^^^
   help: write 1 to 7 lower-case letters and digits, a letter first, such as "dev"
ml-platform.yaml:7:30: error[MLI205]: subscription must be the id of a subscription such as \
11111111-1111-1111-1111-111111111111 (`az account list`), not "my-subscription"
    7 |   production: {subscription: my-subscription, mode: prod}
      |                              ^^^^^^^^^^^^^^^
ml-platform.yaml:7:53: error[MLI205]: mode must be one of development, production, not "prod"
    7 |   production: {subscription: my-subscription, mode: prod}
      |                                                     ^^^^
   help: did you mean "production"?
ml-platform.yaml:8:3: error[MLI205]: "scripts" can't be the name of a target: the output has a folder of that name
    8 |   scripts: {subscription: 11111111-1111-1111-1111-111111111111, mode: development}
      |   ^^^^^^^
   help: write 1 to 7 lower-case letters and digits, a letter first, such as "dev"
ml-platform.yaml:9:3: error[MLI205]: "Dev" can't be the name of a target
    9 |   Dev: {subscription: 11111111-1111-1111-1111-111111111111, mode: development, resource_group: {name: 'rg.'}}
      |   ^^^
   help: write 1 to 7 lower-case letters and digits, a letter first, such as "dev"
ml-platform.yaml:9:103: error[MLI205]: name must be 1 to 90 letters, digits and _ - . ( ), without a hyphen first or \
a period last, such as rg-churn-dev, not "rg."
    9 |   Dev: {subscription: 11111111-1111-1111-1111-111111111111, mode: development, resource_group: {name: 'rg.'}}
      |                                                                                                       ^^^^^
10 errors
""",
    ),
    "a long platform without a short form": (
        """\
apiVersion: mlinfra/v1
platform: telecomchurn
location: westeurope
targets:
  dev: {subscription: 11111111-1111-1111-1111-111111111111, mode: development}
""",
        """\
ml-platform.yaml:2:11: error[MLI202]: short is missing: platform "telecomchurn" has more than 8 characters
    2 | platform: telecomchurn
      |           ^^^^^^^^^^^^
   help: add `short: <2 to 8 lower-case letters and digits>`, for names with tight limits
1 error
""",
    ),
    "values of the wrong type": (
        """\
apiVersion: 1
platform: [churn]
owner: 5
location: yes
tags: {costCenter: 4711, a: null, b: [x]}
naming: {pattern: 1, region_codes: [we], generation: 0, gen: 1}
targets: [dev]
variables: 3
network: open
pipelines: []
""",
        """\
ml-platform.yaml:1:13: error[MLI201]: apiVersion "1" is not one that this release of mlinfra reads
    1 | apiVersion: 1
      |             ^
   help: write `apiVersion: mlinfra/v1`
ml-platform.yaml:2:11: error[MLI204]: platform must be text, not a list
    2 | platform: [churn]
      |           ^^^^^^^
ml-platform.yaml:3:8: error[MLI204]: owner must be text, not 5
    3 | owner: 5
      |        ^
   help: quote it: "5"
ml-platform.yaml:4:11: warning[MLI115]: yes is read as true
    4 | location: yes
      |           ^^^
   help: write true, or "yes" in quotes if text is meant
ml-platform.yaml:4:11: error[MLI204]: location must be text, not true
    4 | location: yes
      |           ^^^
   help: quote it: "true"
ml-platform.yaml:5:20: error[MLI204]: costCenter must be text, not 4711
    5 | tags: {costCenter: 4711, a: null, b: [x]}
      |                    ^^^^
   help: quote it: "4711"
ml-platform.yaml:5:29: error[MLI204]: a must be text, not null
    5 | tags: {costCenter: 4711, a: null, b: [x]}
      |                             ^^^^
ml-platform.yaml:5:38: error[MLI204]: b must be text, not a list
    5 | tags: {costCenter: 4711, a: null, b: [x]}
      |                                      ^^^
ml-platform.yaml:6:19: error[MLI204]: pattern must be text, not 1
    6 | naming: {pattern: 1, region_codes: [we], generation: 0, gen: 1}
      |                   ^
   help: quote it: "1"
ml-platform.yaml:6:36: error[MLI204]: region_codes must be a mapping, not a list
    6 | naming: {pattern: 1, region_codes: [we], generation: 0, gen: 1}
      |                                    ^^^^
   help: write {westeurope: weu}
ml-platform.yaml:6:54: error[MLI205]: generation must be at least 1, not 0
    6 | naming: {pattern: 1, region_codes: [we], generation: 0, gen: 1}
      |                                                      ^
ml-platform.yaml:6:57: error[MLI203]: unknown key "gen" in naming
    6 | naming: {pattern: 1, region_codes: [we], generation: 0, gen: 1}
      |                                                         ^^^
   help: Defined: generation, pattern, region_codes
ml-platform.yaml:7:10: error[MLI204]: targets must be a mapping, not a list
    7 | targets: [dev]
      |          ^^^^^
   help: write {dev: {subscription: 11111111-1111-1111-1111-111111111111, mode: development}}
ml-platform.yaml:8:12: error[MLI204]: variables must be a mapping, not 3
    8 | variables: 3
      |            ^
   help: write {min_auc: {type: number, default: 0.8}}
ml-platform.yaml:9:10: error[MLI204]: network must be a mapping, not "open"
    9 | network: open
      |          ^^^^
ml-platform.yaml:10:12: error[MLI204]: pipelines must be a mapping, not a list
   10 | pipelines: []
      |            ^^
15 errors, 1 warning
""",
    ),
    "keys with nothing after the colon": (
        """\
apiVersion:
platform:
location:
targets:
  dev: {subscription: , mode: , location: }
variables:
  v: {type: }
""",
        """\
ml-platform.yaml:1:1: error[MLI202]: the header lacks apiVersion
    1 | apiVersion:
      | ^^^^^^^^^^
   help: add apiVersion: mlinfra/v1
ml-platform.yaml:2:1: error[MLI202]: the header lacks platform
    2 | platform:
      | ^^^^^^^^
   help: add platform: churn
ml-platform.yaml:5:3: error[MLI202]: targets.dev lacks location
    5 |   dev: {subscription: , mode: , location: }
      |   ^^^
   help: add `location: <region>` at the top, for example `location: westeurope`
ml-platform.yaml:5:9: error[MLI202]: targets.dev lacks subscription
    5 |   dev: {subscription: , mode: , location: }
      |         ^^^^^^^^^^^^
   help: add subscription, the id of a subscription such as 11111111-1111-1111-1111-111111111111 (`az account list`)
ml-platform.yaml:5:25: error[MLI202]: targets.dev lacks mode
    5 |   dev: {subscription: , mode: , location: }
      |                         ^^^^
   help: add mode, one of development, production
ml-platform.yaml:7:7: error[MLI208]: variables.v lacks type
    7 |   v: {type: }
      |       ^^^^
   help: add type, one of string, integer, number, boolean, list, map
6 errors
""",
    ),
    "a target that lacks what it needs": (
        """\
apiVersion: mlinfra/v1
platform: churn
targets:
  dev:
  test: {}
  prod: {mode: production, overides: {}}
""",
        """\
ml-platform.yaml:4:3: error[MLI204]: dev must be a mapping, not null
    4 |   dev:
      |   ^^^
   help: write {subscription: 11111111-1111-1111-1111-111111111111, mode: development}
ml-platform.yaml:5:3: error[MLI202]: targets.test lacks location
    5 |   test: {}
      |   ^^^^
   help: add `location: <region>` at the top, for example `location: westeurope`
ml-platform.yaml:5:3: error[MLI202]: targets.test lacks mode
    5 |   test: {}
      |   ^^^^
   help: add mode, one of development, production
ml-platform.yaml:5:3: error[MLI202]: targets.test lacks subscription
    5 |   test: {}
      |   ^^^^
   help: add subscription, the id of a subscription such as 11111111-1111-1111-1111-111111111111 (`az account list`)
ml-platform.yaml:6:3: error[MLI202]: targets.prod lacks location
    6 |   prod: {mode: production, overides: {}}
      |   ^^^^
   help: add `location: <region>` at the top, for example `location: westeurope`
ml-platform.yaml:6:3: error[MLI202]: targets.prod lacks subscription
    6 |   prod: {mode: production, overides: {}}
      |   ^^^^
   help: add subscription, the id of a subscription such as 11111111-1111-1111-1111-111111111111 (`az account list`)
ml-platform.yaml:6:28: error[MLI203]: unknown key "overides" in targets.prod
    6 |   prod: {mode: production, overides: {}}
      |                            ^^^^^^^^
   help: did you mean "overrides"? Defined: approval, branch, default, location, mode, overrides, promote_from, \
resource_group, subscription, tags, … and 1 more
7 errors
""",
    ),
    "tags that Azure refuses": (
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
tags: {a/b: x, 'c?': x}
""",
        """\
ml-platform.yaml:10:8: error[MLI205]: "a/b" can't be the name of a tag: Azure takes none of <>%&\\?/ in one
   10 | tags: {a/b: x, 'c?': x}
      |        ^^^
ml-platform.yaml:10:16: error[MLI205]: "c?" can't be the name of a tag: Azure takes none of <>%&\\?/ in one
   10 | tags: {a/b: x, 'c?': x}
      |                ^^^^
2 errors
""",
    ),
    "expressions where nothing is filled in": (
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
owner: ${var.owner}
tags: {platform: '${platform}'}
""",
        """\
ml-platform.yaml:10:8: error[MLI205]: owner can't hold an expression
   10 | owner: ${var.owner}
      |        ^^^^^^^^^^^^
   help: expressions are filled in in sections and in the `overrides` of a target; write the text itself
ml-platform.yaml:11:18: error[MLI205]: platform can't hold an expression
   11 | tags: {platform: '${platform}'}
      |                  ^^^^^^^^^^^^^
   help: expressions are filled in in sections and in the `overrides` of a target; write the text itself
2 errors
""",
    ),
    "two defaults": (
        """\
apiVersion: mlinfra/v1
platform: churn
location: westeurope
targets:
  dev:
    default: true
    subscription: 11111111-1111-1111-1111-111111111111
    mode: development
  prod:
    default: true
    subscription: 11111111-1111-1111-1111-111111111111
    mode: production
""",
        """\
ml-platform.yaml:10:5: error[MLI206]: a second target is the default
   10 |     default: true
      |     ^^^^^^^
   note: ml-platform.yaml:6:5: the default is already set here
    6 |     default: true
      |     ^^^^^^^
   help: keep one
1 error
""",
    ),
    "promotion from nowhere": (
        """\
apiVersion: mlinfra/v1
platform: churn
location: westeurope
targets:
  dev: {subscription: 11111111-1111-1111-1111-111111111111, mode: development}
  prod: {subscription: 11111111-1111-1111-1111-111111111111, mode: production, promote_from: dve}
""",
        """\
ml-platform.yaml:6:94: error[MLI207]: promote_from "dve" is not a target
    6 |   prod: {subscription: 11111111-1111-1111-1111-111111111111, mode: production, promote_from: dve}
      |                                                                                              ^^^
   help: did you mean "dev"? Defined: dev
1 error
""",
    ),
    "promotion in a circle": (
        """\
apiVersion: mlinfra/v1
platform: churn
location: westeurope
targets:
  dev:
    subscription: 11111111-1111-1111-1111-111111111111
    mode: development
  test:
    subscription: 11111111-1111-1111-1111-111111111111
    mode: development
    promote_from: prod
  prod:
    subscription: 11111111-1111-1111-1111-111111111111
    mode: production
    promote_from: test
""",
        """\
ml-platform.yaml:11:19: error[MLI207]: promote_from goes in a circle: test from prod from test
   11 |     promote_from: prod
      |                   ^^^^
   note: ml-platform.yaml:15:19: and here
   15 |     promote_from: test
      |                   ^^^^
   help: let the first target have no promote_from
1 error
""",
    ),
    "a target promoted from itself": (
        """\
apiVersion: mlinfra/v1
platform: churn
location: westeurope
targets:
  dev: {subscription: 11111111-1111-1111-1111-111111111111, mode: development, promote_from: dev}
""",
        """\
ml-platform.yaml:5:94: error[MLI207]: promote_from goes in a circle: dev from dev
    5 |   dev: {subscription: 11111111-1111-1111-1111-111111111111, mode: development, promote_from: dev}
      |                                                                                              ^^^
   help: let the first target have no promote_from
1 error
""",
    ),
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
ml-platform.yaml:12:3: error[MLI208]: variables.b lacks type
   12 |   b: {default: 1}
      |   ^
   help: add type, one of string, integer, number, boolean, list, map
ml-platform.yaml:13:13: error[MLI208]: type must be one of string, integer, number, boolean, list, map, not "text"
   13 |   c: {type: text}
      |             ^^^^
ml-platform.yaml:14:21: error[MLI203]: unknown key "defualt" in variables.d
   14 |   d: {type: string, defualt: x}
      |                     ^^^^^^^
   help: did you mean "default"? Defined: allowed, default, description, type
ml-platform.yaml:15:3: error[MLI208]: "2e" can't be the name of a variable
   15 |   2e: {type: string, default: x}
      |   ^^
   help: write letters, digits, - and _, a letter first, such as "min_auc"
ml-platform.yaml:16:42: error[MLI204]: allowed must be a list, not "x"
   16 |   f: {type: string, default: x, allowed: x}
      |                                          ^
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
ml-platform.yaml:13:30: error[MLI209]: variable "c" takes a number, not true or false
   13 |   c: {type: number, default: true}
      |                              ^^^^
   note: ml-platform.yaml:13:3: it is declared here
   13 |   c: {type: number, default: true}
      |   ^
ml-platform.yaml:14:31: error[MLI209]: variable "d" takes true or false, not text
   14 |   d: {type: boolean, default: 'true'}
      |                               ^^^^^^
   note: ml-platform.yaml:14:3: it is declared here
   14 |   d: {type: boolean, default: 'true'}
      |   ^
ml-platform.yaml:15:28: error[MLI209]: variable "e" takes a list, not a mapping
   15 |   e: {type: list, default: {}}
      |                            ^^
   note: ml-platform.yaml:15:3: it is declared here
   15 |   e: {type: list, default: {}}
      |   ^
ml-platform.yaml:16:27: error[MLI209]: variable "f" takes a mapping, not a list
   16 |   f: {type: map, default: []}
      |                           ^^
   note: ml-platform.yaml:16:3: it is declared here
   16 |   f: {type: map, default: []}
      |   ^
ml-platform.yaml:17:30: error[MLI209]: variable "g" takes text, not nothing
   17 |   g: {type: string, default: }
      |                              ^
   note: ml-platform.yaml:17:3: it is declared here
   17 |   g: {type: string, default: }
      |   ^
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
ml-platform.yaml:13:3: error[MLI209]: --var flag: variable "flag" takes true or false, not what is given
   13 |   flag: {type: boolean, default: true}
      |   ^^^^
ml-platform.yaml:14:3: error[MLI209]: --var l: variable "l" takes a list, not what is given
   14 |   l: {type: list, default: []}
      |   ^
ml-platform.yaml:15:3: error[MLI209]: --var m: variable "m" takes a mapping, not what is given
   15 |   m: {type: map, default: {}}
      |   ^
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
def test_the_report_on_a_header(spec: str, expected: str, tmp_path: Path) -> None:
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


@pytest.mark.parametrize(
    ("tags", "message"),
    [
        (f"{'n' * 129}: x", f'"{"n" * 99}…" has 129 characters, and the name of a tag at most 128'),
        ("Env: a, env: b", 'tag "env" differs from "Env" in case only, and Azure takes them for one'),
        (f"n: {'x' * 257}", "n has 257 characters, and the value of a tag at most 256"),
        (", ".join(f"n{number}: x" for number in range(51)), "tags must hold at most 50, not 51"),
    ],
)
def test_tags_stay_within_the_limits_of_azure(tags: str, message: str, tmp_path: Path) -> None:
    assert message in report(tmp_path, f"{HEADER}tags: {{{tags}}}\n").splitlines()[0]


def test_the_tags_of_a_target_stand_over_those_of_the_header_whatever_their_case(tmp_path: Path) -> None:
    tags = "    tags: {ENV: prod}\ntags: {env: all, team: a}\n"
    _, header, _ = read(tmp_path, HEADER + tags)
    assert header.target("prod").tags == {"team": "a", "ENV": "prod"}


def test_targets_stand_in_the_order_of_promotion(tmp_path: Path) -> None:
    body = "subscription: 11111111-1111-1111-1111-111111111111, mode: development"
    spec = HEADER[: HEADER.index("  dev:")] + "".join(
        f"  {name}: {{{body}{promoted}}}\n"
        for name, promoted in (
            ("prod", ", promote_from: test"),
            ("test", ", promote_from: dev"),
            ("play", ""),
            ("dev", ", default: true"),
        )
    )
    _, header, _ = read(tmp_path, spec)
    assert [target.name for target in header.targets] == ["play", "dev", "test", "prod"]
    assert [target.name for target in header.targets if target.default] == ["dev"]


def test_a_target_takes_what_it_does_not_say_from_the_header(tmp_path: Path) -> None:
    dev_group = "mode: development, resource_group: {name: shared, tags: {g: x}}"
    spec = (
        HEADER.replace("mode: development", dev_group)
        + "    location: northeurope\n    tags: {a: two, c: three}\ntags: {a: '1', b: '2'}\nshort: ch\n"
    )
    _, header, _ = read(tmp_path, spec)
    dev, prod = header.targets
    assert (header.platform, header.short, header.cloud, header.owner) == ("churn", "ch", "public", None)
    assert (dev.location, dict(dev.tags), dev.resource_group.name, dict(dev.resource_group.tags)) == (
        "westeurope",
        {"a": "1", "b": "2"},
        "shared",
        {"g": "x"},
    )
    assert (prod.location, dict(prod.tags), prod.resource_group.name) == (
        "northeurope",
        {"a": "two", "b": "2", "c": "three"},
        "rg-churn-prod",
    )
    assert (dev.default, prod.default) == (True, False)
