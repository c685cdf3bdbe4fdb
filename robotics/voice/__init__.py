"""What the robots say."""
