"""What Azure takes away, or no longer supports: from which day on, and what follows it.

VM sizes and base images have their days in tables of their own. Whether a day has come is for `release.retired` to say.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

_RUNNERS = "actions/runner-images/issues"


class Retirement(NamedTuple):
    what: str  # as a sentence names it
    on: date
    successor: str  # what to do instead, as an order
    source: str  # a page that says so


LOW_PRIORITY = Retirement(
    "low-priority nodes of Azure ML",
    date(2026, 3, 31),
    "use tier: dedicated",
    "https://azure.microsoft.com/updates?id=501658",
)
DATA_IMPORT = Retirement(
    "data imports of Azure ML and their schedules",
    date(2026, 9, 30),
    "bring the data into a datastore by a pipeline of Fabric or Data Factory, and read it from there",
    "https://learn.microsoft.com/azure/machine-learning/how-to-import-data-assets",
)
DATA_LAKE_GEN1 = Retirement(
    "Azure Data Lake Storage Gen1",
    date(2024, 2, 29),
    "move the data to a storage account with a hierarchical namespace, and use type: azure_data_lake_gen2",
    "https://learn.microsoft.com/azure/storage/blobs/data-lake-storage-migrate-gen1-to-gen2",
)
AZURE_DEVOPS_ISSUER = Retirement(
    "tokens of service connections that vstoken.dev.azure.com issues",
    date(2027, 7, 1),
    "convert the service connection, and write the issuer and subject that it shows then",
    "https://learn.microsoft.com/azure/devops/pipelines/release/convert-service-connections",
)
DATABRICKS_STANDARD = Retirement(  # none is made since 2026-04-01; those that there were are premium from the day on
    "the tier standard of Databricks workspaces",
    date(2026, 10, 1),
    "write sku: premium, or leave sku out",
    "https://learn.microsoft.com/azure/databricks/admin/account-settings/account",
)
PROMPT_FLOW = Retirement(  # read only from the day on; its development ended a year before
    "prompt flow of Azure ML",
    date(2027, 4, 20),
    "move the flow to Microsoft Agent Framework",
    "https://learn.microsoft.com/azure/machine-learning/prompt-flow/migrate-prompt-flow-to-agent-framework",
)
PROMPT_FLOW_IMAGES = Retirement(  # not patched any more
    "images of prompt flow, which get no updates,",
    date(2027, 4, 20),
    "move the flow to Microsoft Agent Framework, and build its image from a base image of Azure ML",
    "https://learn.microsoft.com/azure/foundry-classic/how-to/how-to-migrate-prompt-flow-to-agent-framework",
)
CONTENT_TRUST = Retirement(
    "Docker Content Trust of container registries",
    date(2028, 3, 31),
    "leave trust_policy out, and sign images with Notation of the Notary Project",
    "https://learn.microsoft.com/cli/azure/acr/config/content-trust",
)
HOSTED_IMAGES = {  # of Azure Pipelines, by issues 3287, 6002, 11101 and 14254 of actions/runner-images
    name: Retirement(
        f'hosted image "{name}" of Azure Pipelines', on, "take ubuntu-24.04", f"https://github.com/{_RUNNERS}/{issue}"
    )
    for name, on, issue in (
        ("ubuntu-16.04", date(2021, 10, 18), 3287),
        ("ubuntu-18.04", date(2023, 4, 3), 6002),
        ("ubuntu-20.04", date(2025, 4, 15), 11101),
        ("ubuntu-22.04", date(2027, 4, 17), 14254),
    )
}
SDK_V1 = Retirement(  # only its support ended: what is installed still works
    "version 1 of Azure ML's SDK",
    date(2026, 6, 30),
    "use azure-ai-ml, azureml-mlflow for tracking, azureml-inference-server-http for scoring",
    "https://learn.microsoft.com/azure/machine-learning/how-to-migrate-from-v1",
)
DATABRICKS_CLI = Retirement(  # only these security patches end: what is installed still works
    "security patches of Databricks CLI 0.299",
    date(2027, 5, 20),
    "take its latest release",
    "https://github.com/databricks/cli/blob/main/SECURITY.md",
)
