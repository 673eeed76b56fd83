"""What a newcomer reads of one mistake: one finding, whose advice is followed in one step and leads to a valid spec."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from mlinfra.cli import run

HUB = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/rg/providers/Microsoft.Network"
HEADER = """\
apiVersion: mlinfra/v1
platform: freight
location: northeurope
variables: {net: {type: string}}
targets:
  dev: {subscription: 11111111-1111-1111-1111-111111111111, mode: development, default: true, variables: {net: "10.40"}}
  test: {subscription: 11111111-1111-1111-1111-111111111112, mode: development, variables: {net: "10.41"}}
"""
PLATFORM = f"""\
{HEADER}network:
  inbound: private
  outbound: approved
  virtual_network: main
  endpoints_subnet: endpoints
  dns: {{zones: {{subscription: 33333333-3333-3333-3333-333333333333, resource_group: rg-dns}}}}
virtual_networks:
  hub:
    existing: true
    id: {HUB}/virtualNetworks/vnet-hub
  main:
    address_space: ["${{var.net}}.0.0/20"]
    peerings: {{hub: {{}}}}
    subnets:
      endpoints: {{address_prefix: "${{var.net}}.0.0/24"}}
      spare: {{address_prefix: "${{var.net}}.1.0/24"}}
storage_accounts:
  lake: {{hierarchical_namespace: true, containers: {{raw: {{}}}}}}
workspaces:
  main: {{}}
components:
  prep: {{type: command, command: python -c 1, environment: train}}
environments:
  train: {{image: mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04:20260715.v1}}
datastores:
  raw: {{type: azure_data_lake_gen2, account_name: lake, filesystem: raw}}
"""
ARCHIVE = "  archive: {containers: {old: {}}}\n"
# mistake: what is written, what stands there instead, the code, its help; and what following that makes of the spec
FOLLOWED = {
    "forgot that it exists": (
        "    existing: true\n", "", "MLI454", "add existing: true", ("  hub:\n", "  hub:\n    existing: true\n"),
    ),
    "a subnet too small for endpoints": (
        '"${var.net}.0.0/24"', '"${var.net}.0.0/29"', "MLI365",
        'write "${var.net}.0.0/28", which is free', ('"${var.net}.0.0/29"', '"${var.net}.0.0/28"'),
    ),
    "a subnet outside of its network": (
        '"${var.net}.1.0/24"', '"10.99.1.0/24"', "MLI371", 'write "${var.net}.1.0/24", which is free',
        ('"10.99.1.0/24"', '"${var.net}.1.0/24"'),
    ),
    "two subnets in one range": (
        '"${var.net}.1.0/24"', '"${var.net}.0.0/25"', "MLI371", 'write "${var.net}.1.0/25", which is free',
        ('"${var.net}.0.0/25"', '"${var.net}.1.0/25"'),
    ),
    "a subnet without a range": (
        'spare: {address_prefix: "${var.net}.1.0/24"}', "spare: {}", "MLI371",
        'add address_prefix: "${var.net}.1.0/24"',
        ("spare: {}", 'spare: {address_prefix: "${var.net}.1.0/24"}'),
    ),
    "a section twice": (
        "workspaces:\n", f"storage_accounts:\n{ARCHIVE}workspaces:\n", "MLI109",
        'move archive under the first "storage_accounts", and delete this one',
        (f"storage_accounts:\n{ARCHIVE}", ARCHIVE),
    ),
    "a component by a name that is none of Python's": (
        "  prep: {", "  prep-it: {", "MLI310",
        "write azure_name: prep_it in it, or name it prep_it there and wherever it is named",
        ("  prep-it: {", "  prep-it: {azure_name: prep_it, "),
    ),
    "a long platform without a short form": (
        "platform: freight\n", "platform: nordfreight\n", "MLI202",
        "add short: nordfrei, or other 2 to 8 lower-case letters and digits, for names with tight limits",
        ("platform: nordfreight\n", "platform: nordfreight\nshort: nord\n"),
    ),
    "an override of an entry without its section": (
        'variables: {net: "10.41"}}', 'variables: {net: "10.41"}, overrides: {lake: {sku: Standard_ZRS}}}', "MLI230",
        "write storage_accounts: {lake: …}",
        ("overrides: {lake: {sku: Standard_ZRS}}", "overrides: {storage_accounts: {lake: {sku: Standard_ZRS}}}"),
    ),
    "a workspace with a long name": (
        "  main: {}\ncomp", "  production-models: {}\ncomp", "MLI310",
        "name workspaces.production-models with at most 3 characters", ("  production-models: {}", "  mdl: {}"),
    ),
}  # fmt: skip


SERVE = """\
environments:
  score: {image: "mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04:20260715.v1", conda_file: envs/score.yml}
online_endpoints:
  fares:
    auth_mode: aad_token
    deployments:
      main:
        model: azureml:fares:1
        environment: score
        instance_type: Standard_D4as_v4
        instance_count: 1
        code_configuration: {code: ../src, scoring_script: main.py}
"""
INFO = "asks for nothing"


def _said(folder: Path, text: str, capsys: pytest.CaptureFixture[str]) -> list[tuple[str, str]]:
    """The code and the help of each error and warning."""
    (folder / "ml-platform.yaml").write_text(text, encoding="utf-8")
    run(["validate", "-f", str(folder / "ml-platform.yaml")])
    said: list[tuple[str, str]] = []
    for line in capsys.readouterr().err.splitlines():
        if head := re.match(r"\S.*? (error|warning|info)\[(MLI\d{3})\]: ", line):
            said.append((head[2], "" if head[1] != "info" else INFO))
        elif line.startswith("   help: ") and said[-1][1] != INFO:
            said[-1] = (said[-1][0], line.removeprefix("   help: "))
    return [each for each in said if each[1] != INFO]


@pytest.mark.parametrize("name", FOLLOWED)
def test_one_mistake_is_one_finding_whose_advice_is_enough(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    right, wrong, code, help, step = FOLLOWED[name]
    (tmp_path / ".git").mkdir()
    assert PLATFORM.count(right) == 1
    assert _said(tmp_path, PLATFORM, capsys) == []
    mistaken = PLATFORM.replace(right, wrong)
    found = _said(tmp_path, mistaken, capsys)
    assert set(found) == {(code, help)}
    assert len(found) == 1 or code in ("MLI371", "MLI365")  # of each target, as each has ranges of its own
    assert mistaken.count(step[0]) == 1
    assert _said(tmp_path, mistaken.replace(*step), capsys) == []


def test_what_only_the_second_of_two_sections_holds_is_known_to_all(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / ".git").mkdir()
    twice = PLATFORM + "  old: {type: azure_blob, account_name: archive, container_name: old}\n"
    twice += "storage_accounts:\n  archive: {containers: {old: {}}}\n"
    assert [code for code, _ in _said(tmp_path, twice, capsys)] == ["MLI109"]


def test_entries_that_say_no_workspace_are_not_said_to_be_of_another_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / ".git").mkdir()
    two = PLATFORM.replace("workspaces:\n", "workspaces:\n  lab: {}\n")
    two = (
        two.replace("  prep: {type", "  prep: {workspace: main, type") + "data: {d: {workspace: lab, type: uri_folder, "
    )
    two += "path: azureml://datastores/raw/paths/x/}}\n"
    assert [code for code, _ in _said(tmp_path, two, capsys) if code == "MLI327"] == []


def test_path_script_and_requirements_that_were_meant(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / ".git").mkdir()
    for name, text in {
        "parts/serve.yaml": SERVE,
        "src/score.py": "def init():\n    pass\n\n\ndef run(data):\n    pass\n",
        "src/train.py": "",
        "envs/score.yml": "channels: [nodefaults]\ndependencies: [{pip: [azureml-inference-server-http==1.5.1]}]\n",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    text = HEADER + "include: [parts/*.yaml]\nworkspaces: {main: {}}\n"
    assert [help for code, help in _said(tmp_path, text, capsys) if code == "MLI330"] == [
        "write ../envs/score.yml: paths count from the folder of the file in which they stand",
        "write score.py, which has init and run",
    ]
    assert [help for code, help in _said(tmp_path, text.replace("[parts", "[part"), capsys) if code == "MLI119"] == [
        'did you mean "parts"? There is no folder "part"'
    ]


def test_files_that_git_does_not_track_are_one_finding_with_one_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    job = "  {0}: {{type: command, command: python a.py, code: {0}, environment: 'azureml:e:1', compute: cpu}}\n"
    text = f"{HEADER}workspaces: {{main: {{}}}}\ncompute_clusters: {{cpu: {{size: Standard_D4ds_v4}}}}\n"
    text += "jobs:\n" + job.format("one") + job.format("two")
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.py").write_text("1\n", encoding="utf-8")
    assert [each for each in _said(tmp_path, text, capsys) if each[0] == "MLI324"] == [
        ("MLI324", "git add one two; or name in .gitignore what is only for this machine")
    ]
    subprocess.run(["git", "-C", str(tmp_path), "add", "one", "two"], check=True)
    assert [each for each in _said(tmp_path, text, capsys) if each[0] == "MLI324"] == []
