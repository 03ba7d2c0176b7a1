"""Archives of files: unpacked piece by piece, and what is no file of ours told."""

import io
import zipfile

import pytest

from processes.documents import archive
from processes.documents.archive import Packed, unpack
from processes.documents.found import NotRead


def zipped(*files: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as made:
        for name, data in files:
            made.writestr(name, data)
    return out.getvalue()


def test_the_files_come_in_order_without_folders_and_what_systems_add() -> None:
    data = zipped(
        ("b/", b""), ("b/two.bpmn", b"2"), ("__MACOSX/b/two.bpmn", b"x"), ("b/.DS_Store", b"x"), ("Thumbs.db", b"x"), ("a.csv", b"1")
    )
    assert unpack(data) == [Packed("b/two.bpmn", b"2"), Packed("a.csv", b"1")]


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 no archive", zipped(("a", b"1"))[:-30]], ids=["empty", "words", "cut"])
def test_what_is_no_archive_is_refused(data: bytes) -> None:
    with pytest.raises(NotRead, match="damaged"):
        unpack(data)


def test_too_many_files_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST", 2)
    with pytest.raises(NotRead, match="more than 2 files"):
        unpack(zipped(*((f"{n}.csv", b"") for n in range(3))))


def test_a_bomb_is_refused_before_it_is_unpacked_and_one_large_file_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "LARGEST", 2_000_000)
    monkeypatch.setattr(archive, "UNPACKED", 5_000_000)
    large = zipped(("large.bpmn", bytes(3_000_000)), ("small.bpmn", b"<x/>"))
    assert [(one.name, one.said) for one in unpack(large)] == [("large.bpmn", "The file has more than 2 MB."), ("small.bpmn", "")]
    bomb = zipped(*((f"{n}.bpmn", bytes(1_900_000)) for n in range(5)))
    with pytest.raises(NotRead, match="larger than 5 MB"):
        unpack(bomb)


def test_a_damaged_file_and_one_with_a_password_are_told_and_the_others_taken() -> None:
    stored = bytearray(zipped(("a.csv", b"AAAA" * 9), ("b.csv", b"BBBB"), ("c.csv", b"CCCC"), method=zipfile.ZIP_STORED))
    stored[stored.index(b"AAAA")] = 0
    entry = stored.rindex(b"PK\x01\x02", 0, stored.rindex(b"c.csv"))
    stored[entry + 8] |= 1
    assert [(one.name, one.data, one.said) for one in unpack(bytes(stored))] == [
        ("a.csv", b"", "The file is damaged."),
        ("b.csv", b"BBBB", ""),
        ("c.csv", b"", "The file is protected by a password."),
    ]
