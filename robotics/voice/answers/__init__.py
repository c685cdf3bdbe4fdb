"""What visitors ask, and what is answered: knowledge files, retrieval, context, polite refusal."""
