"""What the job runs."""
