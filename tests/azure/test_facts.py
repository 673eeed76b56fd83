"""Tables of facts: whole, unique where they are looked up, and equal to what the sources at hand say."""

import re
from pathlib import Path

import pytest
from azure.ai.ml._azure_environments import _environments
from azure.ai.ml.constants import TimeZone

from mlinfra.azure.api_versions import OTHER_TYPES
from mlinfra.azure.built_in_roles import BUILT_IN_ROLES
from mlinfra.azure.clouds import cloud
from mlinfra.azure.data_roles import HOLDINGS, WAYS, WRITE
from mlinfra.azure.regions import REGIONS, Cloud, region_code
from mlinfra.azure.resource_types import known_types
from mlinfra.azure.roles import ROLES, RULES_OVER_RIGHTS, role_guid, role_name
from mlinfra.azure.time_zones import TIME_ZONES, time_zone
from mlinfra.azure.vm_sizes import SUCCESSORS, VM_SIZES, VmSize, successor, vm_size
from mlinfra.languages import SECTIONS, api_version
from mlinfra.release import RELEASED
from mlinfra.verify.bicep_cli import lint_sarif
from tests.tools import bicep
from tools.resource_types import judged

GUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


@pytest.mark.judges
@pytest.mark.bicep
def test_bicep_knows_each_type_of_resource_in_the_version_of_the_table() -> None:
    bicep()
    assert judged(known_types())[0] == set()


def test_roles_are_found_by_name_and_by_guid() -> None:
    renamed = {name: role_name(guid) for name, guid in ROLES.items() if role_name(guid) != name}
    assert renamed == {
        "Azure AI User": "Foundry User",
        "Azure AI Owner": "Foundry Owner",
        "Azure AI Account Owner": "Foundry Account Owner",
        "Azure AI Project Manager": "Foundry Project Manager",
    }
    assert len(set(ROLES.values())) == len(ROLES) - len(renamed)
    for name, guid in ROLES.items():
        assert re.fullmatch(GUID, guid)
        assert role_guid(name) == role_guid(name.upper()) == role_guid(guid.upper()) == guid
        assert role_name(guid.upper()) == renamed.get(name, name)
    assert role_guid("AzureML Metrics Writer (preview)") == "635dd51f-9968-44d3-b7fb-6d9a6bd613ae"
    assert role_guid("Blob Reader") is None
    assert role_guid("00000000-0000-0000-0000-000000000001") == "00000000-0000-0000-0000-000000000001"
    assert role_name("00000000-0000-0000-0000-000000000001") is None


def test_the_table_of_roles_is_in_order_and_says_what_is_asked_of_it() -> None:
    assert list(BUILT_IN_ROLES) == sorted(BUILT_IN_ROLES, key=str.casefold)
    assert len({name.casefold() for name in BUILT_IN_ROLES}) == len(BUILT_IN_ROLES)
    known = {f"{holding}:{deed}" for holding in HOLDINGS for deed in WRITE} | {*WAYS}
    known |= {does.replace(" ", "-") for does in RULES_OVER_RIGHTS.values()}
    for role in BUILT_IN_ROLES.values():
        assert role.provider is None or re.fullmatch(r"[a-z]+\.[a-z0-9.]+/", role.provider)
        assert role.opens is None or role.opens <= known


def test_regions_have_codes_of_their_own() -> None:
    codes = [region.code for region in REGIONS.values()]
    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch("[a-z]{2,4}[0-9]?", code) for code in codes)
    assert all(re.fullmatch("[a-z]+[0-9]?", name) for name in REGIONS)


@pytest.mark.parametrize(("name", "code"), [("westeurope", "we"), ("usgovvirginia", "ugv"), ("marsnorth", "marsnorth")])
def test_a_region_has_the_code_of_the_header_or_ours_or_its_name(name: str, code: str) -> None:
    assert region_code(name) == code
    assert region_code(name, {name: "x"}) == "x"


@pytest.mark.parametrize(
    ("name", "in_the_sdk"), [("public", "AzureCloud"), ("usgov", "AzureUSGovernment"), ("china", "AzureChinaCloud")]
)
def test_hosts_of_a_cloud_equal_those_of_the_sdk(name: Cloud, in_the_sdk: str) -> None:
    sdk = _environments[in_the_sdk]
    assert cloud(name).storage_suffix == sdk["storage_endpoint"]
    assert cloud(name).authority == sdk["active_directory"].rstrip("/")
    assert cloud(name).resource_manager == sdk["resource_manager"].rstrip("/")
    assert cloud(name).name == in_the_sdk


def test_sizes_are_found_in_any_case() -> None:
    size = vm_size("standard_nc4as_t4_V3")
    assert size is not None
    assert (size.name, size.family, size.vcpus, size.memory_gib) == ("Standard_NC4as_T4_v3", "NCasT4_v3", 4, 28)
    assert (float(size.gpus), size.gpu, size.online_endpoints, size.retired) == (1.0, "T4", True, False)
    assert vm_size("Standard_D4ds_v99") is None


@pytest.mark.parametrize("size", VM_SIZES.values(), ids=VM_SIZES)
def test_every_size_is_a_sensible_machine(size: VmSize) -> None:
    assert re.fullmatch("Standard_[A-Za-z0-9]+(?:_[A-Za-z0-9]+)*", size.name)
    assert size.vcpus >= 1
    assert 1.5 <= size.memory_gib / size.vcpus <= 25
    assert (size.gpu is None) == (size.gpus == 0)
    assert size.retired == (size.retires is not None and size.retires <= RELEASED)
    assert size.restricted is None or size.retires is None or size.restricted < size.retires


@pytest.mark.parametrize(
    ("name", "retired"),
    [
        ("Standard_NC6s_v3", True),
        ("Standard_NV12s_v3", True),
        ("Standard_HB120rs_v2", False),
        ("Standard_DS3_v2", False),
        ("Standard_D4as_v4", False),
    ],
)
def test_sizes_that_are_gone_are_known(name: str, retired: bool) -> None:
    size = vm_size(name)
    assert size is not None
    assert size.retired is retired


def test_what_is_proposed_in_place_of_a_size_stays_longer_and_has_as_much() -> None:
    gone = [size for size in VM_SIZES.values() if size.retires]
    assert [size.name for size in gone if size.family not in SUCCESSORS] == []
    proposed = {size.name: successor(size) for size in gone}
    assert [name for name, size in proposed.items() if size is None or size.retires or size.restricted] == []


@pytest.mark.parametrize(
    ("name", "following"),
    [
        ("Standard_DS1_v2", "Standard_D2as_v4"),
        ("Standard_DS12_v2", "Standard_E4ds_v5"),
        ("Standard_D4s_v3", "Standard_D4ds_v5"),
        ("Standard_E8s_v3", "Standard_E8ds_v5"),
        ("Standard_F72s_v2", "Standard_D96as_v5"),
        ("Standard_NC12", "Standard_NC64as_T4_v3"),
        ("Standard_NC6s_v3", "Standard_NC24ads_A100_v4"),
        ("Standard_NV48s_v3", "Standard_NV72ads_A10_v5"),
        ("Standard_NV8as_v4", "Standard_NV12ads_A10_v5"),
        ("Standard_D4as_v4", None),
    ],
)
def test_a_size_that_goes_names_the_one_that_follows(name: str, following: str | None) -> None:
    size = vm_size(name)
    assert size is not None
    found = successor(size)
    assert (found.name if found else None) == following


VERSIONS = {**OTHER_TYPES} | {row.resource_type: row.api_version for row in SECTIONS if row.api_version}


@pytest.mark.parametrize("version", VERSIONS.values(), ids=VERSIONS)
def test_every_version_is_a_day(version: str) -> None:
    assert re.fullmatch(r"20[0-9]{2}-[01][0-9]-[0-3][0-9](?:-preview)?", version)


def test_nested_types_take_the_version_of_the_outermost() -> None:
    assert api_version("Microsoft.Storage/storageAccounts") == "2026-04-01"
    assert api_version("Microsoft.Storage/storageAccounts/blobServices/containers") == "2026-04-01"
    assert api_version("Microsoft.Insights/diagnosticSettings") == "2021-05-01-preview"
    with pytest.raises(KeyError):
        api_version("Microsoft.Web/sites")


def test_time_zones_equal_those_of_the_sdk() -> None:
    assert list(TIME_ZONES) == [zone.value for zone in TimeZone]
    assert time_zone("w. europe standard time") == "W. Europe Standard Time"
    assert time_zone("Europe/Amsterdam") is None


def test_bicep_knows_every_version(tmp_path: Path) -> None:
    types = "".join(
        f"resource type{number} '{name}@{version}' existing = {{\n  name: 'anynames'\n}}\n"
        for number, (name, version) in enumerate(VERSIONS.items())
        if name != "Microsoft.Resources/resourceGroups"
    )
    (tmp_path / "main.bicep").write_text(types, encoding="utf-8")
    findings = lint_sarif(bicep(), tmp_path)
    assert [finding for finding in findings if finding.rule != "no-unused-existing-resources"] == []
