"""Reports in every format: byte for byte as looked at, and nothing in them acts that a peer chose."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from tests.report import golden
from tests.report.captures import CAPTURES, EVIL, INFO, hostile, told
from wsinspect import text
from wsinspect.redact import Redactor
from wsinspect.report.build import build
from wsinspect.report.formats import LIMITS, Format, render
from wsinspect.report.jira import encoded
from wsinspect.report.markdown import code
from wsinspect.report.material import Capture

PROSE = [Format.MARKDOWN, Format.JIRA, Format.TEXT]


@pytest.mark.parametrize("form", list(Format))
@pytest.mark.parametrize("name", list(CAPTURES))
def test_reports_are_as_they_were_looked_at(name: str, form: Format) -> None:
    said = "a report has changed: python -m tests.report.golden writes it anew, git diff shows it"
    assert golden.path(name, form).read_bytes() == golden.rendered(name, form), said


def test_there_is_no_golden_file_of_nothing() -> None:
    known = {golden.path(name, form) for name in CAPTURES for form in Format}
    assert set(golden.FOLDER.iterdir()) == known


MARKER = "PEER_"

_OUR_HTML = re.compile(r"(<details>\n<summary>[A-Za-z0-9 ,()]+</summary>|</details>)\n?")

_ACTS = re.compile(
    r"@[\w-]|(?<![\w&])#\d|\bGH-\d|\b[A-Z]{2,}-\d|https?:|www\.|mailto:|(?<!\w)[!%&~$]\w|\b[0-9a-f]{7,40}\b(?<!\d)|<|\x1b"
)
"""What GitHub or GitLab make a link or mention of, outside of code."""


def tokens(markdown: str) -> Iterator[Token]:
    """Every token, those inside of lines too."""
    for token in MarkdownIt("gfm-like", {"html": True, "linkify": False}).parse(markdown):
        yield token
        yield from token.children or ()


def check_markdown(markdown: str) -> None:
    """Nothing but our own markup, and a peer's text in code only."""
    for token in tokens(markdown):
        if token.type == "html_block":
            assert _OUR_HTML.fullmatch(token.content), token.content
        elif token.type == "text":
            assert MARKER not in token.content
            assert not _ACTS.search(token.content), token.content
        assert token.type not in ("html_inline", "link_open", "image", "em_open", "s_open", "hr", "blockquote_open")
        assert token.type not in ("ordered_list_open", "lheading_open", "code_block")
    for line in markdown.splitlines():
        assert not line.startswith("/"), "a quick action of GitLab"
        assert text.visible(line) == line


def check_jira(said: str) -> None:
    """Nothing but our own markup, in blocks that end where we end them."""
    outside = True
    for line in said.splitlines():
        assert text.visible(line) == line
        if line == "{noformat}":
            outside = not outside
            continue
        assert not re.search(r"\{\s*noformat|\[~", line, re.I)
        if outside:
            ours = re.sub(r"\{\{[^{}]*\}\}|&#\d+;", "", line)
            assert not re.search(r"[{}\[\]!\\^~+]|\?\?|://|@|\b[A-Z]{2,}-\d|www\.", ours), line
            # Bars are the table's, asterisks and dashes those of lists and names.
            assert "|" not in ours or ours.startswith("|"), line
            assert not re.search(r"(?<=\S)#|^#|\w_|_\w", ours), line
    assert outside


def check_text(said: str) -> None:
    """Nothing that a terminal obeys."""
    for line in said.splitlines():
        assert text.visible(line) == line


def check_json(said: str) -> None:
    """JSON, and nothing that a terminal obeys."""
    json.loads(said)
    check_text(said)


CHECKS = {
    Format.MARKDOWN: check_markdown,
    Format.JIRA: check_jira,
    Format.TEXT: check_text,
    Format.JSON: check_json,
}


def rendered(capture: Capture, form: Format) -> str:
    return render(build(capture), form)


@pytest.mark.parametrize("form", list(Format))
@pytest.mark.parametrize("evil", EVIL)
def test_nothing_of_a_peer_acts(evil: str, form: Format) -> None:
    CHECKS[form](rendered(hostile(f"{MARKER} {EVIL[evil]} {MARKER}"), form))


@given(
    st.text(max_size=60) | st.text(st.sampled_from("`*_{}[]<>|#~&$@!-+\\/:. \n1aA"), max_size=40),
    st.sampled_from(list(Format)),
)
def test_nothing_of_any_peer_acts(evil: str, form: Format) -> None:
    CHECKS[form](rendered(Capture(INFO, (told(evil),)), form))


def test_github_itself_makes_nothing_of_it() -> None:
    if shutil.which("cmark-gfm") is None:
        pytest.skip("cmark-gfm is not installed")
    command = ["cmark-gfm", "--unsafe", "-e", "table", "-e", "autolink", "-e", "strikethrough", "-e", "tagfilter"]
    for name in CAPTURES:
        said = rendered(CAPTURES[name], Format.MARKDOWN)
        page = subprocess.run(command, input=said.encode(), capture_output=True, check=True, timeout=60).stdout.decode()
        tags = set(re.findall(r"</?([a-z0-9]+)", page))
        known = {"h2", "h3", "h4", "h5", "p", "code", "pre", "ul", "li", "strong", "details", "summary"}
        assert tags <= known | {"table", "thead", "tbody", "tr", "th", "td"}, name
        assert page.count("<details>") == page.count("</details>") == said.count("\n<details>\n"), name
        assert page.count("<pre>") == len(re.findall(r"^```+(?:text|json|http|sh)$", said, re.M)), name
        rows = [line for line in said.splitlines() if line.startswith("| ")]
        assert page.count("<td>") + page.count("<th>") == sum(line.count(" | ") + 1 for line in rows if line), name


def test_jira_as_pandoc_reads_it() -> None:
    if shutil.which("pandoc") is None:
        pytest.skip("pandoc is not installed")
    for name in CAPTURES:
        said = rendered(CAPTURES[name], Format.JIRA)
        command = ["pandoc", "-f", "jira", "-t", "json"]
        read = subprocess.run(command, input=said.encode(), capture_output=True, check=True, timeout=60).stdout
        kinds = set(re.findall(r'"t":"(\w+)"', read.decode()))
        known = {"Header", "Para", "Plain", "BulletList", "Table", "CodeBlock", "Code", "Str", "Space", "Strong"}
        assert kinds <= known | {"AlignDefault", "ColWidthDefault"}, name


@pytest.mark.parametrize("said", ["", " ", "`", "``", "a`b``c", " a ", "`a", "a`", "\\", "|", "a|b", "*x*"])
def test_a_code_span_holds_its_text(said: str) -> None:
    for in_table in (False, True):
        written = code(said, in_table=in_table)
        markdown = f"| a |\n|---|\n| {written} |" if in_table else f"x {written} y"
        found = [token.content for token in tokens(markdown) if token.type == "code_inline"]
        expected = said.replace("|", "\\x7c") if in_table else said
        assert found == ([expected] if said else []), written


def test_placeholders_stay_readable_in_jira() -> None:
    assert encoded("a-b «token-1» c") == "a&#45;b «token-1» c"


@pytest.mark.parametrize("form", PROSE)
def test_a_report_is_never_longer_than_what_takes_it(form: Format) -> None:
    evil = "|`*_{}[]<>#~&$@!-\\" * 60
    material = told(evil)
    rows = tuple(material.rows[0]._replace(number=number) for number in range(1, 201))
    capture = replace(hostile(evil), connections=(replace(material, rows=rows), told(evil, 4), told(evil, 5)))
    said = rendered(capture, form)
    assert len(said) <= LIMITS[form]
    assert "Left out to keep this short: " in said
    assert "closed by the server with" in said
    CHECKS[form](said)


def test_what_matters_least_goes_first() -> None:
    whole = build(CAPTURES["session"])
    room = len(render(whole, Format.MARKDOWN))
    seen: list[str] = []
    while room > 2_000:
        said = render(whole, Format.MARKDOWN, room)
        note = re.search(r"Left out to keep this short: (.*)\.\n", said)
        seen += [name for name in (note[1].split(", ") if note else []) if name not in seen]
        room -= 300
    order = ["details of connection 4", "connection 4", "details of connection 3", "handshake", "timing", "evidence"]
    assert [name for name in seen if name in order] == order
    assert render(whole, Format.MARKDOWN, 100).count("## ") >= 2, "title and verdict stay"


def test_the_last_messages_are_shortened_before_they_go() -> None:
    material = CAPTURES["crash"].connections[0]
    rows = tuple(material.rows[0]._replace(number=number) for number in range(1, 101))
    report = build(Capture(INFO, (replace(material, rows=rows),)))
    short = render(report, Format.TEXT, 4_000)
    assert re.search(r"^    …\n", short, re.M)
    assert "    100  14:02:11" in short
    assert "     14  14:02:11" not in short


def test_placeholders_are_the_same_in_every_format() -> None:
    secrets = build(CAPTURES["secrets"])
    for form in Format:
        said = render(secrets, form)
        for one in secrets.redactions:
            assert one.placeholder in said
    assert secrets.masked == len(secrets.redactions)
    assert Redactor().text("x") == "x"
