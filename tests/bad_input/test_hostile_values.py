"""Texts full of the syntax of what they end up in come out as that very text, in Bicep and in Azure ML YAML."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlinfra.cli import run
from tests.installation import INDEX, REQUIREMENTS, add_installation

TEXTS = {
    "quotes": """it's "quoted" and `ticked`""",
    "three quotes": "'''${x}'''",
    "a literal expression": "${HOME} ${var.x} ${workspaces.main.id} $${x}",
    "a pipeline's macro": "$(whoami) $[variables.x] ${{ parameters.x }}",
    "a command of the pipeline's log": "##vso[task.setvariable variable=x]y",
    "lines": "one\ntwo\n\n  three\n",
    "carriage returns and tabs": "one\r\ntwo\tthree\r",
    "backslashes": "C:\\new\\table \\u{1F600} \\'",
    "Bicep": "' }\nresource x 'y@z' = {",
    "shell": "'; rm -rf / #\n$(id) `id` && exit || true",
    "Markdown": "| a | [b](c) <b>d</b> # e\n***\n```\nf",
    "Mermaid": 'end\n"x"] --> y{{z}}; %% w',
    "YAML": "- a: b # c\n? &d *d !!e |\n---\n...",
    "Jinja": "{{ x }}{% raw %}{# y #}",
    "JSON": '{"a": ["b", null]}',
    "spaces": "  leading and trailing  ",
    "words of YAML": "yes",
    "a number": "1e3",
    "nothing": "null",
    "a time": "12:30:00",
    "a sign": "@x %y",
    "scripts": "日本 é \U0001f600 e\u0301",
    "line separators": "a\u2028b\u2029c\x85d",
}
BICEP_ESCAPES = {"\\\\": "\\", "\\'": "'", "\\n": "\n", "\\r": "\r", "\\t": "\t", "\\$": "$"}


def spec_with(text: str) -> str:
    """A platform that holds a text in every place that takes any text."""
    written = text.replace("${", "$${")
    document = {
        "apiVersion": "mlinfra/v1",
        "platform": "churn",
        "location": "westeurope",
        "targets": {"dev": {"subscription": "11111111-1111-1111-1111-111111111111", "mode": "development"}},
        "workspaces": {"main": {"description": written, "tags": {"k": written}}},
        "compute_clusters": {"cpu": {"size": "Standard_D4ds_v4", "max_instances": 1, "description": written}},
        "data": {
            "a": {
                "type": "uri_file",
                "path": "https://example.com/a.csv",
                "description": written,
                "tags": {"k": written},
            }
        },
        "pipelines": {
            "pool": {"name": "agents"},
            "service_connections": {"dev": "a"},
            "install": {"index": INDEX, "requirements": REQUIREMENTS},
        },
    }
    return str(yaml.safe_dump(document, sort_keys=False))


def bicep_texts(source: str) -> set[str]:
    """The texts of a Bicep file's literals (Bicep specification, strings)."""
    literals = re.findall(r"'((?:[^'\\\n]|\\.)*)'", source)
    return {re.sub(r"\\u\{([0-9a-fA-F]+)\}|\\.", _unescaped, literal) for literal in literals}


def _unescaped(match: re.Match[str]) -> str:
    return chr(int(match[1], 16)) if match[1] else BICEP_ESCAPES[match[0]]


def compiled(folder: Path, text: str) -> Path:
    """The output folder of a platform that holds the text."""
    (folder / ".git").mkdir(parents=True, exist_ok=True)
    add_installation(folder)
    (folder / "ml-platform.yaml").write_text(spec_with(text), encoding="utf-8", newline="\n")
    out = folder / "out"
    assert run(["-q", "-f", str(folder), "compile", "--outdir", str(out), "--force"]) == 0
    return out


def assert_comes_out(out: Path, text: str) -> None:
    asset: dict[str, Any] = yaml.safe_load((out / "dev/azureml/data/a.yml").read_bytes())
    assert (asset["description"], asset["tags"]) == (text, {"k": text})
    for layer in ("workspace", "compute"):
        assert text in bicep_texts((out / f"dev/infra/{layer}.bicep").read_bytes().decode())


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_text_comes_out_as_it_was_written(text: str, tmp_path: Path) -> None:
    assert_comes_out(compiled(tmp_path, text), text)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_no_text_enters_a_pipeline_or_a_script_but_in_a_hash(text: str, tmp_path: Path) -> None:
    plain, hostile = (compiled(tmp_path / name, value) for name, value in (("plain", "x"), ("hostile", text)))
    for folder in ("pipelines", "scripts"):
        for file in sorted((plain / folder).iterdir()):
            assert _without_hashes(hostile / folder / file.name) == _without_hashes(file)


def _without_hashes(file: Path) -> str:
    return re.sub(r"\b[0-9a-f]{12,64}\b", "…", file.read_text(encoding="utf-8"))


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text("ab '\"`$({[]})|>&*!%@#:;,-?\\\n\t~<=/é日", min_size=1, max_size=30))
def test_any_text_comes_out_as_it_was_written(text: str, tmp_path: Path) -> None:
    assert_comes_out(compiled(tmp_path, text), text)
