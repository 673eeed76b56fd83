"""Images: what is not there to start from, who is not signed in to a registry, and packages that do not fit."""

from __future__ import annotations

from mlinfra.azure.failures.cause import LEARN, ML, Cause

_REGISTRY = f"{LEARN}container-registry/"
_ENVIRONMENTS = f"{ML}how-to-troubleshoot-environments"
IMAGES = (
    Cause(
        "image_platform",
        "The image is built for another processor",
        r"(exec format error|no matching manifest for \S{1,40})",
        "Azure's machines run linux/amd64, and the image has no such layer: it was built on an ARM computer, say",
        "Build with --platform linux/amd64, or let Azure ML build the image from its Dockerfile",
        f"{ML}how-to-manage-environments-v2",
        ("workspaces/environments", "onlineEndpoints/deployments"),
    ),
    Cause(
        "registry_tasks",
        "The registry builds no images for this subscription",
        r"(TasksOperationsNotAllowed|ACR Tasks? .{0,120}not (permitted|allowed|supported|available)|"
        r"(registry|agent) ?pool.{0,80}not (permitted|allowed).{0,40}task)",
        "Subscriptions of some offers (free, students, new ones) may not use ACR Tasks, with which Azure ML builds",
        "Write image_build_compute of the workspace, which builds on a cluster of yours; or ask Azure support",
        f"{_REGISTRY}container-registry-tasks-overview",
        ("registries",),
    ),
    Cause(
        "registry_throttled",
        "A registry takes no more pulls for now",
        r"(toomanyrequests|reached your (unauthenticated )?pull rate limit|"
        r"(docker|image|manifest|registry|mcr\.microsoft|azurecr)\S{0,80}.{0,120}(\b429\b|Too Many Requests))",
        "Registries count pulls by address or tier; a build without a cache pulls each layer anew",
        "Run it again in some minutes; keep base images in the platform's own registry, of a higher sku where "
        "many pull",
        f"{_REGISTRY}container-registry-skus",
    ),
    Cause(
        "image_missing",
        "An image to start from is not there",
        r"(manifest unknown|MANIFEST_UNKNOWN|manifest for \S{1,200} not found|no such image|image not found|"
        r"ImageNotFound|NAME_UNKNOWN|repository name not known|repository does not exist or may require|"
        r"failed to resolve (source metadata|reference)\b(?!.{0,300}(40[13]|429|5\d\d|timeout|dial))|"
        r"(base )?image .{0,120}(does not exist|was not found|could not be found|is not found)|"
        r"pull access denied|tag .{0,60}not found in (the )?repository)",
        "The tag was never pushed, was removed, or is written wrong; images of Azure ML are retired after two years",
        "az acr repository show-tags (of mcr.microsoft.com: its page) lists what is there; write a tag that is, "
        "or pin "
        "a digest",
        f"{ML}concept-prebuilt-docker-images-inference",
        ("workspaces/environments",),
    ),
    Cause(
        "registry_signin",
        "Docker is not signed in to the registry, or the image is named after another one",
        r"admin user (is )?(disabled|not enabled)|"
        r"(denied: requested access to the resource|no basic auth credentials|insufficient_scope|"
        r"incorrect username or password|unauthorized: (incorrect|application not registered)|"
        r"(push|pull) .{0,80}denied:|aad access token with error|acr login.{0,120}(fail|error))",
        "Without az acr login, or with a name that does not begin with the registry's host, the push goes where "
        "nobody knows the caller",
        "Name the image <registry>.azurecr.io/<image>, sign in (az acr login --name <registry>), and give the caller "
        "AcrPush",
        f"{_REGISTRY}container-registry-authentication",
        ("registries",),
    ),
    Cause(
        "private_feed",
        "A feed of packages does not let the build in",
        r"(User for \S{1,200}:|pkgs\.(dev\.azure|visualstudio)\.com.{0,200}(40[13]|Unauthorized|Forbidden)|"
        r"(index|feed|pypi)\b.{0,120}\b40[13] (Client Error|Unauthorized|Forbidden)|"
        r"\b40[13] Error, Credentials not correct|handle_401|_prompt_for_password)",
        "An image is built far from the agent: whoever builds it has no token of the feed",
        "Write a connection of type python_feed in the workspace for the feed's address, and name that address in "
        "the "
        "conda file; it is the same for a git repository",
        f"{ML}how-to-use-private-python-packages",
        ("workspaces/environments",),
    ),
    Cause(
        "system_packages",
        "Packages of the system can't be installed in the image",
        r"((?<!\w)E: Unable to locate package|(?<!\w)E: Failed to fetch|GPG error|NO_PUBKEY|"
        r"does not have a Release file|"
        r"E: Package '\S{1,80}' has no installation|E: Unable to fetch some archives|dpkg: error|"
        r"Cannot find command 'git'|apt-get .{0,200}returned a non-zero code)",
        "The base image is of a release whose archive has moved or ended, or apt-get update did not run in the same "
        "layer",
        "Take a newer base image, run apt-get update and install in one RUN, and add git where pip installs from it",
        _ENVIRONMENTS,
        ("workspaces/environments",),
    ),
    Cause(
        "dockerfile",
        "The Dockerfile, or the folder that it copies from, is not right",
        r"error from sender|lstat \S{1,80}: no such file|"
        r"/bin/sh: \d{1,3}: \S{1,60}: not found|"
        r"(failed to compute cache key|COPY failed|ADD failed|Dockerfile parse error|dockerfile\.v0|"
        r"excluded by \.dockerignore|unknown instruction|failed to read dockerfile|Cannot locate Dockerfile|"
        r"Invalid build context|build context.{0,60}(not found|does not exist|empty|too large))",
        "What is copied has to lie in build.path, and paths in the Dockerfile count from there",
        "Compare COPY and ADD with the folder of build.path; try it: docker build <folder>",
        _ENVIRONMENTS,
        ("workspaces/environments",),
    ),
    Cause(
        "packages_unfit",
        "Packages of the environment, or a saved model, were made with other versions",
        r"(package conflict|got an unexpected keyword argument|module '[\w.]{1,80}' has no attribute|"
        r"takes (from )?\d+ positional argument|"
        r"binary incompatibility|dtype size changed|compiled using NumPy 1|_ARRAY_API not found|"
        r"undefined symbol|version .?(GLIBC|GLIBCXX|CXXABI)_|Expected \d+ from C header|"
        r"(unpickl|Trying to unpickle)\w{0,4}\b.{0,160}(version|error)|InconsistentVersionWarning|"
        r"unsupported pickle protocol|invalid load key|Can'?t get attribute '?\w{1,60}'? on <module|"
        r"cannot import name .{1,80}from '?(?!flask|werkzeug|azure\.|azext|knack|marshmallow)\w|"
        r"requires a different (version of )?(numpy|pandas)|"
        r"incompatible (version|with (this|the) version) of|has requirement .{0,120}but you have|"
        r"Descriptors cannot be created directly|No module named '?(numpy\._core|sklearn\.\w+\._)|"
        r"node array from the pickle has an incompatible dtype)",
        "What was trained or compiled against one version is loaded by another: of Python, of numpy, of the "
        "library of "
        "the model",
        "Pin the versions of the training in the environment that serves (conda.yaml beside the model names "
        "them), and "
        "build it anew",
        _ENVIRONMENTS,
        ("workspaces/environments", "onlineEndpoints/deployments"),
    ),
)
