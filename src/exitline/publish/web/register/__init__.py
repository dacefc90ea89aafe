"""The register's pages: who may see and do what, cards, steps, notices, audit.

`opened` knows the register that this process serves; `acting` who asks, in which role, how far;
`pages` renders; `around` stands around every view (headers, faults, log). Views: `signing`,
`working` (worklist, households, card), `stepping` (a step's form), `public` (notices, objections,
health), `reading` (audit, people). `urls` lists every address.
"""
