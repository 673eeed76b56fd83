"""Rules of what conda files ask for: that the network lets it through, and that Azure ML still goes along with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Set
from dataclasses import replace
from urllib.parse import urlsplit

from mlinfra.azure.retirements import SDK_V1
from mlinfra.azure.support import PYTHON, PYTHON_SOURCE, oldest_supported, support_ended
from mlinfra.derive.package_hosts import EXAMPLE_HOST, IS_A_HOST_NAME, Conda, described, every_conda, sources_by_name
from mlinfra.derive.workspace import APPROVED, isolation_mode, workspaces
from mlinfra.diagnostics import Cause, Code, Diagnostic, finding
from mlinfra.diagnostics.suggest import closest_name, question
from mlinfra.graph import Graph
from mlinfra.graph.findings import at
from mlinfra.header.network import PIP
from mlinfra.release import retired
from mlinfra.rules.managed_network import NOT_A_HOST
from mlinfra.rules.rule import over_graph, over_whole_graph
from mlinfra.schemas.conda import DEFAULTS, NO_DEFAULTS, sources
from mlinfra.schemas.packages import files_of_pip, requirements
from mlinfra.source.tree import Path

NO_PACKAGE_SOURCE = Code(
    "MLI474",
    "error",
    "Package index or channel of unknown host, in an approved network",
    "The network lets nothing out that no rule names. Channels by name, the channel defaults, which conda adds where "
    "nodefaults is not written, and pip's own index do not say their host: the image of the environment can't be built",
    "Write their hosts under their names in network.package_hosts, or --index-url and channels with their address in "
    "the conda file",
    "https://learn.microsoft.com/azure/machine-learning/how-to-managed-network#scenario-access-public-machine-learning-packages",
)

OLD_SDK = Code(
    "MLI583",
    "warning",
    "Package of version 1 of Azure ML's SDK",
    f"Its support ended on {SDK_V1.on}: it gets no fixes, and what the service changes may break it. Only the driver "
    "of batch deployments and parallel steps still asks for azureml-core",
    "Use what follows it, which the message says",
    SDK_V1.source,
)
NEW_MLFLOW = Code(
    "MLI584",
    "warning",
    "MLflow that logs models by what the tracking server does not have",
    "From 2.19 on, log_model and autologging ask for an address that Azure ML's tracking server answers with 404: the "
    "run fails when it logs its model. Parameters, metrics and files are logged as before",
    "Write mlflow<2.19, or save the model into an output of the job, and ignore this with that reason",
    "https://github.com/Azure/azure-sdk-for-python/issues/44896",
)
OLD_PYTHON = Code(
    "MLI245",
    "warning",
    "Python that is out of support",
    "It gets no fixes, and packages stop publishing builds for it. The day is compared with that of this "
    "release of mlinfra",
    "Write a version that is supported, and train and score with it",
    PYTHON_SOURCE,
)
OF_A_FILE = Code(
    "MLI823",
    "error",
    "File beside a conda file, which Azure ML does not get",
    "The client sends what stands in the conda file and nothing beside it: where pip is to read another file, or to "
    "install from a folder or a wheel beside it, there is none when the image is built, and building fails",
    "Write the packages themselves, or an address from which they come; or build the image from a folder: "
    "build: {path}",
    "https://github.com/Azure/azure-sdk-for-python/blob/main/sdk/ml/azure-ai-ml/azure/ai/ml/entities/_assets/environment.py",
)
ADDED = f"the channel {DEFAULTS}, which conda adds where {NO_DEFAULTS} is not written"


def _packages_come_from_somewhere(graph: Graph) -> Iterator[Diagnostic]:
    known = graph.network.hosts_by_source
    every: dict[str, None] = {}
    found: list[tuple[Conda, list[str], bool]] = []
    for conda in _in_approved_networks(graph):
        used = sources(conda.specification)
        missing = [source for source in sources_by_name(used) if source not in known]
        every.update(dict.fromkeys(missing))
        found += [(conda, missing, used.adds_defaults)] if missing else []
    for conda, missing, adds_defaults in found:
        said = _of_unknown_host(graph, conda, missing, list(every), adds_defaults)
        yield replace(said, cause=Cause("network.package_hosts", len(missing)))


def _nothing_lies_beside_it(graph: Graph) -> Iterator[Diagnostic]:
    for conda in graph.once(every_conda):
        for line in files_of_pip(conda.specification):
            message = f'{conda.entry.address} lets pip take "{line}", and only the conda file itself reaches Azure ML'
            yield finding(OF_A_FILE, message, at(conda.entry, conda.path))


def _hosts_of_packages_have_names(graph: Graph) -> Iterator[Diagnostic]:
    for conda in _in_approved_networks(graph):
        for host in sources(conda.specification).hosts:
            if not IS_A_HOST_NAME.fullmatch(host):
                message = f'{conda.entry.address} takes packages from "{host}", which is no host name'
                help = "name the host as a rule of the network can: packages.contoso.com"
                yield finding(NOT_A_HOST, message, at(conda.entry, conda.path), help)


def _in_approved_networks(graph: Graph) -> Iterator[Conda]:
    for workspace in workspaces(graph):
        for conda in graph.once(every_conda) if isolation_mode(workspace) == APPROVED else ():
            if conda.entry.additions.get("workspace") == workspace.name:
                yield conda


def _of_unknown_host(
    graph: Graph, conda: Conda, missing: list[str], every: list[str], adds_defaults: bool
) -> Diagnostic:
    adds_defaults = adds_defaults and DEFAULTS in missing
    what = [ADDED if adds_defaults and source == DEFAULTS else described(source) for source in missing]
    message = f"{conda.entry.address} takes packages from {' and '.join(what)}: no rule names the host"
    if graph.network.hosts_of_nobody:
        message += ", and the list network.package_hosts doesn't say whose hosts it has"
    hosts = ", ".join(f"{source}: [{', '.join(_hosts(graph, source))}]" for source in every)
    help = f"write network.package_hosts: {{{hosts}}}, with your mirror's hosts, or addresses in the conda file"
    help += f" and {NO_DEFAULTS} among its channels" if adds_defaults else ""
    help += f"; public hosts are listed in {NO_PACKAGE_SOURCE.source}"
    return finding(NO_PACKAGE_SOURCE, message, at(conda.entry, conda.path), _meant(graph, missing) or help)


def _hosts(graph: Graph, source: str) -> list[str]:
    """The hosts to write for a source: where the pipelines' own index is, else of an example."""
    install = graph.header.pipelines.install if graph.header.pipelines else None
    index = urlsplit(str(install.index)).hostname if source == PIP and install and install.index else None
    return [index or EXAMPLE_HOST]


def _meant(graph: Graph, missing: list[str]) -> str | None:
    """What to ask where a key of package_hosts is near a source that has none."""
    for source in missing:
        near = closest_name(source, graph.network.hosts_by_source)
        if near:
            return f'network.package_hosts has "{near}": {question(source)}'
    return None


OF_THE_DRIVER = frozenset({"azureml-core"})  # how-to-use-batch-model-deployments: "required by batch deployments"
V1_PACKAGES = OF_THE_DRIVER | {
    "azureml-automl-core",
    "azureml-automl-runtime",
    "azureml-contrib-services",
    "azureml-defaults",  # azureml-core, and what azureml-inference-server-http does without
    "azureml-interpret",
    "azureml-pipeline",
    "azureml-pipeline-core",
    "azureml-pipeline-steps",
    "azureml-sdk",
    "azureml-train",
    "azureml-train-automl",
    "azureml-train-automl-client",
    "azureml-train-automl-runtime",
    "azureml-train-core",
    "azureml-widgets",
}
MLFLOW = frozenset({"mlflow", "mlflow-skinny"})
FIRST_REFUSED_MLFLOW = (2, 19)  # azureml-examples#3885, azure-sdk-for-python#44896
SERVING = frozenset({"online_deployments", "batch_deployments"})
DRIVERS = frozenset({"batch_deployments"})
DRIVEN = "task"  # of a parallel step: what its driver hands out work to


def _sdk_is_not_of_version_1(graph: Graph) -> Iterator[Diagnostic]:
    yield from _old_sdk(graph, lambda conda, old: not old <= OF_THE_DRIVER)


def _drivers_alone_need_it(graph: Graph) -> Iterator[Diagnostic]:
    """Of what only a driver needs: a deployment that is wrong is left out, and would use its environment."""
    yield from _old_sdk(graph, lambda conda, old: old <= OF_THE_DRIVER and not _is_driven(graph, conda))


def _old_sdk(graph: Graph, is_wrong: Callable[[Conda, Set[str]], bool]) -> Iterator[Diagnostic]:
    for conda in graph.once(every_conda):
        names = [required.name for required in requirements(conda.specification)]
        old = [name for name in dict.fromkeys(names) if name in V1_PACKAGES]
        if old and is_wrong(conda, set(old)):
            over = f"whose support {'ended' if retired(SDK_V1.on) else 'ends'} on {SDK_V1.on}"
            message = f"{conda.entry.address} installs {' and '.join(old)}, version 1 of the SDK, {over}"
            yield finding(OLD_SDK, message, at(conda.entry, conda.path), f"{SDK_V1.successor} ({SDK_V1.source})")


def _tracking_server_takes_models(graph: Graph) -> Iterator[Diagnostic]:
    for conda in graph.once(every_conda):
        new = [required for required in requirements(conda.specification) if required.name in MLFLOW]
        new = [required for required in new if required.may_be(FIRST_REFUSED_MLFLOW)]
        if new and not _only_serves(graph, conda):
            first = ".".join(map(str, FIRST_REFUSED_MLFLOW))
            message = f"{conda.entry.address} installs {new[0].written}, and Azure ML's tracking server takes no models"
            help = f"write {new[0].name}<{first}, or save models into an output of the job instead of logging them"
            yield finding(NEW_MLFLOW, f"{message} logged by MLflow {first} or newer", at(conda.entry, conda.path), help)


def _python_is_supported(graph: Graph) -> Iterator[Diagnostic]:
    oldest = oldest_supported(PYTHON)
    for conda in graph.once(every_conda):
        for required in requirements(conda.specification):
            if required.name == "python" and not required.may_be(oldest):
                pin = required.pin.version[:2] if required.pin else ()
                ended = support_ended((pin[0], pin[1]), PYTHON) if len(pin) == 2 else "support ended"
                message = f"{conda.entry.address} installs {required.written}, whose {ended}"
                help = f"write python={oldest[0]}.{oldest[1]} or newer"
                yield finding(OLD_PYTHON, message, at(conda.entry, conda.path), help)


def _is_driven(graph: Graph, conda: Conda) -> bool:
    """Whether batch deployments or parallel steps use an environment: their driver runs in it."""
    return any(section in DRIVERS or DRIVEN in path for section, path in _uses(graph, conda))


def _only_serves(graph: Graph, conda: Conda) -> bool:
    """Whether nothing but deployments uses an environment: they load models, and log none."""
    uses = list(_uses(graph, conda))
    return bool(uses) and all(section in SERVING for section, _ in uses)


def _uses(graph: Graph, conda: Conda) -> Iterator[tuple[str, Path]]:
    """The section and place of each use of an environment: where it is written, or where it is named."""
    if len(conda.path) > 1:
        yield conda.entry.section, conda.path
    for edge in graph.edges_to(conda.entry.address):
        yield graph.entries[edge.source].section, edge.path


RULES = (
    over_graph(NO_PACKAGE_SOURCE, _packages_come_from_somewhere),
    over_graph(NOT_A_HOST, _hosts_of_packages_have_names),
    over_graph(OLD_SDK, _sdk_is_not_of_version_1),
    over_whole_graph(OLD_SDK, _drivers_alone_need_it),
    over_graph(NEW_MLFLOW, _tracking_server_takes_models),
    over_graph(OLD_PYTHON, _python_is_supported),
    over_graph(OF_A_FILE, _nothing_lies_beside_it),
)
