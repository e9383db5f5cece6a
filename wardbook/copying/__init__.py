"""An embedded store moved to PostgreSQL: its rows, and where wished its files, compared one by one."""
