"""Jobs: what happens on a compute, from the image to the script."""

from __future__ import annotations

from mlinfra.azure.failures.cause import ML, Cause

_ENVIRONMENTS = f"{ML}how-to-troubleshoot-environments"
JOBS = (
    Cause(
        "setup_script",
        "The set-up script of a compute instance failed",
        r"(SetupScripts?Error|setup script .{0,60}(not found|failed|timed out)|"
        r"(startup|creation) script .{0,40}failed)",
        "The script is not where its path leads in the workspace's file share, or ended with an error",
        "See the script's path and its log (the instance's page), correct it, delete the instance and run infra.yml",
        f"{ML}how-to-customize-compute-instance",
        ("workspaces/computes",),
    ),
    Cause(
        "mount_failed",
        "Data can't be mounted",
        r"Unable to start blobfuse|Transport endpoint is not connected|Cannot mount|MountValidation\w{0,20}|"
        r"(MountError|unable to mount|Could not mount|Failed to mount|mount(ing)? .{0,60}(failed|timed out))",
        "The share or container is not there, its key is off, or the account turns the node away",
        "See the datastore's account and container, and that the account lets the cluster's network in; a file "
        "share needs "
        "a key, which mlinfra's accounts do not take: use blobs",
        f"{ML}how-to-troubleshoot-data-access",
    ),
    Cause(
        "conda_unsolved",
        "The packages of an environment can't be installed",
        r"conda(_packages| dependenc\w{1,4}| env\w{0,10}| spec\w{0,12})\b.{0,80}(fail|error|unable|not (found|"
        r"supported))|"
        r"(SpecsConfigurationConflict\w{0,5}|InvalidVersionSpec|CondaHTTPError|command '\S{0,40}gcc' failed|"
        r"requires a different Python|Failed building (wheel|editable)|"
        r"ResolvePackageNotFound|PackagesNotFoundError|UnsatisfiableError|LibMambaUnsatisfiableError|"
        r"Could not find a version that satisfies the requirement|No matching distribution found|"
        r"CondaValueError: pip returned an error|Pip subprocess error|ResolutionImpossible|CondaEnvException|"
        r"Could not solve for environment|conda\.core\.link|An error occurred while installing package|"
        r"conda env (create|update).{0,600}returned a non-zero code|Could not build wheels|Failed building wheel|"
        r"error: subprocess-exited-with-error|RequirementParseError|InvalidRequirement|Invalid requirement)",
        "A package, or this version of it, is on no channel that the build reaches, or two pins exclude each other",
        "Try it: conda env create -f <file> on Linux; correct the pin; packages of your own need their host in "
        "network.package_hosts",
        _ENVIRONMENTS,
        ("workspaces/environments",),
    ),
    Cause(
        "image_build",
        "The image of an environment can't be built",
        r"(The command '/bin/\w{2,5} -c .{0,600}returned a non-zero code|executor failed running|"
        r"failed to solve: process|"
        r"ImageBuildFailure|(Building|Build of) .{0,40}image.{0,20}failed|Docker image build failed|"
        r"Image build failed|image build.{0,40}failed|"
        r"Error building image|failed to run step ID: acb_step|container registry authorization failure|"
        r"imgbldrun_\w+ failed|prepare_image)",
        "The build ran and failed: its log says at which line",
        "Read the build log (azureml/ImageLogs in the workspace's storage, or the run that the error links)",
        _ENVIRONMENTS,
        ("workspaces/environments",),
    ),
    Cause(
        "data_address",
        "A path of data is not one that Azure ML reads",
        r"not a valid datastore uri|must be in the following format: azureml|(artifact|source|model|data) (uri|"
        r"path) .{0,60}(format|scheme)|"
        r"(is not a valid URI|invalid uri format|InvalidUri\b|(unsupported|unknown|invalid) (uri |url )?scheme|"
        r"(URI|path).{0,60}(must (start|begin)|should (start|begin)) with|(malformed|unsupported) (uri|url|path))",
        "A path is azureml://datastores/<store>/paths/…, an address of storage, or a file beside the spec; a bare "
        "name "
        "means nothing on the node",
        "Name a data asset or a datastore's path as input, and let the command read ${{inputs.<name>}}",
        f"{ML}how-to-read-write-data-v2",
        ("workspaces/data", "workspaces/jobs"),
    ),
    Cause(
        "mltable",
        "The MLTable file of the data is not one that can be read",
        r"(MLTable (file|yaml|schema)\b.{0,80}(is invalid|is not valid|could not be parsed|malformed)|invalid MLTable)",
        "A folder of type mltable holds a file MLTable, whose paths and transformations are those of its schema",
        "Try it with mltable.load on the folder; write encoding and delimiter as the files have them",
        f"{ML}reference-yaml-mltable",
        ("workspaces/data",),
    ),
    Cause(
        "data_missing",
        "The data that a job names is not there",
        r"not accessible or does not contain any data|\[PATH_NOT_FOUND\]|"
        r"The specified (path|blob|file|share|directory|filesystem) (does not exist|was not found)|No (file|blob|"
        r"data)s? (were |was )?(found|matched) (at|in|for|under) (?!storage at model)|"
        r"(StreamAccess\.NotFound|Found no resources for the input provided|Cannot load any data from the specified|"
        r"(Stream|DataAccess)Error\(NotFound\)|\bPathNotFound|Not able to find MLTable|"
        r"The specified blob does not exist|BlobNotFound|ContainerNotFound|"
        r"FilesystemNotFound)",
        "Nothing lies at the path: another folder, another container, or nobody wrote it yet",
        "Compare path of the data asset with what lies in the container; a path is told in its case",
        f"{ML}how-to-access-data",
        ("workspaces/data", "datastores"),
    ),
    Cause(
        "no_memory",
        "The machine had too little memory",
        r"due to insufficient memory|(exit(ed with)?( status)? code:? ?'?137|OOMKilled|OutOfMemory|"
        r"Cannot allocate memory|MemoryError\b|"
        r"PodOutOfMemory|CUDA out of memory|Cuda failure 'out of memory|status code `?137|signal:? ?\(?9\b|"
        r"\bSIGKILL\b)",
        "The process was killed as it took more memory than the machine has",
        "Take a size with more memory, or read less at a time",
        f"{ML}how-to-manage-optimize-cost",
        ("computes", "onlineEndpoints/deployments"),
    ),
    Cause(
        "disk_full",
        "The disk of the machine is full",
        r"(No space left on device|not enough space on the disk|Disk full while running job|disk is full|"
        r"OSError\(28|running out of disk)",
        "Images, caches and outputs of a job lie on the node's disk",
        "Take a size with a larger disk, write less, mount data instead of downloading it",
        f"{ML}how-to-train-model",
        ("computes",),
    ),
    Cause(
        "compute_missing",
        "The compute that a job names does not exist",
        r"(AzureMLCompute cluster (?P<at>\S+) does not exist|Compute(Target|Cluster|Instance)?NotFound|"
        r"compute (?!cache).{0,60}(was|is)? ?not found|"
        r"Provisioning error: BatchAI cluster|Compute with name '?(?P<name>\S+?)'? (was )?not found)",
        "It was never deployed to this workspace, or somebody deleted it",
        "Run infra.yml of the target, then the job again",
        f"{ML}how-to-create-attach-compute-cluster",
        ("computes",),
    ),
    Cause(
        "node_lost",
        "A node of the cluster was lost",
        r"(node.{0,40}unusable|NodePreempted|(?<!operation)preempted|lost (connection|heartbeat)|Node is (lost|"
        r"unhealthy)|"
        r"ClusterNodeNotReady)",
        "A machine failed or was taken away while the job ran",
        "Run the job again; with many nodes, write limits and retries",
        f"{ML}how-to-create-attach-compute-cluster",
        ("computes",),
    ),
    Cause(
        "batch_nothing",
        "Batch scoring gave no result",
        r"(There is no succeeded mini batch item|NoResultToAppendError|run\(\) method in the entry script should|"
        r"error_threshold|EntryScriptException(?!.{0,20}No module)|mini_batch_error_threshold)",
        "run() of the scoring script failed for each mini batch, or returned nothing: it has to return a list or a "
        "pandas DataFrame with a row an item",
        "Read logs/user/error/ of the run; try the script with mlinfra try, and see what run() returns",
        f"{ML}how-to-batch-scoring-script",
        ("batchEndpoints/deployments", "batchEndpoints", "workspaces/jobs"),
    ),
    Cause(
        "batch_driver",
        "A parallel step ended with an error of its script",
        r"(SystemExit: 42|driver/amlbi_main|parallel_run/(master_role|agent_manager|task_manager)|ParallelRunStep)",
        "The driver of the step only says that the script failed",
        "Read logs/user/error/ and logs/job_error*.txt of the run",
        f"{ML}how-to-debug-parallel-run-step",
        ("batchEndpoints/deployments", "workspaces/jobs"),
    ),
    Cause(
        "code_too_large",
        "The code of a job is too large",
        r"(snapshot .{0,80}(size|larger|exceed)|(size|total) .{0,40}(code|snapshot|project) .{0,60}exceed|"
        r"SnapshotSize\w{0,20}|exceeds? the limit of \d+ ?(MB|GB).{0,80}(code|snapshot))",
        "The whole folder of code is sent with each job, data and models beside it, too",
        "Name a smaller folder in code, or write what is not code into .amlignore",
        f"{ML}v1/how-to-save-write-experiment-files",
        (
            "workspaces/jobs",
            "workspaces/components",
        ),
    ),
    Cause(
        "not_mlflow",
        "The model is not one of MLflow",
        r"(does not have the \S{0,3}python_function\S{0,3} flavor|"
        r"(could not find|no|not have|not contain|missing|without) .{0,40}\bMLmodel\b|MLmodel\b.{0,60}(not found|"
        r"missing|does not exist|invalid)|(not a valid|invalid) MLflow model|No such artifact: .{0,60}MLmodel)",
        "A model of type mlflow_model is a folder with a file MLmodel in it; the path leads beside it, or the"
        " run logged something else",
        "Let the script log it (mlflow.<flavor>.log_model or save_model) into the output that the model "
        "names, or say type: custom_model",
        f"{ML}concept-mlflow-models",
        ("workspaces/models",),
    ),
    Cause(
        "compute_state",
        "The compute does not run, or failed when it was made",
        r"restart your (current )?compute|unusable node|compute instance\b.{0,60}(not running|not in|timed out|"
        r"stopped|to start)|(start|"
        r"stop)\w{0,6} .{0,20}compute instance .{0,60}only allowed|Start\w{1,60}AllowedInStoppedState|"
        r"((?<!Microsoft\.)compute\b.{0,80}(is (stopped|stopping|deallocated|disabled)|not (in a )?running|in (a |"
        r"the )?failed state|(provisioning|creation) failed|unhealthy)|ComputeInstance\w{0,30}(Stopped|"
        r"NotRunning)|ComputeNot(Running|Ready)|(AmlCompute|compute target) .{0,60}(failed|is not ready))",
        "A compute instance was stopped, or the last change of a cluster failed and it takes no jobs",
        "az ml compute show says why; start the instance, or run infra.yml again",
        f"{ML}how-to-create-attach-compute-cluster",
        ("computes",),
    ),
    Cause(
        "asset_missing",
        "An asset that is named is not in the workspace",
        r"(environment|model|component|data|code) is missing\b|(environment|component|"
        r"data asset) \S{1,80} is not registered|"
        r"((Environment|Component|Data|Dataset|Code|Asset)(Version)?NotFound|(environment|component|data asset|"
        r"dataset|code asset|asset)\b.{0,100}(was not found|not found|does not exist|could not be found|"
        r"cannot be found)|No asset found|could not find (the )?asset)",
        "Assets of a version are made by the release of this target; this one was not, or another version is named",
        "Run release.yml of the target; of what lies in a registry, see that it is shared with this workspace",
        f"{ML}how-to-manage-environments-v2",
        (
            "workspaces/environments",
            "workspaces/data",
            "workspaces/components",
        ),
    ),
    Cause(
        "script_failed",
        "The script of a job failed",
        r"Failed to run \['python.{0,900}Exit code \d|"
        r"(User program failed with|"
        r"Submitted script failed with a non-zero exit code|User (program|process|script) (failed|exited)|"
        r"Execution failed\. User process|JobFailed|non-zero exit code|"
        r"(?<!bash )(?<!powershell )exited with (status )?code '?1\b|"
        r"OrchestrateJobError|execution-wrapper.{0,40}failed)",
        "The command ran and ended with an error: its own output says which",
        "Read user_logs/std_log.txt of the run; the last lines of the traceback name the file and line of the code",
        f"{ML}how-to-log-view-metrics",
        ("workspaces/jobs", "workspaces/components"),
    ),
)
