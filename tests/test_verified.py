"""The page of what only a live Azure settles: each fact says what is assumed, and which command settles it."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[1] / "docs"
_PARTS = (DOCS / "verified.md").read_text(encoding="utf-8").split("\n## ")[1:]
FACTS = {part.partition("\n")[0]: part for part in _PARTS}


@pytest.mark.parametrize("fact", FACTS)
def test_each_fact_says_what_is_assumed_and_what_settles_it(fact: str) -> None:
    for said in ("- **Assumed**: ", "- **If not**: ", "- **Settles it**, "):
        assert FACTS[fact].count(said) == 1
    (block,) = re.findall(r"  ```bash\n(.*?)  ```\n", FACTS[fact], flags=re.DOTALL)
    assert re.match(r"\s*(az|databricks|scripts/)", block)
    assert subprocess.run(["bash", "-n", "-c", block], capture_output=True, text=True, check=False).stderr == ""


def test_the_five_facts_of_deployments_are_there() -> None:
    assert list(FACTS)[:5] == [
        "A Databricks workspace made with rights on one resource group",
        "A second deployment of a workspace with provisionNetworkNow",
        "Customer keys in a closed vault, for Azure Cosmos DB and Azure AI Search",
        "Unity Catalog and closed storage",
        "Mirrored requests in the metrics that a canary reads",
    ]


@pytest.mark.parametrize("page", ["language.md", "testing.md"])
def test_readers_find_the_page(page: str) -> None:
    assert "(verified.md" in (DOCS / page).read_text(encoding="utf-8")
