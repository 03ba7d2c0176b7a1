"""Checks an audit pack with nothing but Python: `python3 verify.py [FOLDER]` in the folder in which it was unpacked.

FOLDER is an unpacked full export of the ledger: then every signature is compared with it too. Ends with 1 at the first thing that is not
as it was written.
"""

import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any


class Broken(Exception):
    """What is wrong, and where."""


def digest(data: bytes) -> str:
    """SHA-256, in hex digits."""
    return hashlib.sha256(data).hexdigest()


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """The lines of a file as JSON objects."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def check_files(folder: Path) -> str:
    """Every file is there, as it was written, and none besides; gives the fingerprint."""
    manifest = (folder / "manifest.json").read_bytes()
    named = json.loads(manifest)
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    for name in sorted(there ^ {*named, "manifest.json"}):
        raise Broken(f"{name} is " + ("missing" if name in named else "not part of this pack"))
    for name, sha256 in named.items():
        if digest((folder / name).read_bytes()) != sha256:
            raise Broken(f"{name} was changed")
    return digest(manifest)


def check_chain(ledger: Path) -> dict[int, dict[str, Any]]:
    """The chain has no gap, and what is there in full has the hash under which it stands; gives what is there in full."""
    signed: dict[int, dict[str, Any]] = {}
    previous, expected = "0" * 64, 0
    for expected, one in enumerate(rows(ledger / "signatures.jsonl"), 1):
        if one["sequence"] != expected:
            raise Broken(f"signature {expected} is missing")
        if "previous_hash" in one:
            said = json.dumps(
                {k: v for k, v in one.items() if k != "entry_hash"}, sort_keys=True, separators=(",", ":"), ensure_ascii=False
            )
            if one["previous_hash"] != previous or digest(said.encode()) != one["entry_hash"]:
                raise Broken(f"signature {expected} was changed after it was signed")
            signed[expected] = one
        previous = one["entry_hash"]
    head = json.loads((ledger / "head.json").read_text("utf-8"))
    if (head["sequence"], head["entry_hash"]) != (expected, previous):
        raise Broken("the chain does not end where its head says")
    return signed


def check_revisions(ledger: Path, signed: dict[int, dict[str, Any]]) -> int:
    """Each revision has its content, and the signatures of its approval were given for exactly that."""
    count = 0
    for one in rows(ledger / "revisions.jsonl"):
        count += 1
        content = ledger / "contents" / f"{one['sha256']}.json"
        if not content.is_file() or digest(content.read_bytes()) != one["sha256"]:
            raise Broken(f"the content of {one['number']} {one['version']} is missing or was changed")
        if any(signed.get(number, {}).get("content_sha256") != one["sha256"] for number in one["signatures"]):
            raise Broken(f"a signature of {one['number']} {one['version']} is missing, or was given for other content")
    return count


def check(folder: Path, export: str) -> str:
    """What was found to be sound."""
    fingerprint, signed = check_files(folder), check_chain(folder / "ledger")
    if export:
        whole = {one["sequence"]: one["entry_hash"] for one in rows(Path(export) / "signatures.jsonl")}
        for one in rows(folder / "ledger" / "signatures.jsonl"):
            if whole.get(one["sequence"]) != one["entry_hash"]:
                raise Broken(f"signature {one['sequence']} stands differently in the full ledger")
    revisions = check_revisions(folder / "ledger", signed)
    return f"{revisions} documents with {len(signed)} signatures are as they were written and signed.\n{fingerprint}"


if __name__ == "__main__":
    try:
        sys.stdout.write(check(Path(__file__).resolve().parent, "".join(sys.argv[1:2])) + "\n")
    except (Broken, OSError, ValueError, KeyError, TypeError) as fault:
        sys.stdout.write(f"BROKEN: {fault}\n")
        sys.exit(1)
