"""How procedures are written: headings, numbers in front of steps, who does them, where they lead; and the text of an element. Pure."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from processes.canonical import clean

SECTIONS: Final[Mapping[str, re.Pattern[str]]] = {
    name: re.compile(rf"^(?:[\d.\s]*|[一二三四五六七八九十]+[、.．]\s*|第.{{1,3}}[章节]\s*)(?:{words})\s*[:：]?$", re.IGNORECASE)
    for name, words in {
        "purpose": "purpose|objective|aim|目的",
        "scope": "scope|scope of application|area of application|范围|适用范围",
        "roles": "responsibilit(?:y|ies)|roles(?: and responsibilities)?|authority|职责|责任|职责与权限|岗位职责",
        "steps": (
            "procedures?|process|process steps|steps|process description|description of the process|work ?flow|activities|execution|"
            "流程|程序|工作程序|工作流程|作业流程|作业程序|流程步骤|步骤|流程说明|内容|工作内容"
        ),
        "records": "records?|documentation|quality records|记录|相关记录|质量记录",
        "references": "references?|related documents|applicable documents|参考文件|相关文件|引用文件|支持性文件",
    }.items()
}
"""Headings → where their text goes; numbers in front are left out."""
NUMBERED: Final = re.compile(
    r"^(?:step\s*)?(?:\d+(?:\.\d+)*[.)、．:：]?\s+|\d+(?:\.\d+)*[.)、．:：]\s*|[(（]\d+[)）]\s*|第\d+步\s*[:：]?\s*|[①-⑳]\s*)",
    re.IGNORECASE,
)
RESPONSIBLE: Final = re.compile(
    r"^(?:responsible|responsibility|performed by|负责人?|责任人|责任部门|执行人)\s*[:：]\s*(.+)$", re.IGNORECASE | re.DOTALL
)
ROLE: Final = re.compile(r"^([^:：?？.。\d]{1,60}?)\s*(?::\s|：)\s*(\S.*)$", re.DOTALL)
JUMP: Final = re.compile(
    r"(?:if\s+(?P<label>[^,，.→]{1,40}?)[,，]?\s*(?:then\s*)?(?:go|continue|return|proceed)?\s*(?:back\s*)?(?:to|with|at)\s*step\s*(?P<to>\d{1,3}))"
    r"|(?:[若如](?:果)?(?P<标>[^，,→]{1,20}?)[，,]?\s*(?:则)?(?:转|返回|到|进入)(?:至|到)?第?\s*(?P<至>\d{1,3})\s*步)"
    r"|(?:(?P<word>yes|no|是|否)\s*(?:→|->|=>)\s*(?P<number>\d{1,3}))",
    re.IGNORECASE,
)

OTHER: Final = {"no": "yes", "yes": "no", "否": "是", "是": "否"}
"""The other case of a question with two answers."""


def section_of(text: str) -> str:
    """The section that a heading opens, or ""."""
    return next((name for name, words in SECTIONS.items() if words.match(text)), "")


def all_bold(element: Any) -> bool:
    """Whether the whole paragraph is bold: many documents have no other headings."""
    bold = "".join(text_of(child) for child in element.iter("strong"))
    return bool(bold) and "".join(bold.split()) == "".join(text_of(element).split())


def text_of(element: Any, without: list[Any] | None = None) -> str:
    """The text with its line ends, without some of its children; control characters go."""
    skipped = set(without or ())

    def pieces(node: Any) -> Iterator[str]:
        yield node.text or ""
        for child in node:
            if child not in skipped:
                yield "\n" if child.tag == "br" else ""
                yield from pieces(child)
                yield "\n" if child.tag in {"p", "li", "tr"} else ""
            yield child.tail or ""

    lines = (" ".join(line.split()) for line in clean("".join(pieces(element))).split("\n"))
    return "\n".join(line for line in lines if line)
