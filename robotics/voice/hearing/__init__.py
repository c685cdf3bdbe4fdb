"""What visitors say, as text: from a file, the console, or a microphone and the user's model."""
