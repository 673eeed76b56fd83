"""The contract of scoring: what a deployment's code needs, its environment has, in the versions that trained."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

from mlinfra.derive.models import is_registered_by_its_run
from mlinfra.derive.package_hosts import Conda, condas
from mlinfra.diagnostics import Code, Diagnostic, Related, Span, finding
from mlinfra.graph import Entry, Graph
from mlinfra.graph.findings import at, path_of
from mlinfra.languages.rule import Rule
from mlinfra.repository.files import Unreadable
from mlinfra.rules.rule import over_graph
from mlinfra.rules.scoring_code import CODE, SCRIPT, Looked, looked_at
from mlinfra.schemas.modules import all_installed, is_given, is_known, named, named_as_by_pip, suggested
from mlinfra.schemas.packages import Pin, Required, names_all, requirements
from mlinfra.source.named_yaml import document_in
from mlinfra.source.tree import Path, Scalar, scalars

NOT_GIVEN = Code(
    "MLI740",
    "warning",
    "Import that no package of the environment gives",
    "The server imports the scoring script when it starts: a module that is missing then ends the container, and the "
    "deployment fails after the image was built. What packages bring with them is known of the usual ones only",
    "Add the package to the conda file, or import it in a try: where the code does without",
    "https://learn.microsoft.com/azure/machine-learning/how-to-troubleshoot-online-endpoints",
)
OTHER_VERSION = Code(
    "MLI741",
    "error",
    "Version that training and scoring pin differently",
    "A model is saved by pickling, and what was pickled by one version of Python or of a library is not promised to be "
    "read by another: it fails, or, worse, it answers otherwise",
    "Pin the same version in both conda files; of Python the first two numbers count",
    "https://scikit-learn.org/stable/model_persistence.html",
)
LACKS = Code(
    "MLI748",
    "warning",
    "Library of the training that scoring lacks",
    "A model is saved by pickling, and reading it imports the libraries whose objects it holds: where one is missing, "
    "loading the model ends with ModuleNotFoundError, and the deployment never gets healthy. Nobody knows here which "
    "of the libraries the model holds objects of",
    "Add the library to the conda file of scoring, in the version that trains; if the model does without it, ignore "
    "this with that reason",
    "https://scikit-learn.org/stable/model_persistence.html",
)
NO_SERVER = Code(
    "MLI742",
    "error",
    "Environment of an online deployment without the inference server",
    "A conda file makes an environment of its own, without the packages of its image: the container ends and says that "
    "a required package, azureml-inference-server-http, is missing",
    "Add azureml-inference-server-http to the packages for pip of the conda file",
    "https://learn.microsoft.com/azure/machine-learning/how-to-inference-server-http",
)
BROKEN = Code(
    "MLI743",
    "warning",
    "Module of a scoring script that does not parse as Python",
    "The script imports it when the server starts; where it is wrong the deployment never gets healthy",
    "Correct the module, or run the compiler with the version of Python for which it is written",
    "https://learn.microsoft.com/azure/machine-learning/how-to-deploy-online-endpoints",
)
RELATIVE = Code(
    "MLI822",
    "error",
    "Relative import in the scoring script of an online deployment",
    "The server loads the script by its path, as a module of no package: an import that begins with a dot fails there "
    "(attempted relative import with no known parent package), and the deployment never gets healthy. The modules that "
    "it imports from a package may use them",
    "Import the module by its name: the folder of the code is where Python looks",
    "https://learn.microsoft.com/azure/machine-learning/how-to-troubleshoot-online-endpoints",
)
SERVER = "azureml-inference-server-http"
DEPLOYMENTS = ("online_deployments", "batch_deployments")
ONLINE = DEPLOYMENTS[0]
INSTALLED_LATER = "AZUREML_EXTRA_REQUIREMENTS_TXT"  # how-to-prebuilt-docker-images-inference-python-extensibility
PYTHON = "python"
# What pickles, and what is pickled: an object of these is read by the version that wrote it.
PICKLING = (
    *(PYTHON, "catboost", "cloudpickle", "dill", "imbalanced-learn", "joblib", "keras", "lightgbm", "numpy", "pandas"),
    *("prophet", "scikit-learn", "scipy", "statsmodels", "tensorflow", "torch", "xgboost"),
)
VARIABLES = "environment_variables"
CONDA_FILE = "conda_file"
MAX_SAID = 10  # of one script; more are not mended at a time


class Environment(NamedTuple):
    """The conda specification of an environment, and the entry that has it."""

    conda: Conda
    graph: Graph

    @property
    def shown(self) -> str:
        return self.conda.entry.address

    @property
    def body(self) -> Mapping[str, Any]:
        """The environment itself, whether it is an entry or written in one."""
        body: Mapping[str, Any] = _value(self.conda.entry, self.conda.path[:-1])
        return body

    def installed(self) -> frozenset[str] | None:
        """The packages that are installed, None where some are without a name."""
        specification = self.conda.specification
        if not names_all(specification):
            return None
        return all_installed(required.name for required in requirements(specification))

    def pins(self) -> Mapping[str, tuple[Pin, Required]]:
        """The libraries that pickle, as pip calls them, whose version is one; what pip installs comes last."""
        found = {}
        for required in requirements(self.conda.specification):
            name = named_as_by_pip(required.name)
            if name in PICKLING and (pin := required.pin):
                found[name] = (Pin(pin.version[:2], is_prefix=True) if name == PYTHON else pin), required
        return found

    def span(self, required: Required) -> Span:
        """Where a package is written: in the conda file, or in the spec."""
        entry, written = self.conda.entry, _value(self.conda.entry, self.conda.path)
        if isinstance(written, str):
            try:
                root = document_in(self.graph.files, path_of(entry, self.conda.path, written)).root
            except Unreadable:
                root = None
            spans = [node.span for _, node in scalars(root) if _is_of(node, required)] if root is not None else []
            return spans[-1] if spans else at(entry, self.conda.path).span
        spans = [node.span for path, node in scalars(entry.tree) if CONDA_FILE in path and _is_of(node, required)]
        return spans[-1] if spans else at(entry, self.conda.path).span


def _value(entry: Entry, path: Path) -> Any:
    value: Any = entry.body
    for key in path:
        value = value[key]
    return value


def _is_of(node: Scalar, required: Required) -> bool:
    return isinstance(node.value, str) and node.value.strip() == required.written


def _environment(graph: Graph, entry: Entry, path: Path, body: Mapping[str, Any]) -> Environment | None:
    """The environment that stands under `environment` of a body; None where it has no conda file that is known here."""
    bound = graph.bound(entry.address, *path, "environment")
    if bound is not None:
        named = graph.entries[bound]
        return next((Environment(conda, graph) for conda in condas(graph, named)), None)
    if not isinstance(body.get("environment"), Mapping):
        return None
    place = (*path, "environment", CONDA_FILE)
    return next((Environment(conda, graph) for conda in condas(graph, entry) if conda.path == place), None)


def _scoring(graph: Graph) -> Iterator[tuple[Entry, Environment]]:
    """The deployments with a conda file."""
    for section in DEPLOYMENTS:
        for deployment in graph.section(section):
            if (environment := _environment(graph, deployment, (), deployment.body)) is not None:
                yield deployment, environment


def _code_finds_what_it_imports(graph: Graph) -> Iterator[Diagnostic]:
    for section in DEPLOYMENTS:
        for deployment in graph.section(section):
            looked = looked_at(graph, deployment)
            if looked is not None:
                yield from _broken(deployment, looked)
                yield from _relative(deployment, looked) if section == ONLINE else ()
                yield from islice(_missing(graph, deployment, looked), MAX_SAID)


def _broken(deployment: Entry, looked: Looked) -> Iterator[Diagnostic]:
    for found in looked.broken[:MAX_SAID]:
        if found.file != looked.script:  # of which MLI643 is said
            message = f'"{looked.script}" imports "{found.file}", which is no Python: {found.why}'
            help = f"look at line {found.span.line} of it"
            yield finding(BROKEN, message, at(deployment, SCRIPT), help, (Related("here", found.span),))


def _relative(deployment: Entry, looked: Looked) -> Iterator[Diagnostic]:
    for found, span in looked.relative[:1]:  # the others fail for the same reason
        dots = "." * found.level
        names = ", ".join(found.names)
        message = f'"{looked.script}" says from {dots}{found.module} import {names}, and belongs to no package'
        related = (Related("it is imported here", span),)
        above = [part for part in posixpath.dirname(looked.script).split("/") if part]
        module = ".".join([*above[: max(len(above) - found.level + 1, 0)], *filter(None, [found.module])])
        absolute = f"from {module} import {names}" if module else f"import {names}"
        yield finding(RELATIVE, message, at(deployment, SCRIPT), f"write {absolute}", related)


def _missing(graph: Graph, deployment: Entry, looked: Looked) -> Iterator[Diagnostic]:
    environment = _environment(graph, deployment, (), deployment.body)
    installed = environment.installed() if environment else None
    if environment is None or installed is None or INSTALLED_LATER in (deployment.body.get(VARIABLES) or {}):
        return
    said = set()
    for found in looked.foreign:
        package = suggested(found.modules)
        failing = [_not_given(modules, installed) for modules in found.instead]
        if package in said or is_given(found.modules, installed) or not all(failing):
            continue
        said.add(package)
        through = "" if found.file == looked.script else f'"{found.file}", which imports '
        imported = f'"{looked.script}" imports {through}{named(found.modules)}'
        related = (Related("it is imported here", found.span),)
        if found.folder and not is_known(package):
            whole = f"{imported.removesuffix(named(found.modules))}{found.modules[-1]}"
            message = f'{whole}, which the folder "{found.folder}" of its code does not have, and no package of '
            message += f"{environment.shown} gives it"
            help = "correct its name, or add the file"
        elif failing:
            first = failing[-1][0]
            message = f"{imported} where {named(first)} is missing, and no package of {environment.shown} gives either"
            help = f"add {suggested(first)} or {package} to its conda file"
        else:
            message = f"{imported}, and no package of {environment.shown} gives it"
            help = f"add {package} to its conda file" if is_known(package) else _unknown(found.modules, package)
        yield finding(NOT_GIVEN, message, at(deployment, SCRIPT), help, related)


def _not_given(imports: Sequence[Sequence[str]], installed: frozenset[str]) -> list[Sequence[str]]:
    """The modules of the imports that no package gives."""
    return [modules for modules in imports if not is_given(modules, installed)]


def _unknown(modules: Sequence[str], package: str) -> str:
    """What to do where nobody here knows the package: a guessed name may be that of something else."""
    return f"add the package that gives {named(modules)} to its conda file: {package}, if that is what it is called"


def _the_server_is_installed(graph: Graph) -> Iterator[Diagnostic]:
    for deployment, environment in _scoring(graph):
        if deployment.section != ONLINE or not deployment.body.get(CODE[0]):
            continue
        installed = environment.installed()
        if installed is not None and SERVER not in installed and not environment.body.get("inference_config"):
            message = f"{environment.shown} has no {SERVER}, which calls the scoring script of {deployment.address}"
            help = f"add it to its conda file, under pip: {SERVER}"
            related = (Related("its conda file", at(environment.conda.entry, environment.conda.path).span),)
            yield finding(NO_SERVER, message, at(deployment, ("environment",)), help, related)


def _versions_agree(graph: Graph) -> Iterator[Diagnostic]:
    """Each pair of pins once, at the first deployment that has it: one line mends it for all."""
    said: set[str] = set()
    for deployment, scoring in _scoring(graph):
        bound = graph.bound(deployment.address, "model")
        model = graph.entries[bound] if bound else None
        training = _trained_in(graph, model) if model else ()
        if model is None or not training:
            continue
        pins = [(each, each.pins()) for each in training]
        for library, (pin, required) in scoring.pins().items():
            pinned = [(each, found[library]) for each, found in pins if library in found]
            if pinned and not any(other.agrees(pin) for _, (other, _) in pinned):
                environment, (_, other) = pinned[0]
                message = (
                    f"{scoring.shown} has {required.written}, and {environment.shown}, in which {model.address} is "
                    f"made, {other.written}"
                )
                if message in said:
                    continue
                said.add(message)
                related = (
                    Related("for scoring it is written here", scoring.span(required)),
                    Related("for training here", environment.span(other)),
                )
                help = "pin the same version in both: what one pickled, another may not read"
                yield finding(OTHER_VERSION, message, at(deployment, ("environment",)), help, related)


def _what_trained_is_there(graph: Graph) -> Iterator[Diagnostic]:
    """Each library once for an environment: one line adds it for all deployments that use it."""
    said: set[tuple[str, str]] = set()
    for deployment, scoring in _scoring(graph):
        bound, installed = graph.bound(deployment.address, "model"), scoring.installed()
        model = graph.entries[bound] if bound else None
        training = _trained_in(graph, model) if model else ()
        if model is None or installed is None or INSTALLED_LATER in (deployment.body.get(VARIABLES) or {}):
            continue
        same = {named_as_by_pip(name) for name in installed}
        pins = [each.pins() for each in training]
        for library in pins[0] if pins else ():
            is_in_all = all(library in found for found in pins)
            is_said = library == PYTHON or library in same or (scoring.shown, library) in said
            if is_in_all and not is_said:
                said.add((scoring.shown, library))
                environment, (_, required) = training[0], pins[0][library]
                message = (
                    f"{environment.shown}, in which {model.address} is made, has {required.written}, and "
                    f"{scoring.shown}, in which {deployment.address} loads it, lacks {library}"
                )
                related = (
                    Related("the conda file of scoring", at(scoring.conda.entry, scoring.conda.path).span),
                    Related("for training it is written here", environment.span(required)),
                )
                help = f"add {required.written} to its conda file"
                yield finding(LACKS, message, at(deployment, ("environment",)), help, related)


def _trained_in(graph: Graph, model: Entry) -> tuple[Environment, ...]:
    """The environments in one of which a model is made: of the step that writes it, or where no step is known of all.

    None where one of them is not known here: the model may be made in that.
    """
    job = graph.entries.get(f"jobs.{model.additions.get('from_job')}")
    if job is None:
        return ()
    steps = [(path, body) for path, body in _steps(job)]
    output = model.additions.get("output")
    writers = [step for step in steps if _writes(step[1], str(output))]
    if not writers and not (is_registered_by_its_run(model) or len(steps) == 1):
        return ()
    found = [_environment_of_step(graph, job, path, body) for path, body in writers or steps]
    return tuple(filter(None, found)) if all(found) else ()


def _steps(job: Entry) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """The steps of a job, or itself where it has none."""
    steps = job.body.get("jobs")
    if not isinstance(steps, Mapping):
        yield (), job.body
        return
    for name, step in steps.items():
        yield ("jobs", name), step if isinstance(step, Mapping) else {}


def _writes(step: Mapping[str, Any], output: str) -> bool:
    """Whether an output of a step is that output of its pipeline."""
    outputs = step.get("outputs")
    values = outputs.values() if isinstance(outputs, Mapping) else ()
    texts = (value.get("path") if isinstance(value, Mapping) else value for value in values)
    return any(str(text).replace(" ", "") == f"${{{{parent.outputs.{output}}}}}" for text in texts)


def _environment_of_step(graph: Graph, job: Entry, path: Path, step: Mapping[str, Any]) -> Environment | None:
    """The environment in which a step runs: its own, else that of the component or of the sweep's trial."""
    if step.get("environment"):
        return _environment(graph, job, path, step)
    for key in ("component", "trial"):
        bound = graph.bound(job.address, *path, key)
        if bound is not None:
            return _environment(graph, graph.entries[bound], (), graph.entries[bound].body)
        if isinstance(step.get(key), Mapping):
            return _environment(graph, job, (*path, key), step[key])
    return None


RULES = (
    Rule((NOT_GIVEN, BROKEN, RELATIVE), "graph", _code_finds_what_it_imports),
    over_graph(OTHER_VERSION, _versions_agree),
    over_graph(LACKS, _what_trained_is_there),
    over_graph(NO_SERVER, _the_server_is_installed),
)
