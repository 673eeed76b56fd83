import json
from pathlib import Path

import pytest

from mlinfra.verify import bicep_cli
from mlinfra.verify.bicep_cli import BicepError, Finding
from mlinfra.verify.bicep_server import BicepServer, NoAnswer
from tests import tools

SUBSCRIPTION = "11111111-1111-1111-1111-111111111111"
IDENTITY = """\
param location string

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'id-churn-dev'
  location: location
}
"""


def _executable(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def test_the_cli_is_what_the_variable_names_then_on_the_path_then_where_az_installs_it(tmp_path: Path) -> None:
    named = _executable(tmp_path / "named" / "bicep-0.49")
    on_path = _executable(tmp_path / "bin" / "bicep")
    installed = _executable(tmp_path / "home" / ".azure" / "bin" / "bicep")
    environ = {"MLINFRA_BICEP": str(named), "PATH": str(on_path.parent), "HOME": str(tmp_path / "home")}

    assert bicep_cli.find_bicep(environ) == named
    assert bicep_cli.find_bicep({**environ, "MLINFRA_BICEP": ""}) == on_path
    assert bicep_cli.find_bicep({"PATH": str(tmp_path), "HOME": str(tmp_path / "home")}) == installed
    assert bicep_cli.find_bicep({"PATH": str(tmp_path), "HOME": str(tmp_path)}) is None


def test_a_named_cli_that_does_not_exist_is_not_replaced_by_another(tmp_path: Path) -> None:
    on_path = _executable(tmp_path / "bin" / "bicep")
    environ = {"MLINFRA_BICEP": str(tmp_path / "gone"), "PATH": str(on_path.parent)}
    assert bicep_cli.find_bicep(environ) is None


def test_a_file_that_is_no_program_does_not_start(tmp_path: Path) -> None:
    text = tmp_path / "bicep"
    text.write_text("no program")
    with pytest.raises(BicepError, match=r"bicep does not start: Permission denied$"):
        bicep_cli.run(text, "--version", cwd=tmp_path)


def test_the_version_is_a_number() -> None:
    assert all(part.isdigit() for part in bicep_cli.version(tools.bicep()).split("."))


def test_lint_reports_warnings_and_errors_of_every_file_although_the_cli_exits_with_0_on_warnings(
    tmp_path: Path,
) -> None:
    bicep = tools.bicep()
    folder = tmp_path / "a b#[ä]"
    folder.mkdir()
    (folder / "warned.bicep").write_text("param unused string\n")
    (folder / "wrong.bicep").write_text("output missing string = nothing\n")

    assert bicep_cli.lint_sarif(bicep, folder) == (
        Finding(
            folder / "warned.bicep",
            1,
            7,
            "warning",
            "no-unused-params",
            'Parameter "unused" is declared but never used. [https://aka.ms/bicep/linter-diagnostics#no-unused-params]',
        ),
        Finding(
            folder / "wrong.bicep",
            1,
            25,
            "error",
            "BCP057",
            'The name "nothing" does not exist in the current context. [https://aka.ms/bicep/core-diagnostics#BCP057]',
        ),
    )


def test_lint_takes_the_rules_of_a_configuration(tmp_path: Path) -> None:
    bicep = tools.bicep()
    (tmp_path / "main.bicep").write_text("param unused string\n")
    rules = {"no-unused-params": {"level": "error"}}
    config = tmp_path / "strict.json"
    config.write_text(json.dumps({"analyzers": {"core": {"enabled": True, "rules": rules}}}))
    assert [finding.level for finding in bicep_cli.lint_sarif(bicep, tmp_path, config=config)] == ["error"]


def test_lint_of_a_folder_without_bicep_is_an_error_and_no_clean_answer(tmp_path: Path) -> None:
    with pytest.raises(BicepError, match=r"has no file that matches \*\*/\*\.bicep$"):
        bicep_cli.lint_sarif(tools.bicep(), tmp_path)


def test_format_names_the_files_that_it_would_change_and_leaves_them_alone(tmp_path: Path) -> None:
    bicep = tools.bicep()
    (tmp_path / "sub").mkdir()
    loose = "var  x = {a: 1}\n"
    (tmp_path / "sub" / "loose.bicep").write_text(loose)
    (tmp_path / "strict.bicep").write_text("var x = {\n  a: 1\n}\n")
    (tmp_path / "loose.bicepparam").write_text("using  'strict.bicep'\n")

    changed = bicep_cli.format_check(bicep, tmp_path)

    assert changed == (tmp_path / "loose.bicepparam", tmp_path / "sub" / "loose.bicep")
    assert (tmp_path / "sub" / "loose.bicep").read_text() == loose


def test_snapshot_predicts_resources_with_their_ids_and_writes_nothing_beside_the_file(tmp_path: Path) -> None:
    bicep = tools.bicep()
    (tmp_path / "main.bicep").write_text(IDENTITY)
    (tmp_path / "main.bicepparam").write_text("using 'main.bicep'\n\nparam location = 'westeurope'\n")

    predicted = bicep_cli.snapshot(bicep, tmp_path / "main.bicepparam", SUBSCRIPTION, "rg-churn-dev", "westeurope")

    [identity] = predicted["predictedResources"]
    assert identity["id"] == (
        f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-churn-dev"
        "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-churn-dev"
    )
    assert sorted(file.name for file in tmp_path.iterdir()) == ["main.bicep", "main.bicepparam"]


def test_a_server_predicts_the_same_and_what_it_cannot_has_the_words_of_the_compiler(tmp_path: Path) -> None:
    """It starts again after it was lost."""
    bicep, group = tools.bicep(), (SUBSCRIPTION, "rg-churn-dev", "westeurope")
    (tmp_path / "main.bicep").write_text(IDENTITY)
    right, wrong = tmp_path / "main.bicepparam", tmp_path / "wrong.bicepparam"
    right.write_text("using 'main.bicep'\n\nparam location = 'westeurope'\n")
    wrong.write_text("using 'main.bicep'\n")
    predicted = bicep_cli.snapshot(bicep, right, *group)
    with BicepServer(bicep) as server:
        assert bicep_cli.snapshot(bicep, right, *group, server) == predicted
        with pytest.raises(NoAnswer, match="Compilation failed"):
            server.snapshot(wrong, *group)
        with pytest.raises(BicepError, match="Error BCP258"):
            bicep_cli.snapshot(bicep, wrong, *group, server)
        server.close()
        assert server.snapshot(right, *group) == predicted
    assert sorted(file.name for file in tmp_path.iterdir()) == ["main.bicep", "main.bicepparam", "wrong.bicepparam"]


def test_a_cli_that_is_no_server_gives_no_answer(tmp_path: Path) -> None:
    bicep = tmp_path / "bicep"
    for words in ("exit 1", "echo Content-Length: x", "cat"):
        bicep.write_text(f"#!/bin/sh\n{words}\n")
        bicep.chmod(0o755)
        with BicepServer(bicep) as server, pytest.raises(NoAnswer, match="bicep/version: "):
            server.ask("bicep/version", {})
