"""The URLs of what lies in storage accounts, as Azure ML, Spark and Databricks take them.

Sources: docs, "Access data in a job" (azureml, wasbs, abfss, https); Apache Hadoop, "Azure Blob Storage" (wasb).
"""

from __future__ import annotations

import re

_ACCOUNT = r"(?P<account>[a-z0-9]{3,24})(?:-secondary)?\.(?:blob|dfs)"
_SUFFIX = r"(?P<suffix>core\.(?:windows\.net|usgovcloudapi\.net|chinacloudapi\.cn))(?::443)?"
# What lies in a container: its account, the suffix of the cloud, and the container as `name`.
BY_HTTPS = re.compile(rf"https?://{_ACCOUNT}\.{_SUFFIX}/(?P<name>[^/?#\s]+)(?=[/?#]|\Z)")
OF_A_LAKE = re.compile(rf"(?:abfss?|wasbs?)://(?P<name>[^@/\s]+)@{_ACCOUNT}\.{_SUFFIX}(?=[/?#]|\Z)")
# Containers that Azure makes itself: logs, static pages, change feeds, exported metrics, and those of a workspace.
OF_THE_SERVICE = re.compile(r"\$[a-z]+|(?:insights|am|azureml)[a-z-]*-.+|azureml|revisions|snapshots.*")
