"""The commands that the scripts call: flags, which are required, which take several values or none."""

from __future__ import annotations

from typing import NamedTuple


class Command(NamedTuple):
    """`flags` maps every spelling to the long name; `mutates` says whether it changes something."""

    flags: dict[str, str]
    required: frozenset[str]
    switches: frozenset[str]
    several: frozenset[str]
    mutates: bool


_ML = "--resource-group/-g! --workspace-name/-w! "
_ASSET = "--resource-group/-g --workspace-name/-w --registry-name "
_CREATE = _ML + "--file/-f! --name/-n --set* "

# "--name/-n! --tags* --yes?": `!` is required, `*` takes several values, `?` none.
COMMANDS = {
    "version": "",
    "bicep version": "",
    "account show": "",
    "account get-access-token": "--resource --tenant/-t",
    "group show": "--name/-n!",
    "deployment group show": "--resource-group/-g! --name/-n!",
    "deployment group what-if": (
        "--resource-group/-g! --name/-n --template-file/-f --parameters/-p* --validation-level --no-pretty-print?"
    ),
    "deployment group create": "--resource-group/-g! --name/-n --template-file/-f --parameters/-p* --no-wait?",
    "provider list": "",
    "provider register": "--namespace/-n!",
    "rest": "--url/-u! --method/-m --body/-b --headers* --resource",
    "role assignment list": (
        "--assignee-object-id --role --scope --fill-principal-name --fill-role-definition-name --all?"
    ),
    "role assignment create": (
        "--role! --scope! --assignee-object-id --assignee-principal-type --condition --condition-version --name/-n"
    ),
    "role assignment delete": "--ids*",
    "ad sp list": "--filter --display-name --spn --all? --show-mine?",
    "role definition list": "--name/-n --resource-group/-g --scope --custom-role-only",
    "resource show": "--ids* --api-version",
    "network vnet subnet create": (
        "--resource-group/-g! --vnet-name! --name/-n! --address-prefixes* --delegations* --service-endpoints* "
        "--default-outbound-access --private-endpoint-network-policies --private-link-service-network-policies"
    ),
    "network vnet subnet update": "--ids* --network-security-group/--nsg --route-table --nat-gateway",
    "network private-endpoint-connection list": "--id!",
    "network private-endpoint-connection approve": "--id! --description",
    "keyvault secret show": "--vault-name! --name!",
    "identity list": "--resource-group/-g",
    "identity show": "--resource-group/-g! --name/-n!",
    "identity create": "--resource-group/-g! --name/-n! --location/-l --tags*",
    "identity federated-credential list": "--resource-group/-g! --identity-name!",
    "identity federated-credential create": (
        "--name/-n! --resource-group/-g! --identity-name! --issuer --subject --audiences*"
    ),
    "monitor metrics list": (
        "--resource! --metrics* --filter --aggregation* --interval --start-time* --end-time* --top"
    ),
    "ml environment show": _ASSET + "--name/-n! --version/-v --label/-l",
    "ml environment create": _ASSET + "--file/-f --name/-n --version/-v --tags* --set*",
    "ml data show": _ASSET + "--name/-n! --version/-v --label/-l",
    "ml data create": _ASSET + "--file/-f --name/-n --version/-v --type/-t --path/-p --set*",
    "ml component show": _ASSET + "--name/-n! --version/-v --label/-l",
    "ml component create": _ASSET + "--file/-f! --name/-n --version/-v --set*",
    "ml model show": _ASSET + "--name/-n! --version/-v --label/-l",
    "ml model list": _ASSET + "--name/-n --max-results/-r --include-archived? --archived-only?",
    "ml model create": _ASSET + "--file/-f --name/-n --version/-v --type/-t --path/-p --tags* --set*",
    "ml model update": _ASSET + "--name/-n! --version/-v --set* --force-string?",
    "ml model download": _ASSET + "--name/-n! --version/-v! --download-path/-p",
    "ml job show": _ML + "--name/-n!",
    "ml job list": _ML + "--max-results/-r --all-results --parent-job-name/-p",
    "ml job download": _ML + "--name/-n! --output-name --download-path/-p",
    "ml job cancel": _ML + "--name/-n!",
    "ml job create": _CREATE + "--stream/-s?",
    "ml schedule show": _ML + "--name/-n!",
    "ml schedule create": _CREATE + "--no-wait?",
    "ml schedule enable": _ML + "--name/-n! --no-wait?",
    "ml schedule disable": _ML + "--name/-n! --no-wait?",
    "ml compute show": _ML + "--name/-n!",
    "ml compute create": _ML
    + "--file/-f --name/-n --type/-t --user-object-id --user-tenant-id --tags* --set* --no-wait?",
    "ml online-endpoint show": _ML + "--name/-n!",
    "ml online-endpoint create": _ML + "--file/-f --name/-n --set* --no-wait?",
    "ml online-endpoint update": _ML
    + ("--file/-f --name/-n --traffic/-r --mirror-traffic --set* --force-string? --no-wait?"),
    "ml online-endpoint get-credentials": _ML + "--name/-n!",
    "ml online-endpoint invoke": _ML + "--name/-n! --request-file/-r --deployment-name/-d",
    "ml online-deployment list": _ML + "--endpoint-name/-e!",
    "ml online-deployment show": _ML + "--endpoint-name/-e! --name/-n!",
    "ml online-deployment create": _CREATE + "--endpoint-name/-e --all-traffic? --no-wait?",
    "ml online-deployment update": _ML + "--file/-f --endpoint-name/-e! --name/-n! --set* --force-string?",
    "ml online-deployment get-logs": _ML + "--endpoint-name/-e! --name/-n! --lines/-l --container/-c",
    "ml online-deployment delete": _ML + "--endpoint-name/-e! --name/-n! --yes/-y? --no-wait?",
    "ml batch-endpoint show": _ML + "--name/-n!",
    "ml batch-endpoint create": _ML + "--file/-f --name/-n --set* --no-wait?",
    "ml batch-endpoint update": _ML + "--file/-f --name/-n --set* --force-string? --no-wait?",
    "ml batch-endpoint invoke": _ML
    + "--name/-n! --deployment-name/-d --input --input-type --output-path --job-name --set*",
    "ml batch-deployment show": _ML + "--endpoint-name/-e! --name/-n!",
    "ml batch-deployment list": _ML + "--endpoint-name/-e!",
    "ml batch-deployment create": _CREATE + "--endpoint-name/-e --set-default? --no-wait?",
    "ml batch-deployment delete": _ML + "--endpoint-name/-e! --name/-n! --yes/-y? --no-wait?",
}

_CHANGING_VERBS = ("rest", "register", "create", "update", "delete", "enable", "disable", "cancel", "approve")
_CHANGING = ("ml batch-endpoint invoke",)  # one of an online endpoint leaves nothing behind


def command(name: str) -> Command:
    """The command of that name; raises KeyError where no script calls it."""
    spec, mutates = COMMANDS[name], name.split()[-1] in _CHANGING_VERBS or name in _CHANGING
    flags: dict[str, str] = {}
    marked: dict[str, set[str]] = {"!": set(), "*": set(), "?": set()}
    for word in spec.split():
        marks = word[len(word.rstrip("!*?")) :]
        spellings = word.rstrip("!*?").split("/")
        flags |= dict.fromkeys(spellings, spellings[0])
        for mark in marks:
            marked[mark].add(spellings[0])
    return Command(flags, frozenset(marked["!"]), frozenset(marked["?"]), frozenset(marked["*"]), mutates)
