"""The full-text index of each database over the rows of SearchDocument: how it is made and how it is asked.

SQLite: an FTS5 table with external content, kept by three triggers. PostgreSQL: a generated tsvector column with a GIN
index. Both hold the folded words as they are; words that are asked for match as beginnings, CJK pairs whole.
"""

from collections.abc import Sequence
from typing import Any, Final

from django.db.backends.base.base import BaseDatabaseWrapper

from processes.folding import CJK

ROWS: Final = "processes_searchdocument"
VISIBLE: Final = "{visible}"
"""Where the query for what may be seen is put in."""

MAKE_SQLITE: Final = (
    """
    CREATE VIRTUAL TABLE IF NOT EXISTS processes_search USING fts5(
        title, body, content='processes_searchdocument', content_rowid='revision_id',
        tokenize='unicode61 remove_diacritics 0', prefix='2 3')
    """,
    "DROP TRIGGER IF EXISTS processes_search_insert",
    "DROP TRIGGER IF EXISTS processes_search_delete",
    "DROP TRIGGER IF EXISTS processes_search_update",
    """
    CREATE TRIGGER processes_search_insert AFTER INSERT ON processes_searchdocument BEGIN
        INSERT INTO processes_search(rowid, title, body) VALUES (new.revision_id, new.title, new.body);
    END
    """,
    """
    CREATE TRIGGER processes_search_delete AFTER DELETE ON processes_searchdocument BEGIN
        INSERT INTO processes_search(processes_search, rowid, title, body) VALUES ('delete', old.revision_id, old.title, old.body);
    END
    """,
    """
    CREATE TRIGGER processes_search_update AFTER UPDATE ON processes_searchdocument BEGIN
        INSERT INTO processes_search(processes_search, rowid, title, body) VALUES ('delete', old.revision_id, old.title, old.body);
        INSERT INTO processes_search(rowid, title, body) VALUES (new.revision_id, new.title, new.body);
    END
    """,
    # A migration may have rebuilt the table of rows while the triggers were away.
    "INSERT INTO processes_search(processes_search) VALUES ('rebuild')",
)
MAKE_POSTGRESQL: Final = (
    """
    DO $$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'processes_searchdocument'::regclass AND attname = 'words') THEN
            ALTER TABLE processes_searchdocument ADD COLUMN words tsvector GENERATED ALWAYS AS
                (setweight(to_tsvector('simple', title), 'A') || setweight(to_tsvector('simple', body), 'D')) STORED;
            ALTER TABLE processes_searchdocument ALTER COLUMN words SET STORAGE EXTERNAL;
            CREATE INDEX processes_search ON processes_searchdocument USING gin (words);
        END IF;
    END $$
    """,
)
ASK_SQLITE: Final = """
    SELECT rowid FROM processes_search WHERE processes_search MATCH %s AND rowid IN ({visible})
    ORDER BY rowid IN (SELECT rowid FROM processes_search WHERE processes_search MATCH %s) DESC,
        bm25(processes_search, 10.0, 1.0), rowid
    LIMIT %s
"""
# The ids from the index come first, fenced off, so that the planner does not ask the index anew for each visible row.
ASK_POSTGRESQL: Final = """
    WITH found AS MATERIALIZED (SELECT revision_id FROM processes_searchdocument WHERE words @@ to_tsquery('simple', %s))
    SELECT d.revision_id FROM processes_searchdocument d JOIN found USING (revision_id) WHERE d.revision_id IN ({visible})
    ORDER BY d.words @@ to_tsquery('simple', %s) DESC, ts_rank(d.words, to_tsquery('simple', %s)) DESC, d.revision_id
    LIMIT %s
"""


def install_search(connection: BaseDatabaseWrapper) -> None:
    """Makes the index where it is missing. Safe to run again; nothing happens before the table of rows exists."""
    if ROWS not in connection.introspection.table_names():
        return
    with connection.cursor() as cursor:
        for statement in MAKE_SQLITE if connection.vendor == "sqlite" else MAKE_POSTGRESQL:
            cursor.execute(statement)


def best(connection: BaseDatabaseWrapper, words: Sequence[str], visible: tuple[str, Sequence[Any]], limit: int) -> list[int]:
    """Ids of revisions that hold all the words, first those whose title does, then by rank.

    `visible` is the query (text, parameters) for the ids among which is searched; `words` come from `asked_words`.
    """
    text, parameters = visible
    if connection.vendor == "sqlite":
        asked = " ".join(f'"{word}"*' if _is_beginning(word) else f'"{word}"' for word in words)
        statement, values = ASK_SQLITE, [asked, *parameters, f"{{title}} : ({asked})", limit]
    else:
        asked = " & ".join(f"'{word}':*" if _is_beginning(word) else f"'{word}'" for word in words)
        in_title = " & ".join(f"'{word}':*A" if _is_beginning(word) else f"'{word}':A" for word in words)
        statement, values = ASK_POSTGRESQL, [asked, *parameters, in_title, asked, limit]
    with connection.cursor() as cursor:
        cursor.execute(statement.replace(VISIBLE, text), values)
        return [row[0] for row in cursor.fetchall()]


def _is_beginning(word: str) -> bool:
    return len(word) > 1 and not CJK.match(word)
