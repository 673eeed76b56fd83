"""The example platforms read without a word, and are what PyYAML says they are."""

from pathlib import Path

import pytest
import yaml

from mlinfra.repository.files import Files
from mlinfra.source import Given, Vocabulary, load
from mlinfra.source.tree import plain

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", sorted(path.parent.name for path in ROOT.glob("specs/*/ml-platform.yaml")))
def test_an_example_is_read_as_pyyaml_reads_it(name: str) -> None:
    path = ROOT / "specs" / name / "ml-platform.yaml"
    source = load(Given(path, Files(ROOT), Vocabulary((), {})))
    assert plain(source.value.tree) == yaml.safe_load(path.read_text(encoding="utf-8"))
    assert source.findings == ()
