"""What of a run may be published: one object that report, explorer, tables and claims read.

May import `proof.disclose`, which hides; everything else in `publish` reads from here. Provides
figures as they may be shown, their words, and who stands apart.
"""
