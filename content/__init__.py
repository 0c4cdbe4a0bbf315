"""What do we publish? Vocabulary, sources, items, tags, issues, and the choice for a reader."""
