"""A brief as a PDF."""
def pdf(brief, items): raise NotImplementedError
