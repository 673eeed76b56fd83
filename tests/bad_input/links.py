"""Trees with links, and what is said of each."""

from __future__ import annotations

from collections.abc import Mapping

from tests.bad_input.trees import CODE, COMPONENT, CONDA, INTO_GIT, NO_SCRIPT, SECRET, TOO_MANY, Put, Tree, fan, link
from tests.spec import SCORING

OUT = "leads out of the repository:"
IN_A_CIRCLE = "leads through more than 40 links, or in a circle"
CHAIN: Mapping[str, str | Put] = {
    "src": link("l0"),
    **{f"l{number}": link(f"l{number + 1}") for number in range(1_000)},
    "l1000/a.py": "",
}
IN_GIT = {".git/config": f'[http "https://a.example"]\n\textraheader = {SECRET}\n'}
LINKS = (
    Tree("a file of git", CONDA.replace("envs/e.yml", ".git/config"), IN_GIT, f'MLI332 ".git/config" {INTO_GIT}'),
    Tree(
        "a link to a file of git",
        CONDA,
        {**IN_GIT, "envs/e.yml": link("../.git/config")},
        f'MLI332 "envs/e.yml" {INTO_GIT}',
    ),
    Tree("code that is git's", CODE, {"src": link(".GIT")}, f'MLI332 "src" {INTO_GIT}'),
    Tree(
        "a link to git in code",
        CODE,
        {**IN_GIT, "src/a.py": "", "src/b": link("../.git/config")},
        f'MLI340 "src" can\'t be uploaded: b {INTO_GIT}',
    ),
    Tree("code", CODE, {"src": link("../outside")}, f'MLI332 "src" {OUT} src is a link to ../outside'),
    Tree("code that is not there", CODE, {"src": link("../no")}, f'MLI332 "src" {OUT} src is a link to ../no'),
    Tree("git as code", CODE.replace("src", ".git"), {}, f'MLI332 ".git" {INTO_GIT}'),
    Tree("git in capitals", CODE.replace("src", ".GIT/a"), {}, f'MLI332 ".GIT/a" {INTO_GIT}'),
    Tree("git by its short name", CODE.replace("src", "GIT~1"), {}, 'MLI332 "GIT~1" leads into .git, which'),
    Tree("code that leads to git", CODE, {"src": link(".git")}, f'MLI332 "src" {INTO_GIT}'),
    Tree("code that leads through git", CODE, {"src": link(".git/../a"), "a/b": ""}, f'MLI332 "src" {INTO_GIT}'),
    Tree("a conda file of git", CONDA.replace("envs/e.yml", ".git/config"), {}, f'MLI332 ".git/config" {INTO_GIT}'),
    Tree(
        "a file of git in code, by two links",
        CODE,
        {"src/a.py": link("../b"), "b": link(".git/config")},
        f'MLI340 "src" can\'t be uploaded: a.py {INTO_GIT}',
    ),
    Tree(
        "all of git in code",
        CODE,
        {"src/a.py": "", "src/b": link("../.git")},
        f'MLI340 "src" can\'t be uploaded: b {INTO_GIT}',
    ),
    Tree(
        "an include of git",
        "include: .git/config\n",
        {},
        f'MLI118 include ".git/config" can\'t be followed: it {INTO_GIT}',
    ),
    Tree(
        "an include of all that is hidden",
        "include: ['.*/*.yml']\n",
        {".a/b.yml": "jobs: {}\n", ".git/c.yml": SECRET},
        "",
    ),
    Tree(
        "a folder in code",
        CODE,
        {"src/a.py": "", "src/etc": link("/etc")},
        f'MLI340 "src" can\'t be uploaded: etc {OUT} src/etc is a link to /etc',
    ),
    Tree(
        "a file in code",
        CODE,
        {"src/a.py": "", "src/b": link("../../outside/conda.yml")},
        f'MLI340 "src" can\'t be uploaded: b {OUT} src/b is a link to ../../outside/conda.yml',
    ),
    Tree(
        "the ignore file of code",
        CODE,
        {"src/a.py": "", "src/.amlignore": link("../../outside/conda.yml")},
        f'MLI340 "src" can\'t be uploaded: .amlignore {OUT} src/.amlignore is a link to ../../outside/conda.yml',
    ),
    Tree(
        "an ignore file that is a link",
        CODE,
        {"src/a.py": "", "src/.amlignore": link("cfg/aml"), "src/cfg/aml": "/src/a.py\n"},
        'MLI340 "src" can\'t be uploaded: .amlignore is a link, and the client looks for files from where it leads',
    ),
    Tree(
        "an ignore file that is a link to nowhere",
        CODE,
        {"src/a.py": "", "src/.gitignore": link("cfg")},
        'MLI340 "src" can\'t be uploaded: .gitignore is a link, and the client looks for files from where it leads',
    ),
    Tree(
        "a conda file",
        CONDA,
        {"envs/e.yml": link("../../outside/conda.yml")},
        f'MLI332 "envs/e.yml" {OUT} envs/e.yml is a link to ../../outside/conda.yml',
    ),
    Tree(
        "the folder of a conda file",
        CONDA.replace("e.yml", "cond.yml"),
        {"envs": link("../outside")},
        f'MLI332 "envs/cond.yml" {OUT} envs is a link to ../outside',
    ),
    Tree(
        "a component",
        COMPONENT,
        {"c.yml": link("../outside/conda.yml")},
        f'MLI332 "./c.yml" {OUT} c.yml is a link to ../outside/conda.yml',
    ),
    Tree(
        "the code of a component",
        COMPONENT,
        {"c.yml": "type: command\ncommand: x\nenvironment: azureml:e:1\ncode: ./d\n", "d": link("/etc")},
        f'MLI332 "./d", which c.yml names, {OUT} d is a link to /etc',
    ),
    *(
        Tree(
            f"the code of a component, an address that {what} is called",
            COMPONENT,
            {"c.yml": f"type: command\ncommand: x\nenvironment: azureml:e:1\ncode: {code}\n", **beside},
            f'MLI333 "{code}", which c.yml names, is an address, and what lies beside that file is called so, too',
        )
        for what, code, beside in (
            ("a link", "azureml:x:1", {"azureml:x:1": link("/etc")}),
            ("a folder", "azureml:x:1", {"azureml:x:1/train.py": ""}),
            (
                "a folder of a registry",
                "azureml://registries/r/codes/x/versions/1",
                {"azureml:/registries/r/codes/x/versions/1/train.py": ""},
            ),
        )
    ),
    Tree(
        "the request of a smoke test",
        SCORING,
        {"model": "", "src/s.py": "def init(): 0\ndef run(data): 0\n", "request.json": link("/etc/passwd")},
        f'MLI332 "request.json" {OUT} request.json is a link to /etc/passwd',
    ),
    Tree(
        "a scoring script",
        SCORING,
        {**NO_SCRIPT, "src/s.py": link("../../outside/conda.yml")},
        f'MLI332 "s.py" {OUT} src/s.py is a link to ../../outside/conda.yml',
    ),
    Tree(
        "an included file",
        "include: [a.yaml]\n",
        {"a.yaml": link("../outside/conda.yml")},
        'MLI118 include "a.yaml" leaves the repository',
    ),
    Tree(
        "a folder of included files",
        "include: ['a/*.yml']\n",
        {"a": link("../outside")},
        f'MLI118 include "a/*.yml" can\'t be followed: it {OUT} a is a link to ../outside',
    ),
    Tree(
        "a folder that a pattern would go through",
        "include: ['**/*.yml']\n",
        {"a": link("/")},
        'MLI119 include "**/*.yml" finds no file',
    ),
    Tree("a circle", CODE, {"src": link("b"), "b": link("src")}, f'MLI334 "src" {IN_A_CIRCLE}'),
    Tree("a chain", CODE, CHAIN, f'MLI334 "src" {IN_A_CIRCLE}'),
    Tree(
        "a circle in code",
        CODE,
        {"src/a.py": "", "src/b": link(".")},
        'MLI340 "src" can\'t be uploaded: b leads back to a folder above it',
    ),
    Tree(
        "many ways",
        CODE,
        {"src": fan},
        f'MLI340 "src" {TOO_MANY}',
    ),
    Tree("inside the repository", CODE, {"src": link("lib"), "lib/a.py": "", "lib/b": link("../own"), "own/c": ""}, ""),
)
