"""Files that people take out: long ones made by a job, all on record."""
