"""An output that mlinfra did not write is reported, and is neither compared nor followed into a traceback or a hang."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from itertools import cycle
from pathlib import Path

import pytest

from mlinfra.cli import run
from mlinfra.output.manifest import sha256
from tests.differ.edits import compiled
from tests.limits import limited_time

SPEC = """apiVersion: mlinfra/v1
platform: shop
location: westeurope
targets:
  dev: {subscription: 11111111-1111-1111-1111-111111111111, mode: development}
network: {inbound: public, outbound: approved, allowed_ips: [203.0.113.0/24]}
storage_accounts: {lake: {containers: {raw: {}}}}
workspaces: {main: {}}
compute_clusters: {cpu: {size: Standard_D4ds_v4, max_instances: 2}}
datastores: {raw: {type: azure_blob, account_name: lake, container_name: raw}}
principals:
  team: {object_id: 33333333-3333-3333-3333-333333333333, type: group, role: data_scientist}
virtual_networks: {net: {address_space: [10.0.0.0/16], subnets: {a: {address_prefix: 10.0.1.0/24}}}}
network_security_groups: {gates: {rules: {shut: {priority: 4096, direction: outbound, access: deny}}}}
jobs:
  count:
    type: command
    command: echo a
    environment: azureml://registries/azureml/environments/sklearn-1.5/versions/20
    compute: cpu
databricks_workspaces: {bricks: {}}
databricks_catalogs: {sales: {storage_root: "abfss://raw@x.dfs.core.windows.net"}}
databricks_schemas: {gold: {catalog_name: sales}}
"""
DOUBLED, STEPS = "'${p%d}${p%d}'", 40
WRONG_VALUES = ("5", "'x'", "true", "[\n  5\n]", "[\n  [\n    'x'\n  ]\n]", "{\n  a: 5\n}")


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return compiled(tmp_path_factory.mktemp("shop"), SPEC)


def _said(root: Path, capsys: pytest.CaptureFixture[str], path: str, change: Callable[[str], str]) -> str:
    """What `diff` says where a file of the output is another one, which the manifest has as its own."""
    file, manifest = root / "generated" / path, root / "generated/manifest.json"
    before, listed = file.read_text(), manifest.read_text()
    changed = change(before)
    assert changed != before
    try:
        file.write_text(changed)
        manifest.write_text(listed.replace(sha256(before.encode()), sha256(changed.encode())))
        capsys.readouterr()
        with limited_time(20, 90):
            code = run(["diff", "-f", str(root)])
        said = capsys.readouterr()
        assert code in (0, 2, 3), said.err
        return said.out + said.err
    finally:
        file.write_text(before)
        manifest.write_text(listed)


def _bomb() -> str:
    levels = (f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]\n" for level in range(1, 12))
    return "a0: &a0 [x]\n" + "".join(levels)


@pytest.mark.parametrize(
    "more",
    [
        pytest.param(_bomb(), id="aliases of aliases"),
        pytest.param(f"a: {'9' * 5000}\n", id="a number of 5,000 digits"),
        pytest.param(f"a: {'[' * 9000}{']' * 9000}\n", id="9,000 levels"),
        pytest.param("a: !!timestamp 2026-99-99\n", id="a day that is none"),
        pytest.param("a: !!python/name:os.system\n", id="an object of Python"),
        pytest.param("? [a, b]\n: c\n", id="a list as a key"),
    ],
)
def test_yaml_that_mlinfra_does_not_write_is_not_compared(
    repository: Path, capsys: pytest.CaptureFixture[str], more: str
) -> None:
    path = "dev/azureml/jobs/count.yml"
    assert f"Error: {path}: mlinfra writes no such YAML\n" in _said(repository, capsys, path, lambda text: text + more)


@pytest.mark.parametrize("body", ["resources: x\n", "resources: [x]\n", "resources: {schemas: [x]}\n", "[]\n", "5\n"])
def test_a_bundle_of_another_shape_is_no_traceback(
    repository: Path, capsys: pytest.CaptureFixture[str], body: str
) -> None:
    (path,) = (repository / "generated").glob("dev/databricks/*/*/resources/schemas/gold.yml")
    _said(repository, capsys, path.relative_to(repository / "generated").as_posix(), lambda text: body)


def test_references_that_grow_are_not_followed(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (path,) = (repository / "generated").glob("dev/databricks/*/*/resources/schemas/gold.yml")
    more = f"      comment: {'${resources.schemas.gold.comment}' * 1000}\n"
    said = _said(
        repository,
        capsys,
        path.relative_to(repository / "generated").as_posix(),
        lambda text: text.replace("      name:", f"{more}      name:", 1),
    )
    assert "its references grow beyond what mlinfra writes" in said


def _with_parameters(text: str, first: str, doubled: str) -> str:
    """A file whose location is a parameter that names the one before twice, and so on."""
    values = [first, *(doubled.replace("%d", str(step)) for step in range(STEPS))]
    params = "".join(f"@description('x')\nparam p{step} string = {value}\n\n" for step, value in enumerate(values))
    start = text.index("@description(")
    return text[:start] + params + text[start:].replace("location: location", f"location: p{STEPS}", 1)


@pytest.mark.parametrize(
    ("first", "doubled"),
    [
        pytest.param("'xxxxxxxx'", DOUBLED, id="long texts"),
        pytest.param("''", DOUBLED, id="empty texts"),
        pytest.param("[]", "[\n  p%d\n  p%d\n]", id="lists"),
        pytest.param(f"p{STEPS}", "p%d", id="a circle"),
    ],
)
def test_parameters_that_grow_are_not_followed(
    repository: Path, capsys: pytest.CaptureFixture[str], first: str, doubled: str
) -> None:
    said = _said(repository, capsys, "dev/infra/storage.bicep", lambda text: _with_parameters(text, first, doubled))
    assert re.search("^Error: (dev/infra holds Bicep that|the output holds values that)", said, re.MULTILINE)


_FIELD = r"^(?P<indent> +){}: (?:[{{\[]\n(?:(?P=indent) .*\n|\n)*(?P=indent)[}}\]]|[^{{\[\n][^\n]*)$"


def _with_value(text: str, key: str, value: str) -> str:
    """A file in which every field of this name has another value, printed as the printer does it."""
    pattern = re.compile(_FIELD.format(key), re.MULTILINE)
    return pattern.sub(
        lambda found: f"{found['indent']}{key}: {value.replace(chr(10), chr(10) + found['indent'])}", text
    )


@pytest.mark.parametrize("file", ["foundation", "storage", "workspace"])
def test_a_value_of_another_type_in_any_field_is_no_traceback(
    repository: Path, capsys: pytest.CaptureFixture[str], file: str
) -> None:
    path = f"dev/infra/{file}.bicep"
    written = (repository / "generated" / path).read_text()
    keys = sorted(set(re.findall(r"^ +(\w+): ", written, re.MULTILINE)))
    ways = [
        (key, value) for key, value in zip(keys, cycle(WRONG_VALUES)) if _with_value(written, key, value) != written
    ]
    assert len(ways) > max(5, len(keys) / 2)
    for key, value in ways:
        _said(repository, capsys, path, partial(_with_value, key=key, value=value))
