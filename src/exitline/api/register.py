"""A register in a database from a notebook: `xl.register.make`, `xl.register.check` ..."""

from __future__ import annotations

from exitline.api.registers.background import work, write_households
from exitline.api.registers.fitting import findings, pairs
from exitline.api.registers.keeping import (
    areas,
    backup,
    check,
    demo,
    head,
    make,
    restore,
    second_factor,
)
from exitline.api.registers.moving import bring_in, export_county, take_back
from exitline.api.registers.phones import pull, push
from exitline.api.registers.serving import serve, set_password
from exitline.api.registers.snapshot import take_snapshot
from exitline.api.registers.visiting import (
    assess,
    draw,
    frame,
    frame_digest,
    visits,
    watch,
)

__all__ = [
    "areas", "assess", "backup", "bring_in", "check", "demo", "draw", "export_county", "findings",
    "frame", "frame_digest", "head", "make", "pairs", "pull", "push", "restore", "second_factor",
    "serve", "set_password", "take_back", "take_snapshot", "visits", "watch", "work",
    "write_households",
]  # fmt: skip
