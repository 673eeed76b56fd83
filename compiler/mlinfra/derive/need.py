"""A role that somebody needs on something, and why."""

from __future__ import annotations

from typing import NamedTuple

READER, PULL = "Reader", "AcrPull"
BLOB_CONTRIBUTOR, FILE_CONTRIBUTOR = "Storage Blob Data Contributor", "Storage File Data Privileged Contributor"

OPENAI_USER, OPENAI_CONTRIBUTOR = "Cognitive Services OpenAI User", "Cognitive Services OpenAI Contributor"


class Need(NamedTuple):
    principal: str  # address of an identity or of a principal
    role: str
    scope: str  # address of an entry, or RESOURCE_GROUP
    because: str
    cause: str  # address at whose line a finding about it is shown
