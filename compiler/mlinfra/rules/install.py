"""Rules of what pipelines install: files of the repository that are mlinfra, and hashes of all that it needs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from mlinfra.diagnostics import Code, Diagnostic, Where, finding
from mlinfra.graph import Graph
from mlinfra.header import Header
from mlinfra.header.pipelines import UNKNOWN_INSTALL, Install, Pipelines
from mlinfra.header.places import is_written
from mlinfra.languages.rule import Rule
from mlinfra.pipelines.feeds import feed_of, is_among
from mlinfra.pipelines.requirements import BUILD_BACKEND, DEPENDENCIES, DISTRIBUTION, missing, read_requirements
from mlinfra.pipelines.versions import FIRST, VERSIONS, is_older
from mlinfra.repository.files import MAX_FILE_BYTES, Files, Leads
from mlinfra.resolve.local_paths import MISSING, OTHER_KIND, OUTSIDE
from mlinfra.rules.of_pipelines import of_header, value_at, wrong_file
from mlinfra.rules.rule import over_targets
from mlinfra.source.tree import deepest, plain

_PIP_FORMAT = "https://pip.pypa.io/en/stable/topics/secure-installs/"
NOT_MLINFRA = Code(
    "MLI544",
    "error",
    "pipelines.install names something other than mlinfra",
    "Whatever pull requests install judges them; the name mlinfra alone is someone else's on a public index",
    f"Name a wheel of {DISTRIBUTION}, or the folder of its source",
    "https://packaging.python.org/en/latest/specifications/pyproject-toml/",
)
NOT_HASHED = Code(
    "MLI545",
    "error",
    "Requirements without hashes",
    "Without hashes, or from another place, pipelines install whatever an index answers on that day",
    "Write each requirement as name==version with its hashes, as `pip-compile --generate-hashes` or `uv pip compile "
    "--generate-hashes` do",
    _PIP_FORMAT,
)
INCOMPLETE = Code(
    "MLI546",
    "error",
    "Requirements that lack what mlinfra needs",
    "mlinfra itself is installed without its dependencies, so that it brings in nothing that has no hash",
    "Add the packages, with what they need in turn: lock mlinfra's own requirements",
    _PIP_FORMAT,
)
NOT_CHECKED = Code(
    "MLI575",
    "warning",
    "Bicep of a version whose hash is not known",
    "Whatever is downloaded is run with the rights of the pipelines. They take it from its release on GitHub and "
    "compare it with the hash that GitHub shows there on that day, and warn where it does not answer; who changes the "
    "release changes both",
    "Write its SHA-256 too, as its release on GitHub shows it: versions: {bicep: {version: …, sha256: …}}",
    "https://learn.microsoft.com/azure/azure-resource-manager/bicep/install",
)
NOT_INSTALLED = Code(
    "MLI877",
    "warning",
    "Databricks CLI of a version whose hash is not known",
    "Pipelines download it and run it with their rights: without a hash to compare it with they stop instead",
    "Write the SHA-256 of its archive too, as databricks_cli_<version>_SHA256SUMS of its release on GitHub shows it: "
    "versions: {databricks: {version: …, sha256: …}}",
    "https://learn.microsoft.com/azure/databricks/dev-tools/cli/install",
)
TOO_OLD = Code(
    "MLI855",
    "error",
    "Tool that is older than what the output uses",
    "Scripts and templates use what came with a later version, so every run would end where that is asked for",
    "Write that version or a later one, or delete the line: mlinfra's own versions are tested together",
    "https://learn.microsoft.com/cli/azure/release-notes-azure-cli",
)
NOT_SIGNED_IN = Code(
    "MLI577",
    "warning",
    "Index that is a feed, and nothing signs pip in",
    "A feed of Azure Artifacts answers nobody who has not signed in; the address of an index holds no credentials",
    "Write the feed in pipelines.feeds, so that pip is signed in before each install",
    "https://learn.microsoft.com/azure/devops/pipelines/tasks/reference/pip-authenticate-v1",
)
MAX_REQUIREMENTS_BYTES = 1024 * 1024  # ours: the hashes of all that mlinfra needs have 50 KiB
_TABLE = re.compile(r"\[([^\[\]]*)\]")
_NAME = re.compile(r"""name\s*=\s*["']([!-~]{1,80})["']""")


@dataclass(frozen=True)
class _Written:
    """`pipelines.install` as it is written, and the files that it names."""

    header: Header
    files: Files
    install: Install

    def found(self, code: Code, key: str, message: str, help: str | None = None) -> Diagnostic:
        return finding(code, message, Where(self.header.value_at("pipelines", "install", key), "pipelines"), help)

    def path(self, written: str) -> Path:
        return self.files.root / written

    def leads(self, written: str) -> Leads:
        return self.files.leads(self.path(written))


def _bicep_is_checked(header: Header, pipelines: Pipelines) -> Iterator[Diagnostic]:
    pin = pipelines.versions.bicep
    if is_written(header.written, ("pipelines", "versions", "bicep", "sha256")):
        return  # what is wrong with it is said elsewhere
    if pin and not VERSIONS.with_written(pipelines).bicep_hashes:
        message = f"no hash of the spec checks what pipelines install as Bicep {pin.version}"
        help = f"write bicep: {{version: {pin.version}, sha256: …}}, as its release on GitHub shows it"
        span = value_at(header, "versions", "bicep")
        yield finding(NOT_CHECKED, message, Where(span, "pipelines"), help)


def _databricks_is_checked(header: Header, pipelines: Pipelines) -> Iterator[Diagnostic]:
    pin = pipelines.versions.databricks
    if is_written(header.written, ("pipelines", "versions", "databricks", "sha256")):
        return  # what is wrong with it is said elsewhere
    if pin and not VERSIONS.with_written(pipelines).databricks_hashes:
        message = f"pipelines stop where they install Databricks CLI {pin.version}: nothing says which hash it has"
        help = (
            f"write databricks: {{version: {pin.version}, sha256: …}}, as its release on GitHub shows it, or "
            f"{VERSIONS.databricks}, whose hash is known"
        )
        span = value_at(header, "versions", "databricks")
        yield finding(NOT_INSTALLED, message, Where(span, "pipelines"), help)


def _tools_are_new_enough(header: Header, pipelines: Pipelines) -> Iterator[Diagnostic]:
    pins = pipelines.versions
    written = {"az": pins.az, "ml": pins.ml, "bicep": pins.bicep.version if pins.bicep else None}
    for tool, version in written.items():
        first = FIRST[tool]
        if version and is_older(version, first.version):
            message = f"{tool} {version} is older than {first.version}, the first that has {first.has}"
            ours = getattr(VERSIONS, tool)
            help = f"write {tool}: {first.version} or a later one, or delete it for {ours}; see {first.source}"
            yield finding(TOO_OLD, message, Where(value_at(header, "versions", tool), "pipelines"), help)


def _feed_is_signed_in(written: _Written) -> Iterator[Diagnostic]:
    feed = feed_of(written.install.index or "")
    feeds = written.header.pipelines.feeds if written.header.pipelines else []
    if feed and not is_among(feed, feeds):
        help = f"add feeds: [{', '.join([*feeds, feed])}]"
        yield written.found(NOT_SIGNED_IN, "index", f"index is the feed {feed}, to which nothing signs pip in", help)


def _origin_is_mlinfra(written: _Written) -> Iterator[Diagnostic]:
    if written.install.wheel:
        yield from _file_is_there(written, "wheel", written.install.wheel, MAX_FILE_BYTES)
    elif written.install.source:
        problem = _folder_problem(written, written.install.source)
        yield from [problem] if problem else _source_is_mlinfra(written, written.install.source)


def _requirements_are_hashed(written: _Written) -> Iterator[Diagnostic]:
    name = written.install.requirements
    there = list(_file_is_there(written, "requirements", name, MAX_REQUIREMENTS_BYTES))
    yield from there
    if there:
        return
    text = _text(written)
    if text is None:
        yield written.found(NOT_HASHED, "requirements", f'"{name}" is not UTF-8 text')
        return
    _, refused = read_requirements(text)
    if refused:
        message = f'"{name}", line {refused.line}: {refused.why}'
        help = _place_of_packages(written.install) if refused.names_another_place else None
        yield written.found(NOT_HASHED, "requirements", message, help)


def _place_of_packages(install: Install) -> str:
    says = "index of pipelines.install names" if install.index else "pip's own settings on the agent name"
    return f"delete the line: {says} the index"


def _requirements_are_complete(written: _Written) -> Iterator[Diagnostic]:
    text = _text(written)
    names, refused = read_requirements(text) if text is not None else ((), None)
    lacking = missing(names, _needed(written.install))
    if lacking and not refused and text is not None:
        message = f'"{written.install.requirements}" lacks {", ".join(lacking)}'
        help = f"it holds all that {DISTRIBUTION} needs{_together_with(written.install)}, each with its hashes"
        yield written.found(INCOMPLETE, "requirements", message, help)


def _needed(install: Install) -> tuple[str, ...]:
    own = (DISTRIBUTION,) if install.index else (BUILD_BACKEND,) if install.source else ()
    return (*DEPENDENCIES, *own)


def _together_with(install: Install) -> str:
    if install.index:
        return f", and with index {DISTRIBUTION} itself"
    return f", and with source {BUILD_BACKEND}, which builds it" if install.source else ""


def _text(written: _Written) -> str | None:
    """The text of the requirements, None where `_file_is_there` or the encoding says what is wrong."""
    return written.files.text_or_none(written.path(written.install.requirements))


def _file_is_there(written: _Written, key: str, name: str, max_bytes: int) -> Iterator[Diagnostic]:
    if problem := wrong_file(written.header, written.files, ("install", key), name):
        yield problem
    elif written.files.size_bytes(written.leads(name).real) > max_bytes:
        yield written.found(NOT_MLINFRA, key, f'"{name}" has more than {max_bytes >> 20} MiB')


def _folder_problem(written: _Written, name: str) -> Diagnostic | None:
    leads = written.leads(name)
    if leads.kind == "outside":
        return written.found(OUTSIDE, "source", f'"{name}" lies outside the repository', "move it into the repository")
    if leads.kind == "missing":
        help = "paths of pipelines.install count from the root of the repository"
        return written.found(MISSING, "source", f'"{name}" does not exist', help)
    if leads.kind != "folder":
        return written.found(OTHER_KIND, "source", f'"{name}" {leads.why or "is a file"}, and a folder is due here')
    return None


def _source_is_mlinfra(written: _Written, name: str) -> Iterator[Diagnostic]:
    project = _project_name(written.files.text_or_none(written.path(f"{name}/pyproject.toml")) or "")
    if project != DISTRIBUTION:
        said = f'the project "{project}"' if project else "no pyproject.toml that names a project"
        help = f'[project] name = "{DISTRIBUTION}" in its pyproject.toml is what tells it'
        yield written.found(NOT_MLINFRA, "source", f'"{name}" holds {said}, not {DISTRIBUTION}', help)


def _project_name(text: str) -> str | None:
    """The name in the table `project` of a pyproject.toml.

    Line by line: tomllib takes minutes for a hostile key of some thousand dots.
    """
    table = ""
    for line in text.splitlines():
        if header := _TABLE.match(line):
            table = header[1].strip()
        elif table == "project" and (name := _NAME.match(line.strip())):
            return name[1]
    return None


def _rule(code: Code, check: Callable[[_Written], Iterator[Diagnostic]]) -> Rule:
    def run(graphs: Sequence[Graph]) -> Iterator[Diagnostic]:
        settings = graphs[0].header.pipelines if graphs else None
        if settings and not _is_wrong(graphs[0].header, settings.install):
            yield from check(_Written(graphs[0].header, graphs[0].files, settings.install))

    return over_targets(code, run)


def _is_wrong(header: Header, install: Install) -> bool:
    """Whether it is said already that what is written is none."""
    written = plain(deepest(header.written, ("pipelines", "install")))
    return install == Install(**UNKNOWN_INSTALL) and written != UNKNOWN_INSTALL


INSTALL_RULES = (
    _rule(NOT_MLINFRA, _origin_is_mlinfra),
    _rule(NOT_HASHED, _requirements_are_hashed),
    _rule(INCOMPLETE, _requirements_are_complete),
    over_targets(NOT_CHECKED, of_header(_bicep_is_checked)),
    over_targets(NOT_INSTALLED, of_header(_databricks_is_checked)),
    over_targets(TOO_OLD, of_header(_tools_are_new_enough)),
    _rule(NOT_SIGNED_IN, _feed_is_signed_in),
)
