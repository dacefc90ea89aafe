"""Work in the background: the same jobs on PostgreSQL (procrastinate) and SQLite (a thread).

`kinds` what each job does, `asking` asking for one, `running` running it, `queue` handing it to a
worker of its own. How far a job is stands in the register, for whoever asked.
"""
