"""What the language has and this release does not compile.

It is known, so that nobody takes it for a misspelt word, and what names it is not followed. Sections and keys of the
header are listed here; of a body, the class has them in `later`; a section that has a row already says so there.
"""

from __future__ import annotations

from mlinfra.diagnostics import Code

NOT_SUPPORTED = Code(
    "MLI221",
    "error",
    "Something that this release does not compile",
    "A section or a key that is read and not compiled would look deployed and be missing",
    "Leave it out, and keep that part where it is managed today",
    "docs/language.md#sections",
    comes_first=True,
)
_SECTIONS = frozenset(
    {
        *("action_groups", "alerts", "budgets", "development", "kubernetes_clusters", "repositories"),
        "databricks_online_stores",
    }
)
_HEADER = frozenset({"required_version"})


def is_later_section(key: str) -> bool:
    return key in _SECTIONS


def is_later(key: str) -> bool:
    """Whether a key at the top is a section, or a key of the header, of a later release."""
    return key in _HEADER or is_later_section(key)
