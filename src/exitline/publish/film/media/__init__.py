"""Pictures and sound into files: MP4, Matroska, captions."""
