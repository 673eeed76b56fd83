"""The least values of times and counts, on which the SDK's classes say nothing: the overlay's third part.

Fields are named as in `overlay.py`. A test lists every whole number that has no least value here.
"""

POSITIVE = (
    # The SDK takes a duration of 0 for one that is not written (to_iso_duration_format and its siblings).
    "AmlCompute.idle_time_before_scale_down",
    *("CommandJobLimits.timeout", "SweepJobLimits.timeout", "*.trial_timeout"),
    *("*.timeout_minutes", "*.trial_timeout_minutes", "*.ensemble_model_download_timeout_minutes"),
    *("*.request_timeout_ms", "*.max_queue_wait_ms", "*.polling_interval"),
    *("BatchRetrySettings.timeout", "RetrySettings.timeout"),
    # azure-ai-ml: what _restclient says of the settings of images and texts, "must be a positive integer"
    *("*.number_of_epochs", "*.checkpoint_frequency", "*.evaluation_frequency"),
    *("*.early_stopping_delay", "*.early_stopping_patience", "*.warmup_cosine_lr_warmup_epochs"),
    *("*.gradient_accumulation_step", "*.gradient_accumulation_steps", "*.step_lr_step_size"),
    *("*.training_batch_size", "*.validation_batch_size", "*.training_crop_size", "*.validation_crop_size"),
    *("*.validation_resize_size", "*.image_size", "*.min_size", "*.max_size"),
    *("*.box_detections_per_image", "*.layers_to_freeze"),
    # reference-yaml-job-command, -sweep, -deployment-batch and their siblings: counts of what runs. Without one of it
    # nothing does; the client hands a 0 on
    *("*.process_count_per_instance", "*.worker_count", "*.max_instance_count", "*.max_nodes"),
    *("*.max_trials", "*.max_total_trials", "*.max_concurrent_trials", "*.evaluation_interval"),
    *("BatchDeployment.mini_batch_size", "ModelBatchDeploymentSettings.mini_batch_size"),
    *("TargetUtilizationScaleSettings.max_instances", "*.target_utilization_percentage"),
    *("*.max_concurrent_requests_per_instance", "*.cv_step_size", "*.forecast_horizon", "*.top_n_feature_importance"),
)
NOT_NEGATIVE = (
    *("AmlCompute.min_instances", "TargetUtilizationScaleSettings.min_instances", "*.instance_count"),
    *("*.max_retries", "*.max_concurrency_per_instance", "*.delay_evaluation", "*.truncation_percentage"),
    *("*.n_cross_validations", "*.seasonality", "*.target_lags", "*.target_rolling_window_size"),
    *("*.weighted_loss", "*.number_of_workers", "*.parameter_server_count"),
)
OR_NO_LIMIT = (  # -1 stands for none: reference-yaml-deployment-batch, reference-yaml-job-parallel; AutoML: all cores
    *("*.error_threshold", "*.mini_batch_error_threshold", "*.max_cores_per_trial"),
)
LEAST = dict.fromkeys(POSITIVE, 1) | dict.fromkeys(NOT_NEGATIVE, 0) | dict.fromkeys(OR_NO_LIMIT, -1)
