"""Specs written in a test: from a few lines of text to what the compiler says of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from mlinfra.compile import Compiled, compile_spec
from mlinfra.diagnostics import Diagnostic, Problem

HEADER = """\
apiVersion: mlinfra/v1
platform: churn
location: westeurope
targets:
  dev: {subscription: 11111111-1111-1111-1111-111111111111, mode: development}
"""
PRODUCTION = """\
apiVersion: mlinfra/v1
platform: churn
location: westeurope
targets:
  prod: {subscription: 22222222-2222-2222-2222-222222222222, mode: production}
"""
# An endpoint that names local files: model, request.json, src/s.py.
SCORING = """\
environments:
  e:
    image: a/b:1
    conda_file: {channels: ['https://conda.contoso.example', nodefaults], dependencies: [azureml-inference-server-http]}
models: {m: {path: model, version: 1}}
online_endpoints:
  o:
    auth_mode: aad_token
    smoke_test: {request: request.json}
    traffic: {blue: 100}
    deployments:
      blue:
        model: m
        environment: e
        instance_type: Standard_DS3_v2
        instance_count: 1
        code_configuration: {code: src, scoring_script: s.py}
"""


def compiled(folder: Path, text: str, files: Mapping[str, str] | None = None) -> Compiled:
    """What becomes of a spec of this text in a folder with these files; raises Problem as `compile_spec` does."""
    for name, content in (files or {}).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
    spec = folder / "ml-platform.yaml"
    spec.write_text(text, encoding="utf-8")
    return compile_spec(spec, folder, {})


def found(folder: Path, text: str, files: Mapping[str, str] | None = None) -> list[Diagnostic]:
    """Everything that is said of the spec, whatever the target, each once."""
    try:
        result = compiled(folder, text, files)
    except Problem as problem:
        return list(problem.diagnostics)
    of_targets = (item for items in result.diagnostics.values() for item in items)
    return list(dict.fromkeys(item for item in (*result.of_spec, *of_targets) if not item.follows))


def said(folder: Path, text: str, code: str, files: Mapping[str, str] | None = None) -> list[str]:
    """The messages of one code, each behind the line that it points at."""
    return [
        f"{item.span.line}: {item.message}" + (f" ({item.help})" if item.help else "")
        for item in found(folder, text, files)
        if item.code.id == code
    ]
