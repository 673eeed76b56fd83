"""Feature stores and what lies in them."""

from __future__ import annotations

from mlinfra.azure.name_rules import WORD, NameRule
from mlinfra.languages.azureml.row import IN_FEATURE_STORE, RESOURCE, WORKSPACE_TYPE, Row, types_of_assets

FEATURE_STORES = Row(
    name="feature_stores",
    described="Feature stores",
    noun="feature store",
    az_noun="feature-store",
    loader="load_feature_store",
    compiled_to="unsupported yet",
    other_types=(WORKSPACE_TYPE,),
    classes=("_feature_store.feature_store_schema:FeatureStoreSchema",),
    schemas={"": "featureStore"},
    additions=RESOURCE,
    name_rule=NameRule("a feature store", 3, 33, WORD, "resource group", "platform", "mlfs"),  # K
    layer="workspace",
)

FEATURE_SETS = Row(
    name="feature_sets",
    described="Features, and how they are computed",
    noun="feature set",
    az_noun="feature-set",
    loader="load_feature_set",
    compiled_to="unsupported yet",
    other_types=types_of_assets("featuresets"),
    classes=("_feature_set.feature_set_schema:FeatureSetSchema",),
    schemas={"": "featureSet"},
    additions=IN_FEATURE_STORE,
    versioned=True,
    name_rule=NameRule("a feature set", 1, 255, WORD, "workspace"),
)

FEATURE_STORE_ENTITIES = Row(
    name="feature_store_entities",
    described="What features are of: the keys of their tables",
    noun="feature-store entity",
    az_noun="feature-store-entity",
    loader="load_feature_store_entity",
    compiled_to="unsupported yet",
    other_types=types_of_assets("featurestoreEntities"),
    classes=("_feature_store_entity.feature_store_entity_schema:FeatureStoreEntitySchema",),
    schemas={"": "featureStoreEntity"},
    additions=IN_FEATURE_STORE,
    versioned=True,
    name_rule=NameRule("a feature-store entity", 1, 255, WORD, "workspace"),
)
