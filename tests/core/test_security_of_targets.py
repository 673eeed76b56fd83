"""security: a target has its own key, or none, and what is wrong with it is said where the target says it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.spec import compiled, found

SPEC = """\
apiVersion: mlinfra/v1
platform: churn
location: westeurope
variables: {key: {type: string, default: data}}
targets:
  dev: {subscription: 11111111-1111-1111-1111-111111111111, mode: development%s}
  test: {subscription: 22222222-2222-2222-2222-222222222222, mode: development, promote_from: dev%s}
%s
key_vaults: {keys: {keys: {data: {}, other: {}}}}
storage_accounts: {lake: {}, pub: {}}
"""
KEY = "security: {customer_managed_key: {key_vault: keys, key: '${var.key}'}}"
CASES = {
    "the key of the header is that of each": (("", ""), KEY, ({"lake": "data", "pub": "data"},) * 2),
    "a target takes another key": (
        ("", ", overrides: {security: {customer_managed_key: {key: other}}}"),
        KEY,
        ({"lake": "data", "pub": "data"}, {"lake": "other", "pub": "other"}),
    ),
    "a target leaves more out": (
        ("", ", overrides: {security: {customer_managed_key: {except: [storage_accounts.pub]}}}"),
        KEY,
        ({"lake": "data", "pub": "data"}, {"lake": "data"}),
    ),
    "a target has none": ((", overrides: {security: null}", ""), KEY, ({}, {"lake": "data", "pub": "data"})),
    "one target alone has one": (
        ("", f", overrides: {{{KEY}}}"),
        "",
        ({}, {"lake": "data", "pub": "data"}),
    ),
    "a variable of the target names it": (
        ("", ", variables: {key: other}"),
        KEY,
        ({"lake": "data", "pub": "data"}, {"lake": "other", "pub": "other"}),
    ),
}


@pytest.mark.parametrize(("said", "header", "expected"), CASES.values(), ids=CASES)
def test_each_target_is_encrypted_with_its_own_key(
    said: tuple[str, str], header: str, expected: tuple[dict[str, str], ...], tmp_path: Path
) -> None:
    keys = []
    for plan in compiled(tmp_path, SPEC % (*said, header)).plans:
        accounts = plan.graph.section("storage_accounts")
        named = {each.name: each.body.get("customer_managed_key") for each in accounts}
        keys.append({name: key["key"] for name, key in named.items() if key})
    assert tuple(keys) == expected


WRONG = {
    "a key that is not there, in overrides": (
        ("", ", overrides: {security: {customer_managed_key: {key: othr}}}"),
        KEY,
        'MLI397 7:151 key_vaults.keys has no key "othr"',
    ),
    "a key that is not there, in the header": (
        ("", ""),
        KEY.replace("'${var.key}'", "dta"),
        'MLI397 8:57 key_vaults.keys has no key "dta"',
    ),
    "an unknown field": (
        ("", ", overrides: {security: {customer_managed_key: {keyy: other}}}"),
        KEY,
        'MLI212 7:146 unknown key "keyy" in security.customer_managed_key',
    ),
    "what is known of an entry only later": (
        ("", ""),
        KEY.replace("'${var.key}'", "'${storage_accounts.lake.name}'"),
        (
            "MLI215 8:57 customer_managed_key can't be made of what is known of an entry, as "
            '"${storage_accounts.lake.name}" is'
        ),
    ),
}


@pytest.mark.parametrize(("said", "header", "expected"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_said_where_it_is_written(
    said: tuple[str, str], header: str, expected: str, tmp_path: Path
) -> None:
    wrong = found(tmp_path, SPEC % (*said, header))
    assert [f"{each.code.id} {each.span.line}:{each.span.column} {each.message}" for each in wrong] == [expected]
