"""What comes to the council by email: contributions, answers to our letters, and letters that come back."""
