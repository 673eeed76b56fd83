"""The title and the first finding of comments on the examples: what happens, and by which line."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from mlinfra.cli import run
from mlinfra.differ.as_markdown import MAX_BYTES
from tests.differ.edits import copied
from tests.repository.repositories import committed


class Edited(NamedTuple):
    example: str
    old: str
    new: str
    title: str
    finding: str  # the heading of the first
    line: str  # of the spec, that is quoted below it as it is now, or was, or what stands in that place


CASES = {
    "what Azure takes, and may open more": Edited(
        "bank",
        "next_hop: 10.0.0.4",
        "next_hop: 10.0.9.9",
        "🛑 Decide first · bank: `route_tables.inspected` may open more in dev, test, prod and common",
        "`route_tables.inspected` · not known whether it opens more · opens",
        "    routes: {default: {address_prefix: 0.0.0.0/0, next_hop: 10.0.9.9}}",
    ),
    "an item that leaves a variable": Edited(
        "circuits",
        "debrecen, evora]",
        "debrecen]",
        "⚠️ Look · circuits: `batch_endpoints.evora` leaves the spec, and stays in Azure in dev and prod, and 5 more",
        "`batch_endpoints.evora`, `data.evora`, `models.evora` · left behind",
        "  plants: {type: list, default: [aachen, brno, cork, debrecen], description: Each has boards and a model of "
        "its own}",
    ),
    "an item that joins a list": Edited(
        "lakehouse",
        "for_each: [landing, features, ml]",
        "for_each: [landing, features, ml, extra]",
        "lakehouse: `databricks_schemas.extra` is made in dev, test and prod",
        "`databricks_schemas.extra` · made",
        "  ${each.key}: {for_each: [landing, features, ml, extra], catalog_name: main}",
    ),
    "what a bundle can't take": Edited(
        "lakehouse",
        "storage_root: managed",
        "storage_root: curated",
        "🛑 Decide first · lakehouse: the deployment stops, as it would delete `databricks_catalogs.main` with its "
        "data in dev, test and prod",
        "`databricks_catalogs.main` · refused · lost only if it is deleted to be made anew",
        "  main: {storage_root: curated} # a metastore that the service made has no storage of its own",
    ),
    "a line that makes all anew": Edited(
        "bank",
        "location: westeurope",
        "location: northeurope",
        "🛑 Decide first · bank: `registries.models` may lose data in common, and 76 more",
        "`registries.models` · lost · refused · not known",
        "location: northeurope",
    ),
    "a line with which much opens and little is in doubt": Edited(
        "bank",
        "inbound: private",
        "inbound: public",
        "🛑 Decide first · bank: a change of `compute_clusters.edge` is ignored in dev, test and "
        "prod, and 19 more, of which 15 open to more",
        "`compute_clusters.edge` · ignored · opens · stands still only if it is deleted to be made anew",
        "  inbound: public",
    ),
    "a role that leaves, where less is closed than stays granted": Edited(
        "lakehouse",
        "    name: lakehouse-scientists\n    role: data_scientist\n",
        "    name: lakehouse-scientists\n    role: data_scientist\n    targets: [dev, test]\n",
        "⚠️ Look · lakehouse: `databricks_cluster_policies.data-scientists` leaves the spec, and stays in Azure in "
        "prod, and 5 more",
        "`databricks_cluster_policies.data-scientists` · left behind",
        "  main: {virtual_network: main, host_subnet: host, container_subnet: container}",
    ),
}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    names = sorted({case.example for case in CASES.values()})
    return committed(copied(tmp_path_factory.mktemp("examples"), *names))


@pytest.mark.parametrize("name", CASES)
def test_a_comment_begins_with_what_happens_and_its_line(
    name: str, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = CASES[name]
    spec = root / "specs" / case.example / "ml-platform.yaml"
    before = spec.read_text(encoding="utf-8")
    assert case.old in before
    after = before.replace(case.old, case.new, 1)
    spec.write_text(after, encoding="utf-8")
    try:
        run(["-q", "diff", "-f", str(spec), "--against", "HEAD", "-o", "markdown"])
    finally:
        spec.write_text(before, encoding="utf-8")
    page = capsys.readouterr().out
    assert len(page.encode()) <= MAX_BYTES
    assert page.partition("\n<details>")[0].count("\n") <= 58
    lines = page.splitlines()
    place = next(number for number, line in enumerate(lines) if line.startswith("#### 1 · "))
    where, _, _ = lines[place + 1].partition(" · ")
    line = (before if where.endswith(" removed") else after).splitlines().index(case.line) + 1
    assert lines[2] == f"### {case.title}"
    assert lines[place] == f"#### 1 · {case.finding}"
    assert where.removesuffix(" removed") == f"`specs/{case.example}/ml-platform.yaml:{line}`"
