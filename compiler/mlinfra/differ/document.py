"""A difference for programs: the keys of the contract, in its order."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mlinfra.azure.prices import CURRENCY
from mlinfra.cost.report import in_cents
from mlinfra.differ.costs import FIGURES
from mlinfra.differ.model import Accepted, Bill, Cause, Costing, Difference, Found, Line, Property, counts

SCHEMA = "mlinfra/diff/v1"


def document(found: Difference, before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """The JSON document; `before` and `after` say what was compared, as {"revision", "compiler"}."""
    return {
        "schema": SCHEMA,
        "from": before,
        "to": after,
        "changes": [_change(each) for each in found.changes],
        "access": [
            {
                "principal": each.principal,
                "scope": each.scope,
                "before": each.before,
                "after": each.after,
                "target": each.target,
                "remains": each.remains,
            }
            for each in found.access
        ],
        "network": [
            {"scope": each.scope, "target": each.target, "before": each.before, "after": each.after}
            for each in found.network
        ],
        "data": [
            {
                "principal": each.principal,
                "data": each.data,
                "through": each.through or None,
                "before": each.before,
                "after": each.after,
                "target": each.target,
                "remains": each.remains,
            }
            for each in found.data
        ],
        "cost": [_cost(each) for each in found.costs],
        "lines": [_line(each) for each in found.lines],
        "notes": list(found.notes),
        "summary": {"classes": dict(found.counts), "targets": found.targets},
    }


def _cost(found: Costing) -> dict[str, Any]:
    pairs = zip(FIGURES, found.before, found.after, strict=True)
    return {
        "target": found.target,
        "currency": CURRENCY,
        "prices": found.prices.isoformat() if found.prices else None,
        **{name: [in_cents(before), in_cents(after)] for name, before, after in pairs},
        "entries": [_bill(each) for each in found.bills],
        "unpriced": list(found.unpriced),
        "vcpus": [
            {"family": each.name, "before": each.before, "after": each.after, "quota": each.quota}
            for each in found.families
        ],
    }


def _bill(found: Bill) -> dict[str, Any]:
    pairs = zip(FIGURES, found.before, found.after, strict=True)
    figures = {name: [in_cents(before), in_cents(after)] for name, before, after in pairs}
    return {"address": found.address, **figures, "cause": causes(found.cause), "remains": found.remains}


def _line(found: Line) -> dict[str, Any]:
    return {
        "cause": causes((found.cause,))[0],
        "before": found.before,
        "after": found.after,
        "steps": [list(each) for each in found.steps],
        "targets": sorted({each.target for each in found.changes if each.target}),
        "classes": counts(found.changes),
    }


def _change(found: Found) -> dict[str, Any]:
    return {
        "address": found.address,
        "target": found.target,
        "type": found.type,
        "id": found.id,
        "name": found.name,
        "action": found.action,
        "classes": list(found.classes),
        "renamed_from": found.renamed_from,
        "remedy": found.remedy or None,
        "change": found.change,
        "accepted": _accepted(found),
        "properties": [_property(each) for each in found.properties],
        "cause": causes(found.cause),
        "through": list(found.through),
        "used_by": list(found.used_by),
        "remains": found.remains,
    }


def _accepted(found: Found) -> dict[str, Any] | None:
    if not found.is_accepted:
        return None
    first: Accepted = next(iter(found.accepted.values()))
    return {"because": first.because, "date": first.date, "file": first.file, "line": first.line}


def _property(found: Property) -> dict[str, Any]:
    return {
        "path": found.path,
        "before": found.before,
        "after": found.after,
        "classes": list(found.classes),
        "note": found.note,
        "whom": found.whom,
    }


def causes(found: Iterable[Cause]) -> list[dict[str, Any]]:
    return [{"kind": each.kind, "side": each.side, "file": each.file, "line": each.line} for each in found]
