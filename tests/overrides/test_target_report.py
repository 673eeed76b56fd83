"""What one target makes of the spec can go wrong: every finding as a person reads it."""

from pathlib import Path

import pytest

from tests.source.report import HEADER, report

CASES = {
    "entries that are no entries": (
        """\
data: [a, b]
jobs: text
workspaces:
compute_clusters:
  cpu: Standard_D4ds_v4
  gpu:
storage_accounts:
  lake: {containers: [raw], file_shares: {a: 3}}
""",
        """\
ml-platform.yaml:10:7: error[MLI234]: data takes entries by name, not a list
   10 | data: [a, b]
      |       ^^^^^^
   help: write data: {a: {}, b: {}}
ml-platform.yaml:11:7: error[MLI234]: jobs takes entries by name, not text
   11 | jobs: text
      |       ^^^^
   help: write `<name>:` before each entry
ml-platform.yaml:14:8: error[MLI234]: compute_clusters "cpu" takes fields by name, not text
   14 |   cpu: Standard_D4ds_v4
      |        ^^^^^^^^^^^^^^^^
   help: write a name and a colon for each entry, and its fields below it
ml-platform.yaml:17:22: error[MLI234]: storage_accounts.lake.containers takes entries by name, not a list
   17 |   lake: {containers: [raw], file_shares: {a: 3}}
      |                      ^^^^^
   help: write containers: {raw: {}}
ml-platform.yaml:17:46: error[MLI234]: storage_accounts.lake.file_shares "a" takes fields by name, not a number
   17 |   lake: {containers: [raw], file_shares: {a: 3}}
      |                                              ^
   help: write a name and a colon for each entry, and its fields below it
5 errors
""",
    ),
    "names of entries": (
        """\
data:
  '2025': {}
  a.b: {}
  'a b': {}
  é: {}
storage_accounts:
  lake: {containers: {_raw: {}}}
""",
        """\
ml-platform.yaml:11:3: error[MLI232]: data can't have an entry "2025"
   11 |   '2025': {}
      |   ^^^^^^
   help: write letters, digits, - and _, a letter first, at most 63 characters; `azure_name` may differ from it
ml-platform.yaml:12:3: error[MLI232]: data can't have an entry "a.b"
   12 |   a.b: {}
      |   ^^^
   help: write letters, digits, - and _, a letter first, at most 63 characters; `azure_name` may differ from it
ml-platform.yaml:13:3: error[MLI232]: data can't have an entry "a b"
   13 |   'a b': {}
      |   ^^^^^
   help: write letters, digits, - and _, a letter first, at most 63 characters; `azure_name` may differ from it
ml-platform.yaml:14:3: error[MLI232]: data can't have an entry "é"
   14 |   é: {}
      |   ^
   help: write letters, digits, - and _, a letter first, at most 63 characters; `azure_name` may differ from it
ml-platform.yaml:16:23: error[MLI232]: storage_accounts.lake.containers can't have an entry "_raw"
   16 |   lake: {containers: {_raw: {}}}
      |                       ^^^^
   help: write letters, digits, - and _, a letter first, at most 63 characters; `azure_name` may differ from it
5 errors
""",
    ),
    "names that differ only in case": (
        """\
data:
  raw: {}
  RAW: {targets: [prod]}
online_endpoints:
  churn: {deployments: {blue: {}, Blue: {}}}
""",
        """\
ml-platform.yaml:12:3: error[MLI233]: data "RAW" and "raw" differ only in case
   12 |   RAW: {targets: [prod]}
      |   ^^^
   note: ml-platform.yaml:11:3: "raw" is written here
   11 |   raw: {}
      |   ^^^
   help: rename one of them
ml-platform.yaml:14:35: error[MLI233]: online_endpoints.churn.deployments "Blue" and "blue" differ only in case
   14 |   churn: {deployments: {blue: {}, Blue: {}}}
      |                                   ^^^^
   note: ml-platform.yaml:14:25: "blue" is written here
   14 |   churn: {deployments: {blue: {}, Blue: {}}}
      |                         ^^^^
   help: rename one of them
2 errors
""",
    ),
    "targets that do not exist": (
        """\
data:
  a: {targets: [dve]}
  b: {targets: prod}
  c: {targets: [dev, [prod]]}
  d: {targets: }
storage_accounts:
  lake: {containers: {raw: {targets: [prd]}}}
""",
        """\
ml-platform.yaml:11:17: error[MLI238]: "dve" is not a target
   11 |   a: {targets: [dve]}
      |                 ^^^
   note: ml-platform.yaml:5:3: targets.dev is written here
    5 |   dev: {subscription: 11111111-1111-1111-1111-111111111111, mode: development}
      |   ^^^
   help: did you mean "dev"? Defined: dev, prod
ml-platform.yaml:12:16: error[MLI238]: targets takes a list of targets, not text
   12 |   b: {targets: prod}
      |                ^^^^
   help: write [prod]
ml-platform.yaml:13:22: error[MLI238]: a list is not a target
   13 |   c: {targets: [dev, [prod]]}
      |                      ^^^^^^
   help: Defined: dev, prod
ml-platform.yaml:14:16: error[MLI238]: targets takes a list of targets, not nothing
   14 |   d: {targets: }
      |                ^
   help: correct the name, or add the target to the header
ml-platform.yaml:16:39: error[MLI238]: "prd" is not a target
   16 |   lake: {containers: {raw: {targets: [prd]}}}
      |                                       ^^^
   note: ml-platform.yaml:6:3: targets.prod is written here
    6 |   prod:
      |   ^^^^
   help: did you mean "prod"? Defined: dev, prod
5 errors
""",
    ),
    "overrides of what is not there": (
        """\
    overrides:
      data: {row: {path: a}, raw: {tags: null}}
      jobs: {train: {}}
      dat: {}
      online_endpoints: {churn: {deployments: {bleu: {instance_count: 3}}}}
      storage_accounts: {lake: {containers: {raw: {}}}}
data:
  raw: {type: mltable}
online_endpoints:
  churn: {deployments: {blue: {}}}
storage_accounts:
  lake:
    containers:
""",
        """\
ml-platform.yaml:11:14: error[MLI230]: data "row" is not defined
   11 |       data: {row: {path: a}, raw: {tags: null}}
      |              ^^^
   help: did you mean "raw"? Defined: raw
   targets: prod
ml-platform.yaml:11:36: error[MLI230]: there is no "tags" that null could remove
   11 |       data: {row: {path: a}, raw: {tags: null}}
      |                                    ^^^^
   help: Defined: type
   targets: prod
ml-platform.yaml:12:7: error[MLI230]: there is no section jobs to override
   12 |       jobs: {train: {}}
      |       ^^^^
   help: write it as a section of its own, its entries with `targets: [prod]`
   targets: prod
ml-platform.yaml:13:7: error[MLI230]: overrides of unknown section "dat"
   13 |       dat: {}
      |       ^^^
   help: did you mean "data"?
   targets: prod
ml-platform.yaml:14:48: error[MLI230]: online_endpoints.churn.deployments "bleu" is not defined
   14 |       online_endpoints: {churn: {deployments: {bleu: {instance_count: 3}}}}
      |                                                ^^^^
   note: ml-platform.yaml:19:25: online_endpoints.churn.deployments.blue is written here
   19 |   churn: {deployments: {blue: {}}}
      |                         ^^^^
   help: did you mean "blue"? Defined: blue
   targets: prod
ml-platform.yaml:15:46: error[MLI230]: storage_accounts.lake.containers "raw" is not defined
   15 |       storage_accounts: {lake: {containers: {raw: {}}}}
      |                                              ^^^
   help: write it as an entry, with `targets: [prod]`
   targets: prod
6 errors
""",
    ),
    "overrides of what the target says itself": (
        """\
    overrides:
      location: northeurope
      tags: {a: b}
      pipelines: {}
      data: {raw: {targets: [prod]}}
data:
  raw: {}
""",
        """\
ml-platform.yaml:11:7: error[MLI231]: location can't be overridden
   11 |       location: northeurope
      |       ^^^^^^^^
   help: write `location` in the target, beside `overrides`
   targets: prod
ml-platform.yaml:12:7: error[MLI231]: tags can't be overridden
   12 |       tags: {a: b}
      |       ^^^^
   help: write `tags` in the target, beside `overrides`
   targets: prod
ml-platform.yaml:13:7: error[MLI231]: pipelines can't be overridden
   13 |       pipelines: {}
      |       ^^^^^^^^^
   help: write `location`, `tags` and `variables` in the target itself
   targets: prod
ml-platform.yaml:14:20: error[MLI231]: targets can't be overridden
   14 |       data: {raw: {targets: [prod]}}
      |                    ^^^^^^^
   help: write it in the entry itself
   targets: prod
4 errors
""",
    ),
    "an override of an entry of another target": (
        """\
    overrides:
      compute_clusters: {gpu: {max_instances: 8}}
compute_clusters:
  gpu:
    targets: [dev]
    max_instances: 2
""",
        """\
ml-platform.yaml:11:26: error[MLI230]: compute_clusters "gpu" is not in target "prod"
   11 |       compute_clusters: {gpu: {max_instances: 8}}
      |                          ^^^
   note: ml-platform.yaml:14:5: only in dev
   14 |     targets: [dev]
      |     ^^^^^^^
   help: correct the name; what exists in some targets only is written as an entry with `targets: [<name>]`
   targets: prod
1 error
""",
    ),
    "an override of another type": (
        """\
    overrides:
      data: [a]
      compute_clusters: {cpu: 3}
data:
  raw: {}
compute_clusters:
  cpu: {}
""",
        """\
ml-platform.yaml:11:13: error[MLI231]: data takes a mapping, not a list
   11 |       data: [a]
      |             ^^^
   help: write what changes in it, by name
   targets: prod
ml-platform.yaml:12:31: error[MLI231]: compute_clusters.cpu takes a mapping, not a number
   12 |       compute_clusters: {cpu: 3}
      |                               ^
   help: write what changes in it, by name
   targets: prod
2 errors
""",
    ),
    "unknown expressions": (
        """\
data:
  a:
    a: ${var.min_auk}
    b: ${target.nam}
    c: ${platfrom}
    d: ${key_vault.main.id}
    e: ${HOME}
    f: ${}
    g: ${storage_accounts.lake}
    h: ${storage_accounts.lake.key}
    i: ${targets.name}
variables:
  min_auc: {type: number, default: 0.8}
""",
        """\
ml-platform.yaml:12:8: error[MLI235]: variable "min_auk" is not declared
   12 |     a: ${var.min_auk}
      |        ^^^^^^^^^^^^^^
   note: ml-platform.yaml:22:3: variables.min_auc is written here
   22 |   min_auc: {type: number, default: 0.8}
      |   ^^^^^^^
   help: did you mean "min_auc"? Defined: min_auc
ml-platform.yaml:13:8: error[MLI235]: "${target.nam}" is not known
   13 |     b: ${target.nam}
      |        ^^^^^^^^^^^^^
   help: did you mean "target.name"? For a literal ${target.nam} write $${target.nam}
ml-platform.yaml:14:8: error[MLI235]: "${platfrom}" is not known
   14 |     c: ${platfrom}
      |        ^^^^^^^^^^^
   help: did you mean "platform"? For a literal ${platfrom} write $${platfrom}
ml-platform.yaml:15:8: error[MLI235]: "${key_vault.main.id}" is not known
   15 |     d: ${key_vault.main.id}
      |        ^^^^^^^^^^^^^^^^^^^^
   help: did you mean "key_vaults.main.id"? For a literal ${key_vault.main.id} write $${key_vault.main.id}
ml-platform.yaml:16:8: error[MLI235]: "${HOME}" is not known
   16 |     e: ${HOME}
      |        ^^^^^^^
   help: for a literal ${HOME} write $${HOME}
ml-platform.yaml:17:8: error[MLI235]: "${}" is not known
   17 |     f: ${}
      |        ^^^
   help: for a literal ${} write $${}
ml-platform.yaml:18:8: error[MLI235]: "${storage_accounts.lake}" does not say what of the entry is meant
   18 |     g: ${storage_accounts.lake}
      |        ^^^^^^^^^^^^^^^^^^^^^^^^
   help: end it with one of .name, .id, .location
ml-platform.yaml:19:8: error[MLI235]: "${storage_accounts.lake.key}" does not say what of the entry is meant
   19 |     h: ${storage_accounts.lake.key}
      |        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
   help: end it with one of .name, .id, .location
ml-platform.yaml:20:8: error[MLI235]: "${targets.name}" is not known
   20 |     i: ${targets.name}
      |        ^^^^^^^^^^^^^^^
   help: did you mean "target.name"? For a literal ${targets.name} write $${targets.name}
9 errors
""",
    ),
    "expressions that are not closed": (
        """\
data:
  a:
    a: ${var.x
    b: a ${ b
    c: ${var.${target.name}}
""",
        """\
ml-platform.yaml:12:8: error[MLI236]: "${var.x" is not closed
   12 |     a: ${var.x
      |        ^^^^^^^
   help: close it with }, or write $${ for a literal ${
ml-platform.yaml:13:8: error[MLI236]: "${ b" is not closed
   13 |     b: a ${ b
      |        ^^^^^^
   help: close it with }, or write $${ for a literal ${
ml-platform.yaml:14:8: error[MLI236]: "${var." is not closed
   14 |     c: ${var.${target.name}}
      |        ^^^^^^^^^^^^^^^^^^^^^
   help: close it with }, or write $${ for a literal ${
3 errors
""",
    ),
    "a list inside a text": (
        """\
variables:
  ips: {type: list, default: [203.0.113.0/24]}
  limits: {type: map, default: {a: 1}}
data:
  a: {description: 'from ${var.ips} to ${var.limits}'}
""",
        """\
ml-platform.yaml:14:20: error[MLI237]: ${var.ips} is a list, which can't be part of a text
   14 |   a: {description: 'from ${var.ips} to ${var.limits}'}
      |                    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
   note: ml-platform.yaml:11:30: the list is written here
   11 |   ips: {type: list, default: [203.0.113.0/24]}
      |                              ^^^^^^^^^^^^^^^^
   help: write only ${var.ips}
ml-platform.yaml:14:20: error[MLI237]: ${var.limits} is a mapping, which can't be part of a text
   14 |   a: {description: 'from ${var.ips} to ${var.limits}'}
      |                    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
   note: ml-platform.yaml:12:32: the mapping is written here
   12 |   limits: {type: map, default: {a: 1}}
      |                                ^^^^^^
   help: write only ${var.limits}
2 errors
""",
    ),
    "a variable that uses a variable": (
        """\
variables:
  a: {type: string, default: x}
  b: {type: string, default: '${var.a}-${platform}-${nothing}'}
data:
  a: {description: '${var.b}'}
""",
        """\
ml-platform.yaml:12:30: error[MLI235]: "${nothing}" is not known
   12 |   b: {type: string, default: '${var.a}-${platform}-${nothing}'}
      |                              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
   help: for a literal ${nothing} write $${nothing}
1 error
""",
    ),
    "variables that are made of each other": (
        """\
variables:
  a: {type: string, default: 'x-${var.b}'}
  b: {type: string, default: '${var.a}'}
  c: {type: string, default: 'y-${var.a}'}
  d: {type: string, default: '${var.d}'}
data:
  a: {description: '${var.c}'}
""",
        """\
ml-platform.yaml:11:30: error[MLI235]: the value of variable "a" is made of itself, by "${var.b}"
   11 |   a: {type: string, default: 'x-${var.b}'}
      |                              ^^^^^^^^^^^^
   help: write one of the values itself
ml-platform.yaml:12:30: error[MLI235]: the value of variable "b" is made of itself, by "${var.a}"
   12 |   b: {type: string, default: '${var.a}'}
      |                              ^^^^^^^^^^
   help: write one of the values itself
ml-platform.yaml:14:30: error[MLI235]: the value of variable "d" is made of itself, by "${var.d}"
   14 |   d: {type: string, default: '${var.d}'}
      |                              ^^^^^^^^^^
   help: write one of the values itself
3 errors
""",
    ),
    "a finding in an override": (
        """\
    overrides:
      data: {raw: {path: '${var.path}'}}
data:
  raw: {path: a}
""",
        """\
ml-platform.yaml:11:26: error[MLI235]: variable "path" is not declared
   11 |       data: {raw: {path: '${var.path}'}}
      |                          ^^^^^^^^^^^^^
   help: declare it: variables: {path: {type: string, default: …}}
   targets: prod
1 error
""",
    ),
}


@pytest.mark.parametrize(("spec", "expected"), CASES.values(), ids=CASES)
def test_the_report_on_a_target(spec: str, expected: str, tmp_path: Path) -> None:
    assert report(tmp_path, HEADER + spec) == expected
