"""Places: anything on the ground that a person can ask about, from words, a form or a file."""
