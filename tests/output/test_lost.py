"""What would be left behind, of a manifest that anybody wrote."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from mlinfra.compile import compile_spec
from mlinfra.emit.platform import Place
from mlinfra.output.lost import lost
from mlinfra.output.manifest import ListedResource, read_manifest
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
