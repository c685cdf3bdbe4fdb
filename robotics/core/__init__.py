"""Words that everyone speaks: messages, geometry, models, protocols, errors."""
