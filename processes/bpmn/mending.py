"""The second try: defects that tools and mail programs often put into a BPMN file, each mended and told."""

import re
from collections.abc import Callable, Iterator
from html.entities import html5
from typing import Final

from django.utils.translation import gettext_noop

MODEL: Final = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DI: Final = "http://www.omg.org/spec/BPMN/20100524/DI"
DC: Final = "http://www.omg.org/spec/DD/20100524/DC"
WAYS: Final = "http://www.omg.org/spec/DD/20100524/DI"
BYTE_ORDER_MARKS: Final = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
WELL_KNOWN: Final = {
    "camunda": "http://camunda.org/schema/1.0/bpmn",
    "zeebe": "http://camunda.org/schema/zeebe/1.0",
    "modeler": "http://camunda.org/schema/modeler/1.0",
    "bioc": "http://bpmn.io/schema/bpmn/biocolor/1.0",
    "color": "http://www.omg.org/spec/BPMN/non-normative/color/1.0",
    "activiti": "http://activiti.org/bpmn",
    "flowable": "http://flowable.org/bpmn",
    "signavio": "http://www.signavio.com",
    "bpmn": MODEL,
    "bpmn2": MODEL,
    "semantic": MODEL,
    "bpmndi": DI,
    "di": WAYS,
    "dc": DC,
    "omgdi": WAYS,
    "omgdc": DC,
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
}
# What older tools, other spellings and careless hands write for the four namespaces of BPMN.
MEANT: Final = re.compile(
    r"https?://(?:www\.|schema\.)?omg\.org/(?:bpmn20|spec/(?P<what>bpmn|dd)/[\w.-]+(?:/(?P<part>model|di|dc))?)/?", re.IGNORECASE
)
BY_PART: Final = {("bpmn", "di"): DI, ("dd", "di"): WAYS, ("dd", "dc"): DC}
DECLARED: Final = re.compile(rb"(\sxmlns(?::[\w.-]+)?\s*=\s*)([\"'])([^\"'<>]*)\2")
# A value that holds "=" is rather two attributes with a quotation mark missing between them.
VALUE: Final = re.compile(rb"(=\s*)(\"[^\"=]*\"|'[^'=]*')(?=[\s/>?])")
NAMED_ENTITY: Final = re.compile(rb"&([A-Za-z][A-Za-z0-9]{1,30});")
OWN_ENTITIES: Final = frozenset({b"amp", b"lt", b"gt", b"quot", b"apos"})
BARE_AND: Final = re.compile(rb"&(?!(?:#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6}|[A-Za-z][\w.-]{0,60});)")
FORBIDDEN: Final = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
FORBIDDEN_REFERENCE: Final = re.compile(rb"&#(?:x0*([0-9A-Fa-f]{1,6})|0*([0-9]{1,7}));")
ENCODING: Final = re.compile(rb"(<\?xml[^>]*?\sencoding\s*=\s*)([\"'])([^\"']*)\2")


def mended(data: bytes) -> Iterator[tuple[bytes, str]]:
    """The file after each mend that changed something, and what was mended (to be translated); they add up."""
    for mend, said in MENDS:
        changed = mend(data)
        if changed != data:
            data = changed
            yield data, said


def _without_lead(data: bytes) -> bytes:
    mark = next((mark for mark in BYTE_ORDER_MARKS if data.startswith(mark)), b"")
    return data if mark.startswith((b"\xff", b"\xfe")) else data[len(mark) :].lstrip()


def _without_controls(data: bytes) -> bytes:
    """Without characters that XML forbids, spelt out or as a reference. Not in UTF-16, where every second byte is one."""
    if data.startswith(BYTE_ORDER_MARKS[1:]) or b"<\x00" in data[:8] or b"\x00<" in data[:8]:
        return data
    return FORBIDDEN_REFERENCE.sub(lambda found: b"" if _is_forbidden(found) else found[0], FORBIDDEN.sub(b"", data))


def _is_forbidden(found: re.Match[bytes]) -> bool:
    number = int(found[1], 16) if found[1] else int(found[2])
    return (number < 32 and number not in {9, 10, 13}) or 0xD800 <= number < 0xE000 or number in {0xFFFE, 0xFFFF} or number > 0x10FFFF


def _with_meant_namespaces(data: bytes) -> bytes:
    """The namespaces of BPMN as the standard spells them, and no white space in any other."""
    data = DECLARED.sub(lambda found: found[1] + found[2] + _meant(found[3]) + found[2], data)
    root = re.search(rb"<definitions(?=[\s>])[^>]*>", data)
    if root is None or re.search(rb"\sxmlns\s*=", root[0]):
        return data
    return data.replace(b"<definitions", f'<definitions xmlns="{MODEL}"'.encode(), 1)


def _meant(written: bytes) -> bytes:
    """A namespace without white space; one of BPMN's in its right spelling."""
    text = re.sub(rb"\s+", b"%20", written.strip()).decode(errors="replace")
    found = MEANT.fullmatch(text)
    if found is None:
        return text.encode()
    return BY_PART.get(((found["what"] or "").lower(), (found["part"] or "").lower()), MODEL).encode()


def _with_prefixes(data: bytes) -> bytes:
    """Declares those well-known prefixes that are used and not declared, on the root element."""
    used = {name.decode() for name in re.findall(rb"[<\s/]([a-z][a-z0-9]*):[A-Za-z]", data)}
    missing = [name for name in WELL_KNOWN if name in used and f"xmlns:{name}=".encode() not in data]
    declared = "".join(f' xmlns:{name}="{WELL_KNOWN[name]}"' for name in missing).encode()
    return re.sub(rb"(<(?:[a-z0-9]+:)?definitions)(?=[\s>])", lambda found: found.group(1) + declared, data, count=1) if missing else data


def _without_named_entities(data: bytes) -> bytes:
    """`&nbsp;` and other names of HTML as the letters they mean. Others stay, and are refused."""
    return NAMED_ENTITY.sub(_letter, data)


def _letter(found: re.Match[bytes]) -> bytes:
    letter = html5.get(f"{found[1].decode()};", "") if found[1] not in OWN_ENTITIES else ""
    return "".join(f"&#{ord(c)};" for c in letter).encode() or found[0]


def _with_escapes(data: bytes) -> bytes:
    """`<` inside an attribute, and `&` that begins nothing."""
    return BARE_AND.sub(b"&amp;", VALUE.sub(lambda found: found[1] + found[2].replace(b"<", b"&lt;"), data))


def _as_declared(data: bytes) -> bytes:
    """Says UTF-8 where the bytes are UTF-8 and the declaration says something else."""
    found = ENCODING.match(data)
    if found is None or found[3].lower() in {b"utf-8", b"utf8"}:
        return data
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return data
    return ENCODING.sub(rb"\1\2UTF-8\2", data, count=1)


def as_windows(data: bytes) -> bytes | None:
    """The same text in UTF-8 where it is not valid UTF-8."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return re.sub(r"encoding=[\"'][^\"']+[\"']", 'encoding="UTF-8"', data.decode("cp1252", errors="replace"), count=1).encode()
    return None


MENDS: Final[tuple[tuple[Callable[[bytes], bytes], str], ...]] = (
    (_without_lead, gettext_noop("white space before the first line")),
    (_without_controls, gettext_noop("characters that no text may hold")),
    (_as_declared, gettext_noop("another encoding declared than the file has")),
    (_with_meant_namespaces, gettext_noop("namespaces of BPMN that were misspelt or missing")),
    (_with_prefixes, gettext_noop("missing declarations of well-known prefixes")),
    (_without_named_entities, gettext_noop("letters written as in web pages, such as &nbsp;")),
    (_with_escapes, gettext_noop("the signs < and & inside a text")),
)
WINDOWS: Final = gettext_noop("letters in a Windows encoding although the file says UTF-8")
ENDS: Final = gettext_noop("arrows that did not name their ends; their steps named them")
IDS: Final = gettext_noop("steps or arrows without an id")
