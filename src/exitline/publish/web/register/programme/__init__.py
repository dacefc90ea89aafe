"""Pages for those who run a programme: the week, who is late, exits, relapses, figures."""
