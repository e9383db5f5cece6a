"""People: who they are, the roles and terms they hold, and how they sign in."""
