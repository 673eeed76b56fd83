"""What runs the platform: pipelines where the spec asks for them, and the scripts that they call, in any case."""

from __future__ import annotations

import hashlib
import os
import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from mlinfra.derive.pinned_keys import often_enough
from mlinfra.diagnostics import Code, Problem, Where, finding
from mlinfra.emit.databricks import holding
from mlinfra.emit.devops import devops_context
from mlinfra.emit.output_file import OutputFile
from mlinfra.emit.script_targets import script_target
from mlinfra.formats.yaml_writer import to_yaml
from mlinfra.header import Header
from mlinfra.header.parameters import as_text
from mlinfra.header.pipelines import Pipelines
from mlinfra.header.train import STARTS
from mlinfra.pipelines.branches import guests
from mlinfra.pipelines.built import pipelines
from mlinfra.pipelines.bundles_cli import needed
from mlinfra.pipelines.context import PipelinesContext
from mlinfra.pipelines.devops import devops
from mlinfra.pipelines.gate import chooses_among
from mlinfra.pipelines.own_steps import AFTER_SCORING, has_steps
from mlinfra.pipelines.requirements import has_hashes
from mlinfra.pipelines.scripts import ScriptsContext, TargetContext, scripts
from mlinfra.pipelines.tools import tools
from mlinfra.pipelines.trained import ParameterContext, Training
from mlinfra.pipelines.versions import VERSIONS
from mlinfra.plan import Plan
from mlinfra.programs import COMMENT, PULL_REQUESTS, programs
from mlinfra.repository.files import Files
from mlinfra.rules.lending import lenders

UNSAFE_PATH = Code(
    "MLI498",
    "error",
    "Path that a pipeline can't hold",
    "Azure Pipelines and the shell evaluate some characters, such as $ and {, in the text of a path, and az reads the "
    "file that an argument names after @ or =@",
    "Rename the folder, to letters, digits, spaces and . _ - + = , ~ @ ( ), without @ at the start or after =",
    "https://learn.microsoft.com/azure/devops/pipelines/process/expressions",
)
SOURCES = ("pipelines",)
_HOW_TO_NAME = "a folder may have letters, digits, spaces and . _ - + = , ~ @ ( ), but no @ at the start or after ="
_SAFE_PATH = re.compile(r"(?!@|.*=@)[\w ./()@+=,~-]+")


def platform_files(
    plans: Sequence[Plan], header: Header, spec: Path, outdir: Path, root: Path, header_line: str
) -> Iterator[OutputFile]:
    """Pipelines and scripts of a platform with plans for all its targets, in promotion order.

    `spec`, `outdir` and `root` (of the repository) are absolute; `header_line` is the comment that each file starts
    with. Raises Problem where a pipeline can't hold the path of spec or output.
    """
    settings = header.pipelines
    versions = replace(VERSIONS.with_written(settings), databricks=needed(header, (plan.graph for plan in plans)))
    targets = tuple(script_target(plan, outdir, plans) for plan in plans)
    context = _context(plans, settings, targets, spec, outdir, root) if settings else None
    of_guests = {target.name: guests(context, target) for target in targets} if context else {}
    texts = scripts(
        ScriptsContext(
            platform=header.lasting_name,
            spec=_from(root, spec),
            targets=targets,
            versions=versions,
            cloud=header.cloud,
            training=_training(settings),
            tells_scoring=settings is not None and has_steps(settings.steps.values(), AFTER_SCORING),
            chooses_among=context is not None
            and any(chooses_among(context, target) for target in targets if target.models),
            has_guests=any(of_guests.values()),
            account=header.databricks,
            holding=holding(),
        )
    )
    if settings and context:
        if settings.install.wheel:
            wheel = root / settings.install.wheel
            context = replace(context, wheel_sha256=plans[0].graph.files.once(wheel, _sha256))
        context = replace(context, hashed=_hashed(plans[0].graph.files, settings))
        texts = {**texts, **tools(context, header_line), **programs(header_line, (COMMENT, PULL_REQUESTS))}
        made = pipelines(context)
        for name, pipeline in made.items():
            yield OutputFile(f"pipelines/{name}.yml", to_yaml(pipeline, header_line), None, SOURCES)
        in_devops = devops_context(plans, header, settings, made, context.path("pipelines"), of_guests)
        texts = {**texts, **devops(in_devops, header_line)}
    for name, text in texts.items():
        yield OutputFile(f"scripts/{name}", text, None, SOURCES)


def _training(settings: Pipelines | None) -> Training:
    if settings is None:
        return Training()
    parameters = (
        ParameterContext(name, each.type, as_text(each.default), tuple(map(as_text, each.values or ())))
        for name, each in settings.train.parameters.items()
    )
    return Training(tuple(start for start in STARTS if settings.train.is_started_by(start)), tuple(parameters))


def _context(
    plans: Sequence[Plan], settings: Pipelines, targets: tuple[TargetContext, ...], spec: Path, outdir: Path, root: Path
) -> PipelinesContext:
    header = plans[0].graph.header
    paths = {"spec": _from(root, spec), "output": _from(root, outdir)}
    unsafe = [
        finding(
            UNSAFE_PATH,
            f'the path of the {what}, "{path}", can\'t stand in a pipeline',
            Where(header.keys["pipelines"], "pipelines"),
            _HOW_TO_NAME,
        )
        for what, path in paths.items()
        if not _SAFE_PATH.fullmatch(path)
    ]
    if unsafe:
        raise Problem(unsafe)
    return context_of(plans, settings, targets, **paths)


def context_of(
    plans: Sequence[Plan], settings: Pipelines, targets: Iterable[TargetContext], spec: str = "", output: str = ""
) -> PipelinesContext:
    """What the pipelines are about; `spec` and `output` are for whoever asks where files lie."""
    header = plans[0].graph.header
    return PipelinesContext(
        header.lasting_name,
        settings,
        tuple(targets),
        {target.name: target.promote_from for target in header.targets},
        {target.name: target.branch for target in header.targets},
        frozenset(target.name for target in header.targets if target.shared),
        {plan.graph.target.name: lenders(plan.graph) for plan in plans},
        spec,
        output,
        key_rotation=often_enough(plan.graph for plan in plans) or "",
    )


def _hashed(files: Files, settings: Pipelines) -> frozenset[str]:
    """The files of requirements that have hashes, of the team's own code."""
    of_tests = (test.requirements for test in settings.tests)
    of_steps = (step.requirements for step in settings.steps.values())
    named = {name for name in (*of_tests, *of_steps) if name}
    return frozenset(name for name in named if has_hashes(files.text_or_none(files.root / name) or ""))


def _sha256(files: Files, path: Path) -> str:
    with files.opened(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _from(root: Path, path: Path) -> str:
    """The path from the root of the repository, with `/`; where it lies outside, as in a preview, with `..`."""
    return posixpath.normpath(Path(os.path.relpath(path, root)).as_posix())
