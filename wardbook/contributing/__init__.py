"""The pages on which somebody tells the council something: one question a page, nothing typed is lost."""
