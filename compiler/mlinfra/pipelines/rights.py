"""The service connections of a target, as whom they sign in, and the rights that `bootstrap.sh` gives them.

All rights are on the resource group of the target and on nothing else. The README of the output lists them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from mlinfra.azure.conditions import Assignable, Blobs, only_assigns, only_in
from mlinfra.azure.own_roles import SCORE, STOP, own_role, own_role_name
from mlinfra.azure.roles import ROLES

Use: TypeAlias = Literal["deploy", "plan", "run", "check", "score"]
USES: tuple[Use, ...] = ("deploy", "plan", "run", "check", "score")
# What stands in a condition for the object ids of all connections of the target, until bootstrap.sh knows them.
CONNECTIONS = "<connections>"
SCORER = "<scorer>"  # the same of the one that scores
MAX_CONNECTIONS = len(USES)
UPLOADS = "Storage Blob Data Contributor"
UPLOADS_BECAUSE: Mapping[Use, str] = {  # who needs that, and what for
    "deploy": "uploads code and models, as the accounts take no keys",
    "run": "uploads the code of jobs and reads what they put out",
    "check": "uploads the code of jobs and reads what they put out",
}

_ML = "Microsoft.MachineLearningServices/workspaces"


@dataclass(frozen=True)
class Right:
    """A role: the GUID of its definition, its name, the condition that limits it, what one of our own consists of.

    `of_role` is what the definition says of it, where that is another thing than why one connection has it.
    """

    role: str
    name: str
    because: str
    condition: str = ""
    actions: tuple[str, ...] = ()
    not_actions: tuple[str, ...] = ()
    data_actions: tuple[str, ...] = ()
    not_data_actions: tuple[str, ...] = ()
    of_role: str = ""

    @property
    def is_ours(self) -> bool:
        """Whether bootstrap.sh defines the role."""
        return bool(self.actions or self.data_actions)


@dataclass(frozen=True)
class Needs:
    """What there is in a target that rights follow from.

    `scope` is the id of its resource group, `own_roles` are the GUIDs of the roles that templates give to identities
    that they make, `named` are those that they give to objects of Entra, with whom; `accounts` the names of the storage
    accounts that workspaces keep code and models in, where `uploads` says that there are such; `scored` is what
    score.yml lets batch endpoints read, `results` where they write; `put_out` is where jobs write what scripts
    download, `put_out_by_checks` where those of pull requests do. `registers_models`: runs without approval bring
    models into its workspaces, because they train there, or because the spec has models with files.
    """

    scope: str
    own_roles: tuple[str, ...] = ()
    named: tuple[Assignable, ...] = ()
    accounts: tuple[str, ...] = ()
    uploads: bool = False
    scored: tuple[Blobs, ...] = ()
    results: tuple[Blobs, ...] = ()
    put_out: tuple[Blobs, ...] = ()
    put_out_by_checks: tuple[Blobs, ...] = ()
    has_locks: bool = False
    has_batch_endpoints: bool = False
    has_registries: bool = False  # of its own, from or into which it takes or puts assets
    registers_models: bool = False
    hands_secrets: bool = False  # of vaults in the group to bundles of Databricks
    uses: tuple[Use, ...] = ()


@dataclass(frozen=True)
class Connection:
    """A service connection: what it is used for, its name, the identity that is made for it, and its rights."""

    use: Use
    name: str
    identity: str
    rights: tuple[Right, ...]


def connections(needs: Needs, platform: str, target: str, names: Mapping[Use, str]) -> tuple[Connection, ...]:
    """The connections of a target, `names` by their use, in the order of `USES`."""
    return tuple(
        Connection(use, names[use], f"id-{platform}-{target}-{use}", rights_of(use, needs))
        for use in USES
        if use in names
    )


def rights_of(use: Use, needs: Needs) -> tuple[Right, ...]:
    """What a connection of that use needs in the target."""
    return _RIGHTS[use](needs)


def assigned_by(needs: Needs) -> tuple[Assignable, ...]:
    """The roles that whoever deploys may give, and to whom; none where templates assign none."""
    if not needs.own_roles and not needs.named:
        return ()
    ours = (own_role(needs.scope, use) for use in ("plan", "run", "score") if use in needs.uses)
    own = tuple(sorted({*needs.own_roles, *ours}))
    return (*([Assignable(own)] if own else []), *needs.named)


def _of_deploy(needs: Needs) -> tuple[Right, ...]:
    rights = [_built_in("Contributor", "creates and changes the resources")]
    rights += _uploads(needs)
    assignable, scores = assigned_by(needs), "score" in needs.uses
    if assignable or scores:
        parts = ["assigns the roles that the templates hold, no others, and to no connection"] if assignable else []
        parts += ["lets the connection that scores do that on the endpoints that it tests"] if scores else []
        but = Assignable((own_role(needs.scope, SCORE),), (SCORER,)) if scores else None
        name = "Role Based Access Control Administrator"
        rights.append(_built_in(name, "; ".join(parts), only_assigns(assignable, CONNECTIONS, but)))
    if needs.hands_secrets:
        because = "reads the secrets of vaults that bundles of Databricks are given"
        rights.append(_built_in("Key Vault Secrets User", because))
    if needs.has_locks:
        actions = ("Microsoft.Authorization/locks/read", "Microsoft.Authorization/locks/write")
        rights.append(_custom(needs, "locks", "sets locks, and can't take them away", actions))
    return tuple(rights)


def _of_plan(needs: Needs) -> tuple[Right, ...]:
    because = "asks what a deployment would change, and reads what is there but no data, logs or secrets"
    return (_custom(needs, "plan", because, _PLANS, _NOT_READ_BY_PLAN),)


def _of_run(needs: Needs) -> tuple[Right, ...]:
    because = "submits jobs, registers assets and models; touches neither online endpoints nor infrastructure"
    actions: tuple[str, ...] = (*_SUBMITS, *_REGISTERS, *_REGISTERS_MODELS)
    if not needs.registers_models:  # what serves says there what a new model is compared with
        because = "submits jobs, registers assets; touches neither models nor online endpoints nor infrastructure"
        actions = (*_SUBMITS, *_REGISTERS)
    if needs.has_batch_endpoints:
        because = because.replace(", registers", ", invokes batch endpoints, registers")
        actions = (*actions, *_INVOKES_BATCH)
    actions = (*actions, *(ON_REGISTRIES if needs.has_registries else ()))
    run = _custom(needs, "run", because, tuple(dict.fromkeys(actions)), _NOT_RUN)
    return (run, *_uploads(needs, needs.results), *_reads(needs, needs.results, needs.scored, needs.put_out))


def _of_check(needs: Needs) -> tuple[Right, ...]:
    because = "runs the jobs of pull requests; registers no data and no model, touches no endpoint and no compute"
    reads = tuple(action for action in ON_REGISTRIES if action.endswith("/read")) if needs.has_registries else ()
    check = _custom(needs, "check", because, (*_SUBMITS, *_ANONYMOUS, *reads), _NOT_RUN)
    return (check, *_uploads(needs), *_reads(needs, (), (), needs.put_out_by_checks))


def _of_score(needs: Needs) -> tuple[Right, ...]:
    """Nothing: a release gives it the role of consumers, on each endpoint that it tests."""
    return ()


def consumers_role(needs: Needs) -> Right:
    """What templates give to those who may call an online endpoint, and a release to the connection that tests it."""
    return _custom(needs, SCORE, "scores, for consumers of online endpoints", _SCORES)


def instances_role(needs: Needs) -> Right:
    """What templates give to the identity of a compute instance that stops itself when it is idle."""
    return _custom(needs, STOP, "stops compute instances when they are idle, as their identities", _STOPS)


_RIGHTS: Mapping[Use, Callable[[Needs], tuple[Right, ...]]] = {
    "deploy": _of_deploy,
    "plan": _of_plan,
    "run": _of_run,
    "check": _of_check,
    "score": _of_score,
}


def _uploads(needs: Needs, results: tuple[Blobs, ...] = ()) -> tuple[Right, ...]:
    """One role, as a principal has it once: where workspaces keep what they work on, and where results are written."""
    if not needs.uploads and not results:
        return ()
    because = "uploads code, data and models, and reads what jobs put out; makes no container, and deletes nothing"
    blobs = _custom(needs, "blobs", because, data_actions=_ON_BLOBS)
    if needs.uploads and not needs.accounts:
        return (blobs,)
    reasons = [f"{because}; in {' and '.join(needs.accounts)} only"] if needs.uploads else []
    if results:
        reasons.append(f"is who batch jobs write as, in {_named(results)} only")
    places = (*map(Blobs, needs.accounts if needs.uploads else ()), *results)
    condition = only_in(places, _ON_BLOBS)
    return (replace(blobs, because="; ".join(reasons), of_role=because, condition=condition),)


def _reads(
    needs: Needs, written: tuple[Blobs, ...], scored: tuple[Blobs, ...], put_out: tuple[Blobs, ...]
) -> tuple[Right, ...]:
    """One role for all that lies elsewhere than what is read anyway: what it writes, and what workspaces work on."""
    known = {*written, *map(Blobs, needs.accounts)}
    places = [place for place in dict.fromkeys((*scored, *put_out)) if not {place, Blobs(place.account)} & known]
    read = [place for place in places if place in scored]
    fetched = [place for place in places if place not in scored]
    reasons = [f"is who batch jobs read as, in {_named(read)} only"] if read else []
    reasons += [f"downloads what jobs put out, from {_named(fetched)} only"] if fetched else []
    because = "; ".join(reasons)
    return (_built_in("Storage Blob Data Reader", because, only_in(places, _ON_BLOBS[:1])),) if places else ()


def _named(places: Iterable[Blobs]) -> str:
    return " and ".join(
        f"{place.container} of {place.account}" if place.container else place.account for place in places
    )


def crypto_user() -> Right:
    """What a service of Azure needs to encrypt with a key of the customer's."""
    return _built_in("Key Vault Crypto Service Encryption User", "reads and unwraps keys")


def _built_in(name: str, because: str, condition: str = "") -> Right:
    return Right(ROLES[name], name, because, condition)


def _custom(
    needs: Needs,
    purpose: str,
    because: str,
    actions: tuple[str, ...] = (),
    not_actions: tuple[str, ...] = (),
    data_actions: tuple[str, ...] = (),
) -> Right:
    return Right(
        own_role(needs.scope, purpose),
        own_role_name(needs.scope, purpose),
        because,
        actions=tuple(sorted(actions)),
        not_actions=tuple(sorted(not_actions)),
        data_actions=tuple(sorted(data_actions)),
    )


_PLANS = (
    "*/read",
    "Microsoft.Resources/deployments/validate/action",
    "Microsoft.Resources/deployments/whatIf/action",
)
# What ends in /read and gives data, logs or keys. Sources: docs, "Manage access to Azure Machine Learning workspaces"
# (restricted data scientist), "Authorization on batch endpoints", "Manage access to Log Analytics workspaces", "Azure
# built-in roles" (AcrPull, Log Analytics Reader, Monitoring Reader).
_NOT_READ_BY_PLAN = (
    "Microsoft.ContainerRegistry/registries/pull/read",
    "Microsoft.Insights/components/query/read",
    "Microsoft.Insights/logs/*/read",
    f"{_ML}/datasets/registered/preview/read",
    f"{_ML}/datasets/registered/profile/read",
    f"{_ML}/datasets/unregistered/preview/read",
    f"{_ML}/datasets/unregistered/profile/read",
    f"{_ML}/listNotebookAccessToken/read",
    f"{_ML}/metadata/artifacts/read",
    f"{_ML}/metadata/secrets/read",
    f"{_ML}/metadata/snapshots/read",
    f"{_ML}/notebooks/storage/*",
    "Microsoft.OperationalInsights/workspaces/query/*/read",
    "Microsoft.OperationalInsights/workspaces/query/read",
    "Microsoft.OperationalInsights/workspaces/sharedKeys/read",
    "Microsoft.OperationalInsights/workspaces/tables/query/*",
)
# What the client of Azure ML asks of blobs: whether they are there, their content and metadata, and to put them. It
# asks nothing of containers, and signs no URL with a key of a user's. Sources: azure-ai-ml (BlobStorageClient); docs,
# "Authorize access to blobs using Microsoft Entra ID", "Permissions for calling data operations".
_ON_BLOBS = tuple(
    f"Microsoft.Storage/storageAccounts/blobServices/containers/blobs/{action}" for action in ("read", "write")
)
# "Submitting any type of run (V2)" of docs, "Manage access to Azure Machine Learning workspaces", with the code that
# the client uploads first, the group's tag, and the datastore that it asks for how to sign in.
_SUBMITS = (
    "Microsoft.Resources/subscriptions/resourceGroups/read",
    f"{_ML}/read",
    f"{_ML}/*/read",
    f"{_ML}/codes/*",
    f"{_ML}/datastores/listsecrets/action",
    f"{_ML}/environments/build/action",
    f"{_ML}/environments/readSecrets/action",
    f"{_ML}/environments/write",
    f"{_ML}/experiments/runs/submit/action",
    f"{_ML}/experiments/runs/write",
    f"{_ML}/jobs/*",
    f"{_ML}/metadata/artifacts/write",
    f"{_ML}/metadata/snapshots/write",
)
_ANONYMOUS = (f"{_ML}/components/*", f"{_ML}/environments/*")
_REGISTERS = (*_ANONYMOUS, f"{_ML}/data/*")
_REGISTERS_MODELS = (f"{_ML}/models/*",)
_NOT_RUN = (f"{_ML}/*/delete",)
# Docs, "Create and manage registries": what creates and uses assets there.
ON_REGISTRIES = tuple(
    f"Microsoft.MachineLearningServices/registries/{action}" for action in ("read", "assets/read", "assets/write")
)
# The list of docs, "Authorization on batch endpoints", "Configure RBAC for batch endpoints invoke".
_INVOKES_BATCH = (
    f"{_ML}/batchEndpoints/*/write",  # of jobs too: not every page lists their names, and an unknown one is refused
    f"{_ML}/batchEndpoints/deployments/read",
    f"{_ML}/batchEndpoints/read",
    f"{_ML}/batchEndpoints/write",
    f"{_ML}/computes/listKeys/action",
    f"{_ML}/computes/read",
    f"{_ML}/data/versions/write",
    f"{_ML}/datasets/registered/read",
    f"{_ML}/datasets/registered/write",
    f"{_ML}/datasets/unregistered/read",
    f"{_ML}/datasets/unregistered/write",
    f"{_ML}/datastores/listsecrets/action",
    f"{_ML}/datastores/read",
    f"{_ML}/datastores/write",
    f"{_ML}/endpoints/pipelines/read",
    f"{_ML}/endpoints/pipelines/write",
    f"{_ML}/environments/build/action",
    f"{_ML}/environments/read",
    f"{_ML}/environments/readSecrets/action",
    f"{_ML}/environments/write",
    f"{_ML}/experiments/read",
    f"{_ML}/experiments/runs/read",
    f"{_ML}/experiments/runs/submit/action",
    f"{_ML}/experiments/runs/write",
    f"{_ML}/listStorageAccountKeys/action",
    f"{_ML}/metadata/artifacts/read",
    f"{_ML}/metadata/artifacts/write",
    f"{_ML}/metadata/secrets/read",
    f"{_ML}/metadata/snapshots/read",
    f"{_ML}/metrics/resource/write",
    f"{_ML}/models/read",
    f"{_ML}/modules/read",
    f"{_ML}/read",
)
# Docs, "Manage access to Azure Machine Learning workspaces": what stops an instance, and sees it and its workspace.
_STOPS = (f"{_ML}/computes/read", f"{_ML}/computes/stop/action", f"{_ML}/read")
# Docs, "Authentication and authorization for online endpoints".
_SCORES = (f"{_ML}/onlineEndpoints/score/action",)
