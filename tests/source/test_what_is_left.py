"""What can't be read, or must not be shown, hides nothing else: one value is unknown, the rest is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.spec import HEADER, found

REST = "workspaces: {main: {}}\njobs: {t: {type: command, command: x, environment: 'azureml:e:1', compute: cpuu}}\n"
UNKNOWN_COMPUTE = "MLI301"
VARIABLE = "variables: {v: {type: integer, default: 'AccountKey=abcdefghijkl'}}\n"
CASES = {  # a part of the spec, and what is said of it alone
    "a secret": ("compute_clusters: {cpu: {size: S, tags: {a: 'AccountKey=abcdefghijkl'}}}\n", ["MLI219"]),
    "a secret where a number is due": ("compute_clusters: {cpu: {max_instances: 'pwd=hunter22'}}\n", ["MLI219"]),
    "a secret in a variable": (
        VARIABLE + "compute_clusters: {cpu: {max_instances: '${var.v}'}}\n",
        ["MLI219"],
    ),
    "a key that is written twice": ("compute_clusters: {cpu: {max_instances: 1, max_instances: 2}}\n", ["MLI109"]),
    "an alias of nothing": ("compute_clusters: {cpu: {max_instances: *most}}\n", ["MLI111"]),
    "an alias of nothing for an entry": ("compute_clusters: {cpu: *cluster}\n", ["MLI111"]),
    "the same entry in two files": ("include: [more.yaml]\ncompute_clusters: {cpu: {}}\n", ["MLI121"]),
}
MORE = {"more.yaml": "compute_clusters: {cpu: {}}\n"}


@pytest.mark.parametrize(("part", "codes"), CASES.values(), ids=CASES)
def test_the_rest_is_judged(part: str, codes: list[str], tmp_path: Path) -> None:
    said = [each.code.id for each in found(tmp_path, HEADER + part + REST, MORE) if each.severity == "error"]
    assert sorted(said) == sorted([*codes, UNKNOWN_COMPUTE])


def test_a_key_that_is_a_secret_is_repeated_by_no_other_message(tmp_path: Path) -> None:
    key = "AKIA" + "ABCDEFGHIJKLMN12"
    said = found(tmp_path, f"{HEADER}compute_clusters: {{cpu: {{{key}: 1, sise: 2}}}}\n{REST}")
    assert [each.code.id for each in said] == ["MLI219"]
