"""A person's own page: what they told, support and follow; a copy of all of it, and being erased."""
