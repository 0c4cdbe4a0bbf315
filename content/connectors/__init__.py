"""Connectors: databases of interventions and of documents, each read as its declaration in `content/starter/databases` says."""
