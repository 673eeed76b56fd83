"""`$${` is a literal `${` wherever a text may stand, up to what leaves the compiler."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from mlinfra.cli import run
from tests.source.report import HEADER, report
from tests.spec import HEADER as ONE_TARGET
from tests.spec import found

SPEC = """\
apiVersion: mlinfra/v1
platform: churn
location: westeurope
owner: "$${own}"
tags: {"$${k}": "$${{v}}"}
targets:
  dev:
    subscription: 11111111-1111-1111-1111-111111111111
    mode: development
    tags: {"t$${": "u$${"}
    overrides: {workspaces: {main: {tags: {"$${o}": "$${p}"}}}}
variables:
  x: {type: string, default: "$${x}"}
  m: {type: map, default: {"$${a}": "$${b}"}}
include: [more.yaml]
workspaces:
  main:
    description: a$${b} ${var.x}
    tags: {"$${k}": "$${v}", "$$${x}": "$$${y}", "a$${{b}}c": "$${{c}}"}
compute_clusters:
  cpu: {size: Standard_D4ds_v4, max_instances: 1, tags: "${var.m}"}
"""
INCLUDED = """\
data:
  a: {type: uri_file, path: "https://example.com/a.csv", tags: {"$${k}": "$${v} ${workspaces.main.name}"}}
jobs:
  t:
    type: command
    command: echo $${HOME} $$HOME
    environment: azureml://registries/azureml/environments/sklearn-1.5/versions/1
    compute: cpu
    environment_variables: {"$${E}": "$${F}"}
"""


WRONG = {
    "data: {d: {type: 'uri$${x}', path: 'azureml://datastores/workspaceblobstore/paths/x'}}": '"uri${x}"',
    "compute_clusters: {cpu: {size: Standard_D4ds_v4, max_instances: '1$${x}'}}": '"1${x}"',
    "key_vaults: {kv: {sku: 'a$${x}'}}": '"a${x}"',
    "key_vaults: {kv: {azure_name: 'a$${x}'}}": '"a${x}"',
    "key_vaults: {kv: {existing: true, azure_name: vault-a, resource_group: 'a/$${x}'}}": '"a/${x}"',
    "workspaces: {other: {location: 'a$${x}'}}": '"a${x}"',
}


@pytest.mark.parametrize(("text", "quoted"), WRONG.items(), ids=WRONG)
def test_what_is_wrong_with_a_literal_quotes_it_as_it_is_meant(text: str, quoted: str, tmp_path: Path) -> None:
    workspace = "" if text.startswith("workspaces") else "workspaces: {main: {}}\n"
    (message,) = [
        item.message for item in found(tmp_path, f"{ONE_TARGET}{workspace}{text}\n") if item.severity == "error"
    ]
    assert quoted in message
    assert "u0000" not in message


def test_a_literal_comes_out_of_keys_and_values(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "ml-platform.yaml").write_text(SPEC, encoding="utf-8")
    (tmp_path / "more.yaml").write_text(INCLUDED, encoding="utf-8")
    assert run(["compile", "-q", "-f", str(tmp_path)]) == 0
    out = tmp_path / "generated"
    texts = {path.relative_to(out).as_posix(): path.read_bytes().decode() for path in out.rglob("*") if path.is_file()}
    # the same whatever the spec holds; they take NUL out of what services say
    assert "\0" not in texts.pop("scripts/lib.sh") + texts.pop("scripts/models.py", "")
    assert [name for name, text in texts.items() if "\0" in text or "\\u0000" in text or "\\x00" in text] == []
    job = yaml.safe_load(texts["dev/azureml/jobs/t.yml"])
    assert (job["command"], job["environment_variables"]) == ("echo ${HOME} $$HOME", {"${E}": "${F}"})
    (data,) = yaml.safe_load(texts["dev/azureml/data/a.yml"])["tags"].items()
    assert data[0] == "${k}"
    assert data[1].startswith("${v} mlw-")
    assert lines_with(texts["dev/infra/workspace.bicep"], "\\${") == [
        r"'\${k}': '\${v}'",
        r"'$\${x}': '$\${y}'",
        r"'a\${{b}}c': '\${{c}}'",
        r"'\${o}': '\${p}'",
        r"description: 'a\${b} \${x}'",
    ]
    assert lines_with(texts["dev/infra/compute.bicep"], "\\${") == [r"'\${a}': '\${b}'"]
    assert lines_with(texts["dev/infra/main.bicep"], "\\${") == [r"'\${k}': '\${{v}}'", r"'t\${': 'u\${'"]
    assert r"\${own} · made from" in texts["README.md"]


def lines_with(text: str, part: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if part in line]


@pytest.mark.parametrize("key", ["${var.x}", "a ${target.name}", "${{inputs.x}}", "$${a} ${b"])
def test_a_key_takes_no_expression(key: str, tmp_path: Path) -> None:
    literal = key.replace("$${", "${").replace("${", "$${")
    assert report(tmp_path, f'{HEADER}workspaces:\n  main:\n    tags:\n      "{key}": a\n') == (
        f"""\
ml-platform.yaml:13:7: error[MLI136]: "{key}" is a key, which takes no expression
   13 |       "{key}": a
      |       {"^" * (len(key) + 2)}
   help: write the key itself; if ${{ is meant, write "{literal}"
1 error
"""
    )


@pytest.mark.parametrize("header", ['tags: {"${var.x}": a}', 'tags: {a: "${var.x}"}', 'owner: "$${a} ${b}"'])
def test_the_header_takes_no_expression(header: str, tmp_path: Path) -> None:
    said = report(tmp_path, f"{HEADER}{header}\n").splitlines()
    assert said[0].partition("error")[2].partition(" ")[0] == "[MLI205]:"
    assert said[0].endswith("can't hold an expression")


def test_a_message_shows_a_literal_as_it_is_meant(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "ml-platform.yaml").write_text(f"{ONE_TARGET}workspaces:\n  main: {{hbi_workspace: $${{x}}}}\n")
    assert run(["validate", "-f", str(tmp_path)]) == 1
    said = capsys.readouterr().err
    assert "␀" not in said
    assert "\0" not in said
