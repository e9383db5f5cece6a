"""What was told twice: found by its place and words, merged, and taken apart again."""
