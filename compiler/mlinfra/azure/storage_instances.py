"""What Azure Storage lets past the rules of an account by its identity (docs, "Trusted Azure services")."""

from __future__ import annotations

_OF_ANY_TYPE = """
microsoft.agfoodplatform microsoft.apimanagement microsoft.autonomoussystems microsoft.cache
microsoft.cognitiveservices microsoft.databricks microsoft.datafactory microsoft.dataprotection microsoft.datashare
microsoft.dbforpostgresql microsoft.deviceregistry microsoft.devices microsoft.devtestlab microsoft.eventgrid
microsoft.fabric microsoft.healthcareapis microsoft.iotcentral microsoft.kusto microsoft.logic
microsoft.machinelearningservices microsoft.media microsoft.migrate microsoft.powerplatform
microsoft.projectarcadia microsoft.projectbabylon microsoft.purview microsoft.recoveryservices microsoft.search
microsoft.security microsoft.singularity microsoft.sql microsoft.storageactions microsoft.streamanalytics
microsoft.synapse microsoft.videoindexer
"""
_TYPES = frozenset(
    (
        "microsoft.containerregistry/registries",
        "microsoft.keyvault/managedhsms",
        "microsoft.network/expressrouteports",
    )
)


def may_come_in(resource_type: str) -> bool:
    """Whether a resource of a type may be named in a rule of an account.

    >>> may_come_in("Microsoft.Search/searchServices"), may_come_in("Microsoft.KeyVault/vaults")
    (True, False)
    """
    folded = resource_type.lower()
    return folded in _TYPES or folded.partition("/")[0] in _OF_ANY_TYPE.split()
