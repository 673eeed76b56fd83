"""What would be left behind, of a manifest that anybody wrote."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mlinfra.compile import compile_spec
from mlinfra.emit.platform import Place
from mlinfra.output.lost import lost
from mlinfra.output.manifest import ListedFile, ListedResource, read_manifest
from mlinfra.output.output import output

MINIMAL = (Path(__file__).parent.parent / "acceptance/compile_minimal/ml-platform.yaml").resolve()
ACCOUNTS = 12_000


def _resource(name: str, id: str, type: str) -> ListedResource:
    return ListedResource(
        address=f"storage_accounts.{name}",
        target="gone",
        type=type,
        name=name,
        id=id,
        unit="infra",
        file="gone/infra/main.bicep",
        because=None,
    )


def _file(path: str) -> ListedFile:
    return ListedFile(path=path, sha256="0" * 64, target="dev", sources=())


def test_contents_go_with_what_holds_them_however_many_there_are() -> None:
    result = compile_spec(MINIMAL, MINIMAL.parent, {}, ())
    place = Place(MINIMAL, MINIMAL.parent, MINIMAL.parent / "generated")
    manifest = read_manifest(output(result.header, result.plans, place, None).manifest)
    storage = "Microsoft.Storage/storageAccounts"
    container = f"{storage}/blobServices/containers"
    names = [f"a{number}" for number in range(ACCOUNTS)]
    accounts = [_resource(name, f"/Storage/{name}", storage) for name in names]
    inside = [_resource("x", f"/storage/{name}/blobServices/x", container) for name in names[:10]]
    alone = _resource("y", "/storage/a/blobServices/y", container)
    before = replace(manifest, resources=(*inside, *accounts, alone))
    found = lost(before, result.header, result.plans)["dev"]
    assert [item.address for item in found] == [f"storage_accounts.{name}" for name in (*names, "y")]


SPEC = """\
apiVersion: mlinfra/v1
platform: churn
location: westeurope
targets: {dev: {subscription: 11111111-1111-1111-1111-111111111111, mode: development}}
storage_accounts: {lake: {containers: {raw: {}}}}
"""


def _helps(folder: Path, before: str, after: str) -> set[str | None]:
    """What helps against each loss when a spec becomes another one."""
    spec = folder / "ml-platform.yaml"
    place = Place(spec, folder, folder / "generated")
    spec.write_text(before, encoding="utf-8")
    first = compile_spec(spec, folder, {})
    manifest = read_manifest(output(first.header, first.plans, place, None).manifest)
    spec.write_text(after, encoding="utf-8")
    second = compile_spec(spec, folder, {})
    return {item.help for found in lost(manifest, second.header, second.plans).values() for item in found}


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("platform: churn", "platform: loss", "{from: platform.churn, to: platform.loss}"),
        ("{dev:", "{test:", "{from: targets.dev, to: targets.test}"),
        ("{lake:", "{pond:", "{from: storage_accounts.lake, to: storage_accounts.pond}"),
        ("{raw:", "{new:", "{from: storage_accounts.lake.containers.raw, to: storage_accounts.lake.containers.new}"),
    ],
)
def test_what_was_renamed_is_kept_by_a_line_of_moved(old: str, new: str, line: str, tmp_path: Path) -> None:
    (help,) = _helps(tmp_path, SPEC, SPEC.replace(old, new))
    assert help is not None
    assert help.endswith(f", write at the top: moved: [{line}]")
    assert _helps(tmp_path, SPEC, f"{SPEC.replace(old, new)}moved: [{line}]\n") == set()


IN_BUNDLES = """\
apiVersion: mlinfra/v1
platform: churn
location: westeurope
targets: {dev: {subscription: 11111111-1111-1111-1111-111111111111, mode: development}}
databricks_workspaces: {main: {existing: true, azure_name: dbw, resource_group: rg}}
databricks_catalogs: {sales: {storage_root: "abfss://a@b.dfs.core.windows.net/"}}
"""
JOB = "databricks_jobs: {%s: {tasks: []}}\n"
MOVED = "moved: [{from: databricks_catalogs.orders, to: databricks_catalogs.sales}]\n"
ANEW = 'databricks_catalogs.sales would be deleted and made anew, empty: its key "%s" becomes "%s", as %s'
# What was there beside a catalog, what is, and what is said.
KEYS = {
    "a job of its name comes": (
        "",
        JOB % "sales",
        [ANEW % ("sales", "sales_catalogs", "databricks_jobs.sales has its name, too")],
    ),
    "a job of its name goes": (
        JOB % "sales",
        "",
        [ANEW % ("sales_catalogs", "sales", "no other entry has its name any more")],
    ),
    "a job of another name comes": ("", JOB % "refresh", []),
    "nothing changes": (JOB % "sales", JOB % "sales", []),
    "it was moved": ("", MOVED, []),
    "it was moved, and a job gets its name of before": (
        "",
        MOVED + JOB % "orders",
        [ANEW % ("orders", "orders_catalogs", "databricks_jobs.orders has its name, too")],
    ),
}


@pytest.mark.parametrize(("then", "now", "expected"), KEYS.values(), ids=KEYS)
def test_what_holds_data_and_gets_another_key_in_its_bundle_is_named(
    then: str, now: str, expected: list[str], tmp_path: Path
) -> None:
    spec = tmp_path / "ml-platform.yaml"
    spec.write_text(
        IN_BUNDLES.replace("sales: {", "orders: {") if "moved" in now else IN_BUNDLES + then, encoding="utf-8"
    )
    result = compile_spec(spec, tmp_path, {}, ())
    place = Place(spec, tmp_path, tmp_path / "generated")
    before = read_manifest(output(result.header, result.plans, place, None).manifest)
    of_others = (f"dev/databricks/main/platform/resources/{name}.yml" for name in ("sales", "catalogs/a/sales"))
    before = replace(before, files={**before.files, **{path: _file(path) for path in of_others}})
    spec.write_text(IN_BUNDLES + now, encoding="utf-8")
    result = compile_spec(spec, tmp_path, {}, ())
    found = [each for each in lost(before, result.header, result.plans)["dev"] if each.code.id == "MLI882"]
    assert [each.message for each in found] == expected


def test_a_key_is_compared_with_that_before_target_and_workspace_were_moved(tmp_path: Path) -> None:
    spec = tmp_path / "ml-platform.yaml"
    spec.write_text(IN_BUNDLES, encoding="utf-8")
    result = compile_spec(spec, tmp_path, {}, ())
    place = Place(spec, tmp_path, tmp_path / "generated")
    before = read_manifest(output(result.header, result.plans, place, None).manifest)
    moved = "{from: targets.dev, to: targets.test}, {from: databricks_workspaces.main, to: databricks_workspaces.lab}"
    now = IN_BUNDLES.replace("{dev: {", "{test: {").replace("{main: {", "{lab: {")
    for job, expected in ((JOB % "refresh", 0), (JOB % "sales", 1)):
        spec.write_text(f"{now}moved: [{moved}]\n{job}", encoding="utf-8")
        result = compile_spec(spec, tmp_path, {}, ())
        found = [each for each in lost(before, result.header, result.plans)["test"] if each.code.id == "MLI882"]
        assert len(found) == expected
