"""What a person reads after the spec was read as far as one target: the tests compare it as a whole."""

from collections.abc import Mapping
from pathlib import Path

from mlinfra.diagnostics import Diagnostic, Problem
from mlinfra.diagnostics.formats.as_text import text
from mlinfra.diagnostics.merge import merge
from mlinfra.diagnostics.outcome import Outcome
from mlinfra.header import Header, read_header
from mlinfra.overrides import TargetTree, View, apply_target
from mlinfra.repository.files import Files
from mlinfra.source import Given, Source, Vocabulary, load
from mlinfra.source.suppressions import apply_suppressions

SPEC = "ml-platform.yaml"
SECTIONS = ("storage_accounts", "workspaces", "compute_clusters", "data", "online_endpoints", "key_vaults", "jobs")
NESTED = {"storage_accounts": ("containers", "file_shares"), "online_endpoints": ("deployments",)}

HEADER = """\
apiVersion: mlinfra/v1
platform: churn
location: westeurope
targets:
  dev: {subscription: 11111111-1111-1111-1111-111111111111, mode: development}
  prod:
    subscription: 22222222-2222-2222-2222-222222222222
    mode: production
    promote_from: dev
"""  # nine lines: what a test adds to them are values of prod, or starts in line 10


def write(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files by their path below a folder, byte for byte; return the path of the spec."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder / SPEC


def read(folder: Path, spec: str, given: Mapping[str, str] | None = None) -> tuple[Source, Header, list[TargetTree]]:
    """The spec as each of its targets sees it."""
    source = load(start(write(folder, {SPEC: spec}), given)).value
    header = read_header(source).value
    assert header is not None
    return source, header, [apply_target(View(source, header, target)).value for target in header.targets]


def report(folder: Path, files: Mapping[str, str | bytes] | str | bytes, given: Mapping[str, str] | None = None) -> str:
    """Everything that is said of a spec, as text, with paths relative to its folder."""
    path = write(folder, {SPEC: files} if isinstance(files, str | bytes) else files)
    try:
        source = load(start(path, given))
    except Problem as problem:
        return text(merge(problem.diagnostics, {}, ()), problem.texts, folder)
    found = merge(source.findings, {}, ()) if source.failed else _findings(source)  # what is read besides: other tests
    return text(apply_suppressions(found, source.value.suppressions), source.value.texts, folder)


def start(path: Path, variables: Mapping[str, str] | None = None) -> Given:
    """What a compilation of the spec at a path starts from."""
    return Given(path, Files(path.parent), Vocabulary(SECTIONS, NESTED), variables or {})


def _findings(source: Outcome[Source]) -> tuple[Diagnostic, ...]:
    header = source.then(read_header)
    if header.value is None or header.failed:
        return merge(header.findings, {}, ())
    by_target = {
        target.name: apply_target(View(source.value, header.value, target)).findings for target in header.value.targets
    }
    return merge(header.findings, by_target, list(by_target))
