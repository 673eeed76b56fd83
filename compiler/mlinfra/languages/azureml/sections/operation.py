"""What runs by the clock."""

from __future__ import annotations

from mlinfra.azure.name_rules import WORD, NameRule
from mlinfra.languages.azureml import charges, elsewhere
from mlinfra.languages.azureml.checks import JOB_RULES, assets, monitors, schedules, settings, triggers
from mlinfra.languages.azureml.row import IN_WORKSPACE, WORKSPACE_TYPE, Row
from mlinfra.languages.changes import FEWER, GONE, LEARN, LESS, MORE, REST, UNLIMITED, changes

_MONITORING = f"{LEARN}machine-learning/how-to-monitor-model-performance"
_OF_SIGNALS = "create_monitor.monitoring_signals.*"
_LOOKED_AT = (f"{_OF_SIGNALS}.features", f"{_OF_SIGNALS}.sampling_rate")
# Thresholds of metrics, by where they are written: an alert comes where a distance, a rate of faults or an error is
# above its threshold, and where the others are below it: github.com/Azure/azureml-assets, model_monitoring/components,
# model_monitor_evaluate_metrics_threshold.
_OF_KINDS, _OF_ALL = f"{_OF_SIGNALS}.metric_thresholds.*", f"{_OF_SIGNALS}.metric_thresholds"
_BOUNDS_ABOVE = tuple(
    f"{_OF_KINDS}.{metric}"
    for metric in (
        *("jensen_shannon_distance", "normalized_wasserstein_distance", "population_stability_index"),
        *("null_value_rate", "data_type_error_rate", "out_of_bounds_rate"),
        *("mae", "mse", "rmse"),
    )
)
_BOUNDS_BELOW = (
    *(
        f"{_OF_KINDS}.{metric}"
        for metric in (
            *("two_sample_kolmogorov_smirnov_test", "pearsons_chi_squared_test"),
            *("accuracy", "precision", "recall"),
            *(
                f"{prefix}_{quality}_{suffix}"
                for prefix, suffix in (("aggregated", "pass_rate"), ("acceptable", "score_per_instance"))
                for quality in ("groundedness", "relevance", "coherence", "fluency", "similarity")
            ),
        )
    ),
    f"{_OF_ALL}.normalized_discounted_cumulative_gain",
)
_BOUNDS = (*_BOUNDS_ABOVE, *_BOUNDS_BELOW)
_ALERTS = (
    "create_monitor.alert_notification",
    "create_monitor.alert_notification.emails",
    "create_monitor.monitoring_signals",
)
SCHEDULES = Row(
    name="schedules",
    described="When jobs run by themselves",
    noun="schedule",
    called_elsewhere=elsewhere.OF_SCHEDULES,
    az_noun="schedule",
    loader="load_schedule",
    compiled_to="yaml",
    classes=("schedule.schedule:JobScheduleSchema", "_data_import.schedule:ImportDataScheduleSchema"),
    schemas={"": "schedule"},
    additions=(*IN_WORKSPACE, "is_enabled"),
    resource_type=f"{WORKSPACE_TYPE}/schedules",
    name_rule=NameRule("a schedule", 1, 255, WORD, "workspace"),  # BT
    is_scheduled=True,
    served_settings=(
        ("create_job", "inputs", "**"),
        ("create_job", "tags", "*"),
        ("create_job", "display_name"),
        ("create_job", "experiment_name"),
        ("tags", "*"),
        ("description",),
    ),
    rules=(*triggers.RULES, *schedules.RULES, *JOB_RULES),
    group="Operation",
    changes=(
        *changes("create_only", REST, "display_name"),
        *changes(  # whoever may read the run, or has the key, is on its machine while it runs
            "opens_access", f"{LEARN}machine-learning/how-to-interactive-jobs", "create_job.services"
        ),
        *changes(
            "loses_data",
            f"{LEARN}machine-learning/how-to-import-data-assets",
            "import_data.auto_delete_setting.value",
            towards=LESS,
            is_confirmed=False,
            none_is=UNLIMITED,
        ),
    ),
    plain=(
        "create_job",
        "description",
        "import_data",
        "properties.*",
        "tags",
        "trigger.type",
    ),
)

MONITORS = Row(
    name="monitors",
    described="What is looked at once a model serves",
    noun="monitor",
    az_noun="schedule",
    loader="load_schedule",
    compiled_to="yaml",
    classes=("monitoring.schedule:MonitorScheduleSchema",),
    schemas={"": "monitorSchedule"},
    additions=(*IN_WORKSPACE, "is_enabled"),
    resource_type=f"{WORKSPACE_TYPE}/schedules",
    name_rule=NameRule("a monitor", 1, 255, WORD, "workspace"),  # to Azure it is a schedule
    is_scheduled=True,
    served_settings=(("create_monitor", "monitoring_signals", "**"), ("tags", "*"), ("description",)),
    charges=charges.of_monitor,
    rules=(*triggers.RULES, *monitors.RULES, *settings.MONITOR_RULES, assets.LATEST_RULE),
    group="Operation",
    changes=(
        *changes("create_only", REST, "display_name", "create_monitor"),
        *changes("create_only", REST, *_ALERTS),
        *changes("weakens", _MONITORING, "create_monitor.alert_notification", towards=GONE),
        *changes("weakens", _MONITORING, "create_monitor.alert_notification.emails", towards=FEWER),
        *changes("weakens", _MONITORING, "create_monitor.monitoring_signals", towards="false"),
        *changes("weakens", _MONITORING, "create_monitor.monitoring_signals", towards=GONE),
        *changes("create_only", REST, *_LOOKED_AT),
        *changes("weakens", _MONITORING, *_LOOKED_AT, towards=GONE),
        *changes("weakens", _MONITORING, *_LOOKED_AT, towards=LESS),
        *changes("create_only", REST, *_BOUNDS),
        *changes("weakens", _MONITORING, *_BOUNDS, towards=GONE),
        *changes("weakens", _MONITORING, *_BOUNDS_ABOVE, towards=MORE),
        *changes("weakens", _MONITORING, *_BOUNDS_BELOW, towards=LESS),
        *changes("weakens", _MONITORING, "trigger.interval", towards=MORE),
        *changes(
            "weakens",
            _MONITORING,
            "trigger.frequency",
            towards=MORE,
            order=("minute", "hour", "day", "week", "month"),
        ),
    ),
    plain=(
        "description",
        "properties.*",
        "tags",
        "trigger.type",
    ),
)
