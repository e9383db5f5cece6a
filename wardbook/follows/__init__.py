"""Following: who wants to hear of which place or entry, how often, and what they are then written."""
