"""What administrators look after: that things are done, and nothing of what anybody told."""
