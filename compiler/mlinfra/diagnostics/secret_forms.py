"""How secrets of known services look: what a text is searched for, and what gets stars."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple

from mlinfra.diagnostics.secret_names import is_password_in
from mlinfra.diagnostics.secret_values import is_no_secret

_AZURE_KEY = "[A-Za-z0-9+/]"
_SHARED = tuple(f"sharedaccess{what}" for what in ("key", "signature"))
_CLIENT_SECRET = "[A-Za-z0-9_~.-]"
_WORD = r"[\w-]"
_VALUE = "value"  # the group of a pattern that any text may stand in
_OPTION_VALUE = r"[\"']?[^\s\"'$<{=-][^\s\"'$<{]{2,}"
_MIXED = r"(?=[^\s\"']*[0-9])(?=[^\s\"']*[A-Za-z])"  # letters and digits
_THREE_SORTS = "(?=[A-Za-z]*[0-9])(?=[a-z0-9]*[A-Z])(?=[A-Z0-9]*[a-z])"  # digits, capitals and small letters
_BECH32 = "[02-9AC-HJ-NP-Z]"


class Form(NamedTuple):
    """How one kind of secret looks.

    Every text is searched for every form, so that none may be slow: a text without its mark is not searched, and its
    pattern starts with a word or with a few letters. What stands before that is judged by looking back from there.
    """

    what: str
    mark: str  # in every text that holds one
    pattern: str
    before: str | None = None  # a character of the secret that stands before what the pattern finds
    is_guess: bool = False  # only the place says that it is one: behind an option, in a header, under a name

    def is_in(self, text: str) -> bool:
        return self.mark in text and any(map(self._is_secret, _compiled(self.pattern).finditer(text)))

    def _is_secret(self, match: re.Match[str]) -> bool:
        if _VALUE not in match.re.groupindex:
            return True
        return is_password_in(match.string, match.start(_VALUE)) if self.is_guess else not is_no_secret(match[_VALUE])

    def places(self, text: str) -> Iterator[tuple[int, int]]:
        """The start and end of each secret of this form, in a text with its mark."""
        done = 0
        for match in _compiled(self.pattern).finditer(text):
            start = match.start()
            while self.before and start > done and _compiled(self.before).match(text, start - 1):
                start -= 1
            done = match.end()
            yield start, done


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """A pattern, compiled when the first text has its mark: there are a hundred, and few are asked for in one run."""
    return re.compile(pattern)


def _token(start: str, rest: str) -> Form:
    written = re.escape(start).replace(r"\-", "-")
    return Form("an access token", start, rf"{written}(?<!\w{written}){rest}")


def _azure_key(mark: str, before: int, rest: str, characters: str = _AZURE_KEY) -> Form:
    """A key of Azure by the mark in it: so many characters stand before that, and what the rest says behind it."""
    written = re.escape(mark)
    looked_back = rf"(?<=(?<!{characters}){characters}{{{before}}}{written})"
    pattern = rf"{written}{looked_back}{rest}(?![A-Za-z0-9+/=_-])"
    return Form("an Azure key", mark, pattern.replace("KEY", characters), characters)


def _key(*names: str, is_word: bool = False) -> str:
    """The pattern of one of these names in any case, each with a plain letter first, and of the = behind it.

    As a word it may not be a folder: year=2024 in the path of a table is none of these.
    """
    letters = "".join(sorted({letter for name in names for letter in (name[0], name[0].upper())}))
    alone = r"(?<![\w/].)" if is_word else ""
    rest = "|".join(f"(?<=[{name[0]}{name[0].upper()}])(?i:{name[1:]})" for name in names)
    return rf"[{letters}]{alone}(?:{rest})\s*=\s*"


def _encoded_private_keys() -> str:
    """The first lines of private keys in base64, each as far as it doesn't hang on what follows."""
    kinds = ("", "RSA ", "EC ", "DSA ", "OPENSSH ", "ENCRYPTED ")
    lines = [f"-----BEGIN {kind}PRIVATE KEY" for kind in kinds]
    starts = [base64.b64encode(line[: len(line) // 3 * 3].encode()).decode() for line in lines]
    return "|".join(start.removeprefix(_ENCODED_START) for start in starts)


_ENCODED_START = base64.b64encode(b"-----BEGIN ").decode()[:14]  # its last letter hangs on what follows

FORMS = (
    Form("a private key", "-----BEGIN", r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----(?s:.*?)(?=-----END|\Z)"),
    Form("a private key", _ENCODED_START, rf"{_ENCODED_START}(?:{_encoded_private_keys()})[A-Za-z0-9+/=\s]*"),
    Form(
        "a connection string with its key",
        "=",
        _key("accountkey", "secretaccesskey", "sharedsecretvalue", *_SHARED, is_word=True)
        + r"(?P<value>[^;\s$<{]{8,})",
    ),
    Form(
        "a password",
        "=",
        _key("password", "passwd", "pwd", is_word=True) + r"(?P<value>[^;\s\"'$<{%*]{3,})",
        is_guess=True,
    ),
    Form("a SAS token", "=", r"[Ss](?<![^?&;\s\"'].)(?i:ig)=[A-Za-z0-9%+/=_-]{16,}"),
    Form("a password in a URL", "://", r"://[^/\s:@$<{]*:[^/\s:@$<{]+@", is_guess=True),
    Form(
        "an authorization header",
        "earer ",
        r"[Bb]earer +(?=[A-Za-z._~+/=-]*[0-9])[A-Za-z0-9._~+/=-]{16,}",
        is_guess=True,
    ),
    Form(
        "an authorization header",
        "asic ",
        r"[Bb]asic +(?=[A-Z0-9+/]*[a-z])(?=[a-z0-9+/]*[A-Z])(?=[A-Za-z+/]*[0-9=])[A-Za-z0-9+/]{8,}={0,2}(?![\w-])",
        is_guess=True,
    ),
    Form(
        "an authorization header",
        "uthorization: ",
        r"uthorization: +(?:[A-Za-z-]+ +)?(?=[A-Za-z._~+/=-]*[0-9])[A-Za-z0-9._~+/=-]{16,}",
        is_guess=True,
    ),
    Form("an access token", "wandb login ", r"wandb login +(?:--\S+ +)*[0-9a-f]{40}\b"),
    Form(
        "an access token", "/t/", r"t/(?<=/t/)(?=[A-Za-z-]*[0-9])[A-Za-z]{2}-[0-9A-Za-z-]{16,}(?=/|\Z)"
    ),  # of channels
    Form("an access token", "https://", r"https://(?![0-9a-f]{32}@)[A-Za-z0-9]{32,}@"),  # 32 are a name at Sentry
    Form("a secret key", "aws_secret_access_key ", r"aws_secret_access_key +[\"']?[A-Za-z0-9/+]{40}\b"),
    Form(
        "a password", "machine ", rf"machine(?<!\wmachine) +\S+ +login +\S+ +password +{_OPTION_VALUE}", is_guess=True
    ),  # .netrc
    *(
        Form(
            "a password",
            f"{option} ",
            rf"{option}(?<![\w-]{option}) +[\"']?[^\s:$<{{\"']+:{_MIXED}[^\s$<{{\"']{{3,}}",
            is_guess=True,
        )
        for option in ("-u", "--user", "--proxy-user")
    ),
    *(  # -phunter2 alone is a word as any; behind these programs it is a password
        Form(
            "a password",
            program,
            rf"{program}(?<![\w-]{program})\w*\s[^|;&\n]{{0,200}}?{option}(?<=\s{option}){blanks}{_OPTION_VALUE}",
            is_guess=True,
        )
        for program, option, blanks in (
            ("mysql", "-p", ""),
            ("mariadb", "-p", ""),
            ("sshpass", "-p", r"\s*"),
            ("az login", "-p", " +"),
            ("docker login", "-p", " +"),
            ("podman login", "-p", " +"),
            ("helm registry login", "-p", " +"),
            ("az acr login", "-p", " +"),
            ("twine", "-p", " +"),
            ("mongo", "-p", " +"),
            ("redis-cli", "-a", " +"),
            ("sqlcmd", "-P", " *"),
            ("bcp", "-P", " *"),
            ("zip", "-P", " +"),
            ("unzip", "-P", " +"),
        )
    ),
    Form(
        "a password", "ClearTextPassword", r"ClearTextPassword[\"']\s+value=[\"'][^\"'%$<{]{3,}", is_guess=True
    ),  # of NuGet
    Form("an access key", 'username"', r'username"\s*:\s*"[^"]{1,100}"\s*,\s*"key"\s*:\s*"[0-9a-f]{32}"'),  # of Kaggle
    Form(
        "a password", ":5432:", rf":5432:(?<=[\w*]:5432:)[\w*-]{{1,64}}:[\w*-]{{1,64}}:{_MIXED}\S{{6,}}", is_guess=True
    ),  # .pgpass
    Form("a key in a URL", "code=", r"code=(?<=[?&]code=)[\w%-]{40,}"),  # of Azure Functions
)
_OF_OTHER_SERVICES = (  # by GitHub's list of secrets and the rules of gitleaks: how a token starts, and goes on
    ("ops_eyJ", "[A-Za-z0-9+/]{100,}"),
    ("A3-", "[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})(?:-[A-Z0-9]{5}){3}"),
    ("p8e-", "[a-z0-9]{32}"),
    ("pat", r"[A-Za-z0-9]{14}\.[a-f0-9]{64}"),
    ("LTAI", "(?=[A-Za-z]*[0-9])[A-Za-z0-9]{16,24}(?![A-Za-z0-9])"),
    ("ABSK", "[A-Za-z0-9+/]{109,}"),
    ("bedrock-api-key-", "YmVkcm9jay5hbWF6b25hd3MuY29t"),
    ("4b1d", "[A-Za-z0-9]{38}(?![A-Za-z0-9])(?<![0-9a-f]{42})"),
    ("CLOJARS_", "[a-z0-9]{60}"),
    ("v1.0-", "[a-f0-9]{24}-[a-f0-9]{146}"),
    *((f"duffel_{mode}_", r"[\w=-]{43}") for mode in ("live", "test")),
    ("dt0c01.", r"[A-Z0-9]{24}\.[A-Z0-9]{64}"),
    *((start, "(?=[A-Za-z]*[0-9])[A-Za-z0-9]{54}(?![A-Za-z0-9])") for start in ("EZAK", "EZTK")),
    *((start, "[A-Za-z0-9]{100,}") for start in ("EAAM", "EAAC")),
    ("FLWSECK_TEST-", "[a-h0-9]{12,}"),
    ("FLWSECK-", "[a-h0-9]{12,}"),
    ("fo1_", rf"{_WORD}{{43}}"),
    *((start, "[A-Za-z0-9+/]{100,}") for start in ("fm1a_", "fm1r_", "fm2_")),
    ("fio-u-", r"[\w=-]{64}"),
    ("glcbt-", rf"[0-9a-zA-Z]{{1,5}}_{_WORD}{{20}}"),
    *((f"gl{kind}-", rf"{_WORD}{{20,}}") for kind in ("ft", "imt", "ffct")),
    ("GR1348941", rf"{_WORD}{{20}}"),
    *((f"{kind}.", rf"{_WORD}{{22}}\.[A-Za-z0-9]{{24}}\.[A-Za-z0-9]{{20}}") for kind in ("pat", "sat")),
    ("HRKU-", rf"{_WORD}{{36,}}"),
    ("api_org_", "[A-Za-z0-9]{30,}"),
    ("ico-", "(?=[A-Za-z]*[0-9])[A-Za-z0-9]{32}(?![A-Za-z0-9])"),
    ("API-", "(?=[A-Z]*[0-9])[A-Z0-9]{26}(?![A-Z0-9])"),
    ("sha256~", rf"{_WORD}{{43}}"),
    *((f"pscale_{kind}_", rf"{_WORD}{{32,}}") for kind in ("tkn", "pw", "oauth")),
    *((start, "(?=[A-Za-z]*[0-9])[A-Za-z0-9]{36}(?![A-Za-z0-9])") for start in ("pnu_", "pnb_", "nfp_")),
    ("rdme_", "[a-z0-9]{70}"),
    ("rubygems_", "[a-f0-9]{48}"),
    ("tk-us-", rf"{_WORD}{{48}}"),
    *((f"sm_{kind}_", "(?=[A-Za-z]*[0-9])[A-Za-z0-9]{16}(?![A-Za-z0-9])") for kind in ("aat", "pat", "sat")),
    *((f"shippo_{mode}_", "[a-fA-F0-9]{40}") for mode in ("live", "test")),
    ("sgp_", "(?:[a-fA-F0-9]{16}_|local_)?[a-fA-F0-9]{40}"),
    *((start, rf"(?=[A-Za-z_-]*[0-9]){_WORD}{{22,60}}") for start in ("sq0atp-", "sq0csp-")),
    *((f"{kind}_prod_", "[A-Za-z0-9]{10,}") for kind in ("sk", "rk")),
    ("sk_", "[0-9a-f]{48}(?![0-9A-Za-z])"),
    ("sk-lf-", "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    ("sbp_", "[0-9a-f]{40}"),
    ("sb_secret_", rf"(?=[A-Za-z_-]*[0-9]){_WORD}{{22,}}"),
    ("vercel_blob_rw_", "[A-Za-z0-9]{16}_[A-Za-z0-9]{30}"),
    ("napi_", "[a-z0-9]{64}"),
    ("figd_", rf"{_WORD}{{40}}"),
    ("bkua_", "[0-9a-f]{40}"),
    ("CCIPAT_", r"[A-Za-z0-9]{22}_[0-9a-f]{40}"),
    *((f"sq{kind}_", "[0-9a-f]{40}") for kind in "pua"),
    *((f"tskey-{kind}-", r"\w{10,}-[A-Za-z0-9]{30,}") for kind in ("auth", "api", "client")),
    ("tgp_v1_", rf"{_WORD}{{43}}"),
    ("tvly-", "(?:dev-|prod-)?[A-Za-z0-9]{32}"),
    ("jina_", "[A-Za-z0-9_-]{60}"),
    ("e2b_", "[0-9a-f]{40}(?![0-9A-Za-z])"),
    ("fc-", "(?=[a-z]*[0-9])[a-z0-9]{32}(?![0-9A-Za-z-])"),
    ("pa-", rf"{_THREE_SORTS}{_WORD}{{43}}(?![\w-])"),
    ("eyJhcGlfYWRkcmVzcyI6", "[A-Za-z0-9+/]{40,}"),  # of Neptune: {"api_address":
    ("key-", "[0-9a-f]{32}(?![0-9A-Za-z])"),
    *((f"NR{kind}-", rf"(?=[A-Za-z_-]*[0-9]){_WORD}{{27,}}") for kind in ("II", "JS", "RA")),
    ("ATCTT3", r"[\w=-]{100,}"),
    ("local-", "[0-9a-f]{40}(?![0-9A-Za-z])"),
    ("KGAT_", "[0-9a-f]{32}(?![0-9A-Za-z])"),
    ("dnkey-", "[a-z0-9=_-]{26}-[a-z0-9=_-]{52}"),
    *((f"pat-{region}1-", "[0-9A-Za-z]{8}(?:-[0-9A-Za-z]{4}){3}-[0-9A-Za-z]{12}") for region in ("eu", "na")),
    ("sk.eyJ", rf"{_WORD}{{40,}}\.{_WORD}{{20,}}"),
    ("tfp_", r"[\w.=-]{59}"),
    ("AQVN", rf"(?=[A-Za-z_-]*[0-9]){_WORD}{{35,38}}(?![\w-])"),
    ("CFPAT-", rf"{_WORD}{{43}}"),
    ("phx_", rf"(?=[A-Za-z_-]*[0-9]){_WORD}{{40,}}"),
    *((start, f"{_THREE_SORTS}[A-Za-z0-9]{{22,64}}(?![A-Za-z0-9_])") for start in ("fw_", "rnd_", "vck_", "vcp_")),
)
TOKENS = (  # all of which are long words
    Form(
        "a JSON web token",
        "eyJ",
        r"eyJ(?<![A-Za-z0-9_-]eyJ)[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+",
    ),
    Form("an account key", "==", rf"==(?<=(?<![A-Za-z0-9+/=])(?<!sha512[-:]){_AZURE_KEY}{{86}}==)", _AZURE_KEY),
    *(
        Form(
            "an Azure key",
            mark,
            rf"{re.escape(mark)}(?<={_AZURE_KEY}{{{40 + len(mark)}}}){_AZURE_KEY}{{4,}}={{0,2}}",
            _AZURE_KEY,
        )
        for mark in ("JQQJ9", "+ASt", "ACDb")
    ),
    *(_azure_key(mark, 76, "KEY{5}[AQgw]==") for mark in ("+ABa", "+AMC", "APIM")),
    *(_azure_key(mark, 33, "[A-P]KEY{5}=") for mark in ("+AEh", "+ASb", "+ARm", "AIoT", "AzCa", "AZEG")),
    *(_azure_key(mark, 42, "[A-D]KEY{5}") for mark in ("AzSe", "+ACR")),
    _azure_key("AzFu", 44, "KEY{5}[AQgw]==", _WORD),
    Form(
        "a client secret",
        "Q~",
        rf"Q~(?<=(?<![\w~.-]){_CLIENT_SECRET}{{3}}[0-9]Q~){_CLIENT_SECRET}{{31,34}}(?![\w~-])",
        _CLIENT_SECRET,
    ),
    Form("a personal access token", "AZDO", r"AZDO(?<=\b[A-Za-z0-9]{76}AZDO)[A-Za-z0-9]{4}\b", "[A-Za-z0-9]"),
    Form("a personal access token", "", r"\b(?=[a-z]*[2-7])[a-z2-7]{52}\b(?!=)"),
    *(_token(f"gh{kind}_", "[A-Za-z0-9]{36,}") for kind in "pousr"),
    _token("github_pat_", r"\w{40,}"),
    *(_token(f"gl{kind}-", rf"{_WORD}{{20,}}") for kind in ("pat", "dt", "rt", "ptt", "oas", "soat", "agent")),
    *(_token(start, "[0-9a-f]{32}") for start in ("dapi", "dose")),  # of Databricks: of a person, of an application
    _token("hf_", "[A-Za-z0-9]{30,}"),
    _token("sk-", "[A-Za-z0-9]{32,}"),
    *(_token(f"sk-{of}-", rf"{_WORD}{{40,}}") for of in ("proj", "svcacct", "admin", "ant", "or", "lf")),
    _token("gsk_", "[A-Za-z0-9]{40,}"),
    _token("pplx-", "[A-Za-z0-9]{40,}"),
    _token("r8_", "[A-Za-z0-9]{37}"),
    _token("lsv2_", r"(?:pt|sk)_[0-9a-z]{32}_[0-9a-z]{10}"),
    _token("nvapi-", rf"{_WORD}{{40,}}"),
    _token("xai-", "[A-Za-z0-9]{60,}"),
    _token("pcsk_", r"\w{40,}"),
    _token("wandb_v1_", r"\w{40,}"),
    _token("AIza", rf"{_WORD}{{35}}"),
    _token("GOCSPX-", rf"{_WORD}{{28}}"),
    _token("ya29.", rf"{_WORD}{{30,}}"),
    *(
        _token(start, r"(?=[A-Z]*[0-9])(?![0-9A-Z]{9}EXAMPLE\b)[0-9A-Z]{16}")
        for start in ("AKIA", "ASIA", "ABIA", "ACCA")
    ),
    *(_token(f"do{kind}_v1_", "[0-9a-f]{64}") for kind in "opr"),
    _token("npm_", "[A-Za-z0-9]{36}"),
    _token("pypi-AgE", rf"{_WORD}{{50,}}"),
    *(_token(f"dckr_{kind}_", rf"{_WORD}{{27,}}") for kind in ("pat", "oat")),
    Form("an access token", ".atlasv1.", r"atlasv1\.(?<=[A-Za-z0-9]{14}\.atlasv1\.)[\w=-]{60,70}", "[A-Za-z0-9.]"),
    *(_token(f"hv{kind}.", rf"{_WORD}{{24,}}") for kind in "sbr"),
    _token("AGE-SECRET-KEY-1", rf"{_BECH32}{{58}}"),
    *(_token(f"dp.{kind}.", "[A-Za-z0-9]{40,44}") for kind in ("pt", "ct", "sa", "scim", "audit")),
    _token("AKCp", "[A-Za-z0-9]{60,}"),
    _token("cmVmd", "[A-Za-z0-9]{59}"),
    *(_token(f"xox{kind}-", rf"{_WORD}{{10,}}") for kind in "abeprs"),
    _token("xapp-", rf"[0-9]-{_WORD}{{20,}}"),
    *(_token(f"{kind}_{mode}_", "[A-Za-z0-9]{10,}") for kind in ("sk", "rk") for mode in ("live", "test")),
    _token("whsec_", "[A-Za-z0-9+/]{32,}"),
    _token("SG.", rf"{_WORD}{{16,}}\.{_WORD}{{32,}}"),
    _token("SK", "[0-9a-f]{32}(?![0-9a-f])"),
    Form("an access token", ":A", rf":A(?<=[0-9]{{8}}:A)(?=[A-Za-z_-]*[0-9]){_WORD}{{34}}(?![\w-])", "[0-9]"),
    _token("glsa_", "[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}"),
    _token("glc_", "[A-Za-z0-9+/]{40,}"),
    *(_token(f"shp{kind}_", "[a-fA-F0-9]{32}") for kind in ("at", "ca", "pa", "ss")),
    *(_token(f"sntry{kind}_", "[A-Za-z0-9+/=_]{40,}") for kind in "su"),
    _token("ATATT3", r"[\w=-]{100,}"),
    _token("ntn_", "[A-Za-z0-9]{40,}"),
    _token("lin_api_", "[A-Za-z0-9]{40}"),
    _token("PMAK-", "[a-f0-9]{24}-[a-f0-9]{34}"),
    _token("NRAK-", "[A-Z0-9]{27}"),
    _token("pul-", "[a-f0-9]{40}"),
    _token("xkeysib-", "[a-f0-9]{64}"),
    *(_token(start, rest) for start, rest in _OF_OTHER_SERVICES),
    Form(
        "an access token",
        "-us",
        r"-us(?<=(?<![0-9A-Za-z-])[0-9a-f]{32}-us)[0-9]{1,2}(?![\w-])",
        "[0-9a-f]",
    ),
    Form("an access token", "_mmk", r"_mmk(?<=(?<!\w)[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk)(?!\w)", _WORD),
    Form("a webhook", "hooks.slack.com/", r"hooks\.slack\.com/(?:services|workflows|triggers)/[\w/+-]{30,}"),
    Form("a webhook", "webhook.office.com/", r"webhook\.office\.com/webhookb2/[\w@-]{30,}/[\w/-]{30,}"),
    Form("a webhook", "/api/webhooks/", rf"discord(?:app)?\.com/api/webhooks/[0-9]+/{_WORD}{{50,}}"),
)
TOKENS_BY_MARK: Mapping[str, tuple[Form, ...]] = {  # so that a text is asked for each mark once
    mark: tuple(form for form in TOKENS if form.mark == mark) for mark in dict.fromkeys(form.mark for form in TOKENS)
}
MAY_BE_SECRET = (  # not sure enough for an error; stars in a log cost nothing
    _token("sk-", rf"{_WORD}{{20,}}"),
    Form(
        "a secret",
        "=",
        _key("password", "passwd", "pwd", "secret", "token", *(f"{of}[_-]?key" for of in ("api", "access", "account")))
        + r"[^;\s\"'$<{%*]{3,}",
    ),
)
