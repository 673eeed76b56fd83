"""What the job would run; here a test says what it finds."""
