"""What people hear of what they told: what happens next, letters, and whether it is put right."""
