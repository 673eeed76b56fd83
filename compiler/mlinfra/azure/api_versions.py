"""The API versions of resource types that no row of a language has: the newest stable one (BT)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

OTHER_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "Microsoft.Authorization/roleDefinitions": "2022-04-01",
        "Microsoft.Insights/actionGroups": "2023-01-01",
        "Microsoft.Insights/autoscalesettings": "2022-10-01",
        "Microsoft.Insights/metricAlerts": "2026-01-01",
        "Microsoft.Insights/scheduledQueryRules": "2026-03-01",
        "Microsoft.Resources/resourceGroups": "2025-04-01",
    }
)
