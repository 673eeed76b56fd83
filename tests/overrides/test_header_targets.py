"""Targets in the header: what each needs, where it stands, and what it takes from the header."""

from pathlib import Path

import pytest

from tests.source.report import HEADER, read, report

CASES = {
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
ml-platform.yaml:5:3: error[MLI202]: targets.test lacks mode
    5 |   test: {}
      |   ^^^^
   help: add mode, one of development, production
ml-platform.yaml:5:3: error[MLI202]: targets.test lacks subscription
    5 |   test: {}
      |   ^^^^
   help: add subscription, the id of a subscription such as 11111111-1111-1111-1111-111111111111 (`az account list`)
ml-platform.yaml:5:3: error[MLI202]: targets.test, targets.prod lack location
    5 |   test: {}
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
quota, resource_group, shared, … and 3 more
6 errors
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
   note: ml-platform.yaml:5:3: targets.dev is written here
    5 |   dev: {subscription: 11111111-1111-1111-1111-111111111111, mode: development}
      |   ^^^
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
}


@pytest.mark.parametrize(("spec", "expected"), CASES.values(), ids=CASES)
def test_the_report_on_targets(spec: str, expected: str, tmp_path: Path) -> None:
    assert report(tmp_path, spec) == expected


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
