"""Who is asked before pipelines change a target: what a spec may say, and what is said of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from mlinfra.compile import compile_spec
from mlinfra.rules.approvals import APPROVAL_RULES
from tests.pipelines.platforms import pipelines, repository

HEADER = """\
apiVersion: mlinfra/v1
platform: shop
owner: ml@contoso.com
location: westeurope
network: {inbound: public, allowed_ips: [203.0.113.0/24]}
targets:
  dev: {subscription: 11111111-1111-1111-1111-111111111111, mode: development%s}
  prod: {subscription: 22222222-2222-2222-2222-222222222222, mode: production, promote_from: dev%s}
"""
PIPELINES = pipelines(["dev", "prod"])
RELEASE = "principals:\n  release: {role: approver, type: user, mail: release@contoso.com%s}\n"
DESK = "  desk: {role: approver, type: group, mail: desk@contoso.com, targets: [prod]}\n"
READER = "  reader: {role: reader, object_id: 33333333-3333-3333-3333-333333333333}\n"
CODES = {code.id for rule in APPROVAL_RULES for code in rule.codes}

# what stands behind dev and prod, and below the targets; what is said
CASES: Mapping[str, tuple[str, str, str, str]] = {
    "an approver everywhere": ("", "", RELEASE % "" + PIPELINES, ""),
    "none in production": (
        "",
        "",
        PIPELINES,
        """\
8:3 MLI560 target prod has no approver, so its pipelines could ask nobody
  help: write `principals:`, and in the line below it `  release: {role: approver, type: user, mail: \
release@contoso.com, targets: [prod]}` with the mail of who decides
""",
    ),
    "none, and no connections either": (
        "",
        "",
        "pipelines: {pool: {name: agents}, install: {source: tools/mlinfra, requirements: tools/all.txt}}\n",
        """\
8:3 MLI560 target prod has no approver, so its pipelines could ask nobody
  help: write `principals:`, and in the line below it `  release: {role: approver, type: user, mail: \
release@contoso.com, targets: [prod]}` with the mail of who decides
""",
    ),
    "none without pipelines": ("", "", "", ""),
    "one whose own body is wrong": (
        "",
        ", approval: {by: [release]}",
        "principals: {release: {type: group, mail: desk@contoso.com}}\n" + PIPELINES,
        "",
    ),
    "one in development only": (
        "",
        "",
        RELEASE % ", targets: [dev]" + PIPELINES,
        """\
8:3 MLI560 target prod has no approver, so its pipelines could ask nobody
  help: add to principals `release: {role: approver, type: user, mail: release@contoso.com, targets: [prod]}` with the \
mail of who decides
""",
    ),
    "asked for in development, where none is": (
        ", approval: {}",
        "",
        RELEASE % ", targets: [prod]" + PIPELINES,
        """\
7:3 MLI560 target dev has no approver, so its pipelines could ask nobody
  help: add to principals `release: {role: approver, type: user, mail: release@contoso.com, targets: [dev]}` with the \
mail of who decides
""",
    ),
    "none in two targets": (
        ", approval: {}",
        "",
        PIPELINES,
        """\
7:3 MLI560 targets dev, prod have no approver, so their pipelines could ask nobody
  help: write `principals:`, and in the line below it `  release: {role: approver, type: user, mail: \
release@contoso.com, targets: [dev, prod]}` with the mail of who decides
""",
    ),
    "names that stand for nobody": (
        ", approval: {by: [desk]}",
        ", approval: {by: [reader, relese]}",
        RELEASE % "" + DESK + READER + PIPELINES,
        """\
7:96 MLI561 principals "desk" is not defined in dev
  help: Defined: release
8:115 MLI561 principals.reader has the role reader, which approves nothing
  help: name an entry with role: approver
8:123 MLI561 principals "relese" is not defined in prod
  help: did you mean "release"? Defined: desk, release
""",
    ),
    "as many as there are": ("", ", approval: {at_least: 2}", RELEASE % "" + DESK + PIPELINES, ""),
    "one's own in production": (
        ", approval: {own: true}",
        ", approval: {own: true}",
        RELEASE % "" + PIPELINES,
        """\
8:115 MLI848 who starts a run may approve it for prod without anybody else
  help: leave own out, or write at_least: 2
""",
    ),
    "one's own beside another's": ("", ", approval: {own: true, at_least: 2}", RELEASE % "" + DESK + PIPELINES, ""),
    "more than are named": (
        "",
        ", approval: {by: [desk], at_least: 2}",
        RELEASE % "" + DESK + PIPELINES,
        """\
8:132 MLI562 prod wants 2 approvers and has 1: desk
  help: a group counts as one, however many are in it
""",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_said_of_approvals(case: str) -> None:
    dev, prod, below, expected = CASES[case]
    with repository() as root:
        assert _said(root, HEADER % (dev, prod) + below) == expected


def _said(root: Path, text: str) -> str:
    folder = root / "specs" / "shop"
    folder.mkdir(parents=True)
    (folder / "ml-platform.yaml").write_text(text, encoding="utf-8")
    found = {
        one: None
        for each in compile_spec(folder / "ml-platform.yaml", root, {}).diagnostics.values()
        for one in each
        if one.code.id in CODES
    }
    return "".join(
        f"{one.span.line}:{one.span.column} {one.code.id} {one.message}\n"
        + (f"  help: {one.help}\n" if one.help else "")
        for one in found
    )
