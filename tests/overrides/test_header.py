"""The header: what each key takes, and what is said where it does not."""

from pathlib import Path

import pytest

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
   help: correct the spelling; a key of your own starts with x-
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
   help: write westeurope
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
   help: write the id that this prints: az account show --subscription "my-subscription" --query id
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
   help: did you mean "dev"? Write 1 to 7 lower-case letters and digits, a letter first, such as "dev"
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
platform: churnrate
location: westeurope
targets:
  dev: {subscription: 11111111-1111-1111-1111-111111111111, mode: development}
""",
        """\
ml-platform.yaml:2:11: error[MLI202]: short is missing: platform "churnrate" has more than 8 characters
    2 | platform: churnrate
      |           ^^^^^^^^^
   help: add short: churnrat, or other 2 to 8 lower-case letters and digits, for names with tight limits
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
   help: quote it: "yes"
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
   help: did you mean "generation"? Defined: generation, pattern, region_codes
ml-platform.yaml:7:10: error[MLI204]: targets must be a mapping, not a list
    7 | targets: [dev]
      |          ^^^^^
   help: write targets: {dev: {}}
ml-platform.yaml:7:11: error[MLI202]: targets.dev lacks mode
    7 | targets: [dev]
      |           ^^^
   help: add mode, one of development, production
ml-platform.yaml:7:11: error[MLI202]: targets.dev lacks subscription
    7 | targets: [dev]
      |           ^^^
   help: add subscription, the id of a subscription such as 11111111-1111-1111-1111-111111111111 (`az account list`)
ml-platform.yaml:8:12: error[MLI204]: variables must be a mapping, not 3
    8 | variables: 3
      |            ^
   help: write {min_auc: {type: number, default: 0.8}}
ml-platform.yaml:9:10: error[MLI204]: network must be a mapping, not "open"
    9 | network: open
      |          ^^^^
   help: write {inbound: public}
ml-platform.yaml:10:12: error[MLI204]: pipelines must be a mapping, not a list
   10 | pipelines: []
      |            ^^
   help: write pipelines: {pool: …, service_connections: …, install: …}
17 errors, 1 warning
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
}


@pytest.mark.parametrize(("spec", "expected"), CASES.values(), ids=CASES)
def test_the_report_on_a_header(spec: str, expected: str, tmp_path: Path) -> None:
    assert report(tmp_path, spec) == expected


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
