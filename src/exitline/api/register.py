"""A register in a database from a notebook: `xl.register.make`, `xl.register.check` ..."""

from __future__ import annotations

from exitline.api.registers.fitting import findings, pairs
from exitline.api.registers.keeping import areas, backup, check, demo, head, make, restore
from exitline.api.registers.moving import bring_in, export_county, take_back
from exitline.api.registers.serving import serve, set_password
from exitline.api.registers.snapshot import take_snapshot

__all__ = [
    "areas", "backup", "bring_in", "check", "demo", "export_county", "findings", "head", "make",
    "pairs", "restore", "serve", "set_password", "take_back", "take_snapshot",
]  # fmt: skip
