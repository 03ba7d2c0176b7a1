"""The five kinds of table: which columns each has, how they may be called, what is written in them and what it means."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from organization.models import Appointment, Department, Position
from organization.tables import cells
from organization.tables.cells import Read

STAYS = object()
"""An empty cell says nothing: what is there stays."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column. The first of `english` and of `chinese` is written into templates; all are read, in any spelling.

    `empty` is the value of an empty cell; STAYS where an empty cell changes nothing.
    """

    key: str
    english: tuple[str, ...]
    chinese: tuple[str, ...]
    read: Read
    meaning: str | Promise
    required: bool = False
    empty: Any = STAYS

    def names(self) -> frozenset[str]:
        """Every name, folded."""
        return frozenset(map(cells.fold, (self.key, *self.english, *self.chinese)))


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of table. `examples` are rows for the template, in the order of the columns; `refers`: rows may name each other."""

    key: str
    title: str | Promise
    columns: tuple[Column, ...]
    examples: tuple[tuple[str, ...], ...]
    remark: str | Promise = ""
    refers: bool = False


def words(choices: type[TextChoices]) -> Callable[[], Mapping[str, str]]:
    """Folded word → value, for the values themselves and what they are called in every language of the portal."""

    @cache
    def known() -> Mapping[str, str]:
        found = {cells.fold(value): value for value in choices.values}
        for code, _name in settings.LANGUAGES:
            with override(code):
                found |= {cells.fold(str(choice.label)): str(choice.value) for choice in choices}
        return found

    return known


@cache
def languages() -> Mapping[str, str]:
    """Folded word → code of a language."""
    found = {"chinese": "zh-hans", "zh": "zh-hans", "zhcn": "zh-hans", "中文": "zh-hans", "英文": "en", "englisch": "en"}
    for shown_in, _name in settings.LANGUAGES:
        with override(shown_in):
            found |= {cells.fold(word): code for code, name in settings.LANGUAGES for word in (code, str(name), _(str(name)))}
    return found


EMPTY_CLEARS = gettext_lazy("Empty: none.")
DAY = gettext_lazy("A day, such as 2026-05-04, 4.5.2026 or 2026/5/4.")
LAST_DAY = gettext_lazy("The last day that counts. Empty: open.")

DEPARTMENTS = Kind(
    "departments",
    gettext_lazy("Departments"),
    (
        Column("code", ("Code", "Department code"), ("代码", "部门代码", "部门编号"), cells.code,
               gettext_lazy("Up to 12 letters and digits. It tells which department the row is about, and never changes."), required=True),
        Column("name", ("Name", "Department name"), ("名称", "部门名称"), cells.text(160), gettext_lazy("As it is shown."), required=True),
        Column("kind", ("Kind", "Type"), ("类型",), cells.one_of(words(Department.Kind)),
               gettext_lazy("Company, platform, department or team. A new row without it is a department.")),
        Column("parent", ("Below", "Parent", "Parent department"), ("上级部门", "上级"), cells.code,
               gettext_lazy("The code of the department above it, which may stand in the same table. Empty: directly below the company."),
               empty=None),
    ),
    (("NG", "Northgate Pumps", "company", ""), ("PUR", "Purchasing", "department", "NG"), ("SRC", "Sourcing", "team", "PUR")),
    refers=True,
)  # fmt: skip

PEOPLE = Kind(
    "people",
    gettext_lazy("People"),
    (
        Column("login", ("Login name", "Login", "Personnel number", "User name"), ("登录名", "工号", "员工编号"), cells.login,
               gettext_lazy("Usually the personnel number. It tells which person the row is about, and never changes."), required=True),
        Column("name", ("Name", "Full name"), ("姓名", "名称"), cells.text(160),
               gettext_lazy("As it is shown and printed."), required=True),
        Column("email", ("E-mail", "Mail", "E-mail address"), ("电子邮件", "邮箱", "电子邮箱"), cells.email, EMPTY_CLEARS, empty=""),
        Column("badge", ("Badge", "Badge number"), ("工牌号", "工卡号"), cells.text(40),
               gettext_lazy("For shared tablets, together with a PIN. Empty: none."), empty=""),
        Column("language", ("Language",), ("语言",), cells.one_of(languages),
               gettext_lazy("English or Chinese. A new row without it: English.")),
        Column("access_until", ("Access until",), ("访问有效期至", "有效期至"), cells.day,
               gettext_lazy("Guests: the last day with access."),
               empty=None),
        Column("active", ("Active",), ("在职", "有效"), cells.flag,
               gettext_lazy("No: the person has left. Access ends at once, and the account is never used again.")),
    ),
    (
        ("4711", "Anna Weber", "anna.weber@example.com", "0004711", "en", "", "yes"),
        ("4712", "王伟", "wang.wei@example.com", "", "zh-hans", "2026-12-31", "yes"),
    ),
    gettext_lazy("New people cannot sign in at first: an administrator makes a temporary password for each on the person's page."),
)  # fmt: skip

POSITIONS = Kind(
    "positions",
    gettext_lazy("Positions"),
    (
        Column("department", ("Department", "Department code"), ("部门", "部门代码"), cells.code, gettext_lazy("The department's code."),
               required=True),
        Column("title", ("Title", "Position"), ("标题", "岗位", "岗位名称"), cells.text(160),
               gettext_lazy("Department and title tell which position the row is about."), required=True),
        Column("kind", ("Kind", "Type"), ("类型",), cells.one_of(words(Position.Kind)),
               gettext_lazy("Such as head, department_process_manager, staff, or as it is shown. A new row without it: staff.")),
        Column("required_level", ("Required level", "Level"), ("要求等级", "等级"), cells.level,
               gettext_lazy("0 (none) to 5. Empty: 0."), empty=0),
        Column("deputy", ("Deputy position", "Deputy"), ("代理岗位",), cells.office,
               gettext_lazy("The department's code, a slash and the title; it may stand in the same table. Empty: none."), empty=None),
        Column("substitution", ("Substitution", "Substitution rule"), ("代理规则",), cells.one_of(words(Position.Substitution)),
               gettext_lazy("absence, standing or deputy: who acts before the deputy position is asked. A new row without it: absence.")),
        Column("substitute", ("Standing substitute",), ("常设代理人",), cells.login,
               gettext_lazy("A login name. Empty: none."), empty=None),
    ),
    (
        ("PUR", "Head of Purchasing", "head", "2", "", "absence", ""),
        ("PUR", "Process manager, Purchasing", "department_process_manager", "3", "PUR/Head of Purchasing", "standing", "4711"),
    ),
    refers=True,
)  # fmt: skip

APPOINTMENTS = Kind(
    "appointments",
    gettext_lazy("Appointments"),
    (
        Column("login", ("Login name", "Login", "Personnel number", "Person"), ("登录名", "工号", "人员"), cells.login,
               gettext_lazy("Whom."), required=True),
        Column("department", ("Department", "Department code"), ("部门", "部门代码"), cells.code,
               gettext_lazy("The code of the position's department."), required=True),
        Column("title", ("Title", "Position"), ("标题", "岗位", "岗位名称"), cells.text(160),
               gettext_lazy("The position's title."), required=True),
        Column("starts_on", ("From", "First day"), ("开始日期", "第一天"), cells.day, DAY, required=True),
        Column("last_day", ("Until", "Last day"), ("结束日期", "最后一天"), cells.day, LAST_DAY, empty=None),
        Column("mode", ("Mode", "How"), ("方式",), cells.one_of(words(Appointment.Mode)),
               gettext_lazy("full, part or acting. A new row without it: full.")),
        Column("percent", ("Percent", "Percent of working time"), ("百分比", "工作时间百分比"), cells.percent,
               gettext_lazy("Such as 50, 50% or 0.5. A new row without it: 100.")),
    ),
    (
        ("4711", "PUR", "Head of Purchasing", "2026-01-01", "", "full", "100"),
        ("4712", "PUR", "Buyer", "2026-02-01", "2026-12-31", "part", "50 %"),
    ),
)  # fmt: skip

ABSENCES = Kind(
    "absences",
    gettext_lazy("Absences"),
    (
        Column("login", ("Login name", "Login", "Personnel number", "Person"), ("登录名", "工号", "人员"), cells.login,
               gettext_lazy("Who is away."), required=True),
        Column("starts_on", ("From", "First day"), ("开始日期", "第一天"), cells.day, DAY, required=True),
        Column("last_day", ("Until", "Last day"), ("结束日期", "最后一天"), cells.day, gettext_lazy("The last day away."), required=True),
        Column("substitute", ("Substitute",), ("代理人",), cells.login,
               gettext_lazy("A login name: acts for all positions. Empty: none."), empty=None),
        Column("note", ("Note",), ("备注",), cells.text(200), gettext_lazy("Seen by the person and administrators only."), empty=""),
    ),
    (("4711", "2026-05-04", "2026-05-08", "4712", ""), ("4712", "2026-08-03", "2026-08-21", "", "")),
)  # fmt: skip

KINDS: dict[str, Kind] = {kind.key: kind for kind in (DEPARTMENTS, PEOPLE, POSITIONS, APPOINTMENTS, ABSENCES)}


def header(kind: Kind, language: str) -> list[str]:
    """The names of the columns in this language."""
    return [(column.chinese if language.startswith("zh") else column.english)[0] for column in kind.columns]


def shown(column: Column, language: str) -> str:
    """What the column is called in this language."""
    return (column.chinese if language.startswith("zh") else column.english)[0]
