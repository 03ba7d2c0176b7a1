"""Checks an exported ledger with nothing but Python: `python3 verify.py` in the folder in which it was unpacked.

It stops at the first thing that is not as it was signed, says which, and ends with 1.
"""

import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FIRST = "0" * 64


class Broken(Exception):
    """What is wrong, and where."""


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """The lines of a file as JSON objects."""
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                yield json.loads(line)
            except ValueError:
                raise Broken(f"{path.name}, line {number}: it cannot be read") from None


def entry_hash(signature: dict[str, Any]) -> str:
    """SHA-256 over everything that the signature says, the hash of the one before included."""
    said = {name: value for name, value in signature.items() if name != "entry_hash"}
    return hashlib.sha256(json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()).hexdigest()


def check_chain(folder: Path) -> tuple[dict[int, str], str]:
    """Sequence → hash of the content that was signed, and the hash with which the chain ends."""
    signed: dict[int, str] = {}
    previous = FIRST
    for expected, one in enumerate(rows(folder / "signatures.jsonl"), 1):
        if one["sequence"] != expected:
            raise Broken(f"signature {expected} is missing")
        if one["previous_hash"] != previous:
            raise Broken(f"signature {expected} does not follow from the one before it")
        if entry_hash(one) != one["entry_hash"]:
            raise Broken(f"signature {expected} was changed after it was signed")
        signed[expected], previous = one["content_sha256"], one["entry_hash"]
    head = json.loads((folder / "head.json").read_text("utf-8"))
    if (head["sequence"], head["entry_hash"]) != (len(signed), previous):
        raise Broken(f"the chain does not end with signature {head['sequence']}, where its head says")
    return signed, previous


def check_files(folder: Path, name: str) -> set[str]:
    """The hashes of the files of a folder, each of which has its own hash for a name."""
    found = set()
    for path in sorted((folder / name).glob("*")):
        if hashlib.sha256(path.read_bytes()).hexdigest() != path.stem:
            raise Broken(f"{name}/{path.name} was changed: its content does not have the hash that was signed")
        found.add(path.stem)
    return found


def check(folder: Path) -> str:
    """What was found to be sound, in one line."""
    signed, last = check_chain(folder)
    contents = check_files(folder, "contents")
    check_files(folder, "pictures")
    missing = sorted(set(filter(None, signed.values())) - contents)
    revisions = 0
    for one in rows(folder / "revisions.jsonl"):
        revisions += 1
        name = f"{one['number']} {one['version']}"
        if one["sha256"] not in contents:
            raise Broken(f"the content of {name} is missing")
        if not all(signed.get(number) == one["sha256"] for number in one["signatures"]):
            raise Broken(f"a signature of {name} is missing, or was given for other content")
    told = f"{len(signed)} signatures, {len(contents)} contents and {revisions} revisions are as they were signed."
    return "\n".join([told, *([f"{len(missing)} signatures name content that is not in this export."] if missing else []), last])


if __name__ == "__main__":
    try:
        sys.stdout.write(check(Path(__file__).resolve().parent) + "\n")
    except (Broken, OSError, KeyError) as fault:
        sys.stdout.write(f"BROKEN: {fault}\n")
        sys.exit(1)
