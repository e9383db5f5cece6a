"""Photos of entries: taken from a phone as they are, kept without what they tell of it, shown and blacked out."""
