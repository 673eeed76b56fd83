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


def _command(spec: str, *, mutates: bool = False) -> Command:
    """Reads "--name/-n! --tags* --yes?": `!` is required, `*` takes several values, `?` none."""
    flags: dict[str, str] = {}
    marked: dict[str, set[str]] = {"!": set(), "*": set(), "?": set()}
    for word in spec.split():
        marks = word[len(word.rstrip("!*?")) :]
        spellings = word.rstrip("!*?").split("/")
        flags |= dict.fromkeys(spellings, spellings[0])
        for mark in marks:
            marked[mark].add(spellings[0])
    return Command(flags, frozenset(marked["!"]), frozenset(marked["?"]), frozenset(marked["*"]), mutates)


_ML = "--resource-group/-g! --workspace-name/-w! "
_ASSET = "--resource-group/-g --workspace-name/-w "
_CREATE = _ML + "--file/-f! --name/-n --set* "

COMMANDS: dict[str, Command] = {
    "version": _command(""),
    "bicep version": _command(""),
    "account show": _command(""),
    "group show": _command("--name/-n!"),
    "group create": _command("--name/-n! --location/-l! --tags*", mutates=True),
    "deployment group show": _command("--resource-group/-g! --name/-n!"),
    "deployment group what-if": _command(
        "--resource-group/-g! --name/-n --template-file/-f --parameters/-p* --validation-level --no-pretty-print?"
    ),
    "deployment group create": _command(
        "--resource-group/-g! --name/-n --template-file/-f --parameters/-p* --no-wait?", mutates=True
    ),
    "rest": _command("--url/-u! --method/-m --body/-b --headers*", mutates=True),
    "role assignment list": _command(
        "--assignee-object-id --role --scope --fill-principal-name --fill-role-definition-name --all?"
    ),
    "role assignment create": _command(
        "--role! --scope! --assignee-object-id --assignee-principal-type --condition --condition-version --name/-n",
        mutates=True,
    ),
    "role definition list": _command("--name/-n --resource-group/-g --scope"),
    "identity show": _command("--resource-group/-g! --name/-n!"),
    "identity create": _command("--resource-group/-g! --name/-n! --location/-l --tags*", mutates=True),
    "identity federated-credential show": _command("--name/-n! --resource-group/-g! --identity-name!"),
    "identity federated-credential create": _command(
        "--name/-n! --resource-group/-g! --identity-name! --issuer --subject --audiences*", mutates=True
    ),
    "ml environment show": _command(_ASSET + "--name/-n! --version/-v --label/-l"),
    "ml environment create": _command(_ASSET + "--file/-f --name/-n --version/-v --tags* --set*", mutates=True),
    "ml data show": _command(_ASSET + "--name/-n! --version/-v --label/-l"),
    "ml data create": _command(_ASSET + "--file/-f --name/-n --version/-v --type/-t --path/-p --set*", mutates=True),
    "ml component show": _command(_ASSET + "--name/-n! --version/-v --label/-l"),
    "ml component create": _command(_ASSET + "--file/-f! --name/-n --version/-v --set*", mutates=True),
    "ml model show": _command(_ASSET + "--name/-n! --version/-v --label/-l"),
    "ml model list": _command(_ASSET + "--name/-n --max-results/-r"),
    "ml model create": _command(
        _ASSET + "--file/-f --name/-n --version/-v --type/-t --path/-p --tags* --set*", mutates=True
    ),
    "ml model download": _command(_ASSET + "--name/-n! --version/-v! --download-path/-p"),
    "ml job show": _command(_ML + "--name/-n!"),
    "ml job create": _command(_CREATE + "--stream/-s?", mutates=True),
    "ml schedule show": _command(_ML + "--name/-n!"),
    "ml schedule create": _command(_CREATE + "--no-wait?", mutates=True),
    "ml schedule enable": _command(_ML + "--name/-n! --no-wait?", mutates=True),
    "ml schedule disable": _command(_ML + "--name/-n! --no-wait?", mutates=True),
    "ml compute show": _command(_ML + "--name/-n!"),
    "ml compute create": _command(_ML + "--file/-f --name/-n --type/-t --tags* --set* --no-wait?", mutates=True),
    "ml online-endpoint show": _command(_ML + "--name/-n!"),
    "ml online-endpoint create": _command(_ML + "--file/-f --name/-n --set* --no-wait?", mutates=True),
    "ml online-endpoint update": _command(
        _ML + "--file/-f --name/-n --traffic/-r --mirror-traffic --set* --force-string? --no-wait?", mutates=True
    ),
    "ml online-endpoint invoke": _command(_ML + "--name/-n! --request-file/-r --deployment-name/-d"),
    "ml online-deployment list": _command(_ML + "--endpoint-name/-e!"),
    "ml online-deployment create": _command(_CREATE + "--endpoint-name/-e --all-traffic? --no-wait?", mutates=True),
    "ml online-deployment delete": _command(_ML + "--endpoint-name/-e! --name/-n! --yes/-y? --no-wait?", mutates=True),
    "ml batch-endpoint show": _command(_ML + "--name/-n!"),
    "ml batch-endpoint create": _command(_ML + "--file/-f --name/-n --set* --no-wait?", mutates=True),
    "ml batch-endpoint update": _command(_ML + "--file/-f --name/-n --set* --no-wait?", mutates=True),
    "ml batch-deployment show": _command(_ML + "--endpoint-name/-e! --name/-n!"),
    "ml batch-deployment list": _command(_ML + "--endpoint-name/-e!"),
    "ml batch-deployment create": _command(_CREATE + "--endpoint-name/-e --set-default? --no-wait?", mutates=True),
    "ml batch-deployment delete": _command(_ML + "--endpoint-name/-e! --name/-n! --yes/-y? --no-wait?", mutates=True),
}
