"""Risks of production that somebody accepted, with the reason that stands in the spec."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlinfra.plan import Plan
from mlinfra.rules.network import PUBLIC_PRODUCTION, is_open

_UNSAID = "nobody says why; `mlinfra validate` warns of it"


def accepted_risks(plans: Sequence[Plan]) -> Iterator[tuple[str, str, str]]:
    """Rows of target, risk and reason."""
    for plan in plans:
        if is_open(plan.graph):
            reasons = plan.graph.header.accepted.get(PUBLIC_PRODUCTION.id, ())
            risk = "storage, vaults and registries answer every address; sign-in by Entra and roles alone guard them"
            yield plan.graph.target.name, risk, "; ".join(reasons) or _UNSAID
