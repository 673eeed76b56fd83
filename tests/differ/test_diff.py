"""`mlinfra diff` through the front door: causes, revisions, what is read back, and what is said of wrong calls."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import redirect_stderr
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from mlinfra import __version__
from mlinfra.cli import run
from mlinfra.differ.side import Side
from mlinfra.differ.words import WORDS
from mlinfra.header.accept import CLASSES
from mlinfra.languages.databricks.row import PREFIX
from mlinfra.output.manifest import read_manifest, sha256
from tests.differ.edits import ROOT, compiled
from tests.repository.repositories import committed, git

SPEC = """apiVersion: mlinfra/v1
platform: shop
location: westeurope
targets:
  dev: {subscription: 11111111-1111-1111-1111-111111111111, mode: development}
  prod: {subscription: 22222222-2222-2222-2222-222222222222, mode: production, promote_from: dev}
network: {inbound: public, outbound: approved, allowed_ips: [203.0.113.0/24]}
log_analytics:
  main: {retention_days: 90}
storage_accounts:
  lake: {containers: {raw: {}}}
workspaces:
  main: {}
compute_clusters:
  cpu: {size: Standard_D4ds_v4, max_instances: 2}
datastores:
  raw: {type: azure_blob, account_name: lake, container_name: raw}
"""
DATA = "data:\n  sample: {type: uri_file, path: sample.csv}\n"
JOB = """jobs:
  count:
    type: command
    command: wc -l ${{inputs.sample}}
    inputs: {sample: {type: uri_file, path: sample}}
    environment: azureml://registries/azureml/environments/sklearn-1.5/versions/20
    compute: cpu
"""
LAKE = "storage_accounts.lake"
Diff = Callable[..., dict[str, Any]]


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    return compiled(tmp_path, SPEC)


@pytest.fixture
def diff(repository: Path, capsys: pytest.CaptureFixture[str]) -> Diff:
    """Writes the spec with some words replaced, and returns what `diff` finds."""

    def difference(*replaced: tuple[str, str], options: tuple[str, ...] = ()) -> dict[str, Any]:
        text = SPEC
        for old, new in replaced:
            assert old in text
            text = text.replace(old, new)
        (repository / "ml-platform.yaml").write_text(text, encoding="utf-8")
        capsys.readouterr()
        assert run(["diff", "-o", "json", "-f", str(repository), *options]) in (0, 2)
        found: dict[str, Any] = json.loads(capsys.readouterr().out)
        return found

    return difference


@pytest.mark.parametrize("name", ["minimal", "churn", "taxi", "bank", "circuits", "lakehouse"])
def test_every_resource_of_an_output_is_read_back_by_its_id(name: str) -> None:
    folder = ROOT / "generated" / name
    manifest = read_manifest((folder / "manifest.json").read_text(encoding="utf-8"))
    texts = {path: (folder / path).read_text(encoding="utf-8") for path in manifest.files}
    things = Side(manifest, texts).things({})
    elsewhere = {each.address for each in things.values() if each.body is None and each.file is not None}
    assert elsewhere == set()
    asset = [each for each in things.values() if each.is_asset and each.file and not each.version]
    assert [each.address for each in asset if not each.content and not each.address.startswith(PREFIX)] == []


def test_a_cause_is_the_line_that_was_edited(diff: Diff) -> None:
    found = diff(
        ("retention_days: 90", "retention_days: 30"), ("D4ds_v4", "D8ds_v4"), ("203.0.113.0/24", "203.0.112.0/23")
    )
    causes = {
        change["address"]: [
            (each["kind"], each["file"], SPEC.splitlines()[each["line"] - 1]) for each in change["cause"]
        ]
        for change in found["changes"]
    }
    lines = SPEC.splitlines()
    assert causes["log_analytics.main"] == [("spec", "ml-platform.yaml", lines[8])]
    assert causes["compute_clusters.cpu"] == [("spec", "ml-platform.yaml", lines[14])]
    assert causes["key_vaults.main"] == [("spec", "ml-platform.yaml", lines[6])]


def test_a_cause_is_the_line_of_the_file_that_was_edited(diff: Diff, repository: Path) -> None:
    with_data = SPEC + DATA
    (repository / "sample.csv").write_text("a,b\n1,2\n3,4\n", encoding="utf-8")
    (repository / "ml-platform.yaml").write_text(with_data, encoding="utf-8")
    assert run(["compile", "-q", "-f", str(repository)]) == 0
    committed(repository)
    (repository / "sample.csv").write_text("a,b\n1,2\n3,5\n", encoding="utf-8")
    found = diff((SPEC, with_data))
    assert {(each["address"], tuple(each["classes"])) for each in found["changes"]} == {("data.sample", ("creates",))}
    assert found["changes"][0]["cause"] == [{"kind": "file", "side": "to", "file": "sample.csv", "line": 3}]


def test_what_is_gone_has_the_line_that_was_removed(diff: Diff) -> None:
    found = diff((SPEC[SPEC.index("datastores:") :], ""))
    (datastore,) = (
        each for each in found["changes"] if each["address"] == "datastores.raw" and each["target"] == "dev"
    )
    assert datastore["cause"] == [{"kind": "spec", "side": "from", "file": "ml-platform.yaml", "line": 17}]
    assert datastore["remains"]


def test_a_revision_is_compared_as_the_folder_is(diff: Diff, repository: Path) -> None:
    edit = ("retention_days: 90", "retention_days: 30")
    of_folder, of_revision = diff(edit), diff(edit, options=("--against", "HEAD"))
    assert of_folder["changes"] == of_revision["changes"] != []
    assert of_revision["from"]["revision"] == "HEAD"


def test_what_one_target_is_asked_about_is_about_that_one(diff: Diff) -> None:
    found = diff(("retention_days: 90", "retention_days: 30"), options=("-t", "prod"))
    assert {each["target"] for each in found["changes"]} == {"prod"}


def test_a_range_that_grows_opens_and_says_from_where(diff: Diff) -> None:
    found = diff(("203.0.113.0/24", "203.0.112.0/23"))
    assert {"scope": "key_vaults.main", "target": "prod", "before": "203.0.113.0/24, AzureServices"} | {
        "after": "203.0.112.0/23, AzureServices"
    } in found["network"]
    assert found["summary"]["classes"]["opens_access"] == len(found["changes"])


def test_who_joins_gains_and_who_leaves_keeps(diff: Diff, repository: Path) -> None:
    nina = "principals:\n  nina: {object_id: 33333333-3333-3333-3333-333333333333, type: user, role: reader}\n"
    found = diff(("workspaces:", f"{nina}workspaces:"))
    grant = {"principal": "principals.nina", "scope": "workspaces.main", "before": None, "after": "Reader"}
    assert {**grant, "target": "dev", "remains": False} in found["access"]
    assert run(["compile", "-q", "-f", str(repository)]) == 0
    committed(repository)
    kept = [each for each in diff()["access"] if each["scope"] == "workspaces.main" and each["target"] == "dev"]
    assert kept == [{**grant, "before": "Reader", "after": None, "target": "dev", "remains": True}]


def test_who_reaches_data_through_a_compute_is_told(diff: Diff, repository: Path) -> None:
    """A group that may start jobs reaches what its compute reaches; what leaves the spec goes on in Azure."""
    team = "principals:\n  team: {object_id: 44444444-4444-4444-4444-444444444444, type: group, role: data_scientist}\n"
    spec = SPEC + DATA.replace("sample.csv", "azureml://datastores/raw/paths/a.csv") + JOB
    found = diff((SPEC, spec.replace("workspaces:", f"{team}workspaces:", 1)))
    way = {"principal": "principals.team", "data": "storage_accounts.lake.containers.raw", "target": "prod"}
    told = {each["through"]: each for each in found["data"] if way.items() <= each.items()}
    assert told["compute_clusters.cpu"]["before"] is None
    assert "read" in told["compute_clusters.cpu"]["after"]
    assert run(["compile", "-q", "-f", str(repository)]) == 0
    committed(repository)
    lost = [each for each in diff((SPEC, spec))["data"] if way.items() <= each.items()]
    assert lost
    assert all(each["after"] is None and each["remains"] for each in lost)


def test_a_repository_without_output_makes_everything(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "ml-platform.yaml").write_text(SPEC, encoding="utf-8")
    committed(tmp_path)
    assert run(["diff", "-f", str(tmp_path)]) == 2
    said = capsys.readouterr().out
    assert "the output folder has no output of this spec: everything is made" in said
    assert "storage_accounts.lake" in said


def test_a_spec_that_was_wrong_before_is_said(diff: Diff, repository: Path) -> None:
    (repository / "ml-platform.yaml").write_text(SPEC.replace("cpu: {size", "cpu: {sizze"), encoding="utf-8")
    committed(repository)
    found = diff(("retention_days: 90", "retention_days: 30"), options=("--against", "HEAD"))
    assert found["notes"] == [
        "the spec of HEAD does not compile with this release: outputs are compared, causes are not told"
    ]
    assert found["changes"][0]["classes"] == ["in_place", "loses_data", "weakens"]


def test_a_shallow_clone_says_how_to_get_the_rest(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    clone = tmp_path_factory.mktemp("clone") / "shallow"
    git(repository, "clone", "-q", "--depth", "1", f"file://{repository}", str(clone))
    assert _refused(clone, "HEAD~1").endswith(
        "fetchDepth: 0 at the checkout of a pipeline, or git fetch --unshallow, brings it"
    )


def test_what_is_no_revision_is_wrong_usage(repository: Path) -> None:
    assert "is not in this clone" in _refused(repository, "nowhere")


def _refused(root: Path, revision: str) -> str:
    said = StringIO()
    with redirect_stderr(said):
        assert run(["diff", "-f", str(root), "--against", revision]) == 3
    return said.getvalue().strip()


def test_a_rename_that_nobody_wrote_down_says_the_line_that_keeps_it(diff: Diff) -> None:
    found = diff(("lake: {", "pond: {"), ("account_name: lake", "account_name: pond"))
    left = next(each for each in found["changes"] if each["address"] == "storage_accounts.lake")
    line = "moved: [{from: storage_accounts.lake, to: storage_accounts.pond}]"
    assert left["remedy"].startswith(f"Only the name? At the top of the spec: {line}. ")
    moved = diff(
        ("lake: {", "pond: {"), ("account_name: lake", "account_name: pond"), ("network: {", f"{line}\nnetwork: {{")
    )
    assert {each["action"] for each in moved["changes"]} == {"renamed"}
    assert moved["summary"]["classes"].keys() <= {"renames", "in_place"}  # the note of a lock names the address


def test_a_platform_that_is_called_otherwise_is_said_first(diff: Diff) -> None:
    found = diff(("platform: shop", "platform: store"))
    what = "everything of it is left behind, and made anew under other names; to keep it, write at the top"
    line = "moved: [{from: platform.shop, to: platform.store}]"
    assert found["notes"] == [f"the platform was called shop: {what}: {line}"]
    assert {each["action"] for each in found["changes"]} >= {"created", "deleted"}
    moved = "moved: [{from: platform.shop, to: platform.store}]\nnetwork: {"
    assert diff(("platform: shop", "platform: store"), ("network: {", moved))["changes"] == []


def test_a_target_that_is_called_otherwise_keeps_what_it_holds(diff: Diff) -> None:
    found = diff(("  dev: {", "  lab: {"), ("promote_from: dev", "promote_from: lab"))
    what = "target dev is gone and lab is new; to keep what it holds, write at the top"
    assert found["notes"] == [f"{what}: moved: [{{from: targets.dev, to: targets.lab}}]"]
    moved = "moved: [{from: targets.dev, to: targets.lab}]\nnetwork: {"
    renamed = ("  dev: {", "  lab: {"), ("promote_from: dev", "promote_from: lab"), ("network: {", moved)
    kept = diff(*renamed)
    assert [each for each in kept["changes"] if each["address"] != "targets.prod"] == []
    gone = diff(*renamed, ("  lake: {", "  pond: {"), ("name: lake", "name: pond"))
    causes = [(each["target"], each["cause"][0]["kind"]) for each in gone["changes"] if each["address"] == LAKE]
    assert causes == [("lab", "spec"), ("prod", "spec")]


def test_what_another_release_makes_of_the_same_spec_is_told_apart(diff: Diff, repository: Path) -> None:
    """The output of an older release: an account that allowed an older TLS."""
    file = next((repository / "generated" / "dev" / "infra").glob("storage.bicep"))
    text = file.read_text(encoding="utf-8")
    older = text.replace("TLS1_2", "TLS1_0")
    file.write_text(older, encoding="utf-8")
    committed(repository)

    def kinds() -> dict[str, set[str]]:
        found = diff(("retention_days: 90", "retention_days: 120"))
        causes = [(each["address"], cause["kind"]) for each in found["changes"] for cause in each["cause"]]
        return {kind: {address for address, of in causes if of == kind} for _, kind in causes}

    accounts = {"storage_accounts.lake", "storage_accounts.main"}
    assert kinds() == {"spec": {"log_analytics.main"}, "file": accounts}  # its hash is not the one that is listed
    manifest = repository / "generated" / "manifest.json"
    listed = manifest.read_text(encoding="utf-8")
    assert sha256(text.encode()) in listed
    listed = listed.replace(sha256(text.encode()), sha256(older.encode()))
    manifest.write_text(listed, encoding="utf-8")
    (repository / "ml-platform.yaml").write_text(SPEC, encoding="utf-8")
    committed(repository)
    assert kinds() == {"spec": {"log_analytics.main"}, "facts": accounts}
    manifest.write_text(listed.replace(f'"compiler": "{__version__}"', '"compiler": "0.0.1"'), encoding="utf-8")
    (repository / "ml-platform.yaml").write_text(SPEC, encoding="utf-8")
    committed(repository)
    assert kinds() == {"spec": {"log_analytics.main"}, "compiler": accounts}


def test_what_is_somebody_elses_from_now_on_is_handed_over_and_can_be_adopted(diff: Diff, repository: Path) -> None:
    name = next(each["name"] for each in _resources(repository) if each["address"] == "storage_accounts.lake")
    theirs = ("lake: {containers", f"lake: {{existing: true, azure_name: {name}, containers")
    found = {(each["target"], each["action"]): each for each in diff(theirs)["changes"] if each["address"] == LAKE}
    assert found["dev", "handed_over"]["classes"] == ["no_effect"]
    assert found["prod", "deleted"]["classes"] == ["orphans"]  # its account has another name
    assert run(["compile", "-q", "-f", str(repository)]) == 0
    committed(repository)
    found = {(each["target"], each["action"]): each for each in diff()["changes"] if each["address"] == LAKE}
    assert found["dev", "adopted"]["classes"] == ["in_place", "not_known"]
    assert found["dev", "adopted"]["remedy"].endswith(f"az resource show --ids {found['dev', 'adopted']['id']}")


def _resources(repository: Path) -> list[dict[str, Any]]:
    manifest: dict[str, Any] = json.loads((repository / "generated" / "manifest.json").read_text(encoding="utf-8"))
    resources: list[dict[str, Any]] = manifest["resources"]
    return resources


def test_a_role_that_may_more_opens(diff: Diff, repository: Path) -> None:
    roles = "role_definitions:\n  look: {actions: [Microsoft.Storage/storageAccounts/read]}\n"
    who = f"object_id: {'4' * 8}-4444-4444-4444-{'4' * 12}, principal_type: user"
    given = f"role_assignments:\n  it: {{role: look, {who}, scope: {LAKE}}}\n"
    (repository / "ml-platform.yaml").write_text(SPEC + roles + given, encoding="utf-8")
    assert run(["compile", "-q", "-f", str(repository)]) == 0
    committed(repository)
    more = roles.replace("/read]", "/read, Microsoft.Storage/storageAccounts/write]")
    (found,) = diff((SPEC, SPEC + more + given), options=("-t", "dev"))["changes"]
    assert (found["address"], found["classes"]) == ("role_definitions.look", ["opens_access", "process"])


def test_two_targets_differ_by_design_by_mode_or_by_accident(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    larger = "promote_from: dev, overrides: {compute_clusters: {cpu: {max_instances: 9}}}"
    spec = SPEC.replace("promote_from: dev", larger).replace("  raw: {type", "  raw: {targets: [dev], type")
    (repository / "ml-platform.yaml").write_text(spec, encoding="utf-8")
    assert run(["diff", "-o", "json", "-f", str(repository), "--between", "dev", "prod"]) == 2
    found = json.loads(capsys.readouterr().out)["differences"]
    by = {(each["address"], each["path"]): (each["by"], [cause["line"] for cause in each["cause"]]) for each in found}
    assert by["compute_clusters.cpu", "properties.properties.scaleSettings.maxNodeCount"] == ("design", [6])
    assert by["datastores.raw", None] == ("design", [17])
    assert by["storage_accounts.lake.lock", None][0] == "mode"
    assert by["log_analytics.main.lock", None][0] == "mode"
    assert {why for why, _ in by.values()} == {"design", "mode"}
    assert run(["diff", "-f", str(repository), "--between", "dev", "prod"]) == 2
    assert "BY ACCIDENT  none" in capsys.readouterr().out
    assert run(["diff", "-f", str(repository), "--between", "dev", "live"]) == 3
    assert run(["diff", "-f", str(repository), "--between", "dev", "prod", "--against", "HEAD"]) == 3


def test_an_output_that_this_release_does_not_print_is_told_by_its_spec(diff: Diff, repository: Path) -> None:
    file = next((repository / "generated" / "dev" / "infra").glob("foundation.bicep"))
    file.write_text(file.read_text(encoding="utf-8").replace("\n\n", "\n\n\n"), encoding="utf-8")
    committed(repository)
    found = diff(("retention_days: 90", "retention_days: 120"))
    printed = "dev/infra holds Bicep that this release of mlinfra does not print"
    assert found["notes"] == [
        f"{printed}: what this release makes of the earlier spec is compared, and not what was committed"
    ]
    assert {each["address"] for each in found["changes"]} == {"log_analytics.main"}


def test_a_hostile_manifest_gives_nothing_to_paste_that_runs(diff: Diff, repository: Path) -> None:
    """Names and ids in it are anybody's: they stand in quotes in what a reader pastes, and are no markup."""
    file = repository / "generated" / "manifest.json"
    hostile = file.read_text(encoding="utf-8").replace('/datastores/raw"', '/datastores/raw; curl x|sh `a`"')
    file.write_text(hostile, encoding="utf-8")
    committed(repository)
    found = diff()
    left = [each["remedy"] for each in found["changes"] if each["action"] == "deleted"]
    assert left
    assert all("/datastores/raw; curl x|sh `a`'" in remedy and "--ids '/subscriptions" in remedy for remedy in left)


def test_what_is_selected_is_told_alone(diff: Diff, repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edits = (("retention_days: 90", "retention_days: 30"), ("D4ds_v4", "D8ds_v4"))
    selected = {
        selector: {each["address"] for each in diff(*edits, options=("--select", selector))["changes"]}
        for selector in ("state:ignored", "state:changed", "compute_clusters", "log_analytics.main", "target:dev")
    }
    both = {"compute_clusters.cpu", "log_analytics.main"}
    assert selected == {
        "state:ignored": {"compute_clusters.cpu"},
        "state:changed": both,
        "compute_clusters": {"compute_clusters.cpu"},
        "log_analytics.main": {"log_analytics.main"},
        "target:dev": both,
    }
    assert run(["graph", "-o", "json", "-f", str(repository), "--select", "state:interrupts", "--depth", "0"]) == 0
    entries = json.loads(capsys.readouterr().out)["entries"]
    assert [each["address"] for each in entries] == ["compute_clusters.cpu"]
    assert run(["explain", "-o", "json", "-f", str(repository), "state:weakens"]) == 0
    explained = json.loads(capsys.readouterr().out)["selected"]
    assert [each["address"] for each in explained] == ["log_analytics.main"]
    assert run(["diff", "-f", str(repository), "--select", "state:refussed"]) == 3
    assert 'did you mean "refused"?' in capsys.readouterr().err


def test_a_selector_keeps_errors_and_takes_warnings_of_what_it_selects(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    remote = DATA.replace("sample.csv", "azureml://datastores/raw/paths/a.csv")
    (repository / "ml-platform.yaml").write_text(SPEC + remote, encoding="utf-8")
    said = {}
    for selector in ("data", "compute_clusters"):
        assert run(["validate", "-o", "json", "-f", str(repository), "--select", selector]) == 0
        said[selector] = {each["address"] for each in json.loads(capsys.readouterr().out)["diagnostics"]}
    assert said["data"] == {"data.sample"}
    assert "data.sample" not in said["compute_clusters"]


def test_a_target_is_selected_with_its_warnings_and_a_plus_alone_says_that_it_wants_a_state(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    remote = DATA.replace("path: sample.csv", "targets: [dev], path: azureml://datastores/raw/paths/a.csv")
    (repository / "ml-platform.yaml").write_text(SPEC + remote, encoding="utf-8")
    said = {}
    for name in ("dev", "prod"):
        assert run(["validate", "-o", "json", "-f", str(repository), "--select", f"target:{name}"]) == 0
        said[name] = {each["address"] for each in json.loads(capsys.readouterr().out)["diagnostics"]}
    assert "data.sample" in said["dev"]
    assert "data.sample" not in said["prod"]
    for selector, message in (("target:prd", 'did you mean "prod"?'), ("data+", "+ goes with state:")):
        assert run(["validate", "-f", str(repository), "--select", selector]) == 3
        assert message in capsys.readouterr().err


def test_what_follows_is_selected_with_a_plus(diff: Diff, repository: Path) -> None:
    spec = SPEC + DATA + JOB
    (repository / "sample.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    (repository / "ml-platform.yaml").write_text(spec, encoding="utf-8")
    assert run(["compile", "-q", "-f", str(repository)]) == 0
    committed(repository)
    (repository / "sample.csv").write_text("a,b\n1,3\n", encoding="utf-8")
    own = diff((SPEC, spec), options=("--select", "state:modified"))
    assert {each["address"] for each in own["changes"]} == {"data.sample"}
    following = diff((SPEC, spec), options=("--select", "state:modified+"))
    assert {each["address"] for each in following["changes"]} == {"data.sample", "jobs.count"}


def test_what_was_looked_at_is_accepted_and_another_change_is_not(
    diff: Diff, repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shorter = ("retention_days: 90", "retention_days: 30")
    change = diff(shorter)["changes"][0]["change"]
    line = f"{{address: log_analytics.main, class: loses_data, because: seen, date: 2026-11-25, change: {change}}}"
    accept = ("network: {", f"accept: [{line}]\nnetwork: {{")
    found = diff(shorter, accept)
    assert {json.dumps(each["accepted"]) for each in found["changes"]} == {"null"}  # weakens, and is not known, too
    options = ["diff", "-f", str(repository), "--fail-on"]
    assert run([*options, "loses_data"]) == 0
    capsys.readouterr()
    assert run([*options, "loses_data,weakens"]) == 2
    assert f"ml-platform.yaml:10: log_analytics.main in dev: weakens, change {change}, is not accepted" in (
        capsys.readouterr().err
    )
    diff(("retention_days: 90", "retention_days: 31"), accept)
    assert run([*options, "loses_data"]) == 2
    assert "MLI549" in capsys.readouterr().err
    diff(accept)
    assert run([*options, "loses_data"]) == 0
    assert "MLI548" in capsys.readouterr().err
    assert run([*options, "looses_data"]) == 3
    assert 'did you mean "loses_data"?' in capsys.readouterr().err


def test_what_it_costs_is_told_before_and_after(
    diff: Diff, repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert diff(("raw: {type", "raw:  {type"))["cost"] == []
    dev, prod = diff(("size: Standard_D4ds_v4", "size: Standard_D8ds_v4"))["cost"]
    before, after = prod["most"]
    assert after - before == pytest.approx(2 * 4 * 0.068 * 730, abs=0.02)  # two nodes of four vCPUs more
    assert (prod["idle"][0], prod["expected"]) == (prod["idle"][1], [None, None])
    assert {"family": "standardDDSv4Family", "before": 12, "after": 20, "quota": None} in dev["vcpus"]
    for form, line in (
        ("text", "COST         most + $397.12, standardDDSv4Family +8 vCPUs in dev, prod"),
        (
            "markdown",
            "| vCPUs of standardDDSv4Family | 12 → **20**, no quota is written | 12 → **20**, no quota is written |",
        ),
    ):
        run(["diff", "-f", str(repository), "-o", form])
        assert line in capsys.readouterr().out


def test_a_quota_that_is_too_small_is_marked(diff: Diff, repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    quota = ("mode: development}", "mode: development, quota: {standardDDSv4Family: 16}}")
    none = ("mode: production, ", "mode: production, quota: {standardDDSv4Family: 0}, ")
    diff(quota, none, ("size: Standard_D4ds_v4", "size: Standard_D8ds_v4"))
    said = {}
    for form in ("text", "markdown"):
        run(["diff", "-v", "-f", str(repository), "-o", form])
        said[form] = capsys.readouterr().out
    assert "standardDDSv4Family 12 → 20 vCPUs; the quota is 16: 4 too few" in said["text"]
    row = "| vCPUs of standardDDSv4Family | 12 → **20**, of 16: **4 too few** | 12 → **20**, of 0: **20 too few** |"
    assert row in said["markdown"]
    run(["report", "-f", str(repository)])
    page = capsys.readouterr().out
    assert "16: 4 too few" in page
    assert "0: 20 too few" in page


def test_what_stays_behind_goes_on_costing(diff: Diff, repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    diff(("compute_clusters:\n  cpu: {size: Standard_D4ds_v4, max_instances: 2}\n", ""))
    run(["diff", "-f", str(repository)])
    said = capsys.readouterr().out
    line = next(line for line in said.splitlines() if line.startswith("COST"))
    assert line.startswith(
        "COST         idle - $9.90, most - $407.02, standardDDSv4Family -8 vCPUs in dev, prod, once what"
    )


def test_every_class_has_a_word_and_a_line_in_the_docs() -> None:
    page = (ROOT / "docs" / "diff.md").read_text(encoding="utf-8")
    assert set(WORDS) == set(CLASSES)
    assert [name for name in CLASSES if f"| `{name}` | {WORDS[name]} |" not in page] == []
