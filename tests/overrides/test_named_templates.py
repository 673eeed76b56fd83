"""Templates that are named by keys, under `derived` and in overrides of what they made: as if each were written out."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from mlinfra.compile import compile_spec
from mlinfra.diagnostics import Problem
from mlinfra.emit.bicep import bicep_files
from mlinfra.overrides import expansion
from mlinfra.validate import named_templates
from tests.spec import compiled, found

ROOT = Path(__file__).parent.parent.parent
HEADER = """\
apiVersion: mlinfra/v1
platform: churn
location: westeurope
targets:
  dev:
    subscription: 11111111-1111-1111-1111-111111111111
    mode: development
    overrides: {OVERRIDES}
"""
NETWORKS = (
    'virtual_networks: {"${each.key}": {for_each: {one: 10.0.0.0/16, two: 10.1.0.0/16}, '
    'address_space: ["${each.value}"]}}\n'
)
NETWORKS_OUT = "virtual_networks: {one: {address_space: [10.0.0.0/16]}, two: {address_space: [10.1.0.0/16]}}\n"
IDENTITIES, IDENTITIES_OUT = (
    'identities: {"id-${each.key}": {for_each: [x, y]}}\n',
    "identities: {id-x: {}, id-y: {}}\n",
)
LAKES, LAKES_OUT = 'storage_accounts: {"${each.key}": {for_each: [aa, bb]}}\n', "storage_accounts: {aa: {}, bb: {}}\n"
KEY = (
    "key_vaults: {keys: {keys: {data: {}}}}\n"
    "security: {customer_managed_key: {key_vault: keys, key: data, except: [EXCEPT]}}\n"
)
LOGS = "log_analytics: {main: {}}\n"
WORKSPACE = (
    "workspaces: {main: {identity: {type: user_assigned, user_assigned_identities: {IDS}}, "
    "primary_user_assigned_identity: id-x}}\n"
)
ENDPOINT = """\
models: {m: {path: model, version: 1, type: mlflow_model}}
workspaces: {main: {}}
online_endpoints: {e: {auth_mode: key, traffic: {TRAFFIC}, deployments: {DEPLOYMENTS}}}
"""
SLOT = "model: m, instance_type: Standard_D4as_v4, instance_count: 1"
TWO_ENDPOINTS = (
    ENDPOINT.partition("online_endpoints")[0]
    + f"""\
online_endpoints:
  e:
    auth_mode: key
    traffic: {{"${{each.key}}": 50}}
    deployments: {{"${{each.key}}": {{for_each: [a1, a2], {SLOT}}}}}
  f:
    auth_mode: key
    traffic: {{"${{each.key}}": 100}}
    deployments: {{"${{each.key}}": {{for_each: [b1], {SLOT}}}}}
"""
)
TWO_ENDPOINTS_OUT = (
    ENDPOINT.partition("online_endpoints")[0]
    + f"""\
online_endpoints:
  e: {{auth_mode: key, traffic: {{a1: 50, a2: 50}}, deployments: {{a1: {{{SLOT}}}, a2: {{{SLOT}}}}}}}
  f: {{auth_mode: key, traffic: {{b1: 100}}, deployments: {{b1: {{{SLOT}}}}}}}
"""
)
ASKED = """\
network:
  inbound: private
  outbound: internet
  virtual_network: mine
  endpoints_subnet: e
  dns:
    zones: {subscription: 99999999-9999-9999-9999-999999999999, resource_group: rg-dns}
    links: [LINKS]
storage_accounts: {lake: {}}
"""
MINE = "}, mine: {address_space: [10.8.0.0/16], subnets: {e: {address_prefix: 10.8.0.0/24}}}}\n"
# What names templates, and the same written out: overrides and text of each.
SAME = {
    "links of a zone": (
        ("", NETWORKS + 'private_dns_zones: {blob: {links: {"${each.key}": {registration: true}}}}\n'),
        (
            "",
            NETWORKS_OUT
            + "private_dns_zones: {blob: {links: {one: {registration: true}, two: {registration: true}}}}\n",
        ),
    ),
    "links of its own items": (
        ("", NETWORKS + 'private_dns_zones: {blob: {links: {"${each.key}": {for_each: [one]}}}}\n'),
        ("", NETWORKS_OUT + "private_dns_zones: {blob: {links: {one: {}}}}\n"),
    ),
    "links with the item": (
        ("", NETWORKS + 'private_dns_zones: {blob: {links: {"${each.key}": {azure_name: "to-${each.key}"}}}}\n'),
        (
            "",
            NETWORKS_OUT + "private_dns_zones: {blob: {links: "
            "{one: {azure_name: to-one}, two: {azure_name: to-two}}}}\n",
        ),
    ),
    "links of which the first is written": (
        ("", NETWORKS + 'private_dns_zones: {blob: {links: {two: {registration: true}, "${each.key}": {}}}}\n'),
        ("", NETWORKS_OUT + "private_dns_zones: {blob: {links: {two: {registration: true}, one: {}}}}\n"),
    ),
    "networks that ask zones of a hub": (
        ("", NETWORKS[:-3] + MINE + ASKED.replace("LINKS", '"${each.key}"')),
        ("", NETWORKS_OUT[:-3] + MINE + ASKED.replace("LINKS", "one, two")),
    ),
    "derived, by the address of the longer template": (
        (
            "",
            LOGS
            + 'storage_accounts: {a: {for_each: [x]}, "a-${each.key}": {for_each: [y]}}\n'
            + 'derived: {"storage_accounts.a-${each.key}.diagnostics": {metrics: [Capacity]}}\n',
        ),
        (
            "",
            LOGS
            + "storage_accounts: {a-x: {}, a-y: {}}\n"
            + "derived: {storage_accounts.a-y.diagnostics: {metrics: [Capacity]}}\n",
        ),
    ),
    "links of which one is written": (
        ("", NETWORKS + 'private_dns_zones: {blob: {links: {"${each.key}": {}, two: {registration: true}}}}\n'),
        ("", NETWORKS_OUT + "private_dns_zones: {blob: {links: {one: {}, two: {registration: true}}}}\n"),
    ),
    "peerings of a network": (
        ("", 'virtual_networks: {hub: {address_space: [10.9.0.0/16], peerings: {"${each.key}": {}}}, ' + NETWORKS[19:]),
        (
            "",
            "virtual_networks: {hub: {address_space: [10.9.0.0/16], peerings: {one: {}, two: {}}}, "
            + NETWORKS_OUT[19:],
        ),
    ),
    "keys of a map": (
        ("", IDENTITIES + WORKSPACE.replace("{IDS}", '{"id-${each.key}": {}}')),
        ("", IDENTITIES_OUT + WORKSPACE.replace("{IDS}", "{id-x: {}, id-y: {}}")),
    ),
    "keys of a map, with the item": (
        (
            "",
            ENDPOINT.replace("{TRAFFIC}", '{"${each.key}": "${each.value}"}').replace(
                "{DEPLOYMENTS}", f'{{"${{each.key}}": {{for_each: {{blue: 90, green: 10}}, {SLOT}}}}}'
            ),
        ),
        (
            "",
            ENDPOINT.replace("{TRAFFIC}", "{blue: 90, green: 10}").replace(
                "{DEPLOYMENTS}", f"{{blue: {{{SLOT}}}, green: {{{SLOT}}}}}"
            ),
        ),
    ),
    "keys and names of two endpoints": (
        ("", TWO_ENDPOINTS),
        ("", TWO_ENDPOINTS_OUT),
    ),
    "derived, by the address of a template": (
        ("", LOGS + LAKES + 'derived: {"storage_accounts.${each.key}.diagnostics": {azure_name: "to-${each.key}"}}\n'),
        (
            "",
            LOGS + LAKES_OUT + "derived: {storage_accounts.aa.diagnostics: {azure_name: to-aa}, "
            "storage_accounts.bb.diagnostics: {azure_name: to-bb}}\n",
        ),
    ),
    "derived, of which one is written": (
        (
            "",
            LOGS + LAKES + "derived: {storage_accounts.bb.diagnostics: {azure_name: own, metrics: [Capacity]}, "
            '"storage_accounts.${each.key}.diagnostics": {azure_name: logs}}\n',
        ),
        (
            "",
            LOGS + LAKES_OUT + "derived: {storage_accounts.aa.diagnostics: {azure_name: logs}, "
            "storage_accounts.bb.diagnostics: {azure_name: own, metrics: [Capacity]}}\n",
        ),
    ),
    "derived, for each of its own items": (
        (
            "",
            LOGS
            + LAKES_OUT
            + 'derived: {"storage_accounts.${each.key}.diagnostics": {for_each: [bb], metrics: [Capacity]}}\n',
        ),
        ("", LOGS + LAKES_OUT + "derived: {storage_accounts.bb.diagnostics: {metrics: [Capacity]}}\n"),
    ),
    "derived, in a target": (
        ('derived: {"storage_accounts.${each.key}.diagnostics": {metrics: [Capacity]}}', LOGS + LAKES),
        (
            (
                "derived: {storage_accounts.aa.diagnostics: {metrics: [Capacity]}, "
                "storage_accounts.bb.diagnostics: {metrics: [Capacity]}}"
            ),
            LOGS + LAKES_OUT,
        ),
    ),
    "the item in overrides of an instance": (
        ('storage_accounts: {bb: {tags: {of: "${each.key}"}}}', LAKES),
        ("storage_accounts: {bb: {tags: {of: bb}}}", LAKES_OUT),
    ),
    "the item in overrides of what is nested in an instance": (
        (
            'storage_accounts: {aa: {containers: {raw: {metadata: {of: "${each.key}"}}}}}',
            LAKES.replace("[aa, bb]", "[aa, bb], containers: {raw: {}}"),
        ),
        (
            "storage_accounts: {aa: {containers: {raw: {metadata: {of: aa}}}}}",
            "storage_accounts: {aa: {containers: {raw: {}}}, bb: {containers: {raw: {}}}}\n",
        ),
    ),
    "the item in overrides of a nested instance": (
        (
            'storage_accounts: {lake: {containers: {raw: {metadata: {of: "${each.value}"}}}}}',
            'storage_accounts: {lake: {containers: {"${each.key}": {for_each: {raw: one, old: two}}}}}\n',
        ),
        (
            "storage_accounts: {lake: {containers: {raw: {metadata: {of: one}}}}}",
            "storage_accounts: {lake: {containers: {raw: {}, old: {}}}}\n",
        ),
    ),
    "addresses that keep the keys of Azure": (
        (
            "",
            LAKES + KEY.replace("EXCEPT", '"storage_accounts.${each.key}"'),
        ),
        (
            "",
            LAKES_OUT + KEY.replace("EXCEPT", "storage_accounts.aa, storage_accounts.bb"),
        ),
    ),
}


def _made(folder: Path, overrides: str, text: str) -> Any:
    """What comes of a spec: its Bicep, and the bodies of its entries, as places differ."""
    folder.mkdir()
    try:
        (plan,) = compiled(folder, HEADER.replace("OVERRIDES", overrides) + text, {"model/MLmodel": ""}).plans
    except Problem as problem:
        return [each.message for each in problem.diagnostics]
    bodies = {entry.address: entry.body for entry in plan.graph.entries.values()}
    return {file.path: file.text for file in bicep_files(plan, "Generated for a test")}, bodies


@pytest.mark.parametrize(("named", "written"), SAME.values(), ids=SAME)
def test_what_is_named_is_as_if_it_were_written_out(
    named: tuple[str, str], written: tuple[str, str], tmp_path: Path
) -> None:
    made = _made(tmp_path / "named", *named)
    assert made == _made(tmp_path / "written", *written)
    assert not isinstance(made, list)


WRONG = {
    "a key of a map of anything": (
        "",
        LAKES + 'workspaces: {main: {tags: {"${each.key}": x}}}\n',
        ['MLI352 "${each.key}" names no entry here, and stands in none with for_each'],
    ),
    "something derived of no template": (
        "",
        LAKES + 'derived: {"key_vaults.${each.key}.lock": {omit: true}}\n',
        ['MLI352 "key_vaults.${each.key}.lock" holds the address of no template, and has no for_each'],
    ),
    "links after no template": (
        "",
        LAKES + 'private_dns_zones: {blob: {links: {"${each.key}": {}}}}\n',
        ['MLI232 private_dns_zones.blob.links "${each.key}" has no for_each'],
    ),
    "an item without that part": (
        'storage_accounts: {bb: {tags: {of: "${each.value.team}"}}}',
        LAKES,
        ['MLI352 "${each.value}" is text, which has no "team", in bb of for_each'],
    ),
    "what lies in no instance of a target": (
        'storage_accounts: {"${each.key}": null}',
        LAKES + "locks: {l: {of: storage_accounts.aa}}\n",
        ["MLI303 storage_accounts.aa is not in target dev"],
    ),
    "what is nested in no instance of a target": (
        'storage_accounts: {"${each.key}": {containers: {raw: null}}}',
        LAKES.replace("[aa, bb]", "[aa, bb], containers: {raw: {}}")
        + "locks: {l: {of: storage_accounts.aa.containers.raw}}\n",
        ["MLI303 storage_accounts.aa.containers.raw is not in target dev"],
    ),
    "nothing of what a target has no template of": (
        'storage_accounts: {"${each.key}": null}',
        LAKES.replace("[aa, bb]", "[1]"),
        [],
    ),
    "nothing of what items that nobody knows may make": (
        "",
        LAKES.replace("[aa, bb]", "[aa, 1]") + "locks: {l: {of: storage_accounts.bb}}\n",
        ["MLI351 an item of for_each must be a text, not a number"],
    ),
    "a key whose item lacks a part": (
        "",
        IDENTITIES + WORKSPACE.replace("{IDS}", '{"id-${each.key}": "${each.value.a}"}'),
        ['MLI352 "${each.value}" is text, which has no "a"'],
    ),
}


@pytest.mark.parametrize(("overrides", "text", "expected"), WRONG.values(), ids=WRONG)
def test_what_names_nothing_is_said(overrides: str, text: str, expected: list[str], tmp_path: Path) -> None:
    said = found(tmp_path, HEADER.replace("OVERRIDES", overrides) + text)
    assert [f"{each.code.id} {each.message}" for each in said if each.severity == "error"] == expected


def test_templates_make_so_many_entries_and_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expansion, "MAX_ENTRIES", 1)
    said = [each.message for each in found(tmp_path, HEADER.replace("OVERRIDES", "") + LAKES)]
    assert "templates make more than 1 entries of target dev" in said


def test_keys_that_name_templates_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(named_templates, "MAX_ADDED_NODES", 3)
    many = IDENTITIES.replace("[x, y]", "[x, y, z, v, w]")
    text = HEADER.replace("OVERRIDES", "") + many + WORKSPACE.replace("{IDS}", '{"id-${each.key}": {}}')
    assert "keys that name templates make more than 3 values" in [each.message for each in found(tmp_path, text)]


UNKNOWN_KEY = 'unknown section or header key "{}"'
OF_ENDPOINTS = "    for_each: ${var.plants}\n    description: Score"
SLIPS = {  # what is written in the circuits' spec -> instead, and all that is said of it
    "a key of the header": [("\npipelines:", "\npipelinex:", UNKNOWN_KEY.format("pipelinex"))],
    "the key of variables": [("\nvariables:", "\nvariablex:", UNKNOWN_KEY.format("variablex"))],
    "the key of targets": [("\ntargets:", "\ntargetx:", UNKNOWN_KEY.format("targetx"))],
    "a section": [("\njobs:", "\njobx:", UNKNOWN_KEY.format("jobx"))],
    "moved": [("\nmoved:", "\nmovex:", UNKNOWN_KEY.format("movex"))],
    "a key around the list": [("  train:\n    jobs: [", "  tarin:\n    jobs: [", 'unknown key "tarin" in pipelines')],
    "the lists themselves": [
        ("    jobs: [", "    jbos: [", 'unknown key "jbos" in pipelines.train'),
        ("score: {endpoints:", "score: {endpionts:", 'unknown key "endpionts" in pipelines.score'),
    ],
    "each": [
        ("${each.key}: # each passes", "${eahc.key}: # each passes", '"${eahc.key}" takes nothing of an item'),
        ("  ${each.key}:\n" + OF_ENDPOINTS, "  ${var.key}:\n" + OF_ENDPOINTS, '"${var.key}" takes nothing of an item'),
    ],
    "a part of each": [
        ("${each.key}: # each passes", "${each.kye}: # each passes", '"${each.kye}" takes nothing of an item'),
    ],
    "fields of ours in a template": [
        ("    output: model", "    uotput: model", "uotput is not a field of models"),
        ("    release: {", "    erlease: {", "erlease is not a field of models"),
    ],
    "what a template is made for, and fields in it": [
        ("plants: {type: list", "plants: {type: lits",
         'type must be one of string, integer, number, boolean, list, map, not "lits"'),
        ("experiment_name:", "experimnet_name:", "experimnet_name is not a field of jobs of type pipeline"),
        ("output_action:", "output_atcion:", "output_atcion is not a field of settings"),
        ("${{parent.inputs.cutoff}}", "${{parent.ipnuts.cutoff}}",
         "${{parent.ipnuts.cutoff}} is no reference"),
        ("default_compute: cpu", "default_compute: gpu", 'compute_clusters "gpu" is not defined'),
    ],
    "the items of one template": [
        (OF_ENDPOINTS, OF_ENDPOINTS.replace("plants", "lpants"), 'variable "lpants" is not declared'),
        ("environment: batch", "environment: btach", 'environments "btach" is not defined'),
    ],
}  # fmt: skip


@pytest.mark.parametrize("slips", SLIPS.values(), ids=SLIPS)
def test_a_slip_where_templates_are_named_or_made_is_all_that_is_said(
    tmp_path: Path, slips: list[tuple[str, str, str]]
) -> None:
    for name in ("requirements", "specs/circuits"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    spec = tmp_path / "specs" / "circuits" / "ml-platform.yaml"
    text = spec.read_text(encoding="utf-8") + "moved:\n  - {from: 'jobs.old-${each.key}', to: 'jobs.${each.key}'}\n"
    for written, instead, _ in slips:
        assert text.count(written) == 1, written
        text = text.replace(written, instead)
    spec.write_text(text, encoding="utf-8")
    result = compile_spec(spec, tmp_path, {})
    found = (*result.of_spec, *(each for of_target in result.diagnostics.values() for each in of_target))
    said = [each.message.partition(", in aachen")[0] for each in found if each.severity != "info" and not each.follows]
    assert sorted(dict.fromkeys(said)) == sorted(message for *_, message in slips)
