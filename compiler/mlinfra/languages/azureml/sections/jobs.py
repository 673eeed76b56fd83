"""Jobs, and the components that they are made of."""

from __future__ import annotations

from mlinfra.azure.name_rules import IDENTIFIER, WORD, NameRule
from mlinfra.languages.azureml import charges, elsewhere
from mlinfra.languages.azureml.checks import JOB_RULES
from mlinfra.languages.azureml.row import IN_WORKSPACE, SHARED, WORKSPACE_TYPE, Row, types_of_assets
from mlinfra.languages.changes import LEARN, REST, changes

AUTOML = tuple(
    f"automl.{module}:{name}Schema"
    for module, names in (
        ("table_vertical.classification", ("AutoMLClassification",)),
        ("table_vertical.regression", ("AutoMLRegression",)),
        ("table_vertical.forecasting", ("AutoMLForecasting",)),
        ("image_vertical.image_classification", ("ImageClassification", "ImageClassificationMultilabel")),
        ("image_vertical.image_object_detection", ("ImageObjectDetection", "ImageInstanceSegmentation")),
        ("nlp_vertical.text_classification", ("TextClassification",)),
        ("nlp_vertical.text_classification_multilabel", ("TextClassificationMultilabel",)),
        ("nlp_vertical.text_ner", ("TextNer",)),
    )
    for name in names
)

COMPONENTS = Row(
    name="components",
    described="Steps that pipelines share",
    noun="component",
    uploads_without_caches=True,
    called_elsewhere=elsewhere.OF_JOBS,
    held_elsewhere=elsewhere.HELD_IN_JOBS,
    az_noun="component",
    loader="load_component",
    compiled_to="yaml",
    other_types=types_of_assets("components"),
    classes=(
        "component.command_component:CommandComponentSchema",
        "component.spark_component:SparkComponentSchema",
        "component.parallel_component:ParallelComponentSchema",
        "pipeline.pipeline_component:PipelineComponentSchema",
        "component.automl_component:AutoMLComponentSchema",
    ),
    schemas={
        "command": "commandComponent",
        "spark": "sparkComponent",
        "parallel": "parallelComponent",
        "pipeline": "pipelineComponent",
        "automl": "autoMLComponent",
    },
    discriminator="type",
    default="command",  # azure-ai-ml: Component._load
    additions=(*SHARED, "existing"),
    versioned=True,
    name_rule=NameRule("a component", 1, 255, IDENTIFIER, "workspace"),  # SDK: ComponentNameStr
    files_at=("component", "trial"),
    rules=JOB_RULES,
    group="Training",
    changes=(
        *changes(
            "refused", REST, "type", "command", "code", "environment", "inputs", "outputs", "jobs", is_confirmed=False
        ),
    ),
)

JOBS = Row(
    name="jobs",
    described="Work: commands, pipelines, sweeps, Spark",
    noun="job",
    called_elsewhere={**elsewhere.OF_JOBS, **elsewhere.OF_SPACES},
    held_elsewhere=elsewhere.HELD_IN_JOBS,
    az_noun="job",
    loader="load_job",
    compiled_to="yaml",
    other_types=(f"{WORKSPACE_TYPE}/jobs",),
    classes=(
        "job.command_job:CommandJobSchema",
        "pipeline.pipeline_job:PipelineJobSchema",
        "_sweep.sweep_job:SweepJobSchema",
        "job.spark_job:SparkJobSchema",
        *AUTOML,
    ),
    schemas={
        "command": "commandJob",
        "pipeline": "pipelineJob",
        "sweep": "sweepJob",
        "spark": "sparkJob",
        "automl": "autoMLJob",
    },
    discriminator="type",
    default="command",  # azure-ai-ml: Job._resolve_cls_and_type
    additions=IN_WORKSPACE,
    name_rule=NameRule("a job", 1, 255, WORD, "workspace"),  # BT
    files_at=("create_job", "job"),
    is_named_by_a_run=True,
    run_settings=(
        ("inputs", "**"),
        ("tags", "*"),
        ("display_name",),
        ("experiment_name",),
        ("environment_variables", "*"),
        ("jobs", "*", "inputs", "**"),
        ("jobs", "*", "display_name"),
        ("jobs", "*", "environment_variables", "*"),
    ),
    is_work=True,
    charges=charges.of_run,
    rules=JOB_RULES,
    group="Training",
    changes=(
        *changes(  # whoever may read the run, or has the key, is on its machine while it runs
            "opens_access",
            f"{LEARN}machine-learning/how-to-interactive-jobs",
            "services",
            "jobs.*.services",
            "trial.services",
        ),
        *changes(  # as its compute, as who submits it, or as another identity
            "opens_access",
            f"{LEARN}machine-learning/how-to-identity-based-service-authentication",
            "identity",
            "jobs.*.identity",
        ),
    ),
)
