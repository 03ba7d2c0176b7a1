"""How much more memory this process held while something ran."""

from pathlib import Path


def forget_peak() -> int:
    """Resident kilobytes now; the highest mark begins anew here."""
    if Path("/proc/self/clear_refs").exists():
        Path("/proc/self/clear_refs").write_text("5")
    return _status("VmRSS")


def more_mb(before: int) -> int:
    """Megabytes between `before` and the highest mark since."""
    return round((_status("VmHWM") - before) / 1024)


def _status(name: str) -> int:
    """Of this process, in kilobytes; 0 where the system does not say."""
    path = Path("/proc/self/status")
    lines = path.read_text().splitlines() if path.exists() else []
    return next((int(line.split()[1]) for line in lines if line.startswith(f"{name}:")), 0)
