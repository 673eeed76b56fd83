"""What a release does not let serve, and why, for the README: who finds a red run looks there."""

from __future__ import annotations

from collections.abc import Iterator

from mlinfra.formats.fragment import Fragment
from mlinfra.formats.markdown import markdown_code as code
from mlinfra.pipelines.context import PipelinesContext
from mlinfra.pipelines.rollout import canaries
from mlinfra.programs.measured import LATE_MINUTES, MORE_REJECTED, MOST_REJECTED, shown


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
    """The callers' own mistakes are no errors of a deployment, unless the live deployment sees fewer of them."""
    return (
        "a deployment whose canary is bad. Azure Monitor counts its requests since its share changed, without the"
        f" last {LATE_MINUTES} minutes. Answers 5xx and 408 are errors. So is 424, unless the container answered "
        "4xx. 429 says that there was no capacity, and is not counted. Any other 4xx, such as 400 or 401, is the "
        f"caller's fault. A deployment is rejected only if it exceeds a limit of {code('at_most')} by more than "
        "chance explains, and the live deployment does better in the same minutes by more than chance explains. "
        "If the live deployment exceeds the limit, too, or chance explains the rate, the step waits for more "
        f"requests. A deployment that rejects more requests than the live one, by more than {shown(MORE_REJECTED)}"
        " percentage points and than chance explains, is bad. If the live one had no requests, one that rejects "
        f"more than {shown(MOST_REJECTED)} % is. Rejected requests don't count for {code('min_requests')}"
    )
