"""What the linter of Bicep says of our files: nothing, as our configuration has it."""

import itertools
import json
from pathlib import Path

import pytest

from mlinfra.formats.bicep import (
    Call,
    DisabledRule,
    Exempt,
    File,
    Interpolated,
    Module,
    Param,
    ParamsFile,
    Symbol,
)
from mlinfra.formats.bicep_config import bicepconfig
from mlinfra.formats.bicep_printer import print_file, print_params
from mlinfra.formats.bicep_reader import read_file
from mlinfra.verify import bicep_cli
from tests import tools
from tests.formats.test_bicep_printer import FOUNDATION, HEADER, MAIN, SERVER, SERVERS, TYPES


@pytest.mark.judges
def test_the_judges_find_nothing_in_a_whole_platform(tmp_path: Path) -> None:
    bicep = tools.bicep()
    params = ParamsFile(HEADER, "./main.bicep", {"location": "westeurope"})
    texts = {
        "types.bicep": print_file(File(HEADER, TYPES.description, TYPES.declarations[:1])).text,
        "foundation.bicep": print_file(FOUNDATION).text,
        "server.bicep": print_file(SERVER).text,
        "servers.bicep": print_file(SERVERS).text,
        "main.bicep": print_file(MAIN).text,
        "main.bicepparam": print_params(params),
        "bicepconfig.json": json.dumps(bicepconfig()),
    }
    for name, text in texts.items():
        (tmp_path / name).write_bytes(text.encode())

    assert bicep_cli.format_check(bicep, tmp_path) == ()
    assert [(finding.rule, finding.message) for finding in bicep_cli.lint_sarif(bicep, tmp_path)] == []


HOSTS = (
    "api.loganalytics.io",
    "azuredatalakeanalytics.net",
    "azuredatalakestore.net",
    "core.chinacloudapi.cn",
    "core.usgovcloudapi.net",
    "CORE.windows.net",
    "database.windows.net",
    "datalake.azure.net",
    "gallery.azure.com",
    "graph.windows.net",
    "login.microsoftonline.com",
    "login.microsoftonline.us",
    "management.azure.com",
    "schema.management.azure.com",
    "trafficmanager.net",
    "vault.azure.cn",
    "vault.azure.net",
    "vault.usgovcloudapi.net",
)


@pytest.mark.judges
def test_a_host_of_a_cloud_is_excused_wherever_the_linter_finds_it(tmp_path: Path) -> None:
    bicep = tools.bicep()
    spelled = ("{}", "https://x.{}/", "ä{}", "1{}", "{}x", "_{}_", "a\n{}")
    hosts = [form.format(host) for host, form in itertools.product(HOSTS, spelled)]
    long = "a" * 120
    of_its_own = DisabledRule("no-unused-params", "a reason of its own")
    declarations = (
        Param("location", "string", "vault.azure.net", "x.vault.azure.net"),
        Param("list", "array", "vault.azure.net", hosts),
        Param("keys", "object", "vault.azure.net", {host: host for host in hosts}),
        Param("calls", "array", "broken over lines", [Call("format", (host, long, host)) for host in hosts]),
        Param("strings", "array", "with a symbol", [Interpolated((Symbol("location"), f".{host}")) for host in hosts]),
        Param("called", "string", "inside of a call", Call("string", ({"a": hosts},))),
        Param("exempt", "string", "two rules", Exempt("vault.azure.net", of_its_own)),
        Module("m", "m.bicep", {"location": "vault.azure.net"}),
    )
    (tmp_path / "main.bicep").write_bytes(
        print_file(File("vault.azure.net", "vault.azure.net", declarations)).text.encode()
    )
    (tmp_path / "m.bicep").write_bytes(
        print_file(File("h", "d", (Param("location", "string", "vault.azure.net"),))).text.encode()
    )
    params = ParamsFile("h", "main.bicep", {"location": "vault.azure.net"})
    (tmp_path / "main.bicepparam").write_bytes(print_params(params).encode())
    (tmp_path / "bicepconfig.json").write_text(json.dumps(bicepconfig()))

    assert bicep_cli.format_check(bicep, tmp_path) == ()
    findings = [
        *bicep_cli.lint_sarif(bicep, tmp_path),
        *bicep_cli.lint_sarif(bicep, tmp_path, pattern="*.bicepparam"),
    ]
    assert [finding for finding in findings if finding.rule == "no-hardcoded-env-urls"] == []


@pytest.mark.parametrize("length", [255, 256, 1000])
def test_the_judges_find_nothing_in_a_long_name(tmp_path: Path, length: int) -> None:
    file = File("h", "d", (Param("x", "object", "v", {"a" * length: "b"}),))
    text = print_file(file).text
    assert ("#disable-next-line prefer-unquoted-property-names" in text) == (length > 255)
    assert read_file(text) == file
    (tmp_path / "main.bicep").write_bytes(text.encode())
    (tmp_path / "bicepconfig.json").write_text(json.dumps(bicepconfig()))
    findings = bicep_cli.lint_sarif(tools.bicep(), tmp_path)
    assert {finding.rule for finding in findings} == {"no-unused-params", "use-user-defined-types"}


def test_the_configuration_makes_rules_warn_that_are_off_by_default(tmp_path: Path) -> None:
    bicep = tools.bicep()
    (tmp_path / "main.bicep").write_text("param unused string\n")
    (tmp_path / "bicepconfig.json").write_text(json.dumps(bicepconfig()))
    assert [(finding.rule, finding.level) for finding in bicep_cli.lint_sarif(bicep, tmp_path)] == [
        ("no-unused-params", "warning"),
        ("use-description-params", "warning"),
    ]
