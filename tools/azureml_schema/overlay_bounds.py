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
)
NOT_NEGATIVE = (
    *("AmlCompute.min_instances", "TargetUtilizationScaleSettings.min_instances", "*.target_utilization_percentage"),
    *("TargetUtilizationScaleSettings.max_instances", "*.instance_count", "*.max_instance_count"),
    *("*.max_retries", "*.max_concurrency_per_instance", "*.max_concurrent_requests_per_instance"),
    *("BatchDeployment.mini_batch_size", "ModelBatchDeploymentSettings.mini_batch_size"),
    *("*.delay_evaluation", "*.evaluation_interval", "*.truncation_percentage"),
    *("*.max_trials", "*.max_total_trials", "*.max_concurrent_trials", "*.max_nodes"),
    *("*.n_cross_validations", "*.cv_step_size", "*.forecast_horizon", "*.seasonality", "*.target_lags"),
    *("*.target_rolling_window_size", "*.top_n_feature_importance", "*.weighted_loss", "*.number_of_workers"),
    *("*.process_count_per_instance", "*.parameter_server_count", "*.worker_count"),
)
LEAST = dict.fromkeys(POSITIVE, 1) | dict.fromkeys(NOT_NEGATIVE, 0)
