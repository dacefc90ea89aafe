"""One county of an imaginary country: a dozen villages, 600 households at every stage."""
