"""What a release does not let serve, and why, for the README: who finds a red run looks there."""

from __future__ import annotations

from collections.abc import Iterator

from mlinfra.formats.fragment import Fragment
from mlinfra.formats.markdown import markdown_code as code
from mlinfra.pipelines.context import PipelinesContext
from mlinfra.pipelines.rollout import canaries
from mlinfra.programs.measured import LATE_MINUTES, MORE_REFUSED, MOST_REFUSED, shown


def refusals(context: PipelinesContext) -> Fragment | str:
    """A list; empty where no target has an endpoint that could serve anything else by a release."""
    if not any(target.endpoints for target in context.targets):
        return ""
    return Fragment("\n".join(f"- {line}" for line in _lines(context)))


def _lines(context: PipelinesContext) -> Iterator[str]:
    gated = [target for target in context.targets if target.models]
    if gated:
        gates = ", ".join(code(f"{target.name}_gate") for target in gated)
        yield (
            "a model whose numbers are missing, past what its release asks for in the target, or worse than those of "
            f"what serves there by more than it lets them. The stages say which: {gates}. The models of other "
            "endpoints go on"
        )
        yield (
            f"a version that a person took back, by {code(f'{context.platform}-back')} or by moving the traffic in the "
            "portal, also where nothing was left to go back to; and one whose canary failed. It comes again where the "
            "person who starts the release chooses that version (models)"
        )
        yield (
            "a version that is handed on with other files than those that passed its gate: their SHA-256 stands in "
            f"{code('models.json')} and in what the gate published (digest)"
        )
    yield (
        "what was committed, or trained, before what was released already: an older run that is approved late, or run "
        "again. It comes where the person who starts the release means it (older)"
    )
    yield "a new deployment that does not answer its smoke test, or does not score its check: it is deleted"
    if any(canaries(target) for target in context.targets):
        yield _canary()


def _canary() -> str:
    """Callers' own mistakes are no errors of a deployment, and still tell of it where others make fewer."""
    return (
        "a deployment whose canary is bad, by what Azure Monitor counted for it since its share changed, without the "
        f"last {LATE_MINUTES} minutes. Answers 5xx and 408 are errors, and so is 424 where the container itself "
        "answered 5xx, or nobody knows what; 429 says that there was no capacity, and is not counted. Any other 4xx, "
        "such as 400 or 401, is the caller's, and no error: but where the new deployment refuses more of its requests "
        f"so than what served before does in the same time, by more than {shown(MORE_REFUSED)} in a hundred and than "
        "chance explains, it is bad; where that had no request, it is where it refuses more than "
        f"{shown(MOST_REFUSED)} in a hundred. Requests that it refused don't count for {code('min_requests')}"
    )
