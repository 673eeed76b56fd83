"""What was renamed keeps its names on Azure: everything that a platform becomes is the same, before and after."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from mlinfra.compile import Compiled, compile_spec
from mlinfra.emit.platform import Place, emit
from tests.core.cases import Wrong, told
from tests.spec import HEADER, compiled

TWO = """\
apiVersion: mlinfra/v1
platform: churn
location: westeurope
targets:
  dev: {subscription: 11111111-1111-1111-1111-111111111111, mode: development}
  prod: {subscription: 22222222-2222-2222-2222-222222222222, mode: production, promote_from: dev}
network: {inbound: public, outbound: approved}
"""
WHOLE = """\
workspaces: {lab: {}}
storage_accounts: {lake: {hierarchical_namespace: true, containers: {raw: {}}}}
datastores: {raw: {type: azure_data_lake_gen2, account_name: lake, filesystem: raw}}
data: {rows: {type: uri_folder, path: azureml://datastores/raw/paths/rows/}}
environments: {tools: {image: contoso.example/a:1}}
compute_clusters: {cpu: {size: Standard_D4ds_v5}}
compute_instances:
  desk: {size: Standard_D4ds_v5, create_on_behalf_of: lead, idle_time_before_shutdown_minutes: 60}
principals: {lead: {object_id: 44444444-4444-4444-4444-444444444444, type: user, role: data_scientist}}
jobs:
  fit:
    type: command
    command: cat ${{inputs.rows}} > ${{outputs.model}}
    environment: tools
    compute: cpu
    inputs: {rows: {type: uri_folder, path: rows}}
    outputs: {model: {type: mlflow_model}}
models: {best: {from_job: fit, output: model}}
online_endpoints:
  ask: {auth_mode: aad_token, deployments: {blue: {model: best, instance_type: Standard_D4as_v4, instance_count: 3}}}
"""


class Renamed(NamedTuple):
    """Words of the text, with what takes their place, and the lines of `moved`: from and to."""

    what: str
    words: Mapping[str, str]
    moved: tuple[str, ...]

    @property
    def lines(self) -> str:
        pairs = (line.split() for line in self.moved)
        return f"moved: [{', '.join(f'{{from: {former}, to: {address}}}' for former, address in pairs)}]\n"


LAB = {"workspaces: {lab": "workspaces: {main"}
POND = {
    "{lake:": "{pond:",
    "account_name: lake": "account_name: pond",
    "raw: {}": "new: {}",
    "filesystem: raw": "filesystem: new",
}
RENAMED = (
    Renamed("a workspace, and what it owns", LAB, ("workspaces.lab workspaces.main",)),
    Renamed("in a chain", LAB, ("workspaces.room workspaces.main", "workspaces.lab workspaces.room")),
    Renamed(
        "an account, and a container of it",
        POND,
        (
            "storage_accounts.lake storage_accounts.pond",
            "storage_accounts.lake.containers.raw storage_accounts.pond.containers.new",
        ),
    ),
    Renamed(
        "a container, by the account's new name",
        POND,
        (
            "storage_accounts.pond.containers.raw storage_accounts.pond.containers.new",
            "storage_accounts.lake storage_accounts.pond",
        ),
    ),
    Renamed(
        "a datastore, an environment and data",
        {
            "raw: {type": "first: {type",
            "datastores/raw": "datastores/first",
            "tools": "kit",
            "rows: {type: uri_folder, path: azure": "lines: {type: uri_folder, path: azure",
            "path: rows": "path: lines",
        },
        ("datastores.raw datastores.first", "environments.tools environments.kit", "data.rows data.lines"),
    ),
    Renamed(
        "computes",
        {"cpu": "small", "desk": "bench"},
        ("compute_clusters.cpu compute_clusters.small", "compute_instances.desk compute_instances.bench"),
    ),
    Renamed(
        "an endpoint, its deployment and a model",
        {"ask": "answer", "blue": "green", "best": "better"},
        (
            "online_endpoints.ask online_endpoints.answer",
            "online_endpoints.ask.deployments.blue online_endpoints.answer.deployments.green",
            "models.best models.better",
        ),
    ),
    Renamed("the platform", {"platform: churn": "platform: retention"}, ("platform.churn platform.retention",)),
    Renamed(
        "targets",
        {"dev: {": "test: {", "from: dev": "from: test", "prod: {": "live: {"},
        ("targets.dev targets.test", "targets.prod targets.live"),
    ),
)


def on_azure(found: Compiled) -> list[tuple[str, ...]]:
    """The ids of everything that is deployed, and the names and contents of all that is registered, by target."""
    made: list[tuple[str, ...]] = []
    for plan in found.plans:
        place = plan.graph.target.lasting_name
        made += ((place, planned.id) for planned in plan.resources)
        made += ((place, entry.azure_name, str(entry.id)) for entry in plan.graph.entries.values() if entry.azure_name)
        contents = plan.graph.contents.items()
        made += ((place, content.hash) for address, content in contents if "endpoints" not in address.split(".")[-2])
    return sorted(made)


def renamed(text: str, words: Mapping[str, str]) -> str:
    for old, new in words.items():
        assert old in text
        text = text.replace(old, new)
    return text


@pytest.mark.parametrize("case", RENAMED, ids=[case.what for case in RENAMED])
def test_what_was_renamed_is_the_same_on_azure(case: Renamed, tmp_path: Path) -> None:
    for folder in ("before", "after"):
        (tmp_path / folder).mkdir()
    before = on_azure(compiled(tmp_path / "before", TWO + WHOLE))
    text = renamed(TWO + WHOLE, case.words)
    assert on_azure(compiled(tmp_path / "after", text + case.lines)) == before
    assert on_azure(compiled(tmp_path / "after", text)) != before


def test_what_is_written_over_what_would_be_derived_moves_with_its_owner(tmp_path: Path) -> None:
    text = "workspaces: {main: {}}\nkey_vaults: {main: {sku: premium}}\n"
    text += "moved: [{from: workspaces.lab, to: workspaces.main}]\n"
    (plan,) = compiled(tmp_path, HEADER + text).plans
    assert plan.graph.entries["key_vaults.main"].azure_name == "kv-churn-dev-lab-yf3g"


def test_what_was_derived_may_be_moved_by_itself(tmp_path: Path) -> None:
    text = "workspaces: {main: {}}\nmoved: [{from: key_vaults.lab, to: key_vaults.main}]\n"
    (plan,) = compiled(tmp_path, HEADER + text).plans
    assert plan.graph.entries["key_vaults.main"].azure_name == "kv-churn-dev-lab-yf3g"
    assert plan.graph.entries["workspaces.main"].azure_name == "mlw-churn-dev"


def test_an_azure_name_goes_before_the_old_one(tmp_path: Path) -> None:
    text = "key_vaults: {b: {azure_name: kv-own}}\nmoved: [{from: key_vaults.a, to: key_vaults.b}]\n"
    (plan,) = compiled(tmp_path, HEADER + text).plans
    assert plan.graph.entries["key_vaults.b"].azure_name == "kv-own"


VAULT = "key_vaults: {b: {}}\n"
WRONG = (
    Wrong(
        "what is none of the addresses that move",
        VAULT + "moved: [{from: a, to: key_vaults.b}, {from: vaults.a, to: key_vaults.b}, {from: key_vaults.a.lock, "
        "to: key_vaults.b}, {from: targets.Dev, to: targets.dev}]\n",
        '7:16 MLI360 "a" is not an address that moves\n'
        "  help: write <section>.<name>, platform.<name> or targets.<name>, such as workspaces.main\n"
        '7:45 MLI360 "vaults.a" is not an address that moves\n'
        "  help: write <section>.<name>, platform.<name> or targets.<name>, such as workspaces.main\n"
        '7:81 MLI360 "key_vaults.a.lock" is not an address that moves\n'
        "  help: write <section>.<name>, platform.<name> or targets.<name>, such as workspaces.main\n"
        '7:126 MLI360 "targets.Dev" is not an address that moves\n'
        "  help: write <section>.<name>, platform.<name> or targets.<name>, such as workspaces.main",
    ),
    Wrong(
        "a section or a key with a slip, and what lacks one",
        VAULT + "storage_accounts: {lake: {containers: {raws: {}}}}\n"
        "moved: [{from: key_vault.a, to: keyvaults.b}, {from: storage_accounts.lake.container.raw, to: "
        "containers.raws}, {from: online_endpoints.credit.old, to: online_endpoints.credit.deployments.new}]\n",
        "".join(
            f'8:{column} MLI360 "{written}" is not an address that moves\n'
            f'  help: did you mean "{meant}"? Write <section>.<name>, platform.<name> or targets.<name>, such as '
            "workspaces.main\n"
            for column, written, meant in (
                (16, "key_vault.a", "key_vaults.a"),
                (54, "storage_accounts.lake.container.raw", "storage_accounts.lake.containers.raw"),
                (120, "online_endpoints.credit.old", "online_endpoints.credit.deployments.old"),
            )
        ).rstrip(),
    ),
    Wrong(
        "below the owner by its old address",
        "storage_accounts: {lake: {containers: {raws: {}}}}\n"
        "moved: [{from: storage_accounts.old, to: storage_accounts.lake}, {from: storage_accounts.old.containers.raw, "
        "to: storage_accounts.old.containers.raws}]\n",
        "7:114 MLI361 nothing is called storage_accounts.old.containers.raws\n"
        "  help: storage_accounts.old is called storage_accounts.lake now: write storage_accounts.lake.containers.raws",
    ),
    Wrong(
        "two addresses in one text",
        VAULT + "moved: ['key_vaults.a -> key_vaults.b']\n",
        '7:9 MLI204 moved[0] must be a mapping, not "key_vaults.a -> key_vaults.b"\n  help: write {from: …, to: …}',
    ),
    Wrong(
        "another section",
        VAULT + "moved: [{from: storage_accounts.a, to: key_vaults.b}]\n",
        "7:40 MLI360 storage_accounts.a can't become key_vaults.b: an entry moves within its section and its owner\n"
        "  help: write azure_name: in the entry, with the name that it keeps",
    ),
    Wrong(
        "another owner",
        "storage_accounts: {a: {}, b: {containers: {box: {}}}}\n"
        "moved: [{from: storage_accounts.a.containers.box, to: storage_accounts.b.containers.box}]\n",
        "7:55 MLI360 storage_accounts.a.containers.box can't become storage_accounts.b.containers.box: an entry moves "
        "within its section and its owner\n"
        "  help: write azure_name: in the entry, with the name that it keeps",
    ),
    Wrong(
        "two lines to one address, and two from one",
        "key_vaults: {b: {}, d: {}}\n"
        "moved: [{from: key_vaults.a, to: key_vaults.b}, {from: key_vaults.c, to: key_vaults.b}, "
        "{from: key_vaults.a, to: key_vaults.d}]\n",
        "7:74 MLI360 key_vaults.b stands in two lines\n"
        "  help: keep one\n"
        "  7:34 and here\n"
        "7:96 MLI360 key_vaults.a stands in two lines\n"
        "  help: keep one\n"
        "  7:16 and here",
    ),
    Wrong(
        "a chain without an end",
        VAULT + "moved: [{from: key_vaults.b, to: key_vaults.a}, {from: key_vaults.a, to: key_vaults.b}]\n",
        "7:74 MLI360 moved goes in a circle: key_vaults.a to key_vaults.b to key_vaults.a\n"
        "  help: take out the line of the name that nothing has now",
    ),
    Wrong(
        "an address that nothing has",
        VAULT + "moved: [{from: key_vaults.a, to: key_vaults.bb}, {from: platform.x1, to: platform.other}]\n",
        "7:34 MLI361 nothing is called key_vaults.bb\n"
        '  help: did you mean "key_vaults.b"? Defined: key_vaults.b\n'
        "  6:14 key_vaults.b is written here\n"
        "7:74 MLI361 nothing is called platform.other\n"
        '  help: did you mean "platform.churn"? Defined: platform.churn',
    ),
    Wrong(
        "what is still there, written and derived",
        "workspaces: {main: {}}\nkey_vaults: {a: {}, b: {}}\n"
        "moved: [{from: key_vaults.a, to: key_vaults.b}, {from: storage_accounts.main, to: storage_accounts.a}]\n",
        "8:16 MLI361 key_vaults.a is still there, so its name on Azure is taken\n"
        "  help: take the line out, or rename the entry: what is nested in it or derived from it follows\n"
        "8:56 MLI361 storage_accounts.main is still there, so its name on Azure is taken\n"
        "  help: take the line out, or rename the entry: what is nested in it or derived from it follows\n"
        "8:83 MLI361 nothing is called storage_accounts.a\n"
        '  help: did you mean "storage_accounts.main"? Defined: storage_accounts.main',
    ),
)


@pytest.mark.parametrize("case", WRONG, ids=[case.what for case in WRONG])
def test_a_move_that_leads_nowhere(case: Wrong, tmp_path: Path) -> None:
    assert told(tmp_path, case.header + case.text, case.files) == case.said


def test_one_target_alone_does_not_say_that_nothing_is_called_so(tmp_path: Path) -> None:
    """`-t` leaves targets out, and a lock or an entry may be in one of them alone."""
    spec = tmp_path / "ml-platform.yaml"
    text = "key_vaults: {b: {targets: [prod]}}\nworkspaces: {main: {targets: [prod]}}\n"
    moved = "moved: [{from: key_vaults.a, to: key_vaults.b}, {from: identities.lab, to: identities.main}]\n"
    spec.write_text(TWO + text + moved, encoding="utf-8")
    assert len(compile_spec(spec, tmp_path, {}, ["dev"]).plans) == 1


PIPELINES = """\
pipelines:
  pool: {name: agents}
  service_connections: {dev: dev-all, prod: prod-all}
  install: {source: tools/mlinfra, requirements: tools/mlinfra.txt}
principals: {release: {role: approver, type: user, mail: release@contoso.com, targets: [prod]}}
workspaces: {main: {}}
"""
NAMES = re.compile(r"environment: (\S+)|source: (\S+-\w+)$|identity='(\S+)'|^platform='(\S+)'", re.MULTILINE)


def _names_outside(folder: Path, text: str) -> set[str]:
    """What environments, pipelines, identities of connections and tags are called."""
    folder.mkdir()
    found = compiled(folder, text, {"tools/mlinfra.txt": "x", "tools/mlinfra/pyproject.toml": ""})
    assert found.plans, found.diagnostics
    files = emit(found.header, found.plans, Place(folder / "ml-platform.yaml", folder, folder / "generated"))
    return {name for file in files for groups in NAMES.findall(file.text) for name in groups if name}


def test_environments_pipelines_and_identities_keep_their_names(tmp_path: Path) -> None:
    text = TWO + PIPELINES
    words = {"platform: churn": "platform: loss", "dev: ": "test: ", "from: dev": "from: test", "prod: ": "live: "}
    after = renamed(text, words).replace("targets: [prod]", "targets: [live]")
    moved = "moved: [{from: platform.churn, to: platform.loss}, {from: targets.dev, to: targets.test}, "
    moved += "{from: targets.prod, to: targets.live}]\n"
    before = _names_outside(tmp_path / "before", text)
    assert {"churn-dev", "churn-prod", "id-churn-dev-deploy", "churn"} <= before
    assert _names_outside(tmp_path / "after", after + moved) == before
