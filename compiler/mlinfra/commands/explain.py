"""explain: a code, an address, or a line of generated output."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from mlinfra.catalogue import BY_ID
from mlinfra.commands.echo import print_document
from mlinfra.commands.explain_error import explain_error
from mlinfra.commands.explain_model import Asked, explain_model
from mlinfra.commands.locations import default_outdir, repository_root
from mlinfra.commands.options import Settings, against_option, shared_options, variables_option
from mlinfra.commands.selecting import check_no_target, selector
from mlinfra.commands.session import Compilation, Request, compiled, failed_with, known_address, report, say, shown_plan
from mlinfra.diagnostics.formats.display import shown_path
from mlinfra.diagnostics.lines import split_lines
from mlinfra.differ.selecting import STATE
from mlinfra.explain import address, code, generated
from mlinfra.explain.places import texts_as_shown
from mlinfra.output import stored_manifest
from mlinfra.output.local_disk import link_on_the_way
from mlinfra.output.lock import reading
from mlinfra.output.manifest import MANIFEST, Manifest, NotAManifest

FORMATS = ("text", "json")
MAX_EXPLAINED_BYTES = 16 * 2**20  # of a file of the output; its manifest is the largest, of 10,000 entries with 10 MB
MAX_LINE_DIGITS = 9  # a file of the output has fewer lines than bytes
_CODE = re.compile(r"MLI\d+", re.IGNORECASE)
_FILE = re.compile(r"(?P<path>.+?)(?::(?P<line>[1-9]\d*))?(?::\d+)?")  # as diagnostics and editors write places


@click.command("explain")
@click.argument("what", metavar="CODE|ADDRESS|FILE[:LINE]", required=False)
@click.option("--error", metavar="FILE", help="In place of all that: what was printed as something failed; - reads it.")
@click.option("--model", metavar="NAME:VERSION", help="In place of all that: a version of a model that a run made.")
@click.option("--from", "models", metavar="FILE", help="With --model: the models.json that its run has published.")
@click.option("-t", "--target", metavar="NAME", help="Only this target.")
@click.option(
    "-o", "--output", "form", type=click.Choice(("text", "json")), default="text", help="text (the default), json."
)
@against_option
@variables_option
@shared_options
@click.pass_obj
def command(
    settings: Settings,
    what: str | None,
    error: str | None,
    model: str | None,
    models: str | None,
    target: str | None,
    form: str,
    against: str | None,
    variables: Mapping[str, str],
) -> int:
    """Explain what the compiler says or does.

    A CODE of a diagnostic: what it is about, why, and what would be right. An ADDRESS such as storage_accounts.lake:
    where it is written, why it exists, its Azure name and id in each target, what it uses and what uses it. A FILE of
    the output, or a LINE of it: which lines of the spec made it. --model NAME:VERSION --from models.json: the run that
    made that version of a model, with commit, data and numbers, and what serves it. --error FILE: the text of a failed
    deployment, job, endpoint or step of a pipeline: which entry it is about, where that is written, why it came and
    what helps. state:modified, state:refused, …: every entry that differs so from the committed output, or from a
    revision with --against.

    Exit code 0: explained. 1: errors in the spec, or nothing is known of the error.
    """
    if error is not None:
        if what is not None or model is not None or models is not None:
            raise click.UsageError("--error stands alone: what it reads says what it is about")
        return explain_error(settings, error, target, form, variables)
    if model is not None or models is not None:
        return explain_model(settings, _asked(what, model, models), target, form, variables)
    if what is None:
        raise click.UsageError("Missing argument 'CODE|ADDRESS|FILE[:LINE]'.")
    if _CODE.fullmatch(what):
        document = _of_code(what.upper())
        print_document(document, code.text(document), form)
        return 0
    check_no_target(what, "explain")
    if what.startswith(STATE):
        return _of_state(settings, what, target, against, variables, form)
    parts = _FILE.fullmatch(what)
    path = Path(parts["path"]) if parts else Path(what)
    _check_no_link(path)
    line = _line(parts["line"]) if parts else None
    if path.is_file() and _output_folder(path.absolute()):
        return _of_file(settings, path.absolute(), line, variables, form)
    return _of_printed(settings, what, path, line, target, variables, form)


def _of_state(
    settings: Settings, what: str, target: str | None, against: str | None, variables: Mapping[str, str], form: str
) -> int:
    """Every entry that differs so from the committed output, or from a revision."""
    chosen = selector(what)
    request = Request.of(settings, variables)
    outcome = compiled(request)
    if outcome.failed or outcome.compiled is None:
        return _failed(outcome, form, settings)
    result, here = outcome.compiled, Path.cwd()
    from mlinfra.commands.compared import chosen_changes  # only who asks for a state pays for it

    changes = chosen_changes(request, outcome, chosen, against, settings)
    found = [each for each in changes if not target or each.target in (None, target)]
    known = address.addresses(result.plans)
    addresses = dict.fromkeys(each.address for each in found if each.address in known)
    if not addresses:
        raise click.UsageError(f"{what}: nothing that the spec still holds is that")
    documents = [address.document(each, result.plans, shown_plan(result, target), here) for each in addresses]
    texts = texts_as_shown(outcome.texts, here)
    text = "".join(address.text(document, texts) for document in documents)
    print_document({"selected": documents}, text, form)
    return 0


def _asked(what: str | None, model: str | None, models: str | None) -> Asked:
    if model is None:
        raise click.UsageError("--from is about a --model NAME:VERSION, such as churn:7")
    if models is None:
        raise click.UsageError("--model takes what a run has published about it: --from models.json")
    if what is not None:
        raise click.UsageError("--model and CODE, ADDRESS or FILE exclude each other")
    return Asked(model, models)


def _line(digits: str | None) -> int | None:
    """The number of a line; raises click.UsageError for one that no file has."""
    if digits is not None and len(digits) > MAX_LINE_DIGITS:
        raise click.UsageError(f"no file has a line whose number has {len(digits):,} digits")
    return int(digits) if digits else None


def _check_no_link(path: Path) -> None:
    """Raises click.UsageError where a link of the repository is on the way: what it leads to is not asked for."""
    absolute = Path(os.path.abspath(path))  # noqa: PTH100  # links in it are what is looked for
    link = link_on_the_way(repository_root(absolute), absolute)
    if link is not None:
        shown = shown_path(link.as_posix(), Path.cwd())
        raise click.UsageError(f"{shown} is a link; name the file by the path that it leads to")


def _of_code(id: str) -> dict[str, Any]:
    if id not in BY_ID:
        raise click.UsageError(f"{id} is no code of this release")
    return code.document(BY_ID[id])


def _of_printed(
    settings: Settings,
    what: str,
    path: Path,
    line: int | None,
    target: str | None,
    variables: Mapping[str, str],
    form: str,
) -> int:
    """An address, or a file as explain itself names it: below the output folder of the spec."""
    is_no_file = _is_no_file(what, path)
    try:
        request = Request.of(settings, variables, (target,) if target else ())
    except click.UsageError as error:
        raise is_no_file or error from None
    outcome = compiled(request)
    if outcome.failed or outcome.compiled is None:
        if is_no_file:
            raise is_no_file
        return _failed(outcome, form, settings)
    result, here = outcome.compiled, Path.cwd()
    known = {*address.addresses(result.plans), *result.header.keys}
    if what not in known:
        listed = default_outdir(request.spec, request.root, result.header.platform) / path
        if listed.is_file() and not path.is_absolute():
            _check_no_link(listed)
            return _of_file(settings, listed, line, variables, form)
        if is_no_file:
            raise is_no_file
    known_address(what, known, result.plans)
    document = address.document(what, result.plans, shown_plan(result, target), here)
    print_document(document, address.text(document, texts_as_shown(outcome.texts, here)), form)
    return 0


def _is_no_file(what: str, path: Path) -> click.UsageError | None:
    """What to say of a word that can't be an address, which starts with a section; None where it can."""
    if path.is_file():
        return _lies_nowhere(path)
    if re.search(r"[/\\]", what.partition(".")[0]) or what.startswith("."):
        return click.UsageError(f"{path} is no file")
    return None


def _lies_nowhere(path: Path) -> click.UsageError:
    return click.UsageError(f"{path.name} lies in no output folder: there is no {MANIFEST} above it")


def _output_folder(path: Path) -> Path | None:
    return next((folder for folder in path.parents if os.path.lexists(folder / MANIFEST)), None)


def _of_file(settings: Settings, path: Path, line: int | None, variables: Mapping[str, str], form: str) -> int:
    outdir = _output_folder(path)
    if outdir is None:
        raise _lies_nowhere(path)
    inside = path.relative_to(outdir).as_posix()
    manifest, content = _stored(outdir, inside, settings)
    if content is None:
        raise click.UsageError(f"{inside} is no file that mlinfra wrote: {MANIFEST} does not list it")
    given = Settings(settings.file or str(_spec_of(outdir, manifest)), settings.color, settings.verbosity)
    outcome = compiled(Request.of(given, variables))
    if outcome.failed or outcome.compiled is None:
        return _failed(outcome, form, settings)
    here, result = Path.cwd(), outcome.compiled
    lines = len(split_lines(content.removesuffix("\n")))
    if line is not None and not 1 <= line <= lines:
        raise click.UsageError(f"{inside} has {lines} lines, and no line {line}")
    document = generated.document(inside, line, content, manifest, result.header, result.plans, here)
    print_document(document, generated.text(document, texts_as_shown(outcome.texts, here)), form)
    return 0


def _stored(outdir: Path, inside: str, settings: Settings) -> tuple[Manifest, str | None]:
    """The manifest of an output folder, and the text of a file that it lists, None where it lists no such file."""
    shown = shown_path(outdir.as_posix(), Path.cwd())
    try:
        with reading(outdir, lambda message: say(f"{shown}: {message}", settings)) as folder:
            manifest = stored_manifest(folder)
            if manifest is None:
                raise click.UsageError(f"{shown} holds no {MANIFEST}")
            content = folder.read(inside) if inside in (*manifest.files, MANIFEST) else None
            if content is not None and len(content) > MAX_EXPLAINED_BYTES:
                raise click.UsageError(f"{inside} has {len(content):,} bytes; at most {MAX_EXPLAINED_BYTES:,} are read")
            return manifest, None if content is None else content.decode(errors="replace")
    except NotAManifest as problem:
        raise click.UsageError(f"{outdir / MANIFEST} can't be read: {problem}") from problem


def _spec_of(outdir: Path, manifest: Manifest) -> Path:
    """The spec that a manifest names: one of the repository that holds the output."""
    spec, real = (Path(os.path.realpath(path)) for path in (outdir / manifest.spec, outdir))
    root = repository_root(real / MANIFEST)
    in_one = spec.is_relative_to(root) if (root / ".git").exists() else real.is_relative_to(repository_root(spec))
    if not in_one:
        raise click.UsageError(f"the spec that {MANIFEST} names lies in another repository; name it with -f FILE")
    return spec


def _failed(outcome: Compilation, form: str, settings: Settings) -> int:
    report(outcome, form, settings)
    return failed_with(outcome)
